"""The bytes of a request: how many, how slowly, in what coding; then the typed body in them.

The shell puts `Limited` around every request, forms and uploads included; `read` is for JSON.
Who may send anything at all is decided before (`access`).
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope

from scraper_backend.core import wire
from scraper_backend.core.errors import BackendError, BadRequest, Trouble

QUIET_S: Final = 30.0
"""A sender that says nothing for this long is given up."""
WHOLE_S: Final = 300.0
"""A body that takes longer than this is given up: 8 MiB at the speed of a poor line."""
DRAIN: Final = 32 * 1024 * 1024
"""How much of a refused body is read and dropped, so that the sender can read our refusal."""
IN_FLIGHT: Final = 32 * 1024 * 1024
"""Bytes of bodies that one process holds at once, as they came and inflated."""
ASIDE: Final = 256 * 1024
"""Bodies above this are decoded in a thread: the event loop has other callers."""

IS_HERE: Final = "body_is_here"
"""What a connection notes in the scope of a request whose last byte has come: nobody need wait for it."""

Body = TypeVar("Body", bound=BaseModel)
T = TypeVar("T")


def too_large() -> BadRequest:
    """413, in one place."""
    return BadRequest(
        f"The body is larger than {wire.MAX_BODY} bytes ({wire.MAX_BODY // 2**20} MiB); send it in parts.",
        status=413,
    )


class Room:
    """What one process still holds of bodies; every exchange has a `Place` in it."""

    def __init__(self, size: int = IN_FLIGHT) -> None:
        self.free = size


class Place:
    """What one exchange holds: taken as bytes arrive, so that who sends slowly takes no room from others."""

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, 0

    def take(self, size: int) -> None:
        """Hold so many bytes more.  Raises `Trouble` (503) when there is no room."""
        if size > self._room.free:
            raise Trouble("The coordinator holds as many bodies as it can; send it again.")
        self._room.free -= size
        self._held += size

    def leave(self) -> None:
        """The exchange is over."""
        self._room.free += self._held
        self._held = 0


class Limited:
    """`receive`, which stops at `wire.MAX_BODY` bytes and does not wait for ever.

    After the last byte it is the server's own `receive` again: a stream waits there for its reader to leave.
    """

    def __init__(self, scope: Scope, receive: Receive, place: Place) -> None:
        self._scope, self._headers = scope, Headers(scope=scope)
        self._receive, self._place = receive, place
        self._seen, self._done, self._until = 0, False, 0.0

    async def __call__(self) -> Message:
        if self._done:
            return await self._receive()
        if self._seen == 0 and self._announced() > wire.MAX_BODY:
            await self._refuse(too_large())
        message = await self._next()
        size = len(message.get("body", b""))
        self._seen += size
        if self._seen > wire.MAX_BODY:
            await self._refuse(too_large())
        try:
            self._place.take(size)
        except Trouble as no_room:
            await self._refuse(no_room)
        return message

    def _announced(self) -> int:
        length = self._headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0

    async def _next(self) -> Message:
        message = await (self._receive() if IS_HERE in self._scope else self._soon())
        self._done = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def _soon(self) -> Message:
        loop = asyncio.get_running_loop()
        self._until = self._until or loop.time() + WHOLE_S
        try:
            async with asyncio.timeout(min(QUIET_S, self._until - loop.time())):
                return await self._receive()
        except TimeoutError:
            self._done = True
            raise BadRequest("The body did not arrive in time; send it again.", status=408) from None

    async def _refuse(self, error: BackendError) -> None:
        """Read on for a while, then raise; a sender that asked before sending (`Expect`) hears it at once."""
        dropped = 0
        while not self._done and "expect" not in self._headers and dropped < DRAIN:
            dropped += len((await self._next()).get("body", b""))
        self._done = True
        raise error


def inflate(raw: bytes, *, coding: str) -> bytes:
    """The bytes without their content coding, never more than `wire.MAX_BODY`: a bomb stops there."""
    if coding in ("", "identity"):
        return raw
    if coding not in ("gzip", "x-gzip"):
        raise BadRequest(
            f"Content-Encoding {coding[:40]!r} is not understood; send gzip or none.", status=415
        )
    parts: list[bytes] = []
    left = wire.MAX_BODY
    while raw:
        machine = zlib.decompressobj(wbits=31)
        try:
            parts.append(machine.decompress(raw, left + 1))
        except zlib.error:
            raise BadRequest("Content-Encoding says gzip, but the body is not.") from None
        left -= len(parts[-1])
        if left < 0:
            raise too_large()
        if not machine.eof:
            raise BadRequest("The gzip body is cut off; send all of it.")
        raw = machine.unused_data
    return b"".join(parts)


async def whole(request: Request) -> bytes:
    """All of a body as it came.  A signature is made of it before anybody reads it, so it is kept."""
    known: bytes | None = request.scope.get("whole_body")
    if known is None:
        parts, is_more = list[bytes](), True
        while is_more:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            is_more = message.get("more_body", False)
        known = request.scope["whole_body"] = b"".join(parts)
    return known


async def read(request: Request, model: type[Body]) -> Body:
    """The typed body of a request.  Raises `Faults` with every fault, `BadRequest` for 408, 413 and 415."""
    raw = await whole(request)
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding:
        raw = await _aside(ASIDE // 16 - len(raw), partial(inflate, raw, coding=coding))
        request.scope["place"].take(len(raw))
    return await _aside(ASIDE - len(raw), partial(wire.read, model, raw))


async def _aside(left: int, work: Callable[[], T]) -> T:
    """Do it here, or in a thread when there is no time left for it here."""
    return work() if left >= 0 else await asyncio.to_thread(work)


def query(request: Request, model: type[Body]) -> Body:
    """The typed query string; an empty parameter is one that is not there, an unknown one is ignored."""
    given = {name: text for name, text in request.query_params.items() if text}
    return wire.check(model, given, source="query")
