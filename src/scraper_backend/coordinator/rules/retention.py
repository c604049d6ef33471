"""How long things are kept, and forgetting what is older, in small transactions.

A job goes with its tasks, attempts and results; its counters follow what is left of it, so that a check of
the database finds no fault half-way.  What scrapers say of products now is never forgotten, and of their
history the last line before the limit stays, so that a chart still knows where it began.
Called by the chores a few batches a round.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from scraper_backend.coordinator.rules import audit, drafts, jobs, preferences
from scraper_backend.coordinator.rules.drafts import DraftRow
from scraper_backend.coordinator.store import Store, Transaction, writes
from scraper_backend.coordinator.store.rows import NameRow
from scraper_backend.coordinator.store.times import to_ms

BATCH: Final = 500
"""Rows a transaction: a results batch waits no longer than for one of ours."""
ROUND: Final = 20
"""Transactions a round of the chores."""

RESTED_DAYS: Final = 1
"""A host that no configuration names is remembered so long after its rest."""


class Retention(BaseModel):
    """For how many days things are kept; null keeps them for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jobs: int | None = Field(default=None, ge=1, le=36500)
    tests: int | None = Field(default=7, ge=1, le=36500)
    observations: int | None = Field(default=None, ge=1, le=36500)
    logs: int | None = Field(default=30, ge=1, le=36500)
    audit: int | None = Field(default=None, ge=1, le=36500)


class _Task(NamedTuple):
    id: int
    outcome: str


async def get(tx: Transaction) -> Retention:
    """What was chosen, or the defaults."""
    text = await preferences.get(tx, "retention")
    return Retention.model_validate_json(text) if text else Retention()


async def choose(tx: Transaction, chosen: Retention, *, by: str, now: datetime) -> None:
    """Keep things for another time from now on."""
    before = await get(tx)
    if chosen == before:
        return
    await preferences.put(tx, "retention", chosen.model_dump_json(), now=now)
    await audit.note(
        tx, "retention.changed", "retention", by=by, now=to_ms(now),
        before=before.model_dump(), after=chosen.model_dump(),
    )  # fmt: skip


async def apply(store: Store, *, now: datetime) -> int:
    """Forget what is due, at most `ROUND` batches of it; how many rows went."""
    total = 0
    for _ in range(ROUND):
        gone = await store.write(lambda tx: forget(tx, now=now))
        total += gone
        if not gone:
            break
    return total


async def forget(tx: Transaction, *, batch: int = BATCH, now: datetime) -> int:
    """One batch of what is older than it is kept; 0 when nothing is."""
    kept = await get(tx)
    return (
        await _drafts(tx, now, batch)
        or await _jobs(tx, kept, now, batch)
        or await _rows(tx, "forget_logs", kept.logs, now, batch)
        or await _rows(tx, "forget_observations", kept.observations, now, batch)
        or await _rows(tx, "forget_audit", kept.audit, now, batch)
        or await _rows(tx, "forget_old_leases", kept.jobs, now, batch)
        or await _rows(tx, "forget_hosts", RESTED_DAYS, now, batch)
    )


async def _drafts(tx: Transaction, now: datetime, batch: int) -> int:
    """Drafts after their day, with their test jobs."""
    old = await tx.all(DraftRow, "drafts_old", before=to_ms(now - drafts.LIVES))
    for draft in old:
        await tx.run("draft_drop", job_id=draft.job_id)
        for job_id in filter(None, (draft.job_id, draft.current_job_id)):
            await jobs.cancel(tx, job_id, by="coordinator", now=now)
            await _job(tx, job_id, batch)
        await tx.run("draft_revision_drop", scraper=draft.scraper, number=draft.number)
        await tx.run("draft_ground_drop", scraper=draft.scraper)
    return len(old)


async def _jobs(tx: Transaction, kept: Retention, now: datetime, batch: int) -> int:
    limits = {"jobs": _before(kept.jobs, now), "tests": _before(kept.tests, now)}
    for row in await tx.all(NameRow, "forget_which", limit=1, **limits):
        return await _job(tx, row.name, batch)
    return 0


async def _job(tx: Transaction, job_id: str, batch: int) -> int:
    """The next of the job's tasks; after the last of them, the job."""
    tasks = await tx.all(_Task, "forget_tasks_next", job_id=job_id, limit=batch)
    if tasks:
        ids = [(task.id,) for task in tasks]
        for statement in ("forget_results", "forget_attempts", "forget_tasks"):
            await tx.run(statement, tasks=ids)
        counted = Counter(task.outcome for task in tasks)
        counts = {outcome: counted[outcome] for outcome in writes.OUTCOMES}
        await tx.run("forget_counted", job_id=job_id, total=len(tasks), **counts)
    if len(tasks) < batch:
        for statement in _WITH_A_JOB:
            await tx.run(statement, job_id=job_id)
        tx.announce("jobs")
    return len(tasks) + 1


_WITH_A_JOB: Final = (
    "forget_leases", "forget_schedule", "forget_inputs", "forget_job_scrapers", "forget_receipts",
    "forget_job",
)  # fmt: skip


async def _rows(tx: Transaction, statement: str, days: int | None, now: datetime, batch: int) -> int:
    if days is None:
        return 0
    return await tx.run(statement, before=_before(days, now), limit=batch)


def _before(days: int | None, now: datetime) -> int:
    return 0 if days is None else to_ms(now - timedelta(days=days))
