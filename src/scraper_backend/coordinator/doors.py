"""The way of a request to its route: through the shell, then straight to the door it asks for.

FastAPI lends its routes and their patterns.  Of what it would put in front of them (telemetry, a limit for
bodies, exit stacks of dependencies, a table of exceptions, a walk along all routes) nothing is needed here:
a `Guarded` route asks for none of it, and the shell has limits and refusals of its own.
What that costs: docs/decisions/0013-what-a-call-does-not-cost.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from scraper_backend.coordinator.routes import Guarded

Outermost = Callable[[ASGIApp], ASGIApp]
"""Puts a layer around what answers."""


class House(FastAPI):
    """FastAPI with one layer of ours around its routes, and none of its own."""

    def __init__(self, *, shell: Outermost, **said: Any) -> None:
        super().__init__(**said)
        self._shell = shell(Doors(self.router))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self._shell(scope, receive, send)


class Doors:
    """Routes by address.

    Which of them answers is asked of FastAPI, and remembered for an address without names in it: of these
    there are as many as there are routes.
    """

    def __init__(self, router: ASGIApp) -> None:
        self._router = router
        self._known: dict[tuple[str, str], Guarded] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = self._known.get((scope.get("method", ""), scope.get("path", "")))
        if known is None:
            await self._ask(scope, receive, send)
        else:
            scope["route"], scope["path_params"] = known, {}
            await known.app(scope, receive, send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)
        found = scope.get("route")
        is_plain = isinstance(found, Guarded) and not found.param_convertors
        if found is not None and is_plain and scope["method"] in found.methods:
            self._known[scope["method"], found.path] = found
