"""What a route must say of itself: who may call it, and what it takes and answers.

    @router.post("/api/admin/scraping/callback")
    @may_call(Who.KEY, Who.SIGNATURE)
    @speaks(body=wire.Callback, answers=wire.CallbackAnswer, errors=(403, 404))
    async def callback(request: Request, office: Desk) -> Response: ...

A route that does not say who may call it cannot be made: the coordinator would not start.  `Guarded` asks
`access` before anything of the request is read.  What a route speaks is what `/openapi.json` says of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scraper_backend.coordinator.access import Caller, Machine, Who, identify
from scraper_backend.coordinator.office import Office, office_of
from scraper_backend.coordinator.rules import keys
from scraper_backend.core import wire

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Speech:
    """The shapes of an endpoint: its body or query, its answer, and the errors that are its own."""

    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: type[BaseModel] | tuple[str, ...] | str = "text/plain"
    errors: tuple[int, ...] = ()


def may_call(*who: Who) -> Callable[[Endpoint], Endpoint]:
    """Declare who may call an endpoint.  Required of every one."""

    def declared(endpoint: Endpoint) -> Endpoint:
        endpoint.may_call = frozenset(who)  # type: ignore[attr-defined]
        return endpoint

    return declared


def speaks(
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answers: type[BaseModel] | tuple[str, ...] | str,
    errors: Sequence[int] = (),
) -> Callable[[Endpoint], Endpoint]:
    """Declare what an endpoint takes and answers, for `/openapi.json` and `/docs`."""

    def declared(endpoint: Endpoint) -> Endpoint:
        endpoint.speech = Speech(body, query, answers, tuple(errors))  # type: ignore[attr-defined]
        return endpoint

    return declared


class Guarded(APIRoute):
    """A route with a doorman."""

    who: frozenset[Who]
    speech: Speech | None

    def __init__(self, path: str, endpoint: Callable[..., Any], **said: Any) -> None:
        self.who = getattr(endpoint, "may_call", frozenset())
        self.speech = getattr(endpoint, "speech", None)
        if not self.who:
            raise TypeError(f"{path} does not say who may call it: write @may_call(Who.…) above {endpoint}")
        super().__init__(path, endpoint, **said | {"response_model": None})
        self._wants = tuple(inspect.signature(endpoint).parameters)
        if unknown := set(self._wants) - {"request", "desk", *self.param_convertors}:
            raise TypeError(f"{path} has no {', '.join(unknown)} for {endpoint}")
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint behind its doorman: identify first, read afterwards.

        FastAPI would ask its dependency machinery for the office, in a thread, and look for a body to parse:
        half of what a claim costs.  An endpoint takes `request`, `desk` and names of its path, nothing else.
        """
        request = Request(scope, receive, send)
        scope["caller"] = await identify(request, self.who)
        given = {"request": request, "desk": office_of(request), **scope["path_params"]}
        answered: Response = await self.endpoint(**{name: given[name] for name in self._wants})
        await answered(scope, receive, send)


def new_router() -> APIRouter:
    """A router whose every route is `Guarded`."""
    return APIRouter(route_class=Guarded)


def caller_of(request: Request) -> Caller:
    """Whom the doorman let in."""
    caller: Caller = request.scope["caller"]
    return caller


def key_of(request: Request) -> keys.Key:
    """The API key of a caller who must have one."""
    caller = caller_of(request)
    if not isinstance(caller, Machine):
        raise TypeError(f"{request.url.path} admits callers without an API key")
    return caller.key


Desk = Annotated[Office, Depends(office_of)]
"""The office an endpoint works for."""


def answer(value: wire.Wire, *, status: int = 200) -> Response:
    """A typed value as a JSON answer."""
    return Response(value.as_bytes(), status_code=status, media_type="application/json")
