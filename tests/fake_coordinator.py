"""A coordinator as somebody else might have written it from the contract alone, over real HTTP.

It answers the contract's four endpoints with the least they promise, remembers every request, and misbehaves
when it is told to: `next_answers(DROP, Reply(500), …)` are what the next requests get instead.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "bsr_key_of_the_fake"
JOB = "550e8400-e29b-41d4-a716-446655440000"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        packed = self.headers.get("content-encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)


@dataclass(frozen=True)
class Reply:
    """An answer; `body` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    wait_s: float = 0.0


class Drop:
    """Read the request, answer nothing, reset the connection."""


DROP = Drop()
Answer = Reply | Drop


class FakeCoordinator:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.jobs: dict[str, Any] = {}
        self.handler: Callable[[Seen], Answer | None] = lambda _: None
        self._next: deque[Answer] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler_class())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next_answers(self, *answers: Answer) -> None:
        """What the next requests get, whatever they ask."""
        self._next.extend(answers)

    def callbacks(self, status: str | None = None) -> list[Any]:
        """The bodies of the callbacks so far."""
        bodies = [s.json for s in self.seen if s.path == "/api/admin/scraping/callback"]
        return [body for body in bodies if status in (None, body["status"])]

    def answer(self, seen: Seen) -> Answer:
        self.seen.append(seen)
        if self._next:
            return self._next.popleft()
        told = self.handler(seen)
        return told if told is not None else self._by_the_contract(seen)

    def _by_the_contract(self, seen: Seen) -> Answer:
        parts = urlsplit(seen.path)
        if seen.headers.get("x-api-key") != KEY and "x-webhook-signature" not in seen.headers:
            return Reply(401, {"error": "invalid API key"})
        match seen.method, parts.path:
            case "GET", "/api/scraper/v1/job":
                job = self.jobs.get(parse_qs(parts.query).get("job_id", [""])[0])
                return Reply(200, job) if job else Reply(404, {"error": "job not found"})
            case "POST", "/api/admin/scraping/callback":
                known = seen.json["job_id"] in self.jobs
                return Reply(200, {"success": True}) if known else Reply(404, {"error": "job not found"})
            case "POST", "/api/admin/scraper-network/runners/register":
                return Reply(200, _registered(seen.json["runner_name"]))
            case "GET", "/api/admin/scraper-network/health":
                return Reply(200, {"checks": [{"name": "Runner Auth", "status": "ok", "message": "fine"}]})
        return Reply(404, {"error": "not found"})

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                size = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, self.rfile.read(size))
                self._send(fake.answer(seen))

            do_POST = do_GET

            def _send(self, answer: Answer) -> None:
                if isinstance(answer, Drop):
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.close_connection = True
                    return
                time.sleep(answer.wait_s)
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response_only(answer.status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Date": self.date_time_string(),
                    **answer.headers,
                }.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw[: answer.cut_after])
                if answer.cut_after is not None:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _registered(name: str) -> dict[str, Any]:
    runner = {"name": name, "status": "online", "registered_at": "2024-01-15T10:30:00Z"}
    return {"success": True, "runner": runner, "message": f"Runner '{name}' registered successfully"}


@contextmanager
def coordinator(tls: ssl.SSLContext | None = None) -> Iterator[FakeCoordinator]:
    fake = FakeCoordinator(tls)
    try:
        yield fake
    finally:
        fake.close()
