"""The outermost layer of every request: its id, its limits, its headers, its line in the log.

Nothing passes it that is not an answer: what the house let fall is logged with its traceback, and the
caller hears a request id and no more.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scraper_backend.coordinator.body import Limited, Place, Room
from scraper_backend.core import wire

log = structlog.get_logger(__name__)

SAFE: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise.  Pages allow themselves their own styles and scripts."""
HSTS: Final = "max-age=31536000"
_RAW: Final = tuple((name.lower().encode(), value.encode()) for name, value in SAFE.items())
OF_MACHINES: Final = ("/api/scraper/", "/api/admin/")
"""The contract and the fleet's calls.  No part of these addresses is a name that could hold a slash."""
Refuse = Callable[[Request, Exception], Awaitable[Response]]
"""Turns an exception into an answer."""


class Shell:
    """ASGI around the application."""

    def __init__(
        self, app: ASGIApp, *, is_https: bool, refuse: Refuse, expected: tuple[type[Exception], ...]
    ) -> None:
        """`expected`: the exceptions that are refusals, and no faults of ours."""
        self._app, self._is_https = app, is_https
        self._refuse, self._expected = refuse, expected
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        place = Place(self._room)
        exchange = Exchange(scope, receive, send, place, is_https=self._is_https)
        try:
            await exchange.run(self._app, self._refuse, self._expected)
        finally:
            place.leave()


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, place: Place, *, is_https: bool) -> None:
        self.id = f"{random.getrandbits(64):016x}"
        self._outer, self._send, self._is_https = scope, send, is_https
        # GET answers a HEAD: the server drops the body by the method in its own scope.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        path = straight(scope["path"])
        self._scope = {**scope, "method": method, "path": path, "request_id": self.id, "place": place}
        self._receive = Limited(scope, receive, place)
        self._status, self._began = 0, time.perf_counter()

    async def run(self, app: ASGIApp, refuse: Refuse, expected: tuple[type[Exception], ...]) -> None:
        """Let `app` answer; answer for it when it falls."""
        with structlog.contextvars.bound_contextvars(request_id=self.id):
            try:
                await self._ask(app, refuse, expected)
            except asyncio.CancelledError:
                await self._last_words()
                raise
            except Exception as error:
                log.exception("http.fault", method=self._outer["method"], path=self._place())
                if not self._status:
                    await self._say(await refuse(Request(self._scope), error))
            finally:
                self._log()

    async def _ask(self, app: ASGIApp, refuse: Refuse, expected: tuple[type[Exception], ...]) -> None:
        """A refusal is an answer like any other, unless one has begun."""
        try:
            await app(self._scope, self._receive, self._answer)
        except expected as error:
            if self._status:
                raise
            await self._say(await refuse(Request(self._scope), error))

    async def _say(self, answer: Response) -> None:
        await answer(self._scope, self._receive, self._answer)

    async def _answer(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = list(message.get("headers", ()))
            said = {name for name, _ in headers}
            headers += [header for header in _RAW if header[0] not in said]
            headers.append((b"x-request-id", self.id.encode()))
            if self._is_https and b"strict-transport-security" not in said:
                headers.append((b"strict-transport-security", HSTS.encode()))
            message = {**message, "headers": headers}
        await self._send(message)

    async def _last_words(self) -> None:
        """The server stops and has waited long enough."""
        if self._status:
            return
        body = wire.ErrorBody(error="The coordinator is stopping; try again.").as_bytes()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._answer({"type": "http.response.start", "status": 503, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _place(self) -> str:
        """The route's own pattern: addresses and queries can hold what a log must not."""
        route: Any = self._scope.get("route")
        return getattr(route, "path", None) or printable(self._outer["path"])

    def _log(self) -> None:
        client = self._outer.get("client")
        log.info(
            "http.request",
            method=self._outer["method"],
            path=self._place(),
            status=self._status,
            ms=round((time.perf_counter() - self._began) * 1000, 1),
            client=client[0] if client else None,
            caller=str(self._scope.get("caller", "")) or None,
        )


def straight(path: str) -> str:
    """A machine's address as it is meant: its base ended in `/`, or every path of its framework does."""
    plain = "/" + "/".join(part for part in path.split("/") if part)
    return plain if plain.startswith(OF_MACHINES) else path


def printable(text: str) -> str:
    """Text from outside, on one line, short, without what a terminal would obey."""
    return re.sub(r"[^\x20-\x7e]", "?", text[:200])
