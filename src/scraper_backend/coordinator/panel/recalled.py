"""How far a job is, counted once for all who watch it.

Counting 200,000 tasks by scraper and runner takes a quarter of a second.  What was counted is told again
while nothing has changed, and of a job that takes long to count for a while longer; never past its end, so
that the last look is always a true one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from scraper_backend.coordinator.rules import progress
from scraper_backend.coordinator.rules.jobs import Job
from scraper_backend.coordinator.rules.progress import Progress
from scraper_backend.coordinator.store import Store

SLOW_S: Final = 0.05
"""A count that takes longer than this is worth keeping."""
SHARE: Final = 10
"""It is kept for so many times what it took: counting takes a tenth of the time at most."""
JOBS: Final = 100


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Progress
    ended_at: datetime | None
    version: int
    until: float


_kept: WeakKeyDictionary[Store, dict[str, _Kept]] = WeakKeyDictionary()


async def progress_of(store: Store, job: Job) -> Progress:
    """The job's progress, as fresh as can be had cheaply."""
    kept = _kept.setdefault(store, {})
    known, version = kept.get(job.job_id), store.version("jobs")
    if known is not None and known.ended_at == job.ended_at and _holds(known, version):
        return known.value
    began = time.monotonic()
    value = await store.read(lambda tx: progress.of_job(tx, job.job_id))
    took = time.monotonic() - began
    while len(kept) >= JOBS:
        kept.pop(next(iter(kept)))
    kept[job.job_id] = _Kept(
        value, job.ended_at, version, time.monotonic() + (SHARE * took if took > SLOW_S else 0.0)
    )
    return value


def _holds(known: _Kept, version: int) -> bool:
    return known.version == version or time.monotonic() < known.until
