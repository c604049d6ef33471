"""`POST /api/scraper/v1/claim`: a runner of the fleet asks for work, and may wait for it."""

from __future__ import annotations

import random
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api.fleet import told
from scraper_backend.coordinator.held import Held
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.routes import Desk, key_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import claims
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.core import wire

router = new_router()
COME_BACK_MS: Final = 2_000
"""Runners that were sent away by a coordinator that stops come back spread over this time."""


@router.post("/api/scraper/v1/claim", tags=["fleet"])
@may_call(Who.KEY)
@speaks(body=wire.Claim, answers=wire.ClaimAnswer, errors=(403, 409, 410))
async def claim_tasks(request: Request, desk: Desk) -> Response:
    """Ask for tasks, and wait up to `wait_s` for the first.

    The same `claim_key` again gets the same lease: 410 when that is over, 409 with other wishes.  Without a
    lease, `retry_after_ms` says when to ask again.
    """
    asked, key = await body.read(request, wire.Claim), key_of(request)
    async with Held(request, desk, asked.wait_s) as held:
        since = desk.store.version("work")
        found = await _claim(desk, asked, key)
        while _is_nothing(found) and await held.changed(since):
            since = desk.store.version("work")
            found = await _look_again(desk, asked, key) or found
    return told(found.model_copy(update=_when_to_ask_again(found, asked, desk)), desk)


async def _claim(desk: Office, asked: wire.Claim, key: Key) -> wire.ClaimAnswer:
    return await desk.store.write(lambda tx: claims.claim(tx, asked, key, now=desk.clock()))


async def _look_again(desk: Office, asked: wire.Claim, key: Key) -> wire.ClaimAnswer | None:
    """Claim if there is anything to claim; a question first, because most who are woken come too late."""
    wish = (frozenset(asked.capabilities), frozenset(asked.labels))
    async with desk.lobby.turn:
        version = desk.store.version("work")
        if desk.lobby.was_in_vain(wish, version, asked.runner_name):
            return None
        draining = await desk.store.read(claims.draining)
        is_work = await desk.store.read(lambda tx: claims.is_work_for(tx, asked, now=desk.clock()))
        if is_work or asked.runner_name in draining:
            return await _claim(desk, asked, key)
        desk.lobby.in_vain(wish, version, draining)
        return None


def _is_nothing(found: wire.ClaimAnswer) -> bool:
    """No tasks, and no reason to be told so at once."""
    return found.lease is None and not found.directives.drain


def _when_to_ask_again(found: wire.ClaimAnswer, asked: wire.Claim, desk: Office) -> dict[str, int]:
    """Who has waited here for nothing may ask again at once; whom we send away comes back in their time."""
    if not _is_nothing(found):
        return {}
    if desk.stopping.is_set():
        return {"retry_after_ms": random.randint(200, COME_BACK_MS)}
    return {"retry_after_ms": 0} if asked.wait_s else {}
