"""Why something waits: one reason for each scraper of a job, the one a person can do most about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.rules import rests
from scraper_backend.coordinator.rules.rests import Rest
from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.coordinator.store.rows import JobRow, PresentRunner, WaitingRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import NoSuchJob

PRESENT: Final = timedelta(minutes=2)
"""A runner that was here so lately is counted on."""


class Waiting(NamedTuple):
    """`tasks` of a scraper wait, and why."""

    scraper: str
    tasks: int
    reason: str


async def reasons(tx: Transaction, job_id: str, *, now: datetime) -> list[Waiting]:
    """What waits in a job; [] when everything is done or being done.  Raises `NoSuchJob`."""
    job = await reads.job(tx, job_id)
    if job is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    runners = await reads.runners_present(tx, since=to_ms(now - PRESENT))
    rows = await reads.waiting(tx, job_id, now=to_ms(now))
    return [
        Waiting(row.scraper, row.ready + row.delayed, await _reason(tx, job, row, runners, now))
        for row in rows
        if row.ready + row.delayed
    ]


async def _reason(
    tx: Transaction, job: JobRow, row: WaitingRow, runners: Sequence[PresentRunner], now: datetime
) -> str:
    resting = await rests.from_scraper(tx, row.scraper, now=now)
    return next(_whys(job, row, runners, resting, now))


def _whys(
    job: JobRow, row: WaitingRow, runners: Sequence[PresentRunner], resting: Sequence[Rest], now: datetime
) -> Iterator[str]:
    """Every reason that holds, the weightiest first."""
    if job.paused_at is not None:
        yield "job paused"
    if row.disabled:
        yield "scraper disabled"
    if row.paused_at is not None:
        yield f"site paused: {row.pause_reason}"
    if row.host_paused_until > to_ms(now):
        yield f"{row.host} asked us to wait until {_clock(row.host_paused_until)}"
    yield from _no_runner(job, row, runners, resting)
    if not row.ready and row.next_at is not None:
        yield f"tried again from {_clock(row.next_at)} on"
    if row.concurrency and row.concurrency_granted >= row.concurrency:
        yield "host budget"
    yield "waiting for its turn"


def _no_runner(
    job: JobRow, row: WaitingRow, runners: Sequence[PresentRunner], resting: Sequence[Rest]
) -> Iterator[str]:
    working = [runner for runner in runners if not runner.draining]
    if not working:
        yield "every runner that is here drains" if runners else "no runner is here"
        return
    for need in row.needs.split():
        if not any(need in orjson.loads(runner.capabilities) for runner in working):
            yield f"no runner with {'a browser' if need == 'browser' else need}"
    if job.label and not any(job.label in orjson.loads(runner.labels) for runner in working):
        yield f"no runner with the label `{job.label}`"
    if {runner.name for runner in working} <= {rest.runner for rest in resting}:
        rest = resting[0]
        yield f"{rest.runner} rests from {rest.scraper} until {_clock(rest.until)}: {rest.reason}"


def _clock(ms: int) -> str:
    return f"{to_moment(ms):%H:%M:%S} UTC"
