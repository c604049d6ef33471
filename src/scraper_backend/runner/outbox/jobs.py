"""Whole jobs by the contract: outcomes come in while a run goes on, and leave when its report is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from scraper_backend.core.wire import Outcome
from scraper_backend.runner.fit import fitted
from scraper_backend.runner.outbox.dead import bury
from scraper_backend.runner.outbox.file import File

Status = Literal["running", "completed", "failed"]
KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long a job that was reported as failed may still be resumed without scraping again."""


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job in the outbox.  told: its status was acknowledged, the rows only serve a resumed run."""

    id: int
    coordinator: str
    job_id: str
    runner_name: str
    status: Status
    error_message: str | None
    scrapers: tuple[str, ...]
    total: int
    told: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """One outcome in the outbox."""

    id: int
    sku: str
    scraper: str
    body: bytes

    @property
    def line(self) -> dict[str, Any]:
        """sku, scraper, outcome, data, detail, scraped_at."""
        value: dict[str, Any] = orjson.loads(self.body)
        return value


_COLUMNS: Final = "id, coordinator, job_id, runner_name, status, error_message, scrapers, total, told"


def begin(
    file: File, *, coordinator: str, job_id: str, runner_name: str, scrapers: Sequence[str], total: int
) -> KeptJob:
    """Start the job here, or take up again what an earlier run of it left."""
    with file.writing():
        file.run("DELETE FROM jobs WHERE told = 1 AND changed_at < :old", {"old": file.now() - KEPT_MS})
        file.run(
            """
            INSERT INTO jobs (coordinator, job_id, runner_name, scrapers, total, changed_at)
            VALUES (:coordinator, :job_id, :runner_name, :scrapers, :total, :now)
            ON CONFLICT (coordinator, job_id) DO UPDATE SET
              runner_name = excluded.runner_name, scrapers = excluded.scrapers, total = excluded.total,
              status = 'running', error_message = NULL, told = 0, changed_at = excluded.changed_at
            """,
            {
                "coordinator": coordinator, "job_id": job_id, "runner_name": runner_name,
                "scrapers": orjson.dumps(list(scrapers)).decode(), "total": total, "now": file.now(),
            },
        )  # fmt: skip
    job = find(file, coordinator=coordinator, job_id=job_id)
    assert job is not None  # noqa: S101 - written two lines above
    return job


def find(file: File, *, coordinator: str, job_id: str) -> KeptJob | None:
    """This job, if the outbox knows it."""
    rows = file.run(
        f"SELECT {_COLUMNS} FROM jobs WHERE coordinator = ? AND job_id = ?",  # noqa: S608 - a constant
        (coordinator, job_id),
    )
    return _job(rows[0]) if rows else None


def waiting(file: File) -> list[KeptJob]:
    """Every job whose report was not taken yet, the oldest first."""
    rows = file.run(f"SELECT {_COLUMNS} FROM jobs WHERE told = 0 ORDER BY changed_at, id")  # noqa: S608
    return [_job(row) for row in rows]


def put(file: File, job: KeptJob, outcomes: Sequence[Outcome]) -> None:
    """Keep these outcomes; they are on the disk when this returns."""
    rows = [
        {
            "job": job.id, "sku": o.sku, "scraper": o.scraper, "outcome": o.outcome,
            "body": orjson.dumps(fitted(o)),
        }
        for o in outcomes
    ]  # fmt: skip
    with file.writing():
        file.run_many(
            "INSERT OR IGNORE INTO outcomes (job, sku, scraper, outcome, body)"
            " VALUES (:job, :sku, :scraper, :outcome, :body)",
            rows,
        )


def pairs(file: File, job: KeptJob) -> set[tuple[str, str]]:
    """(SKU, scraper) of everything that needs no scraping any more."""
    return {
        (sku, scraper)
        for sku, scraper in file.run("SELECT sku, scraper FROM outcomes WHERE job = ?", (job.id,))
    }


def counts(file: File, job: KeptJob) -> dict[str, int]:
    """How many outcomes of each kind."""
    rows = file.run("SELECT outcome, count(*) FROM outcomes WHERE job = ? GROUP BY outcome", (job.id,))
    return dict(rows)


def skus(file: File, job: KeptJob) -> int:
    """How many SKUs have an outcome."""
    return int(file.one("SELECT count(DISTINCT sku) FROM outcomes WHERE job = ?", (job.id,)))


def batches(file: File, job: KeptJob, limit: int) -> Iterator[list[Kept]]:
    """The outcomes in the order they came, in batches of at most `limit` bytes; memory stays flat."""
    batch: list[Kept] = []
    size = 0
    for kept in _each(file, job):
        if batch and size + len(kept.body) > limit:
            yield batch
            batch, size = [], 0
        batch.append(kept)
        size += len(kept.body)
    if batch:
        yield batch


def finish(file: File, job: KeptJob, status: Status, error_message: str | None = None) -> KeptJob:
    """Scraping is over: this is what is to be told."""
    with file.writing():
        file.run(
            "UPDATE jobs SET status = ?, error_message = ?, changed_at = ? WHERE id = ?",
            (status, error_message, file.now(), job.id),
        )
    finished = find(file, coordinator=job.coordinator, job_id=job.job_id)
    return finished or job


def acknowledged(file: File, job: KeptJob) -> None:
    """The coordinator has it all.  What it took of a failed run stays a week, so that a resumed one need not
    scrape it again."""
    with file.writing():
        if job.status == "failed":
            file.run("UPDATE jobs SET told = 1, changed_at = ? WHERE id = ?", (file.now(), job.id))
        else:
            file.run("DELETE FROM jobs WHERE id = ?", (job.id,))


def refuse(file: File, job: KeptJob, batch: Sequence[Kept], words: str) -> None:
    """The coordinator will not have these: out of the way, but kept with its words."""
    with file.writing():
        for kept in batch:
            bury(file, job.coordinator, job.job_id, kept.sku, kept.scraper, kept.body, words)
        file.run_many("DELETE FROM outcomes WHERE id = :id", [{"id": kept.id} for kept in batch])


def _each(file: File, job: KeptJob) -> Iterator[Kept]:
    after = 0
    while rows := file.run(
        "SELECT id, sku, scraper, body FROM outcomes WHERE job = ? AND id > ? ORDER BY id LIMIT 200",
        (job.id, after),
    ):
        yield from (Kept(*row) for row in rows)
        after = rows[-1][0]


def _job(row: tuple[Any, ...]) -> KeptJob:
    number, coordinator, job_id, runner_name, status, error, scrapers, total, told = row
    names = tuple(orjson.loads(scrapers))
    return KeptJob(number, coordinator, job_id, runner_name, status, error, names, total, bool(told))
