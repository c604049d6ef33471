"""`GET /api/scraper/v1/job`: what a runner is asked to do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.routes import Desk, answer, may_call, new_router, speaks
from scraper_backend.coordinator.rules import jobs
from scraper_backend.core import wire

router = new_router()


class JobQuery(wire.Wire):
    """Which job."""

    job_id: wire.JobId


@router.get("/api/scraper/v1/job", tags=["contract"])
@may_call(Who.KEY)
@speaks(query=JobQuery, answers=wire.JobConfig, errors=(404,))
async def get_job(request: Request, desk: Desk) -> Response:
    """Fetch a job's SKUs and scraper configurations.

    A disabled scraper is listed as `disabled: true` and not run.  A job without SKUs in test mode lists its
    scrapers' test SKUs; a cancelled job lists none.
    """
    asked = query(request, JobQuery)
    return answer(await desk.store.read(lambda tx: jobs.config(tx, asked.job_id)))
