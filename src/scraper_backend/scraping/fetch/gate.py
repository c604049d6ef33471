"""The only way out for a browser: a proxy on loopback that connects to checked addresses.

A check before a request is not enough in a browser.  It resolves names itself, follows redirects
itself, and its pages open what they like; so it is started with this proxy and can reach nothing but
through it.  Names are resolved by the same guarded resolver as everything else, and well-known
trackers are turned away, which spares the site's visitor statistics and our processor.
"""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from typing import Final, Self

from yarl import URL

from scraper_backend.scraping.fetch.address import literal, parse
from scraper_backend.scraping.fetch.exchange import Fault
from scraper_backend.scraping.fetch.guard import Guard, GuardedResolver, PrivateAddress
from scraper_backend.scraping.fetch.home import registrable

_HEAD_LIMIT: Final = 64 * 1024
_CONNECT_TIMEOUT: Final = 10.0
_CHUNK: Final = 64 * 1024
_PER_CONNECTION: Final = re.compile(rb"\r\n(?:proxy-connection|connection|keep-alive):[^\r\n]*", re.I)
_REFUSED: Final = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

TRACKERS: Final = frozenset(
    (
        "google-analytics.com", "googletagmanager.com", "googlesyndication.com", "googleadservices.com",
        "doubleclick.net", "facebook.net", "hotjar.com", "hotjar.io", "clarity.ms", "segment.com",
        "segment.io", "mixpanel.com", "amplitude.com", "fullstory.com", "mouseflow.com", "criteo.com",
        "criteo.net", "taboola.com", "outbrain.com", "scorecardresearch.com", "quantserve.com",
        "adnxs.com", "rubiconproject.com", "pubmatic.com", "amazon-adsystem.com", "bat.bing.com",
        "nr-data.net", "newrelic.com", "sentry.io", "bugsnag.com", "datadoghq-browser-agent.com",
        "optimizely.com", "crazyegg.com", "heapanalytics.com", "snapchat.com", "tiktok.com",
        "pinterest.com", "yandex.ru", "matomo.cloud", "klaviyo.com", "attentivemobile.com",
    )
)  # fmt: skip
"""Domains that only watch.  None of them has ever held a price."""


class Gate:
    """An async context manager; `address` is what the browser is given as its proxy."""

    def fault_of(self, url: URL) -> Fault | None:
        """Why the host of `url` could not be reached the last time, if it could not."""
        return self.faults.get(f"{url.raw_host}:{url.port}")

    def __init__(self, guard: Guard, resolver: GuardedResolver) -> None:
        self._guard = guard
        self._resolver = resolver
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.faults: dict[str, Fault] = {}
        """Why a host could not be reached, for the page that asked; the browser itself only says "failed"."""

    @property
    def address(self) -> str:
        """http://127.0.0.1:port"""
        port = self._server.sockets[0].getsockname()[1] if self._server else 0
        return f"http://127.0.0.1:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # whoever hung up knows, and so do we when the gate closes
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _CONNECT_TIMEOUT)
        method, target, version = (*head.split(b"\r\n", 1)[0].split(b" "), b"", b"")[:3]
        is_tunnel = method == b"CONNECT"
        url = parse(f"https://{target.decode('latin-1')}/" if is_tunnel else target.decode("latin-1"))
        far = await self._connect(url) if url else None
        if url is None or far is None:
            if is_tunnel:  # a plain request is hung up on: an answer of ours would pass for the site's
                writer.write(_REFUSED)
            return
        far_reader, far_writer = far
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await _both_ways(reader, writer, far_reader, far_writer)
        else:
            path = url.raw_path_qs.encode()
            far_writer.write(b" ".join((method, path, version)) + _closing(head[head.index(b"\r\n") :]))
            await _both_ways(reader, writer, far_reader, far_writer, is_plain=True)

    async def _connect(self, url: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to a checked address of the host, or None; why not is kept for the page."""
        host, port = url.raw_host or "", url.port or 443
        if host in TRACKERS or registrable(host) in TRACKERS:
            return None
        key = f"{host}:{port}"
        try:
            if refusal := self._guard.refusal(url):
                raise PrivateAddress(refusal)
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                found = await self._resolve(host, port)
                opened = await asyncio.open_connection(found, port, limit=_CHUNK)
        except (OSError, TimeoutError) as error:
            if len(self.faults) > 1_000:
                self.faults.clear()
            self.faults[key] = _fault(host, port, error)
            return None
        self.faults.pop(key, None)
        return opened

    async def _resolve(self, host: str, port: int) -> str:
        if literal(host):
            return host  # the guard has let it pass
        return (await self._resolver.resolve(host, port))[0]["host"]


def _fault(host: str, port: int, error: Exception) -> Fault:
    if isinstance(error, PrivateAddress):
        return Fault("private_address", str(error))
    if isinstance(error, TimeoutError):
        return Fault("connect", f"no connection to {host}:{port} within {_CONNECT_TIMEOUT:g} s")
    if isinstance(error, ConnectionError):
        return Fault("connect", f"{host}:{port} takes no connection")
    return Fault("dns", f"the name {host} leads nowhere")


def _closing(head: bytes) -> bytes:
    """A head that keeps no connection: the browser must not send another host's request on this one.

    A protocol upgrade (WebSocket) keeps its `Connection` line, which is what asks for it.
    """
    if re.search(rb"\r\nupgrade:", head, re.I):
        return head
    return _PER_CONNECTION.sub(b"", head[:-4]) + b"\r\nConnection: close\r\n\r\n"


async def _both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
    *,
    is_plain: bool = False,
) -> None:
    """Carry bytes until one side has no more; the other is hung up on then."""
    ways = [asyncio.create_task(_carry(reader, far_writer))]
    try:
        if is_plain:
            writer.write(_closing(await far_reader.readuntil(b"\r\n\r\n")))
        ways.append(asyncio.create_task(_carry(far_reader, writer)))
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        far_writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
