"""One budget for each host over the whole fleet: its rate is shared between the runners that hold tasks
for it, and is never promised twice.

A newcomer leaves room for one more, so that two who come together both begin; what nobody came for is
its own from its next call on.  One who comes when nothing is left stands in line with a share of
nothing, and gets no tasks of that host; because of that place in line the others' shares are smaller
from their next heartbeat on, and what they gave up is there for the next claim.  At most as many
runners share a host as may ask it at once.  A share ends with its runner's last task there, or with
the lease's time.

A host without a rate (a private address whose configuration writes none) is nobody's budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from scraper_backend.coordinator.rules.leases import TTL
from scraper_backend.coordinator.store import Transaction, fleet, reads
from scraper_backend.coordinator.store.rows import HostRate, ShareRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.wire import HostBudget, HostPause

IN_LINE: Final = timedelta(seconds=45)
"""How long a place in line lasts without being asked for again; longer than two heartbeats."""
LONGEST_REST_MS: Final = 86_400_000
"""One runner's word makes a host rest for so long; if it shall be longer, the next who asks is told."""
LEAST: Final = 0.01
"""When less than this part of a rate is left, nothing is."""


async def hold(tx: Transaction, hosts: Iterable[str]) -> None:
    """Nobody else shares out these hosts until the transaction ends."""
    names = sorted(set(hosts))
    if not names:
        return
    await fleet.note_hosts(tx, names)
    await reads.hold_hosts(tx, names)


async def share(
    tx: Transaction, whole: HostRate, *, most: int, family: str, runner: str, now: datetime
) -> bool:
    """Give this runner its share of a host that is held, for at most so many tasks at once.

    False when it has to stand in line.
    """
    shares = await reads.shares(tx, whole.host, now=to_ms(now))
    others = [s for s in shares if (s.family, s.runner) != (family, runner)]
    before = sum(s.concurrency for s in shares if (s.family, s.runner) == (family, runner))
    mine = _fair(whole, others, most=most, is_newcomer=not before)
    expires_at = to_ms(now + (TTL if mine.concurrency else IN_LINE))
    await fleet.put_share(tx, mine, family=family, runner=runner, expires_at=expires_at)
    if mine.concurrency < before:
        tx.announce("work")
    return mine.concurrency > 0


async def share_more(
    tx: Transaction, whole: HostRate, more: int, *, family: str, runner: str, now: datetime
) -> bool:
    """The same for a runner that is about to take more tasks of the host."""
    held = await reads.hosts_of_runner(tx, family=family, runner=runner)
    most = more + sum(row.tasks for row in held if row.host == whole.host)
    return await share(tx, whole, most=most, family=family, runner=runner, now=now)


async def share_again(tx: Transaction, *, family: str, runner: str, now: datetime) -> list[HostBudget]:
    """This runner's shares of the hosts it holds tasks for, as they are fair now, also those of nothing."""
    held = await reads.hosts_of_runner(tx, family=family, runner=runner)
    tasks: Counter[str] = Counter()
    for row in held:
        tasks[row.host] += row.tasks
    wholes = whole_rates([HostRate(row.host, row.per_second, row.concurrency) for row in held])
    await hold(tx, wholes)
    nothing = [
        HostBudget(host=whole.host, per_second=0.0, concurrency=0)
        for whole in wholes.values()
        if not await share(tx, whole, most=tasks[whole.host], family=family, runner=runner, now=now)
    ]
    return [*await budgets(tx, family=family, runner=runner, now=now), *nothing]


async def budgets(tx: Transaction, *, family: str, runner: str, now: datetime) -> list[HostBudget]:
    """This runner's shares; those of hosts it holds no tasks for are free again."""
    shares = await reads.shares_of_runner(tx, family=family, runner=runner)
    if not shares:
        return []
    held = {row.host for row in await reads.hosts_of_runner(tx, family=family, runner=runner)}
    await fleet.keep_shares(tx, sorted(held), family=family, runner=runner)
    return [
        HostBudget(host=share.host, per_second=share.per_second, concurrency=share.concurrency)
        for share in shares
        if share.host in held and share.expires_at > to_ms(now)
    ]


async def rest(tx: Transaction, pauses: Sequence[HostPause], *, now: datetime) -> None:
    """What one runner was told by a host holds for all, for a day at most."""
    for pause in sorted(pauses, key=lambda p: p.host):
        await fleet.pause_host(tx, pause.host, until=to_ms(now) + min(pause.ms, LONGEST_REST_MS))


async def resting(tx: Transaction, *, now: datetime) -> list[HostPause]:
    """The hosts that rest, and how much longer."""
    rows = await reads.hosts_resting(tx, now=to_ms(now))
    return [HostPause(host=row.host, ms=row.paused_until - to_ms(now)) for row in rows]


def whole_rates(rates: Iterable[HostRate]) -> dict[str, HostRate]:
    """One rate a host: the slowest that any of its configurations wants; none for one without a rate."""
    slowest: dict[str, HostRate] = {}
    for rate in sorted(rates):
        if rate.concurrency:
            known = slowest.setdefault(rate.host, rate)
            slowest[rate.host] = HostRate(
                rate.host,
                min(known.per_second, rate.per_second),
                min(known.concurrency, rate.concurrency),
            )
    return slowest


def _fair(whole: HostRate, others: Sequence[ShareRow], *, most: int, is_newcomer: bool) -> HostRate:
    """An equal part, or what is left or can be used, if that is less."""
    parts = min(len(others) + 1 + is_newcomer, whole.concurrency)
    left = whole.concurrency - sum(s.concurrency for s in others)
    concurrency = min(max(1, whole.concurrency // parts), left, most)
    rest = whole.per_second - sum(s.per_second for s in others)
    if concurrency < 1 or rest < whole.per_second * LEAST:
        return HostRate(whole.host, 0.0, 0)
    usable = whole.per_second * min(1.0, most / whole.concurrency)
    return HostRate(whole.host, min(whole.per_second / parts, rest, usable), concurrency)
