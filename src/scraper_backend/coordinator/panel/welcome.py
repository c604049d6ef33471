"""The first five minutes: a scraper, a job, a runner, each step with what is typed for it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs, keys, runners, scrapers

router = new_router()


@router.get("/welcome")
@may_call(Who.VIEWER)
async def welcome(request: Request, desk: Desk) -> Response:
    now = desk.clock()
    live = [key for key in await desk.store.read(keys.every) if key.status(now) == "live"]
    return page(
        request, "welcome.html", here="",
        scrapers=await desk.store.read(scrapers.every),
        jobs=await desk.store.read(lambda tx: jobs.every(tx, limit=1)),
        keys=live,
        runners=await desk.store.read(lambda tx: runners.every(tx, now=now)),
        address=desk.settings.address,
    )  # fmt: skip


async def is_new(desk: Office) -> bool:
    """Whether this coordinator has nothing to show yet: no scraper and no job."""
    return not await desk.store.read(scrapers.every) and not await desk.store.read(
        lambda tx: jobs.every(tx, limit=1)
    )
