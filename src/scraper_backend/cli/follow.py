"""A job while it goes on, and how it ended: in words, as JSON, as an exit code.

Used by `bsr job` and the demo.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from scraper_backend.cli import say

if TYPE_CHECKING:
    from scraper_backend.cli.desk import Desk
    from scraper_backend.coordinator.rules.jobs import Job

SHOWN_COUNTS: Final = (
    "found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed", "quarantined", "cancelled",
)  # fmt: skip


def as_json(job: Job) -> dict[str, Any]:
    """The job for programs."""
    return {
        "job_id": job.job_id,
        "status": job.status,
        "counts": job.counts._asdict(),
        "error": job.error,
        "test_mode": job.test_mode,
        "scrapers": list(job.scrapers),
        "skus": job.skus,
        "max_workers": job.max_workers,
        "priority": job.priority,
        "created_by": job.created_by,
        "created_at": say.instant(job.created_at),
        "started_at": say.instant(job.started_at),
        "ended_at": say.instant(job.ended_at),
    }


def exit_code(job: Job) -> int:
    """0 completed, 3 completed but for some, 1 failed or cancelled, 75 not yet over."""
    if job.status in ("pending", "running"):
        return 75
    if job.status != "completed":
        return 1
    counts = job.counts
    return 3 if counts.blocked + counts.drifted + counts.failed + counts.quarantined else 0


async def follow(desk: Desk, job_id: str, tell: Callable[[Job], None], *, within: float | None = None) -> Job:
    """Tell every change of a job until it has ended or the time is over; the job then."""
    import time

    until = None if within is None else time.monotonic() + within
    while True:
        job = await desk.job(job_id)
        tell(job)
        left = None if until is None else until - time.monotonic()
        if job.ended_at is not None or (left is not None and left <= 0):
            return job
        await desk.changed(1.0 if left is None else min(1.0, left))


@contextmanager
def following(*, as_lines: bool = False) -> Iterator[Callable[[Job], None]]:
    """How a job is told while it goes on."""
    if as_lines or not say.on_terminal(sys.stderr):
        yield _Told(as_json=as_lines)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=say.console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=None)

        def tell(job: Job) -> None:
            total, open_n = job.counts.total, job.counts.open
            said = "waits for a runner" if job.status == "pending" else f"{job.counts.found:,} found"
            bar.update(task, total=total, completed=total - open_n, description=said)

        yield tell


class _Told:
    """A line for each change, at most one a second but for the last."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._last: tuple[object, ...] = ()
        self._at = float("-inf")

    def __call__(self, job: Job) -> None:
        import time

        now = (job.status, job.counts)
        if now == self._last or (job.ended_at is None and time.monotonic() - self._at < 1):
            return
        self._last, self._at = now, time.monotonic()
        if self._as_json:
            say.as_json(as_json(job))
        elif job.ended_at is None:
            counts = job.counts
            say.err(
                f"{job.status}: {counts.total - counts.open:,} of {counts.total:,}, {counts.found:,} found"
            )


def outcomes_of(job: Job) -> str:
    """`61 found, 17 not found, 2 blocked`."""
    counts = job.counts._asdict()
    return ", ".join(f"{counts[kind]:,} {kind.replace('_', ' ')}" for kind in SHOWN_COUNTS if counts[kind])
