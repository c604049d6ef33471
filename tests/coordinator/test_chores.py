"""What happens by the clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from scraper_backend.coordinator.chores import AMNESTY_AFTER, EVERY, Chores
from tests.coordinator.office import MONDAY, Office


def chores_of(office: Office) -> Chores:
    return Chores(office.store, lambda: office.now)


async def test_a_round_takes_back_what_a_silent_runner_held(office: Office) -> None:
    chores = chores_of(office)
    job_id = await office.job()
    await office.report(job_id, "running")
    while office.now < MONDAY + timedelta(hours=1):
        await chores.round(office.now)
        office.later(seconds=25)
    before = await office.states(job_id)

    await chores.round(office.now)

    assert [{"leased"}, {"ready"}] == [before, await office.states(job_id)]


async def test_runners_are_pardoned_when_we_were_away_ourselves(office: Office) -> None:
    """The laptop slept: nobody could have renewed, so nobody loses work for it."""
    chores = chores_of(office)
    job_id = await office.job()
    await office.report(job_id, "running")
    await chores.round(office.now)
    office.later(hours=9)

    await chores.round(office.now)
    pardoned = await office.states(job_id)
    for _ in range(4):
        office.later(seconds=25)
        await chores.round(office.now)

    assert [{"leased"}, {"ready"}] == [pardoned, await office.states(job_id)]


async def test_a_coordinator_that_has_just_started_pardons_too(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running")
    office.later(hours=2)

    await chores_of(office).round(office.now)

    assert {"leased"} == await office.states(job_id)


async def test_lateness_is_what_a_round_is_overdue(office: Office) -> None:
    chores = chores_of(office)
    before_the_first = chores.lateness(office.now)
    await chores.round(office.now)

    assert timedelta() == before_the_first == chores.lateness(office.now + EVERY)
    assert AMNESTY_AFTER == chores.lateness(office.now + EVERY + AMNESTY_AFTER)


async def test_the_loop_makes_its_first_round_at_once_and_ends_when_cancelled(office: Office) -> None:
    chores = chores_of(office)
    loop = asyncio.create_task(chores.run())
    while not chores.lateness(office.now + timedelta(days=1)):
        await asyncio.sleep(0.01)

    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)

    assert loop.cancelled()
