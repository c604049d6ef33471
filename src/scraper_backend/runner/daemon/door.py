"""The local door: health, metrics and status for whoever stands beside the machine, and its switches.

HTTP on 127.0.0.1.  Switches need the token that stands, with the port, in `runner.json` in the data folder
(readable by its owner alone), so that no web page open on this machine can pause the runner.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from scraper_backend.core.errors import UsageError
from scraper_backend.runner.daemon.messages import Wish

FILE: Final = "runner.json"
SWITCHES: Final = ("pause", "resume", "drain", "stop")


class Door:
    """Open while the daemon lives.  status: how things stand, as JSON values."""

    def __init__(
        self, folder: Path, port: int, status: Callable[[], Mapping[str, Any]], wish: Callable[[Wish], None]
    ) -> None:
        self._status, self._wish = status, wish
        self._token = secrets.token_urlsafe(24)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._path = folder / FILE
        self._publish()
        threading.Thread(target=self._server.serve_forever, daemon=True, name="door").start()

    def close(self) -> None:
        """Nobody is at home."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)

    def _publish(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        told = {"pid": os.getpid(), "port": self.port, "token": self._token}
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(told, file)

    def _get(self, path: str) -> tuple[int, str, str]:
        """Status, content type and text of an answer."""
        status = self._status()
        if path == "/healthz":
            well = status["state"] != "gone"
            return (
                (200 if well else 503),
                "application/json",
                json.dumps({"status": "ok" if well else "gone"}),
            )
        if path == "/metrics":
            return 200, "text/plain; version=0.0.4", metrics(status)
        if path == "/status":
            return 200, "application/json", json.dumps(status)
        return (
            404,
            "application/json",
            json.dumps({"error": "not found; there is /healthz, /metrics, /status"}),
        )

    def _post(self, path: str, token: str) -> tuple[int, str, str]:
        what = path.removeprefix("/")
        if what not in SWITCHES:
            return (
                404,
                "application/json",
                json.dumps({"error": f"not found; there is {', '.join(SWITCHES)}"}),
            )
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return 403, "application/json", json.dumps({"error": "wrong token"})
        self._wish(Wish(what, "asked at the door"))
        return 200, "application/json", json.dumps({"success": True})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        door = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                self._answer(*door._get(self.path.partition("?")[0]))

            def do_POST(self) -> None:
                self._answer(*door._post(self.path, self.headers.get("X-Runner-Token", "")))

            def _answer(self, status: int, kind: str, text: str) -> None:
                raw = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Whoever looks is no event."""

        return Handler


def metrics(status: Mapping[str, Any]) -> str:
    """The status in Prometheus' text format."""
    gauges = {
        "in_hand": "tasks being scraped",
        "waiting": "tasks granted and not begun",
        "leases": "leases held",
        "spool": "results not acknowledged yet",
        "dead": "results the coordinator refused",
    }
    lines = []
    for name, words in gauges.items():
        lines += [f"# HELP bsr_runner_{name} {words}", f"# TYPE bsr_runner_{name} gauge"]
        lines.append(f"bsr_runner_{name} {status[name]}")
    lines += ["# HELP bsr_runner_outcomes_total outcomes kept", "# TYPE bsr_runner_outcomes_total counter"]
    lines += [
        f'bsr_runner_outcomes_total{{outcome="{kind}"}} {n}' for kind, n in sorted(status["counts"].items())
    ]
    lines += [
        "# HELP bsr_runner_delivered_total results delivered",
        "# TYPE bsr_runner_delivered_total counter",
    ]
    return "\n".join([*lines, f"bsr_runner_delivered_total {status['delivered']}", ""])


def knock(folder: Path, what: str) -> dict[str, Any]:
    """Ask the daemon of this data folder: `status`, or a switch.  Raises `UsageError` when none answers."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        request = urllib.request.Request(
            f"http://127.0.0.1:{int(told['port'])}/{what}",
            headers={"X-Runner-Token": told["token"]},
            method="GET" if what == "status" else "POST",
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            value: dict[str, Any] = json.loads(answer.read())
            return value
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"no runner daemon answers for {folder}; start one with `bsr runner start`"
        ) from error
