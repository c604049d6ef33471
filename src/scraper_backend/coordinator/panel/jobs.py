"""Jobs and what became of them: the list, and one job with its results.

Both pages live: a stream says *that* something changed, and the page fetches its moving part again.  So the
stream carries nothing that could be stale or hostile, and a page without scripts is simply not live.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from scraper_backend.coordinator.access import Who, current
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs
from scraper_backend.core.errors import Faults, NoSuchJob
from scraper_backend.core.wire import JobId, JobStatus, OutcomeKind, check

router = new_router()
PAGE: Final = 50
RESULTS: Final = 100
RING_S: Final = 1.0
"""A page is told of changes at most this often, however fast results come."""
BREATH_S: Final = 15.0
"""A stream without news says something this often, so that a proxy keeps it and we notice who left."""

Ended = OutcomeKind | Literal["quarantined", "cancelled"]
Tone = Literal["good", "calm", "warn", "bad", "dim"]
TONES: Final[dict[str, Tone]] = {
    "found": "good", "not_found": "calm", "ambiguous": "warn", "mismatch": "warn", "blocked": "bad",
    "drifted": "bad", "failed": "bad", "quarantined": "bad", "cancelled": "dim",
    "pending": "dim", "running": "calm", "completed": "good",
}  # fmt: skip
OUTCOMES: Final = jobs.Counts._fields[2:]


class ListQuery(BaseModel):
    """Which jobs."""

    model_config = ConfigDict(frozen=True)
    status: JobStatus | None = None
    before: int | None = Field(default=None, ge=0)


class JobQuery(BaseModel):
    """Which results of a job."""

    model_config = ConfigDict(frozen=True)
    outcome: Ended | None = None
    scraper: str | None = Field(default=None, max_length=100)
    after: int = Field(default=0, ge=0)


class JobPath(BaseModel):
    """The job's id in an address."""

    job_id: JobId


class Slice(NamedTuple):
    """One piece of a job's bar, in percent."""

    tone: Tone
    x: float
    width: float


def slices(counts: jobs.Counts) -> list[Slice]:
    """A job's outcomes as pieces of a bar; what is open is the ground behind them."""
    pieces: list[Slice] = []
    x = 0.0
    for tone in ("good", "calm", "warn", "bad", "dim"):
        n = sum(getattr(counts, outcome) for outcome in OUTCOMES if TONES[outcome] == tone)
        if n:
            width = 100 * n / counts.total
            pieces.append(Slice(tone, round(x, 3), round(width, 3)))
            x += width
    return pieces


@router.get("/")
@may_call(Who.VIEWER)
async def start(request: Request) -> Response:
    return RedirectResponse("/jobs", status_code=303)


@router.get("/jobs")
@may_call(Who.VIEWER)
async def list_jobs(request: Request, desk: Desk) -> Response:
    return await _list(request, desk, "jobs.html")


@router.get("/jobs/live")
@may_call(Who.VIEWER)
async def live_jobs(request: Request, desk: Desk) -> Response:
    return await _list(request, desk, "jobs_live.html")


@router.get("/jobs/changes")
@may_call(Who.VIEWER)
async def jobs_changes(request: Request, desk: Desk) -> Response:
    return doorbell(request, desk)


@router.get("/jobs/{job_id}")
@may_call(Who.VIEWER)
async def show_job(request: Request, desk: Desk) -> Response:
    return await _job(request, desk, "job.html")


@router.get("/jobs/{job_id}/live")
@may_call(Who.VIEWER)
async def live_job(request: Request, desk: Desk) -> Response:
    return await _job(request, desk, "job_live.html")


async def _list(request: Request, desk: Office, template: str) -> Response:
    asked = query(request, ListQuery)
    before = None if asked.before is None else datetime.fromtimestamp(asked.before / 1000, UTC)
    found = await desk.store.read(
        lambda tx: jobs.every(tx, status=asked.status, limit=PAGE + 1, before=before)
    )
    shown, more = found[:PAGE], found[PAGE:]
    return page(
        request, template, here="Jobs", asked=asked, jobs=shown, older=shown[-1].created_at if more else None,
        statuses=get_args(JobStatus), tones=TONES, slices=slices, address=desk.settings.address,
    )  # fmt: skip


async def _job(request: Request, desk: Office, template: str) -> Response:
    asked, job_id = query(request, JobQuery), _job_id(request)
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    found = await desk.store.read(
        lambda tx: jobs.results(
            tx, job_id, after=asked.after, limit=RESULTS + 1, outcome=asked.outcome, scraper=asked.scraper
        )
    )
    shown, more = found[:RESULTS], found[RESULTS:]
    return page(
        request, template, here="Jobs", asked=asked, job=job, results=shown,
        after=shown[-1].task_id if more else None, outcomes=OUTCOMES, tones=TONES, slices=slices,
    )  # fmt: skip


def _job_id(request: Request) -> str:
    """The id in the address; what is no UUID is no job of ours."""
    try:
        return check(JobPath, {"job_id": request.path_params["job_id"]}).job_id
    except Faults:
        raise NoSuchJob("There is no such job.") from None


def doorbell(request: Request, desk: Office) -> Response:
    """A stream of `changed` events while the session lives, the browser listens and nobody stops us."""

    async def rings() -> AsyncIterator[str]:
        seen = desk.store.version("jobs")
        yield "retry: 2000\n: here\n\n"
        while not desk.stopping.is_set():
            now = await _until_change(desk, seen)
            if await current(request, desk) is None:
                return
            yield ": \n\n" if now == seen else "event: changed\ndata: 1\n\n"
            seen = now

    return StreamingResponse(rings(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _until_change(desk: Office, seen: int) -> int:
    """The version after a change or a breath; at once when the coordinator stops."""
    change = asyncio.ensure_future(desk.store.changed("jobs", seen, BREATH_S))
    stop = asyncio.ensure_future(desk.stopping.wait())
    try:
        await asyncio.wait((change, stop), return_when=asyncio.FIRST_COMPLETED)
        if change.done() and change.result() != seen:
            await asyncio.wait((stop,), timeout=RING_S)
        return desk.store.version("jobs")
    finally:
        change.cancel()
        stop.cancel()
