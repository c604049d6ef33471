"""Leases: kept by heartbeats, given back, lost by the clock.

A lease answers to the key that took it, or that key's successor.  Losing it blames a crash on the tasks
that were in progress and on no others.  Jobs are held before their tasks, in the order of their ids.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from scraper_backend.coordinator.rules import closing, patience
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.rules.transitions import move
from scraper_backend.coordinator.store import Transaction, fleet, reads, writes
from scraper_backend.coordinator.store.rows import ExpiredLease, JobRow, LeaseRow, TaskRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import Forbidden, LeaseLost

TTL: Final = timedelta(seconds=90)
HEARTBEAT: Final = timedelta(seconds=22)
"""Four chances within a TTL."""
SWEPT_AT_ONCE: Final = 100
DUE_AT_ONCE: Final = 1000


async def live_lease(tx: Transaction, lease_id: str, key: Key) -> LeaseRow:
    """The lease, held.  Raises `LeaseLost` when it is over or never was, `Forbidden` for another's key."""
    lease = await reads.lease_held(tx, lease_id)
    if lease is None:
        raise LeaseLost("no such lease; what you have found still counts, send it")
    if lease.family != key.family:
        raise Forbidden("this lease was taken with another key")
    if lease.state != "live":
        raise LeaseLost("the lease is over; what you have found still counts, send it")
    return lease


async def end_orderly(tx: Transaction, lease: LeaseRow, *, now: datetime) -> int:
    """The runner gives back what it holds, and nothing is held against it.  How many tasks."""
    for job_id in await reads.jobs_of_lease(tx, lease.id):
        await reads.job_held(tx, job_id)
    released = await fleet.release_tasks(tx, lease.id)
    await fleet.end_attempts_of_lease(tx, lease.id, "released", now=to_ms(now))
    await writes.end_lease(tx, lease.id, "released", now=to_ms(now))
    if released:
        tx.announce("work", "jobs")
    return released


# ── By the clock ───────────────────────────────────────────────────────────────────────────────────


async def pardon(tx: Transaction, *, now: datetime) -> int:
    """We were away ourselves: every live lease gets a whole TTL from now.  How many were prolonged."""
    return await writes.prolong_leases(tx, until=to_ms(now + TTL))


async def expired(tx: Transaction, *, now: datetime) -> list[ExpiredLease]:
    """Leases that should have been renewed by now; `lose` each of them in a transaction of its own."""
    return await reads.expired_leases(tx, now=to_ms(now), limit=SWEPT_AT_ONCE)


async def lose(tx: Transaction, lease: ExpiredLease, *, now: datetime) -> bool:
    """The runner has gone silent; False when it came back in the meantime."""
    lost = await (_lose_legacy if lease.kind == "legacy" else _lose_queue)(tx, lease, now=to_ms(now))
    if lost:
        tx.announce("work", "jobs", "runners")
    return lost


async def ready_what_is_due(tx: Transaction, *, now: datetime) -> int:
    """Delayed tasks whose time has come wait again; how many."""
    due = await fleet.ready_due_tasks(tx, now=to_ms(now), limit=DUE_AT_ONCE)
    if due:
        tx.announce("work")
    return due


async def _lose_legacy(tx: Transaction, lease: ExpiredLease, *, now: int) -> bool:
    """The job is held first, as callbacks do."""
    job = await reads.job_held(tx, lease.job_id or "")
    if job is None or not await _is_over(tx, lease, now=now):
        return False
    await writes.end_lease(tx, lease.id, "lost", now=now)
    await _pass_on(tx, job, lease.id, now=now)
    return True


async def _lose_queue(tx: Transaction, lease: ExpiredLease, *, now: int) -> bool:
    """The lease is held first, as the fleet's calls do."""
    if not await _is_over(tx, lease, now=now):
        return False
    await writes.end_lease(tx, lease.id, "lost", now=now)
    for job_id in await reads.jobs_of_lease(tx, lease.id):
        job = await reads.job_held(tx, job_id)
        if job is not None:
            await _take_back(tx, job, lease.id, now=now)
    await fleet.end_attempts_of_lease(tx, lease.id, "lost", now=now)
    return True


async def _is_over(tx: Transaction, lease: ExpiredLease, *, now: int) -> bool:
    held = await reads.lease_held(tx, lease.id)
    return held is not None and held.state == "live" and held.expires_at <= now


async def overdue_jobs(tx: Transaction, *, now: datetime) -> list[str]:
    """Jobs past their deadline with tasks nobody works on; `fail_overdue` each of them."""
    return await reads.jobs_overdue(tx, now=to_ms(now), limit=SWEPT_AT_ONCE)


async def fail_overdue(tx: Transaction, job_id: str, *, now: datetime) -> int:
    """What nobody works on has failed; how many tasks."""
    job = await reads.job_held(tx, job_id)
    return 0 if job is None else await closing.overdue(tx, job, now=to_ms(now))


async def _pass_on(tx: Transaction, job: JobRow, lease_id: str, *, now: int) -> None:
    """A contract runner's hour is over: its tasks wait again, or end as another report said they would."""
    others = await reads.legacy_leases(tx, job.id)
    if others:
        await writes.hand_over_tasks(tx, lease_id, others[0].id)
        return
    await writes.give_back_tasks(tx, lease_id)
    if job.reported is not None and job.ended_at is None:
        how = closing.NOT_REPORTED if job.reported == "completed" else closing.JOB_FAILED
        await closing.settle(tx, await closing.close_open(tx, job, how, now=now), now=now)


async def _take_back(tx: Transaction, job: JobRow, lease_id: str, *, now: int) -> None:
    """A fleet runner is gone: what it was in the middle of may be what killed it."""
    tasks = await reads.tasks_of_lease(tx, lease_id, job.id)
    puts = [_crashed(t, now) if t.started else _back(t, now) for t in tasks]
    if puts:
        await fleet.put_tasks(tx, puts, now=now)
    crashed = [(task.id, task.attempt, "crash") for task in tasks if task.started]
    if crashed:
        await fleet.end_attempts(tx, crashed, now=now)
    await closing.count_puts(tx, job, puts, now=now)


def _crashed(task: TaskRow, now: int) -> fleet.Put:
    """A lease that was lost has let its tasks wait long enough."""
    return patience.after_crash(task, "held", attempt=task.attempt, now=now)._replace(run_at=now)


def _back(task: TaskRow, now: int) -> fleet.Put:
    return patience.put(task, move("lease lost", "held").state, run_at=now)
