"""How far a job is: by scraper, by outcome, by runner; what came last; what runners said."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.rules import jobs
from scraper_backend.coordinator.rules.jobs import Result
from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.coordinator.store.rows import CountRow, LogRow, ResultRow
from scraper_backend.coordinator.store.times import to_moment

LEVELS: Final = ("debug", "info", "warning", "error")


class ByScraper(NamedTuple):
    """One scraper's part of a job: `waiting`, `leased`, and how the others ended."""

    scraper: str
    total: int
    tasks: dict[str, int]


class ByRunner(NamedTuple):
    """What one runner did in a job, and what it holds now."""

    runner: str
    answered: int
    found: int
    working: int
    last_at: datetime | None


class Progress(NamedTuple):
    """Both."""

    scrapers: tuple[ByScraper, ...]
    runners: tuple[ByRunner, ...]


class Ended(NamedTuple):
    """A result and when its task ended, to go on from."""

    at_ms: int
    result: Result


class Line(NamedTuple):
    """One event of a runner."""

    id: int
    runner: str
    at: datetime
    level: str
    event: str
    facts: dict[str, object]


class _ScraperCount(NamedTuple):
    scraper: str
    standing: str
    n: int


class _RunnerCount(NamedTuple):
    runner: str
    answered: int
    found: int
    last_at: int


async def of_job(tx: Transaction, job_id: str) -> Progress:
    """How far the job is."""
    standings: dict[str, dict[str, int]] = {}
    for row in await tx.all(_ScraperCount, "progress_of", job_id=job_id):
        standings.setdefault(row.scraper, {})[row.standing] = row.n
    working = {row.outcome: row.n for row in await tx.all(CountRow, "progress_working", job_id=job_id)}
    answered = {row.runner: row for row in await tx.all(_RunnerCount, "progress_runners", job_id=job_id)}
    return Progress(
        tuple(ByScraper(name, sum(tasks.values()), tasks) for name, tasks in standings.items()),
        tuple(
            _runner(name, answered.get(name), working.get(name, 0)) for name in sorted({*answered, *working})
        ),
    )


async def newest(
    tx: Transaction,
    job_id: str,
    *,
    before: tuple[int, int] | None = None,
    limit: int,
    outcome: str | None = None,
    scraper: str | None = None,
) -> list[Ended]:
    """The tasks that ended last; `before` is the (moment, task) to go on from."""
    ended_at, task = before or (reads.FOREVER, reads.FOREVER)
    rows = await tx.all(
        ResultRow, "results_newest", job_id=job_id, ended_at=ended_at, before=task, limit=limit,
        outcome=outcome, scraper=scraper,
    )  # fmt: skip
    return [Ended(row.ended_at, jobs.result_of(row)) for row in rows]


async def of_sku(tx: Transaction, job_id: str, sku: str) -> list[Result]:
    """How one SKU of the job ended, on each of its scrapers."""
    return [jobs.result_of(row) for row in await tx.all(ResultRow, "results_of_sku", job_id=job_id, sku=sku)]


async def of_task(tx: Transaction, job_id: str, task_id: int) -> Result | None:
    """How one task ended."""
    row = await tx.one(ResultRow, "result_of_task", job_id=job_id, task_id=task_id)
    return jobs.result_of(row) if row else None


async def logs(
    tx: Transaction,
    job_id: str,
    *,
    before: int = reads.FOREVER,
    runner: str | None = None,
    least: str = "debug",
    word: str = "",
    limit: int,
) -> list[Line]:
    """What runners said of the job, the newest first."""
    wanted = word.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = await tx.all(
        LogRow, "logs_newest", job_id=job_id, before=before, runner=runner, least=LEVELS.index(least),
        word=f"%{wanted}%" if wanted else None, limit=limit,
    )  # fmt: skip
    return [
        Line(row.id, row.runner, to_moment(row.at), row.level, row.event, orjson.loads(row.facts))
        for row in rows
    ]


def _runner(name: str, told: _RunnerCount | None, working: int) -> ByRunner:
    if told is None:
        return ByRunner(name, 0, 0, working, None)
    return ByRunner(name, told.answered, told.found, working, to_moment(told.last_at))
