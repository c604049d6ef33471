"""Styles, scripts and icons: read once from the package, named by their content, cached for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.routes import may_call, new_router
from scraper_backend.core.errors import BadRequest

router = new_router()


class Asset(NamedTuple):
    """One file of the package."""

    content: bytes
    kind: str
    mark: str


@cache
def assets() -> dict[str, Asset]:
    """Every file under `static/` by its path there; nothing else can be asked for."""
    return dict(_files(resources.files(__package__).joinpath("static"), ""))


def address(name: str) -> str:
    """Where a page finds the asset; changes with its content."""
    return f"/static/{name}?{assets()[name].mark}"


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith(".md"):
            content = entry.read_bytes()
            kind = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
            found.append(
                (prefix + entry.name, Asset(content, kind, hashlib.sha256(content).hexdigest()[:12]))
            )
    return found


@router.get("/static/{name:path}")
@may_call(Who.ANYONE)
async def get_asset(request: Request) -> Response:
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise BadRequest("There is no such file.", status=404)
    is_named = request.url.query == asset.mark
    headers = {
        "ETag": f'"{asset.mark}"',
        "Cache-Control": "public, max-age=31536000, immutable" if is_named else "no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.kind, headers=headers)
