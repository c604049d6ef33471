"""Asking again for the part of a job that went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from scraper_backend.coordinator.rules import audit, jobs
from scraper_backend.coordinator.rules.jobs import Job
from scraper_backend.coordinator.rules.transitions import JOB, job_after
from scraper_backend.coordinator.store import Transaction, fleet, reads, writes
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import Faults, NoSuchJob, UsageError
from scraper_backend.core.problems import Problem, did_you_mean

WENT_WRONG: Final = ("failed", "blocked", "drifted", "quarantined")
CAN_BE_RETRIED: Final = (*WENT_WRONG, "not_found", "ambiguous", "mismatch")


async def retry(
    tx: Transaction,
    job_id: str,
    *,
    outcomes: Sequence[str] = WENT_WRONG,
    deadline_at: datetime | None = None,
    by: str = "cli",
    now: datetime,
) -> Job:
    """Let the tasks that ended so wait again, as a new run of the job.

    Raises `NoSuchJob`, `Faults` for an outcome that cannot be asked again, `UsageError` for a
    cancelled job.
    """
    problems = [
        Problem("outcomes", f"`{name}` cannot be retried", did_you_mean(name, CAN_BE_RETRIED))
        for name in outcomes
        if name not in CAN_BE_RETRIED
    ]
    if problems:
        raise Faults("retry", problems)
    job = await reads.job_held(tx, job_id)
    if job is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    if job.state == "cancelled":
        raise UsageError("a cancelled job stays cancelled; make a new one")
    counted = dict(zip(jobs.Counts._fields, (await jobs.show(tx, job_id)).counts, strict=True))
    moved = await fleet.retry_tasks(tx, job_id, outcomes, now=to_ms(now))
    if not moved:
        return await jobs.show(tx, job_id)
    await writes.count_job(tx, job, {"open": moved, **{name: -counted[name] for name in outcomes}})
    if job.state in JOB["retried"]:
        state = job_after("retried", job.state)
        until = to_ms(deadline_at) if deadline_at else None
        await fleet.retry_job(tx, job_id, job.state, state, deadline_at=until)
    await audit.note(tx, "job.retried", job_id, by=by, now=to_ms(now), after={"outcomes": list(outcomes)})
    tx.announce("jobs", "work")
    return await jobs.show(tx, job_id)
