"""How jobs end, and how they begin: the moves that every way of reporting shares.

Each takes the job's row as it was read under its lock, and gives the row as it is afterwards, so that a
chain of moves never asks twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from scraper_backend.coordinator.rules.transitions import Event, JobEvent, job_after, move
from scraper_backend.coordinator.store import Transaction, fleet, writes
from scraper_backend.coordinator.store.rows import JobRow

LEFT_OUT: Final = "not_reported"
GIVEN_UP: Final = "job_failed"


def _closing(event: Event, outcome: str, reason: str) -> writes.Closing:
    return writes.Closing(move(event, "waiting").state, outcome, reason)


NOT_REPORTED: Final = _closing("left out", "not_found", LEFT_OUT)
"""`completed`, and nothing was said of the task."""
JOB_FAILED: Final = _closing("given up", "failed", GIVEN_UP)
"""`failed`, and nothing was said of the task."""
CANCELLED: Final = _closing("cancelled", "cancelled", "cancelled")


async def step(tx: Transaction, job: JobRow, event: JobEvent, *, now: int) -> JobRow:
    """Move the job by an event of the table; the job afterwards."""
    state = job_after(event, job.state)
    if state == job.state:
        return job
    ended_at = None if state in ("pending", "running") else (job.ended_at or now)
    await writes.move_job(tx, job.id, job.state, state, ended_at=ended_at, now=now)
    if ended_at is not None:
        await writes.end_legacy_leases(tx, job.id, now=now)
        await writes.insert_event(tx, f"job.{state}", job.id, now=now)
    tx.announce("jobs")
    return job._replace(state=state, ended_at=ended_at, started_at=job.started_at or now)


async def close_open(tx: Transaction, job: JobRow, how: writes.Closing, *, now: int) -> JobRow:
    """End every open task that no fleet runner holds; the job afterwards."""
    return await _count(tx, job, await writes.close_tasks(tx, job.id, how, now=now), "open", how)


async def reclose(tx: Transaction, job: JobRow, before: writes.Closing, how: writes.Closing) -> JobRow:
    """Tasks that were ended without a report, and now are so for a better reason."""
    moved = await writes.reclose_tasks(tx, job.id, how, expected=before.state, expected_reason=before.reason)
    return await _count(tx, job, moved, before.outcome, how)


async def count_puts(tx: Transaction, job: JobRow, puts: Sequence[fleet.Put], *, now: int) -> JobRow:
    """Move the counters for open tasks that were put away, and the job if that was the last of them."""
    if not puts:
        return job
    ended = Counter(put.outcome for put in puts if put.outcome is not None)
    if not ended:
        return job
    differences = {"open": -ended.total(), **{str(name): n for name, n in ended.items()}}
    tx.announce("jobs")
    return await settle(tx, await writes.count_job(tx, job, differences), now=now)


async def overdue(tx: Transaction, job: JobRow, *, now: int) -> int:
    """The job's deadline is past: what nobody works on has failed.  How many tasks."""
    failed = Counter(await fleet.fail_overdue_tasks(tx, job.id, now=now))
    if failed:
        differences = {"open": -failed.total(), **failed}
        await settle(tx, await writes.count_job(tx, job, differences), now=now)
        tx.announce("jobs")
    return failed.total()


async def cancel(tx: Transaction, job: JobRow, *, now: int) -> bool:
    """Cancel the job and its open tasks; False if it had ended."""
    if job_after("cancelled", job.state) == job.state:
        return False
    moved = await writes.cancel_tasks(tx, job.id, CANCELLED, now=now)
    await step(tx, await _count(tx, job, moved, "open", CANCELLED), "cancelled", now=now)
    tx.announce("work")
    return True


async def settle(tx: Transaction, job: JobRow, *, now: int) -> JobRow:
    """The job's state when its tasks say so: it ends when nothing is open."""
    if job.open_n:
        return job
    if job.ended_at is None:
        return await step(tx, job, _ending(job), now=now)
    if _ending(job) == "all answered":
        return await step(tx, job, "late success", now=now)
    return job


def _ending(job: JobRow) -> JobEvent:
    if job.reported == "failed":
        return "reported failed"
    bad = job.blocked_n + job.drifted_n + job.failed_n + job.quarantined_n
    return "all failed" if bad == job.total and bad else "all answered"


async def _count(tx: Transaction, job: JobRow, moved: int, left: str, how: writes.Closing) -> JobRow:
    if not moved or left == how.outcome:
        return job
    return await writes.count_job(tx, job, {left: -moved, how.outcome: moved})
