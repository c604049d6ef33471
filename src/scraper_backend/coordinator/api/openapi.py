"""`/openapi.json`: what every endpoint says of itself, errors included.

Made from the routes' own declarations (`routes.speaks`, `routes.may_call`) and the types of `core.wire`,
so that the document cannot say something else than the code.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend import __version__
from scraper_backend.coordinator.access import SCOPE, Who
from scraper_backend.coordinator.routes import Guarded, Speech, may_call, new_router
from scraper_backend.core import wire

router = new_router()

ABOUT: Final = """\
What runners and other machines say to the coordinator, and what people's scripts may do (`/api/v1`). Every
error, of every endpoint, is `{"error": "what went wrong"}`. A field nobody knows is ignored; a known field
of the wrong type is a fault, and all faults of a body are told at once, each by its path. A body may be
gzip (`Content-Encoding: gzip`) and may have 8 MiB after inflation."""

TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A `bsrt_` token from the panel's Settings; the scope an endpoint needs stands beside it. "
    "Every scope brings `read` along, and `admin` brings all.",
}
SCHEMES: Final[Mapping[Who, Mapping[str, str]]] = {
    Who.KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A `bsr_` key: `bsr key create NAME`.",
    },
    Who.SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Webhook-Signature",
        "description": "HMAC-SHA256 of the raw body with SCRAPER_WEBHOOK_SECRET, in hex, with or without "
        "`sha256=`. It can only report `failed`, and counts only where there is no X-API-Key header.",
    },
    **dict.fromkeys(SCOPE, TOKEN),
}
NAMES: Final = {Who.KEY: "key", Who.SIGNATURE: "signature", **dict.fromkeys(SCOPE, "token")}

ERRORS: Final[Mapping[int, str]] = {
    400: "Missing or invalid parameters; every fault is named by its path.",
    401: "The key or signature is missing, wrong, expired or revoked.",
    403: "The key is valid, but not for this.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "It cannot be done in this state.",
    410: "The lease is over.",
    413: "The body is larger than 8 MiB after inflation.",
    415: "The body's Content-Encoding is not understood.",
    500: "Server error.",
    503: "The database is busy or away; try again after `Retry-After` seconds.",
}


def describe(routes: Iterable[object]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these routes."""
    spoken = [(route, route.speech) for route in routes if isinstance(route, Guarded) and route.speech]
    references, schemas = _schemas(speech for _, speech in spoken)
    paths: dict[str, dict[str, Any]] = {}
    for route, speech in spoken:
        for method in sorted(route.methods or ()):
            paths.setdefault(route.path_format, {})[method.lower()] = _operation(route, speech, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bay State scraper coordinator", "version": __version__, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {NAMES[who]: scheme for who, scheme in SCHEMES.items()},
        },
    }


References = Mapping[tuple[type[BaseModel], JsonSchemaMode], Mapping[str, Any]]


def _schemas(speeches: Iterable[Speech]) -> tuple[References, dict[str, Any]]:
    """Every model once, under names that do not collide."""
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(wire.ErrorBody, "serialization"): None}
    for speech in speeches:
        if speech.body:
            models[speech.body, "validation"] = None
        if not isinstance(speech.answers, (str, tuple)):
            models[speech.answers, "serialization"] = None
    made, document = models_json_schema(list(models), ref_template="#/components/schemas/{model}")
    return {key: made[key] for key in models}, document.get("$defs", {})


def _operation(route: Guarded, speech: Speech, references: References) -> dict[str, Any]:
    title, _, more = (inspect.getdoc(route.endpoint) or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.endpoint.__name__,
        "summary": title.rstrip("."),
        "description": more.strip(),
        "tags": [str(tag) for tag in route.tags],
        "security": [
            {NAMES[who]: [SCOPE[who]] if who in SCOPE else []} for who in SCHEMES if who in route.who
        ],
        "parameters": list(_parameters(route, speech)),
        "responses": _responses(route, speech, references),
    }
    if speech.body:
        schema = references[speech.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {key: value for key, value in operation.items() if value or key == "security"}


def _parameters(route: Guarded, speech: Speech) -> Iterator[dict[str, Any]]:
    for name in route.param_convertors:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if speech.query:
        schema = speech.query.model_json_schema()
        for name, inner in schema.get("properties", {}).items():
            required = name in schema.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": inner}


def _responses(route: Guarded, speech: Speech, references: References) -> dict[str, Any]:
    error = {"application/json": {"schema": references[wire.ErrorBody, "serialization"]}}
    if isinstance(speech.answers, (str, tuple)):
        kinds = (speech.answers,) if isinstance(speech.answers, str) else speech.answers
        good: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in kinds}
    else:
        good = {"application/json": {"schema": references[speech.answers, "serialization"]}}
    answers: dict[str, Any] = {"200": {"description": "Successful response.", "content": good}}
    for status in sorted({*speech.errors, *_usual_errors(route, speech)}):
        words = ERRORS.get(status, HTTPStatus(status).phrase)
        answers[str(status)] = {"description": words, "content": error}
    return answers


def _usual_errors(route: Guarded, speech: Speech) -> Iterator[int]:
    """What follows from what a route takes and who may call it."""
    yield 500
    if Who.ANYONE not in route.who:
        yield from (401, 503)
    if speech.query:
        yield 400
    if speech.body:
        yield from (400, 408, 413, 415)


@router.get("/openapi.json")
@may_call(Who.ANYONE)
async def get_openapi(request: Request) -> Response:
    """This document."""
    return Response(orjson.dumps(request.app.state.openapi), media_type="application/json")
