"""`POST /api/scraper/v1/leases/{lease_id}/…`: a runner keeps its lease, or gives it back."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api.fleet import told
from scraper_backend.coordinator.held import Held
from scraper_backend.coordinator.routes import Desk, key_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import heartbeats
from scraper_backend.core import wire
from scraper_backend.core.errors import LeaseLost

router = new_router()
LOOK_S: Final = 0.25
"""A heartbeat that waits looks for news no more often."""


@router.post("/api/scraper/v1/leases/{lease_id}/heartbeat", tags=["fleet"])
@may_call(Who.KEY)
@speaks(body=wire.Heartbeat, answers=wire.HeartbeatAnswer, errors=(403, 410))
async def beat(lease_id: str, request: Request, desk: Desk) -> Response:
    """Keep a lease alive, and hear which of its tasks are still worth doing.

    Answered at once when there is anything to say that the runner has not `seen`, else after `wait_s`.
    410 when the lease is over: what was found under it still counts.
    """
    asked, key = await body.read(request, wire.Heartbeat), key_of(request)
    lease = _written(lease_id)
    async with Held(request, desk, asked.wait_s) as held:
        since = desk.store.version("work")
        found = await desk.store.write(lambda tx: heartbeats.beat(tx, lease, asked, key, now=desk.clock()))
        known = {"", asked.seen}
        while found.news in known and await held.changed(since, not_before=LOOK_S):
            since = desk.store.version("work")
            if await desk.store.read(lambda tx: heartbeats.news(tx, lease, now=desk.clock())) not in known:
                found = await desk.store.write(
                    lambda tx: heartbeats.beat(tx, lease, asked, key, now=desk.clock())
                )
    return told(found, desk)


@router.post("/api/scraper/v1/leases/{lease_id}/release", tags=["fleet"])
@may_call(Who.KEY)
@speaks(body=wire.Release, answers=wire.ReleaseAnswer, errors=(403, 410))
async def release_lease(lease_id: str, request: Request, desk: Desk) -> Response:
    """Give back the tasks of a lease; nothing is held against them.  A lease that is over has none."""
    asked, key, now = await body.read(request, wire.Release), key_of(request), desk.clock()
    lease = _written(lease_id)
    return told(await desk.store.write(lambda tx: heartbeats.release(tx, lease, asked, key, now=now)), desk)


def _written(lease_id: str) -> str:
    """A lease's id as we write them; PostgreSQL would not even take a question about some others."""
    if not (lease_id.isascii() and lease_id.isalnum()):
        raise LeaseLost("no such lease; what you have found still counts, send it")
    return lease_id
