"""One result of a job: every value, how it was read, and why the outcome is what it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.panel.jobs import TONES, job_id_of
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs, products, progress
from scraper_backend.core.errors import BadRequest

router = new_router()


@router.get("/jobs/{job_id}/results/{task_id}")
@may_call(Who.VIEWER)
async def show_result(request: Request, desk: Desk) -> Response:
    job_id, text = job_id_of(request), request.path_params["task_id"]
    task_id = int(text) if text.isascii() and text.isdecimal() and len(text) < 17 else 0
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    result = await desk.store.read(lambda tx: progress.of_task(tx, job_id, task_id))
    if result is None:
        raise BadRequest("This job has no such result, or not yet.", status=404)
    detail = result.outcome.detail
    return page(
        request, "job_result.html", here="Jobs", tab="", job=job, result=result, tones=TONES,
        values=products.values_of(result.outcome.data, detail), evidence=products.evidence_of(detail),
        rest={key: value for key, value in detail.items() if key not in ("provenance", "evidence", "reason")},
    )  # fmt: skip
