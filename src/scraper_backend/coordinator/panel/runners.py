"""Runners: who is here, what they hold, how they do on each site; rest, wake, remove."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import forms
from scraper_backend.coordinator.panel.doorbell import RING, doorbell
from scraper_backend.coordinator.panel.jobs import TONES
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import health, rests, runners
from scraper_backend.core.errors import BadRequest

router = new_router()
STATES = {"online": "good", "draining": "warn", "offline": "dim"}
WORDS = {"online": "online", "draining": "paused", "offline": "offline"}


@router.get("/runners")
@may_call(Who.VIEWER)
async def list_runners(request: Request, desk: Desk) -> Response:
    return await _list(request, desk, "runners.html")


@router.get("/runners/live")
@may_call(Who.VIEWER)
async def live_runners(request: Request, desk: Desk) -> Response:
    return await _list(request, desk, "runners_live.html")


@router.get("/runners/changes")
@may_call(Who.VIEWER)
async def runners_changes(request: Request, desk: Desk) -> Response:
    """A heartbeat is no change, but the last contact moves on: every breath rings."""
    return doorbell(request, desk, "runners", breath=RING)


@router.get("/runners/-/{name:path}")
@may_call(Who.VIEWER)
async def show_runner(request: Request, desk: Desk) -> Response:
    name, now = request.path_params["name"], desk.clock()
    runner = await desk.store.read(lambda tx: runners.get(tx, name, now=now))
    sites = await desk.store.read(lambda tx: health.of_runner(tx, name))
    held = [one for one in await desk.store.read(health.work) if one.runner == name]
    resting = await desk.store.read(lambda tx: rests.of_runner(tx, name, now=now))
    return page(
        request, "runner.html", here="Runners", runner=runner, sites=sites, held=held, resting=resting,
        tones=TONES, states=STATES, words=WORDS,
    )  # fmt: skip


@router.post("/runners/-/change")
@may_call(Who.OPERATOR)
async def change_runner(request: Request, desk: Desk) -> Response:
    """`action` is pause (with a `note`), resume or remove."""
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    name, note = said.get("name", ""), said.get("note", "")
    if said.get("action") == "remove":
        await desk.store.write(lambda tx: runners.remove(tx, name, by=by, now=now))
        return RedirectResponse("/runners", status_code=303)
    if said.get("action") == "pause":
        await desk.store.write(lambda tx: runners.rest(tx, name, note, by=by, now=now))
    elif said.get("action") == "resume":
        await desk.store.write(lambda tx: runners.wake(tx, name, by=by, now=now))
    else:
        raise BadRequest("Say what to do: pause, resume or remove.")
    return RedirectResponse(f"/runners/-/{quote(name, safe='')}", status_code=303)


async def _list(request: Request, desk: Office, template: str) -> Response:
    now = desk.clock()
    every = await desk.store.read(lambda tx: runners.every(tx, now=now))
    work = await desk.store.read(health.work)
    return page(
        request, template, here="Runners", runners=every, work=work, states=STATES, words=WORDS,
        address=desk.settings.address,
    )  # fmt: skip
