"""What the coordinator wants of a runner, on every answer of the fleet calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scraper_backend.coordinator.rules import politeness
from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.core.wire import Directives


async def for_runner(
    tx: Transaction,
    runner: str,
    *,
    cancelled: Sequence[str] = (),
    draining: bool | None = None,
    now: datetime,
) -> Directives:
    """Hosts that rest, jobs that were cancelled under it, whether it shall take nothing more (None: look)."""
    return Directives(
        cancel_jobs=list(cancelled),
        drain=await reads.is_draining(tx, runner) if draining is None else draining,
        pause_hosts=await politeness.resting(tx, now=now),
    )
