"""`POST /api/scraper/v1/logs`: what runners of the fleet say of their work."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api.fleet import told
from scraper_backend.coordinator.routes import Desk, key_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import logs
from scraper_backend.core import wire

router = new_router()


@router.post("/api/scraper/v1/logs", tags=["fleet"])
@may_call(Who.KEY)
@speaks(body=wire.LogsBatch, answers=wire.LogsAnswer, errors=(403,))
async def take_logs(request: Request, desk: Desk) -> Response:
    """Hand in structured events.  `seq` rises within a runner's name, so a repeat is stored once."""
    batch, key, now = await body.read(request, wire.LogsBatch), key_of(request), desk.clock()
    return told(await desk.store.write(lambda tx: logs.keep(tx, batch, key, now=now)), desk)
