"""HTTP as uvicorn reads it, with two limits it does not have and errors in our words.

A head (request line and headers) may have 32 KiB and 100 headers and must arrive within 20 seconds; what is
no HTTP at all is answered with `{"error": …}` like everything else.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from scraper_backend.core import wire

HEAD_MAX: Final = 32 * 1024
HEADERS_MAX: Final = 100
HEAD_S: Final = 20.0


class Connection(HttpToolsProtocol):
    """One connection of one client."""

    _head = 0
    _is_refused = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_refused:
            super().data_received(data)

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
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what it cannot read, as JSON; a head beyond our limits comes here too."""
        is_large = self._head > HEAD_MAX or len(self.headers or ()) > HEADERS_MAX
        if is_large:
            self._refuse(431, "The request's head is too large; send fewer and shorter headers.")
        else:
            self._refuse(400, "That is not HTTP/1.1 as RFC 9112 has it.")

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
