"""Rest: of a site that refuses us, of a job, of a runner.

A site that blocks nearly everybody, or whose pages no longer match, must not burn through a catalogue:
at 80 % of its last 20 tasks, from two runners at least, the scraper pauses itself, its tasks stay where
they are, and one alert goes out.  What robots.txt forbids is no refusal of ours to count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from scraper_backend.coordinator.rules import audit, scrapers
from scraper_backend.coordinator.rules.scrapers import Scraper
from scraper_backend.coordinator.store import Transaction, fleet, reads, writes
from scraper_backend.coordinator.store.rows import EndRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import NoSuchJob

REFUSALS: Final = frozenset({"blocked", "drifted"})
JUDGED: Final = 20
"""How many of a site's last tasks are looked at."""
TOO_MANY: Final = 0.8
WITNESSES: Final = 2
"""How many runners must have seen it: one alone may be what is wrong."""


async def pause_if_refused(tx: Transaction, scraper: str, last: Sequence[EndRow], *, now: datetime) -> bool:
    """Pause the scraper if the `last` of its tasks say that its site refuses us; whether that is new."""
    ends = last[:JUDGED]
    refused = [end for end in ends if end.outcome in REFUSALS]
    if len(ends) < JUDGED or len(refused) < TOO_MANY * JUDGED:
        return False
    if len({end.runner for end in refused}) < WITNESSES:
        return False
    blocked = sum(end.outcome == "blocked" for end in refused)
    kind = "blocked" if blocked * 2 >= len(refused) else "drifted"
    reason = f"{len(refused)} of the last {JUDGED} tasks were {kind}"
    if not await _pause(tx, scraper, reason=reason, by="coordinator", now=now):
        return False
    await writes.insert_event(tx, "scraper.paused", scraper, now=to_ms(now))
    return True


async def pause_scraper(
    tx: Transaction, name: str, *, reason: str = "paused by hand", by: str = "cli", now: datetime
) -> Scraper:
    """Grant nothing more of the scraper; its tasks stay."""
    await scrapers.get(tx, name)
    await _pause(tx, name, reason=reason, by=by, now=now)
    return await scrapers.get(tx, name)


async def resume_scraper(tx: Transaction, name: str, *, by: str = "cli", now: datetime) -> Scraper:
    """Grant it again, and judge it by what happens from now on."""
    await scrapers.get(tx, name)
    if await writes.resume_scraper(tx, name, now=to_ms(now)):
        await audit.note(tx, "scraper.resumed", name, by=by, now=to_ms(now))
        tx.announce("scrapers", "work")
    return await scrapers.get(tx, name)


async def pause_job(tx: Transaction, job_id: str, *, by: str = "cli", now: datetime) -> bool:
    """Grant nothing more of the job, take back what was not begun; False if it is over or paused."""
    if await reads.job_held(tx, job_id) is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    if not await fleet.pause_job(tx, job_id, now=to_ms(now)):
        return False
    await fleet.release_unstarted(tx, job_id)
    await audit.note(tx, "job.paused", job_id, by=by, now=to_ms(now))
    tx.announce("jobs", "work")
    return True


async def resume_job(tx: Transaction, job_id: str, *, by: str = "cli", now: datetime) -> bool:
    """Grant it again; False if it was not paused."""
    if await reads.job_held(tx, job_id) is None:
        raise NoSuchJob(f"no job has the id {job_id}")
    if not await fleet.resume_job(tx, job_id):
        return False
    await audit.note(tx, "job.resumed", job_id, by=by, now=to_ms(now))
    tx.announce("jobs", "work")
    return True


async def drain_runner(
    tx: Transaction, name: str, *, note: str | None = None, by: str = "cli", now: datetime
) -> bool:
    """Ask the runner to take nothing more; False if it was asked before, or is unknown."""
    return await _drain(tx, name, draining=True, note=note, by=by, now=now)


async def undrain_runner(tx: Transaction, name: str, *, by: str = "cli", now: datetime) -> bool:
    """Let the runner take work again; False if it does."""
    return await _drain(tx, name, draining=False, note=None, by=by, now=now)


async def _pause(tx: Transaction, name: str, *, reason: str, by: str, now: datetime) -> bool:
    if not await writes.pause_scraper(tx, name, reason=reason, now=to_ms(now)):
        return False
    await audit.note(tx, "scraper.paused", name, by=by, now=to_ms(now), after={"reason": reason})
    tx.announce("scrapers")
    return True


async def _drain(
    tx: Transaction, name: str, *, draining: bool, note: str | None, by: str, now: datetime
) -> bool:
    if not await fleet.drain_runner(tx, name, draining=draining, note=note):
        return False
    action = "runner.drained" if draining else "runner.undrained"
    await audit.note(tx, action, name, by=by, now=to_ms(now), after={"note": note})
    tx.announce("runners", "work")
    return True
