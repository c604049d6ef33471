"""Rest for a runner from one site: it fails there where others succeed.

A blocked site is everybody's; a blocked address, a broken browser or a captive network is one machine's.
Such a runner must not burn the attempts of a site's tasks, nor be one of the witnesses against the site: it
gets no more of them for a quarter of an hour, and what it has not begun goes to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from scraper_backend.coordinator.rules import audit, pauses
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.rows import EndRow
from scraper_backend.coordinator.store.times import to_moment, to_ms

BAD: Final = pauses.REFUSALS | {"failed"}
LONG: Final = timedelta(minutes=15)
LOOKED_AT: Final = 100
"""How many of a site's last tasks are looked at."""
ENOUGH: Final = 10
"""So many tasks of its own, and as many of others, before anybody is called sick."""
TOO_MANY: Final = 0.8
FEW: Final = 0.3
"""Others fail at most so often; beyond it, it is the site."""


class Who(NamedTuple):
    """A runner, and the family of the key it delivers with."""

    runner: str
    family: str


class Rest(NamedTuple):
    """One runner and the scraper that it rests from; `until` in milliseconds."""

    runner: str
    scraper: str
    until: int
    reason: str

    @property
    def ends_at(self) -> datetime:
        """`until` as a moment."""
        return to_moment(self.until)


async def rest_if_sick(
    tx: Transaction, job_id: str, scraper: str, who: Who, ends: Sequence[EndRow], *, now: datetime
) -> bool:
    """Let the runner rest from the scraper if `ends`, its last, say that it is the runner who is sick.

    The job's row is held.  Whether the runner rests.
    """
    runner, family = who
    mine = [end for end in ends if end.runner == runner][: pauses.JUDGED]
    others = [end for end in ends if end.runner != runner]
    if not _is_sick(mine, others):
        return False
    if any(rest.scraper == scraper for rest in await of_runner(tx, runner, now=now)):
        return True
    reason = f"{_bad(mine)} of its last {len(mine)} tasks went wrong, {_bad(others)} of others' {len(others)}"
    until = to_ms(now + LONG)
    await tx.run("rest_put", runner=runner, scraper=scraper, until=until, reason=reason)
    if await tx.run("rest_tasks", job_id=job_id, scraper=scraper, family=family, runner=runner):
        tx.announce("work")
    after = {"scraper": scraper, "reason": reason, "until": until}
    await audit.note(tx, "runner.rested", runner, by="coordinator", now=to_ms(now), after=after)
    tx.announce("runners")
    return True


async def of_runner(tx: Transaction, runner: str, *, now: datetime) -> list[Rest]:
    """What the runner rests from."""
    return await tx.all(Rest, "rests_of_runner", runner=runner, now=to_ms(now))


async def from_scraper(tx: Transaction, scraper: str, *, now: datetime) -> list[Rest]:
    """Who rests from the scraper."""
    return await tx.all(Rest, "rests_from_scraper", scraper=scraper, now=to_ms(now))


def _is_sick(mine: Sequence[EndRow], others: Sequence[EndRow]) -> bool:
    if min(len(mine), len(others)) < ENOUGH:
        return False
    return _bad(mine) >= TOO_MANY * len(mine) and _bad(others) <= FEW * len(others)


def _bad(ends: Sequence[EndRow]) -> int:
    return sum(end.outcome in BAD for end in ends)
