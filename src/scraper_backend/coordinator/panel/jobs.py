"""Jobs and what became of them: the list, and one job with its results.

Both pages live: a stream says *that* something changed, and the page fetches its moving part again.  So the
stream carries nothing that could be stale or hostile, and a page without scripts is simply not live.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import recalled
from scraper_backend.coordinator.panel.doorbell import RING_S, doorbell
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs, keys, progress, retries, scrapers, waiting
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import Faults, NoSuchJob
from scraper_backend.core.wire import JobId, JobStatus, OutcomeKind, check

router = new_router()
PAGE: Final = 50
RESULTS: Final = 100
LARGE: Final = 20_000
LARGE_RING_S: Final = 5.0
"""Counting a job with more tasks than `LARGE` takes a while, so its page asks less often."""

Ended = OutcomeKind | Literal["quarantined", "cancelled"]
Tone = Literal["good", "calm", "warn", "bad", "dim"]
TONES: Final[dict[str, Tone]] = {
    "found": "good", "not_found": "calm", "ambiguous": "warn", "mismatch": "warn", "blocked": "bad",
    "drifted": "bad", "failed": "bad", "quarantined": "bad", "cancelled": "dim",
    "pending": "dim", "running": "calm", "completed": "good", "paused": "warn",
    "waiting": "dim", "leased": "calm",
}  # fmt: skip
OUTCOMES: Final = jobs.Counts._fields[2:]


class ListQuery(BaseModel):
    """Which jobs."""

    model_config = ConfigDict(frozen=True)
    status: JobStatus | None = None
    before: int | None = Field(default=None, ge=0)


class JobQuery(BaseModel):
    """Which results of a job, and whether the last to come are first (`before`: a moment and a task)."""

    model_config = ConfigDict(frozen=True)
    outcome: Ended | None = None
    scraper: str | None = Field(default=None, max_length=100)
    sku: str | None = Field(default=None, max_length=200)
    order: Literal["asked", "newest"] | None = None
    after: int = Field(default=0, ge=0)
    before: str | None = Field(default=None, pattern=r"^\d{1,16}-\d{1,16}$")


class RingQuery(BaseModel):
    """How often a page wants to hear of changes at most, in seconds."""

    model_config = ConfigDict(frozen=True)
    every: float = Field(default=RING_S, ge=RING_S, le=60)


class JobPath(BaseModel):
    """The job's id in an address."""

    job_id: JobId


class Slice(NamedTuple):
    """One piece of a job's bar, in percent."""

    tone: Tone
    x: float
    width: float


class Listing(NamedTuple):
    """A page of results, and what the link to the next one says."""

    results: list[jobs.Result]
    more: dict[str, str]


def slices(counts: jobs.Counts) -> list[Slice]:
    """A job's outcomes as pieces of a bar; what is open is the ground behind them."""
    return pieces({outcome: getattr(counts, outcome) for outcome in OUTCOMES}, counts.total)


def pieces(tasks: dict[str, int], total: int) -> list[Slice]:
    """How tasks ended as pieces of a bar, the good ones first."""
    made: list[Slice] = []
    x = 0.0
    for tone in ("good", "calm", "warn", "bad", "dim"):
        n = sum(tasks.get(outcome, 0) for outcome in OUTCOMES if TONES[outcome] == tone)
        if n:
            width = 100 * n / total
            made.append(Slice(tone, round(x, 3), round(width, 3)))
            x += width
    return made


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
    return doorbell(request, desk, "jobs", every=query(request, RingQuery).every)


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
    is_empty = not found and not asked.status and not asked.before
    return page(
        request, template, here="Jobs", asked=asked, jobs=shown, older=shown[-1].created_at if more else None,
        statuses=get_args(JobStatus), tones=TONES, slices=slices, address=desk.settings.address,
        steps=await desk.store.read(_first_steps) if is_empty else None,
    )  # fmt: skip


class Steps(NamedTuple):
    """What a new office has already."""

    scraper: str
    has_key: bool


async def _first_steps(tx: Transaction) -> Steps:
    named = [s.config.name for s in await scrapers.every(tx) if not s.config.disabled]
    return Steps(named[0] if named else "", bool(await keys.every(tx)))


async def _job(request: Request, desk: Office, template: str) -> Response:
    asked, job_id, now = query(request, JobQuery), job_id_of(request), desk.clock()

    async def question(tx: Transaction) -> dict[str, Any]:
        job = await jobs.show(tx, job_id)
        listing = await _results(tx, job, asked)
        return {
            "job": job,
            "waiting": await waiting.reasons(tx, job_id, now=now) if job.counts.open else [],
            "results": listing.results,
            "more": listing.more,
        }

    facts = await desk.store.read(question)
    counts = facts["job"].counts
    facts["progress"] = await recalled.progress_of(desk.store, facts["job"])
    return page(
        request, template, here="Jobs", tab="results", asked=asked, outcomes=OUTCOMES, tones=TONES,
        slices=slices, pieces=pieces, retriable=sum(getattr(counts, name) for name in retries.CAN_BE_RETRIED),
        ring=LARGE_RING_S if counts.total > LARGE else RING_S, **facts,
    )  # fmt: skip


async def _results(tx: Transaction, job: jobs.Job, asked: JobQuery) -> Listing:
    """The page that was asked for; of a job that runs, the last to come are first."""
    if asked.sku:
        return Listing(await progress.of_sku(tx, job.job_id, asked.sku), {})
    if is_newest_first(job, asked):
        return await _newest(tx, job, asked)
    found = await jobs.results(
        tx, job.job_id, after=asked.after, limit=RESULTS + 1, outcome=asked.outcome, scraper=asked.scraper
    )
    more = {"order": "asked", "after": str(found[RESULTS - 1].task_id)} if found[RESULTS:] else {}
    return Listing(found[:RESULTS], more)


async def _newest(tx: Transaction, job: jobs.Job, asked: JobQuery) -> Listing:
    at, _, task = (asked.before or "").partition("-")
    found = await progress.newest(
        tx, job.job_id, before=(int(at), int(task)) if asked.before else None, limit=RESULTS + 1,
        outcome=asked.outcome, scraper=asked.scraper,
    )  # fmt: skip
    last = found[RESULTS - 1] if found[RESULTS:] else None
    more = {"order": "newest", "before": f"{last.at_ms}-{last.result.task_id}"} if last else {}
    return Listing([ended.result for ended in found[:RESULTS]], more)


def is_newest_first(job: jobs.Job, asked: JobQuery) -> bool:
    """Whether the last results to come are shown first."""
    return asked.order == "newest" or (asked.order is None and job.ended_at is None and not asked.after)


def job_id_of(request: Request) -> str:
    """The id in the address; what is no UUID is no job of ours."""
    try:
        return check(JobPath, {"job_id": request.path_params["job_id"]}).job_id
    except Faults:
        raise NoSuchJob("There is no such job.") from None
