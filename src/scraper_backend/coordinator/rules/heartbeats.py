"""A runner's signs of life, and the end of its lease in good order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from scraper_backend.coordinator.rules import directives, leases, politeness
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Transaction, fleet, reads
from scraper_backend.coordinator.store.rows import LeaseRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.wire import (
    Directives,
    Heartbeat,
    HeartbeatAnswer,
    HostBudget,
    Release,
    ReleaseAnswer,
)


async def beat(
    tx: Transaction, lease_id: str, body: Heartbeat, key: Key, *, now: datetime
) -> HeartbeatAnswer:
    """Renew the lease; what is still worth doing, and what the runner may ask of which host.

    Raises `LeaseLost`, or `Forbidden` for another's key.
    """
    lease = await leases.live_lease(tx, lease_id, key)
    await fleet.renew_lease(tx, lease.id, expires_at=to_ms(now + leases.TTL))
    await fleet.runner_alive(tx, lease.runner, spool_n=body.spool_n, now=to_ms(now))
    await politeness.rest(tx, body.host_pauses, now=now)
    budgets = [] if body.wait_s else await _budgets(tx, lease, now=now)
    await fleet.mark_started(tx, lease.id, body.in_progress)
    keep, told = await _tidings(tx, lease, now=now)
    return HeartbeatAnswer(
        ttl_ms=leases.TTL // timedelta(milliseconds=1),
        keep=keep,
        budgets=budgets,
        directives=told,
        news=_mark(keep, told),
    )


async def _budgets(tx: Transaction, lease: LeaseRow, *, now: datetime) -> list[HostBudget]:
    """A share that becomes smaller is somebody else's at once, so the runner must hear of it at once: a
    heartbeat that waits changes none."""
    return await politeness.share_again(tx, family=lease.family, runner=lease.runner, now=now)


async def news(tx: Transaction, lease_id: str, *, now: datetime) -> str:
    """The `news` that a heartbeat would answer now, to look whether one that waits should wait on."""
    lease = await reads.lease(tx, lease_id)
    if lease is None or lease.state != "live":
        return "lost"
    return _mark(*await _tidings(tx, lease, now=now))


async def _tidings(tx: Transaction, lease: LeaseRow, *, now: datetime) -> tuple[list[int] | None, Directives]:
    """Which tasks are still worth doing (None: all of them), and what is wanted of the runner."""
    held = await reads.tasks_kept(tx, lease.id)
    is_whole = sum(row.n for row in await reads.unanswered(tx, lease.id)) == len(held)
    cancelled = await reads.jobs_cancelled_under(tx, family=lease.family, runner=lease.runner)
    told = await directives.for_runner(tx, lease.runner, cancelled=cancelled, now=now)
    return None if is_whole else held, told


def _mark(keep: Sequence[int] | None, told: Directives) -> str:
    """The same for the same tidings, empty for none; how long a host still rests is no news."""
    hosts = [pause.host for pause in told.pause_hosts]
    if keep is None and not (hosts or told.cancel_jobs or told.drain):
        return ""
    return hashlib.sha256(orjson.dumps([keep, told.cancel_jobs, told.drain, hosts])).hexdigest()[:16]


async def release(tx: Transaction, lease_id: str, body: Release, key: Key, *, now: datetime) -> ReleaseAnswer:
    """Give back what was not begun.  A lease that is over has nothing to give back.

    Raises `LeaseLost` for a lease that never was, `Forbidden` for another's key.
    """
    lease = await reads.lease_held(tx, lease_id)
    is_over = lease is not None and lease.state != "live" and lease.family == key.family
    if lease is None or not is_over:
        lease = await leases.live_lease(tx, lease_id, key)
    released = 0 if is_over else await leases.end_orderly(tx, lease, now=now)
    await politeness.budgets(tx, family=lease.family, runner=lease.runner, now=now)
    return ReleaseAnswer(released=released, directives=await directives.for_runner(tx, lease.runner, now=now))
