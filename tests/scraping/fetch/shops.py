"""Servers that do what servers on the internet do, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.fetch.polite import Politeness

Handler = Callable[["Request"], bytes | Awaitable[bytes | None]]


@dataclass
class Request:
    """What came in, and the way out for whoever answers byte by byte."""

    path: str
    headers: dict[str, str]
    writer: asyncio.StreamWriter


@dataclass
class Shop:
    """A server that answers each path as told, and remembers what it was asked."""

    pages: Mapping[str, bytes | Handler] = field(default_factory=dict)
    robots: bytes | Handler | None = None
    asked: list[str] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def site(self, **options: Any) -> ScraperConfig:
        return site(self.url, **options)

    def times_asked(self, path: str) -> int:
        return self.asked.count(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                request = _request(head, writer)
                self.asked.append(request.path)
                self.seen.append(request)
                answer = self._answer(request.path)
                made = answer if isinstance(answer, bytes) else answer(request)
                body = made if isinstance(made, bytes) else await made
                if body is None:
                    break
                writer.write(body)
                await writer.drain()
                if request.headers.get("connection") == "close":
                    break
        writer.close()

    def _answer(self, path: str) -> bytes | Handler:
        if path == "/robots.txt":
            return self.robots if self.robots is not None else answer(b"", status="404 Not Found")
        return (
            self.pages.get(path) or self.pages.get(path.partition("?")[0]) or answer(b"no", status="404 No")
        )


def _request(head: bytes, writer: asyncio.StreamWriter) -> Request:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Request(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}, writer)


def answer(
    body: bytes = b"<p>hello</p>",
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    headers: str = "",
    length: int | None = None,
) -> bytes:
    """A whole answer, with as many extra header lines as wanted."""
    extra = "".join(line.strip() + "\r\n" for line in headers.splitlines() if line.strip())
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{extra}\r\n"
    return head.encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status=status, headers=f"Location: {location}")


def site(url: str, *, name: str = "shop", **options: Any) -> ScraperConfig:
    options = {"retries": 0, "timeout": 5} | options
    return ScraperConfig.model_validate(
        {"name": name, "base_url": url, "search_url_template": "/s?q={sku}", "options": options}
    )


@contextlib.asynccontextmanager
async def open_shop(
    pages: Mapping[str, bytes | Handler] | None = None,
    *,
    robots: bytes | Handler | None = None,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Shop]:
    shop = Shop(pages or {}, robots, scheme="https" if tls else "http", host=host)
    server = await asyncio.start_server(shop.serve, host, 0, ssl=tls)
    shop.port = server.sockets[0].getsockname()[1]
    try:
        yield shop
    finally:
        server.close()
        for request in shop.seen:
            request.writer.close()


@contextlib.asynccontextmanager
async def fetcher(*allowed: Shop | str, **more: Any) -> AsyncIterator[HttpFetcher]:
    """A fetcher that may speak to these shops, and to nobody else on this machine."""
    names = ",".join(a if isinstance(a, str) else f"{a.host}:{a.port}" for a in allowed)
    async with HttpFetcher(allow_private=AllowList.from_text(names), **more) as made:
        yield made


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + max(0.0, seconds), len(self._sleepers), wake))
        await wake

    async def run(self, task: asyncio.Future[Any]) -> Any:
        """Let time pass until `task` is done."""
        while not task.done():
            for _ in range(20):
                await asyncio.sleep(0)
            self._sleepers = [entry for entry in self._sleepers if not entry[2].done()]
            if self._sleepers and not task.done():
                at, _, wake = min(self._sleepers, key=lambda entry: entry[:2])
                self.now = max(self.now, at)
                wake.set_result(None)
        return task.result()

    def politeness(self, **more: Any) -> Politeness:
        return Politeness(clock=self, sleep=self.sleep, **more)
