"""HTTP as uvicorn reads it, with two limits it does not have and errors in our words.

A head (request line and headers) may have 32 KiB and 100 headers and must arrive within 20 seconds; what is
no HTTP at all is answered with `{"error": …}` like everything else.  An offer to speak another protocol
(Java's client offers HTTP/2 with every request) is declined by answering in this one, as RFC 9110, 7.8 has
it; the parser would drop the body of such a request, so it reads the request again without the offer.

A head and its body are sent together: they are two writes to uvicorn, and to the system two packets.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from scraper_backend.coordinator.body import IS_HERE
from scraper_backend.core import wire

HEAD_MAX: Final = 32 * 1024
HEADERS_MAX: Final = 100
HEAD_S: Final = 20.0
OFFERS: Final = (b"upgrade", b"http2-settings")
TOGETHER: Final = 16 * 1024
"""So many bytes are not kept back for what may be written after them."""


class Together:
    """A transport that sends what is written in one turn of the loop as one."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._kept: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Soon; what is long goes at once, so that its writer is told when the other side is slow."""
        if not self._kept:
            self._loop.call_soon(self._send)
        self._kept.append(data)
        self._size += len(data)
        if self._size > TOGETHER:
            self._send()

    def close(self) -> None:
        """After what was written."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._kept:
            data, self._kept, self._size = b"".join(self._kept), [], 0
            self._transport.write(data)


class Connection(HttpToolsProtocol):
    """One connection of one client."""

    _head = 0
    _is_refused = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = cast(asyncio.Transport, Together(transport, self.loop))
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._decline(data[offer.args[0] :])
        except httptools.HttpParserError as error:
            self.send_400_response(str(error))

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()
        if self._patience is None:
            self._expect_a_head()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)
        if len(self.headers) > HEADERS_MAX:
            raise ValueError("too many headers")

    def on_headers_complete(self) -> None:
        self._head_is_here()
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self.scope[IS_HERE] = True  # type: ignore[typeddict-unknown-key]
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what it cannot read, as JSON; a head beyond our limits comes here too."""
        is_large = self._head > HEAD_MAX or len(self.headers or ()) > HEADERS_MAX
        if is_large:
            self._refuse(431, "The request's head is too large; send fewer and shorter headers.")
        else:
            self._refuse(400, "That is not HTTP/1.1 as RFC 9112 has it.")

    def _decline(self, rest: bytes) -> None:
        """Read the request once more, as if it had offered nothing."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            self._refuse(405, "This is no proxy; send the request itself.")
            return
        kept = [b"%b: %b" % header for header in self.headers if header[0] not in OFFERS]
        head = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"\r\n".join([head, *kept, b"", rest]))

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_MAX:
            raise ValueError("the head is too large")

    def _expect_a_head(self) -> None:
        self._patience = self.loop.call_later(
            HEAD_S, self._refuse, 408, "The request did not arrive in time."
        )

    def _head_is_here(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _refuse(self, status: int, words: str) -> None:
        """Answer and hang up."""
        self._is_refused = True
        if self.transport.is_closing():
            return
        body = wire.ErrorBody(error=words).as_bytes()
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/json\r\n"
        head += f"content-length: {len(body)}\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode() + body)
        self.transport.close()
