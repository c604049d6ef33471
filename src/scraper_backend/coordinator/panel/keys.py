"""API keys: made and shown once with the commands that use them, rotated, revoked.

The page that shows a secret is the answer to the form itself and is stored nowhere, by nobody: what leads
back to it shows a list without it.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import forms
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.rules.keys import NewKey
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import sentence

router = new_router()
OVERLAPS = {0: "no longer: end it at once", 1: "an hour", 24: "a day", 168: "a week", 720: "30 days"}
STATUS = {"live": "good", "rotated": "warn", "expired": "dim", "revoked": "dim"}


@router.get("/keys")
@may_call(Who.VIEWER)
async def list_keys(request: Request, desk: Desk) -> Response:
    return await _page(request, desk)


@router.post("/keys")
@may_call(Who.OPERATOR)
async def create_key(request: Request, desk: Desk) -> Response:
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    name, bind = said.get("name", "").strip(), said.get("bind", "").strip() or None
    try:
        days = number(said.get("days", ""), "days")
        lives = None if days is None else timedelta(days=days)
        made = await desk.store.write(
            lambda tx: keys.create(tx, name, bind=bind, expires_in=lives, by=by, now=now)
        )
    except (Faults, BadRequest) as error:
        words = sentence(error.problems) if isinstance(error, Faults) else str(error)
        return await _page(request, desk, fault=words, said=said, status=400)
    return await _page(request, desk, made=made)


@router.get("/keys/{number}/rotate")
@may_call(Who.OPERATOR)
async def ask_for_overlap(request: Request, desk: Desk) -> Response:
    every, now = await desk.store.read(keys.every), desk.clock()
    which = request.path_params["number"]
    key = next((one for one in every if str(one.id) == which and one.status(now) == "live"), None)
    if key is None:
        raise BadRequest("There is no such live key.", status=404)
    return page(request, "key_rotate.html", here="Runners", key=key, overlaps=OVERLAPS)


@router.post("/keys/{number}/rotate")
@may_call(Who.OPERATOR)
async def rotate_key(request: Request, desk: Desk) -> Response:
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    which, hours = f"#{request.path_params['number']}", number(said.get("hours", ""), "hours") or 0
    made = await desk.store.write(
        lambda tx: keys.rotate(tx, which, overlap=timedelta(hours=hours), by=by, now=now)
    )
    return await _page(request, desk, made=made, overlap=hours)


@router.post("/keys/{number}/revoke")
@may_call(Who.OPERATOR)
async def revoke_key(request: Request, desk: Desk) -> Response:
    which, now, by = f"#{request.path_params['number']}", desk.clock(), str(caller_of(request))
    await desk.store.write(lambda tx: keys.revoke(tx, which, by=by, now=now))
    return RedirectResponse("/keys", status_code=303)


def number(text: str, name: str) -> int | None:
    """A whole number of a form, None for nothing.  Raises `BadRequest` with what to write."""
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) > 36500:
        raise BadRequest(f"{name}: write a whole number up to 36500, or nothing.")
    return int(text)


async def _page(
    request: Request, desk: Office, *, made: NewKey | None = None, overlap: int | None = None,
    fault: str = "", said: dict[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    every = await desk.store.read(keys.every)
    return page(
        request, "keys.html", status=status, here="Runners", keys=every[::-1], now=desk.clock(), made=made,
        overlap=overlap, fault=fault, said=said or {}, states=STATUS, address=desk.settings.address,
    )  # fmt: skip
