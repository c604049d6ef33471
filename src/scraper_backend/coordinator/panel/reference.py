"""`/docs`: the API reference as a page, made from the same document as `/openapi.json`; no CDN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who, current
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router

router = new_router()


class Endpoint(NamedTuple):
    """One operation, ready to be shown."""

    method: str
    path: str
    anchor: str
    operation: dict[str, Any]
    body: str
    answers: tuple[tuple[str, str, str], ...]


@router.get("/docs")
@may_call(Who.ANYONE)
async def show_reference(request: Request, desk: Desk) -> Response:
    document = request.app.state.openapi
    groups: dict[str, list[Endpoint]] = {}
    for endpoint in _endpoints(document):
        groups.setdefault(endpoint.operation.get("tags", ["other"])[0], []).append(endpoint)
    return page(
        request,
        "reference.html",
        here="API reference",
        document=document,
        groups=groups,
        base=desk.settings.address,
        session=await current(request, desk),
    )


def _endpoints(document: dict[str, Any]) -> Iterator[Endpoint]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            answers = tuple(
                (status, said["description"], _shape(said["content"], schemas) if status == "200" else "")
                for status, said in operation["responses"].items()
            )
            yield Endpoint(
                method.upper(), path, operation["operationId"], operation, _shape(body, schemas), answers
            )


def _shape(content: dict[str, Any], schemas: dict[str, Any]) -> str:
    """A body as indented JSON with types in the place of values."""
    if "application/json" not in content:
        return ""
    drawn = _draw(content["application/json"]["schema"], schemas, ())
    return orjson.dumps(drawn, option=orjson.OPT_INDENT_2).decode()


def _draw(schema: dict[str, Any], schemas: dict[str, Any], above: tuple[str, ...]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name if name in above else _draw(schemas[name], schemas, (*above, name))
    if "anyOf" in schema:
        return _either([_draw(option, schemas, above) for option in schema["anyOf"]])
    if schema.get("type") == "array":
        return [_draw(schema.get("items", {}), schemas, above)]
    if schema.get("type") == "object":
        return _object(schema, schemas, above)
    return _word(schema)


def _either(drawn: list[Any]) -> Any:
    """One of several shapes; that a value may also be null goes without saying."""
    shapes = [shape for shape in drawn if shape != "null"]
    words = [shape for shape in shapes if isinstance(shape, str)]
    return shapes[0] if len(words) < len(shapes) else " | ".join(words)


def _object(schema: dict[str, Any], schemas: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
    """Its known keys, a `?` behind those that may be missing, or the shape of any key's value."""
    required, inner = schema.get("required", ()), schema.get("additionalProperties")
    known = {
        key if key in required else f"{key}?": _draw(value, schemas, above)
        for key, value in schema.get("properties", {}).items()
    }
    return known or ({"…": _draw(inner, schemas, above)} if isinstance(inner, dict) and inner else {})


def _word(schema: dict[str, Any]) -> Any:
    """The name of a plain value's type, or the values it can have."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return schema.get("format") or schema.get("type") or "anything"
