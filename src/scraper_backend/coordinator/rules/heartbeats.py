"""A runner's signs of life, and the end of its lease in good order."""

from __future__ import annotations

from datetime import datetime, timedelta

from scraper_backend.coordinator.rules import directives, leases, politeness
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Transaction, fleet, reads
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.wire import Heartbeat, HeartbeatAnswer, Release, ReleaseAnswer


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
    budgets = await politeness.share_again(tx, family=lease.family, runner=lease.runner, now=now)
    await fleet.mark_started(tx, lease.id, body.in_progress)
    held = await reads.grants_held(tx, lease.id)
    unanswered = await reads.unanswered(tx, lease.id)
    cancelled = [row.job_id for row in unanswered if row.job_state == "cancelled"]
    is_whole = sum(row.n for row in unanswered) == len(held)
    return HeartbeatAnswer(
        ttl_ms=leases.TTL // timedelta(milliseconds=1),
        keep=None if is_whole else [task.id for task in held],
        budgets=budgets,
        directives=await directives.for_runner(tx, lease.runner, cancelled=cancelled, now=now),
    )


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
