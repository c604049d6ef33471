"""Leases end by the clock: what a runner that has gone silent held goes back.  Called by chores."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from scraper_backend.coordinator.rules import closing
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import ExpiredLease, JobRow
from scraper_backend.coordinator.store.times import to_ms

TTL: Final = timedelta(seconds=90)
SWEPT_AT_ONCE: Final = 100


async def pardon(tx: Transaction, *, now: datetime) -> int:
    """We were away ourselves: every live lease gets a whole TTL from now.  How many were prolonged."""
    return await writes.prolong_leases(tx, until=to_ms(now + TTL))


async def expired(tx: Transaction, *, now: datetime) -> list[ExpiredLease]:
    """Leases that should have been renewed by now; `lose` each of them in a transaction of its own."""
    return await reads.expired_leases(tx, now=to_ms(now), limit=SWEPT_AT_ONCE)


async def lose_legacy(tx: Transaction, lease: ExpiredLease, *, now: datetime) -> bool:
    """A contract runner's hour is over: its tasks wait again, or end as another report said they would."""
    job = await reads.job_held(tx, lease.job_id or "")
    held = await reads.lease_held(tx, lease.id)
    if job is None or held is None or held.state != "live" or held.expires_at > to_ms(now):
        return False
    await writes.end_lease(tx, lease.id, "lost", now=to_ms(now))
    await _pass_on(tx, job, lease.id, now=to_ms(now))
    tx.announce("work", "jobs")
    return True


async def _pass_on(tx: Transaction, job: JobRow, lease_id: str, *, now: int) -> None:
    others = await reads.legacy_leases(tx, job.id)
    if others:
        await writes.hand_over_tasks(tx, lease_id, others[0].id)
        return
    await writes.give_back_tasks(tx, lease_id)
    if job.reported is not None and job.ended_at is None:
        how = closing.NOT_REPORTED if job.reported == "completed" else closing.JOB_FAILED
        await closing.settle(tx, await closing.close_open(tx, job, how, now=now), now=now)
