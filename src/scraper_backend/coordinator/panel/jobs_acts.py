"""What a person does to a job: pause, resume, cancel, try again.  What cannot be undone is asked twice."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.panel.jobs import OUTCOMES, TONES, job_id_of
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import jobs, pauses, retries

router = new_router()
RETRIABLE: Final = tuple(name for name in OUTCOMES if name in retries.CAN_BE_RETRIED)


@router.post("/jobs/{job_id}/pause")
@may_call(Who.OPERATOR)
async def pause(request: Request, desk: Desk) -> Response:
    job_id, by, now = job_id_of(request), str(caller_of(request)), desk.clock()
    await desk.store.write(lambda tx: pauses.pause_job(tx, job_id, by=by, now=now))
    return _to_job(job_id)


@router.post("/jobs/{job_id}/resume")
@may_call(Who.OPERATOR)
async def resume(request: Request, desk: Desk) -> Response:
    job_id, by, now = job_id_of(request), str(caller_of(request)), desk.clock()
    await desk.store.write(lambda tx: pauses.resume_job(tx, job_id, by=by, now=now))
    return _to_job(job_id)


@router.get("/jobs/{job_id}/cancel")
@may_call(Who.OPERATOR)
async def ask_cancel(request: Request, desk: Desk) -> Response:
    job_id = job_id_of(request)
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    return page(request, "job_cancel.html", here="Jobs", tab="", job=job, tones=TONES)


@router.post("/jobs/{job_id}/cancel")
@may_call(Who.OPERATOR)
async def cancel(request: Request, desk: Desk) -> Response:
    job_id, by, now = job_id_of(request), str(caller_of(request)), desk.clock()
    await desk.store.write(lambda tx: jobs.cancel(tx, job_id, by=by, now=now))
    return _to_job(job_id)


@router.get("/jobs/{job_id}/retry")
@may_call(Who.OPERATOR)
async def ask_retry(request: Request, desk: Desk) -> Response:
    job_id = job_id_of(request)
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    kinds = [(name, getattr(job.counts, name)) for name in RETRIABLE if getattr(job.counts, name)]
    return page(
        request, "job_retry.html", here="Jobs", tab="", job=job, kinds=kinds, wrong=retries.WENT_WRONG,
        tones=TONES,
    )  # fmt: skip


@router.post("/jobs/{job_id}/retry")
@may_call(Who.OPERATOR)
async def retry(request: Request, desk: Desk) -> Response:
    job_id, by, now = job_id_of(request), str(caller_of(request)), desk.clock()
    outcomes = [name for name in (await request.form()).getlist("outcome") if isinstance(name, str)]
    await desk.store.write(lambda tx: retries.retry(tx, job_id, outcomes=outcomes, by=by, now=now))
    return _to_job(job_id)


def _to_job(job_id: str) -> Response:
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)
