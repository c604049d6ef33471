"""What happens by the clock: lost leases, delayed tasks, deadlines, retention.

A loop of the coordinator, not a job in its own queue.  When the loop itself comes late (a sleeping
laptop, a stopped process) the runners could not renew, so all live leases get a whole TTL before any
is called lost.  How late it is, is a health check.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from scraper_backend.coordinator.rules import leases, retention
from scraper_backend.coordinator.store import Store
from scraper_backend.core.errors import Trouble

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=5)
AMNESTY_AFTER: Final = timedelta(seconds=30)
FORGET_EVERY: Final = timedelta(minutes=5)
"""When nothing was left to forget, it is looked for again after this long."""


class Chores:
    """The loop.  Several coordinators on one database may each run it."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._last: datetime | None = None
        self._forgot: datetime | None = None

    def lateness(self, now: datetime) -> timedelta:
        """How long the last round is overdue; zero while all is well or before the first round."""
        if self._last is None:
            return timedelta()
        return max(timedelta(), now - self._last - EVERY)

    async def run(self) -> None:
        """Rounds until cancelled; a database that is away ends one round and not the loop."""
        while True:
            try:
                await self.round(self._clock())
            except Trouble as trouble:
                log.warning("chores.postponed", why=str(trouble))
            except Exception:
                log.exception("chores.failed")
            await asyncio.sleep(EVERY.total_seconds())

    async def round(self, now: datetime) -> None:
        """Everything that is due at `now`."""
        if self._last is None or self.lateness(now) > AMNESTY_AFTER or now < self._last:
            await self._pardon(now)
        await self._sweep(now)
        await self._store.write(lambda tx: leases.ready_what_is_due(tx, now=now))
        await self._end_overdue(now)
        await self._forget(now)
        self._last = now

    async def _forget(self, now: datetime) -> None:
        """What is older than it is kept, a few batches a round."""
        if self._forgot is not None and timedelta() <= now - self._forgot < FORGET_EVERY:
            return
        gone = await retention.apply(self._store, now=now)
        if gone:
            log.info("retention.applied", rows=gone)
        else:
            self._forgot = now

    async def _pardon(self, now: datetime) -> None:
        prolonged = await self._store.write(lambda tx: leases.pardon(tx, now=now))
        if prolonged:
            log.info("leases.pardoned", leases=prolonged)

    async def _end_overdue(self, now: datetime) -> None:
        """Jobs past their deadline, each in a transaction of its own."""
        for job_id in await self._store.read(lambda tx: leases.overdue_jobs(tx, now=now)):
            failed = await self._store.write(lambda tx: leases.fail_overdue(tx, job_id, now=now))  # noqa: B023
            log.info("job.overdue", job_id=job_id, tasks=failed)

    async def _sweep(self, now: datetime) -> None:
        """Lost leases, each in a transaction of its own."""
        for lease in await self._store.read(lambda tx: leases.expired(tx, now=now)):
            lost = await self._store.write(lambda tx: leases.lose(tx, lease, now=now))  # noqa: B023
            if lost:
                log.info("lease.lost", lease=lease.id, kind=lease.kind, job_id=lease.job_id)
