"""Dead letters: what a coordinator refused, with its words.  Only a person throws one away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import orjson

from scraper_backend.runner.outbox.file import File


@dataclass(frozen=True, slots=True)
class Letter:
    """One refused outcome."""

    id: int
    coordinator: str
    job_id: str
    sku: str
    scraper: str
    words: str
    buried_at: int


def bury(  # noqa: PLR0917 - the columns, in their order
    file: File, coordinator: str, job_id: str, sku: str, scraper: str, body: bytes, words: str
) -> None:
    """Put one aside, inside the caller's transaction."""
    file.run(
        "INSERT INTO dead (coordinator, job_id, sku, scraper, body, words, buried_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (coordinator, job_id, sku, scraper, body, words[:2000], file.now()),
    )


def letters(file: File, limit: int = 1000) -> list[Letter]:
    """The newest of them."""
    rows = file.run(
        "SELECT id, coordinator, job_id, sku, scraper, words, buried_at FROM dead ORDER BY id DESC LIMIT ?",
        (limit,),
    )
    return [Letter(*row) for row in rows]


def count(file: File) -> int:
    """How many there are."""
    return int(file.one("SELECT count(*) FROM dead"))


def revive(file: File, runner_name: str, chosen: Collection[int] | None = None) -> int:
    """Put letters back on their way home, all or the chosen ones, after whatever was wrong has been mended.

    A fleet's result goes back to the spool, a contract job's outcome to its job.  How many.
    """
    with file.writing():
        rows = file.run("SELECT id, coordinator, job_id, sku, scraper, body FROM dead ORDER BY id")
        rows = [row for row in rows if chosen is None or row[0] in chosen]
        for number, coordinator, job_id, sku, scraper, body in rows:
            if "task_id" in orjson.loads(body):
                file.run("INSERT INTO spool (coordinator, body) VALUES (?, ?)", (coordinator, body))
            else:
                _to_its_job(file, (coordinator, job_id), runner_name, sku, scraper, body)
            file.run("DELETE FROM dead WHERE id = ?", (number,))
    return len(rows)


def _to_its_job(  # noqa: PLR0917 - the columns, in their order
    file: File, job: tuple[str, str], runner_name: str, sku: str, scraper: str, body: bytes
) -> None:
    """The job may be forgotten here; then it is one again, of which this is still to be told."""
    file.run(
        "INSERT INTO jobs (coordinator, job_id, runner_name, status, changed_at)"
        " VALUES (?, ?, ?, 'completed', ?) ON CONFLICT (coordinator, job_id) DO UPDATE SET told = 0",
        (*job, runner_name, file.now()),
    )
    file.run(
        "INSERT INTO outcomes (job, sku, scraper, outcome, body)"
        " SELECT id, ?, ?, ?, ? FROM jobs WHERE coordinator = ? AND job_id = ?"
        " ON CONFLICT (job, sku, scraper) DO NOTHING",
        (sku, scraper, str(orjson.loads(body).get("outcome", "failed")), body, *job),
    )
