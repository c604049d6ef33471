"""`POST /api/scraper/v1/results`: what runners of the fleet have found."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api.fleet import told
from scraper_backend.coordinator.routes import Desk, key_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import batches
from scraper_backend.core import wire

router = new_router()


@router.post("/api/scraper/v1/results", tags=["fleet"])
@may_call(Who.KEY)
@speaks(body=wire.ResultsBatch, answers=wire.ResultsAnswer)
async def take_results(request: Request, desk: Desk) -> Response:
    """Hand in outcomes; each is judged by itself, and the verdicts come in the order of the items.

    `accepted`, `duplicate`, `stale`, `cancelled`, `unknown`: done with, whichever it is.  `{"invalid": why}`:
    the item cannot be understood; the others of its batch are stored all the same.
    """
    batch, key, now = await body.read(request, wire.ResultsBatch), key_of(request), desk.clock()
    return told(await desk.store.write(lambda tx: batches.deliver(tx, batch, key, now=now)), desk)
