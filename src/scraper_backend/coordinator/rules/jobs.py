"""Jobs: made of SKUs and scrapers, looked at, cancelled, read out.

A job moves along one line: pending -> running -> completed | failed | cancelled.  Every move is one
UPDATE that names the state it expects.  What reports do to a job is in `callbacks` and `results`.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast, get_args

import orjson

from scraper_backend.coordinator.rules import audit, closing, scrapers
from scraper_backend.coordinator.store import Store, Transaction, reads, writes
from scraper_backend.coordinator.store.rows import JobRow, ResultRow, ScraperRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import Faults, NoSuchJob
from scraper_backend.core.problems import Problem, did_you_mean
from scraper_backend.core.wire import JobConfig, JobStatus, Outcome, OutcomeKind

HEAD_START_MS: Final = 600_000
"""What one step of priority is worth in waiting time."""
MAX_PRIORITY: Final = 100
MAX_SKU_LETTERS: Final = 200
MAX_TOLD: Final = 20
"""Faulty SKUs that are told one by one."""
PAGE: Final = 500


class Counts(NamedTuple):
    """How many tasks are open, and how the others ended."""

    total: int
    open: int
    found: int
    not_found: int
    ambiguous: int
    mismatch: int
    blocked: int
    drifted: int
    failed: int
    quarantined: int
    cancelled: int


class Job(NamedTuple):
    """A job as people see it."""

    job_id: str
    status: JobStatus
    test_mode: bool
    max_workers: int
    priority: int
    label: str
    counts: Counts
    error: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    deadline_at: datetime | None
    skus: int
    scrapers: tuple[str, ...]


class Created(NamedTuple):
    """A new job.  `duplicates` were named more than once; `disabled` scrapers get no tasks."""

    job_id: str
    skus: int
    tasks: int
    duplicates: int
    disabled: tuple[str, ...]


class Result(NamedTuple):
    """How one task ended, with what people ask about it."""

    task_id: int
    outcome: Outcome
    state: str
    reason: str | None
    revision: int
    runner: str
    received_at: datetime | None


async def create(
    tx: Transaction,
    skus: Sequence[str],
    scraper_names: Sequence[str],
    *,
    test_mode: bool = False,
    max_workers: int = 3,
    priority: int = 0,
    label: str = "",
    deadline_at: datetime | None = None,
    job_id: str | None = None,
    by: str = "cli",
    now: datetime,
) -> Created:
    """A job of every SKU on every scraper.  Raises `Faults` with all that is wrong at once."""
    known = {row.name: row for row in await reads.scrapers(tx)}
    names = list(dict.fromkeys(scraper_names))
    chosen = [known[name] for name in names if name in known]
    asked = list(skus) or (_test_skus(chosen) if test_mode else [])
    problems = [
        *_scraper_faults(names, known),
        *_sku_faults(skus, asked, test_mode=test_mode),
        *_number_faults(max_workers, priority),
    ]
    if problems:
        raise Faults("job", problems)
    unique = list(dict.fromkeys(asked))
    new_id = job_id or str(uuid.uuid4())
    pinned = [writes.PinnedScraper(i, s.name, s.revision, s.disabled) for i, s in enumerate(chosen)]
    tasks = await writes.insert_job(
        tx, new_id, skus=unique, skus_json=orjson.dumps(unique).decode(), scrapers=pinned,
        state="pending" if any(not s.disabled for s in chosen) else "completed",
        test=test_mode, max_workers=max_workers, priority=priority,
        deadline_at=to_ms(deadline_at) if deadline_at else None,
        turn=to_ms(now) - priority * HEAD_START_MS, label=label, by=by, now=to_ms(now),
    )  # fmt: skip
    after = {"skus": len(unique), "scrapers": names, "test": test_mode, "priority": priority}
    await audit.note(tx, "job.created", new_id, by=by, now=to_ms(now), after=after)
    tx.announce("jobs", "work")
    disabled = tuple(s.name for s in chosen if s.disabled)
    return Created(new_id, len(unique), tasks, len(asked) - len(unique), disabled)


async def config(tx: Transaction, job_id: str) -> JobConfig:
    """What a runner is told to do.  A cancelled job has no SKUs, so that an old runner stops soon."""
    job = await _job(tx, job_id)
    skus = [] if job.state == "cancelled" else orjson.loads(await reads.job_skus(tx, job_id))
    return JobConfig(
        job_id=job_id,
        skus=skus,
        scrapers=[
            scrapers.wire_of(row.document, disabled=bool(row.disabled))
            for row in await reads.job_scrapers(tx, job_id)
        ],
        test_mode=bool(job.test),
        max_workers=job.max_workers,
    )


async def show(tx: Transaction, job_id: str) -> Job:
    """The job with its counters.  Raises `NoSuchJob`."""
    return (await _with_scrapers(tx, [await _job(tx, job_id)]))[0]


async def every(
    tx: Transaction, *, status: JobStatus | None = None, limit: int = 50, before: datetime | None = None
) -> list[Job]:
    """Jobs, newest first; `before` is the moment of creation to go on from."""
    moment = to_ms(before) if before else reads.FOREVER
    return await _with_scrapers(tx, await reads.jobs(tx, state=status, before=moment, limit=limit))


async def cancel(tx: Transaction, job_id: str, *, by: str = "cli", now: datetime) -> Job:
    """End the job: its open tasks are cancelled, what was found stays.  An ended job stays as it is."""
    job = await reads.job_held(tx, job_id)
    if job is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    if await closing.cancel(tx, job, now=to_ms(now)):
        await audit.note(tx, "job.cancelled", job_id, by=by, now=to_ms(now), before={"state": job.state})
    return await show(tx, job_id)


async def results(
    tx: Transaction,
    job_id: str,
    *,
    after: int = 0,
    limit: int = PAGE,
    outcome: str | None = None,
    scraper: str | None = None,
) -> list[Result]:
    """A page of ended tasks; `after` is the `task_id` to go on from."""
    rows = await reads.results(tx, job_id, after=after, limit=limit, outcome=outcome, scraper=scraper)
    return [result_of(row) for row in rows]


async def export(store: Store, job_id: str) -> AsyncIterator[Outcome]:
    """Every outcome of the job in flat memory, in the order it was asked for.  Raises `NoSuchJob`.

    Page by page: one long snapshot would keep SQLite from ever resetting its log.
    """
    await store.read(lambda tx: _job(tx, job_id))
    after = 0
    while True:
        start = after
        page = await store.read(lambda tx: results(tx, job_id, after=start))  # noqa: B023 - awaited at once
        for result in page:
            if result.state != "cancelled":
                yield result.outcome
        if len(page) < PAGE:
            return
        after = page[-1].task_id


async def recount(tx: Transaction, job_id: str) -> Counts:
    """The counters as the tasks themselves have them, to compare with those on the job."""
    found = Counter(await reads.recount(tx, job_id))
    return Counts(sum(found.values()), *(found[name] for name in Counts._fields[1:]))


async def _job(tx: Transaction, job_id: str) -> JobRow:
    job = await reads.job(tx, job_id)
    if job is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    return job


async def _with_scrapers(tx: Transaction, rows: Sequence[JobRow]) -> list[Job]:
    names = await reads.job_scraper_names(tx, [row.id for row in rows])
    return [_seen(row, names.get(row.id, ())) for row in rows]


def _seen(row: JobRow, names: tuple[str, ...]) -> Job:
    counts = Counts(
        row.total, row.open_n, row.found_n, row.not_found_n, row.ambiguous_n, row.mismatch_n, row.blocked_n,
        row.drifted_n, row.failed_n, row.quarantined_n, row.cancelled_n,
    )  # fmt: skip
    return Job(
        row.id, row.state, bool(row.test), row.max_workers, row.priority, row.label, counts, row.error,
        row.created_by, to_moment(row.created_at), to_moment(row.started_at), to_moment(row.ended_at),
        to_moment(row.paused_at), to_moment(row.deadline_at), row.skus_n, names,
    )  # fmt: skip


def result_of(row: ResultRow) -> Result:
    """Quarantined and cancelled tasks have no outcome of their own: `failed`, with the reason."""
    kind = row.outcome if row.outcome in get_args(OutcomeKind) else "failed"
    detail = orjson.loads(row.detail) if row.detail else {}
    if row.reason or kind != row.outcome:
        detail = {"reason": row.reason or row.outcome, **detail}
    outcome = Outcome.model_construct(
        sku=row.sku,
        scraper=row.scraper,
        outcome=cast(OutcomeKind, kind),
        data=orjson.loads(row.data) if row.data else {},
        detail=detail,
        scraped_at=to_moment(row.ended_at if row.scraped_at is None else row.scraped_at),
    )
    received_at = to_moment(row.received_at)
    return Result(row.task_id, outcome, row.state, row.reason, row.revision, row.runner or "", received_at)


def _test_skus(chosen: Iterable[ScraperRow]) -> list[str]:
    options = (orjson.loads(row.document).get("options", {}) for row in chosen if not row.disabled)
    return list(dict.fromkeys(sku for found in options for sku in found.get("test_skus", ())))


def _scraper_faults(names: Sequence[str], known: Iterable[str]) -> list[Problem]:
    if not names:
        return [Problem("scrapers", "is empty", "name at least one scraper")]
    there = sorted(known)
    hint = "import one with `bsr scraper import`"
    return [
        Problem("scrapers", f"no scraper is named `{name}`", did_you_mean(name, there) or hint)
        for name in names
        if name not in there
    ]


def _sku_faults(skus: Sequence[str], asked: Sequence[str], *, test_mode: bool) -> list[Problem]:
    if not skus and not asked:
        hint = ", or write `options.test_skus` in a scraper" if test_mode else ""
        return [Problem("skus", "is empty", f"give at least one SKU{hint}")]
    faulty = [(index, sku, why) for index, sku in enumerate(skus) if (why := _why_no_sku(sku))]
    told = [Problem(f"skus.{index}", why, "correct or remove it") for index, _, why in faulty[:MAX_TOLD]]
    if len(faulty) > MAX_TOLD:
        told.append(Problem("skus", f"{len(faulty) - MAX_TOLD} more SKUs are faulty", "correct these first"))
    return told


def _why_no_sku(sku: str) -> str:
    if not sku.strip():
        return "is empty"
    if len(sku) > MAX_SKU_LETTERS:
        return f"is longer than {MAX_SKU_LETTERS} characters"
    if any(letter < " " or letter == "\x7f" or "\ud800" <= letter <= "\udfff" for letter in sku):
        return f"has a control character: {sku!r}"
    return ""


def _number_faults(max_workers: int, priority: int) -> list[Problem]:
    found = []
    if not 1 <= max_workers <= 1000:
        found.append(Problem("max_workers", f"is {max_workers}", "write a number from 1 to 1000"))
    if abs(priority) > MAX_PRIORITY:
        found.append(
            Problem("priority", f"is {priority}", f"write a number from -{MAX_PRIORITY} to {MAX_PRIORITY}")
        )
    return found
