"""`POST /api/admin/scraper-network/runners/register`: a runner introduces itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.routes import Desk, answer, key_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import runners
from scraper_backend.core import wire

router = new_router()


@router.post("/api/admin/scraper-network/runners/register", tags=["contract"])
@may_call(Who.KEY)
@speaks(body=wire.Register, answers=wire.Registered, errors=(403,))
async def register_runner(request: Request, desk: Desk) -> Response:
    """Register a runner, or update one.

    A key bound to one runner may not register another; a name that a bound key owns is closed to other keys.
    """
    asked, key, now = await body.read(request, wire.Register), key_of(request), desk.clock()
    runner = await desk.store.write(lambda tx: runners.register(tx, asked, key, now=now))
    known = wire.RunnerWire(name=runner.name, status=runner.status, registered_at=runner.registered_at)
    return answer(wire.Registered(runner=known, message=f"Runner '{runner.name}' registered successfully"))
