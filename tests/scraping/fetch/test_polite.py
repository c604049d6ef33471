"""How often a host is asked, measured with a clock that only moves when somebody sleeps."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from scraper_backend.scraping.fetch.polite import UNLIMITED, Limits, Politeness
from tests.scraping.fetch.shops import Clock

TWO_A_SECOND = Limits(interval=0.5, concurrency=2)


class Visitors:
    """People at the door: each goes in when it is his turn, stays a while, and comes out."""

    def __init__(self, clock: Clock, polite: Politeness, *, stay: float = 0.0) -> None:
        self.clock, self.polite, self.stay = clock, polite, stay
        self.began: list[tuple[float, int]] = []
        self.inside = self.most = 0

    async def one(self, number: int, host: str, limits: Limits) -> None:
        if await self.polite.enter(host, limits, patience=1e9):
            raise AssertionError("sent away")
        self.began.append((round(self.clock.now, 3), number))
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.stay:
            await self.clock.sleep(self.stay)
        self.inside -= 1
        self.polite.leave(host, self.stay, strained=False)

    async def come(self, many: int, limits: Limits, host: str = "shop.example") -> list[float]:
        crowd = asyncio.gather(*(self.one(number, host, limits) for number in range(many)))
        await self.clock.run(crowd)
        return [at for at, _ in self.began]


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_host_is_asked_at_its_rate_in_the_order_of_arrival(clock: Clock) -> None:
    visitors = Visitors(clock, clock.politeness())

    times = await visitors.come(20, TWO_A_SECOND)

    assert [0.5 * number for number in range(20)] == times
    assert list(range(20)) == [number for _, number in visitors.began]


async def test_a_slow_host_has_no_more_of_us_than_its_places(clock: Clock) -> None:
    visitors = Visitors(clock, clock.politeness(), stay=3.0)

    times = await visitors.come(6, TWO_A_SECOND)

    assert 2 == visitors.most
    assert [0.0, 0.5, 3.0, 3.5, 6.0, 6.5] == times


async def test_a_host_without_a_rate_is_not_slowed(clock: Clock) -> None:
    assert [0.0] * 50 == await Visitors(clock, clock.politeness()).come(50, UNLIMITED)


async def test_hosts_do_not_wait_for_each_other(clock: Clock) -> None:
    polite = clock.politeness()
    first, second = Visitors(clock, polite), Visitors(clock, polite)

    await clock.run(
        asyncio.gather(
            *(first.one(n, "one.example", TWO_A_SECOND) for n in range(4)),
            *(second.one(n, "two.example", TWO_A_SECOND) for n in range(4)),
        )
    )

    assert [0.0, 0.5, 1.0, 1.5] == [at for at, _ in first.began] == [at for at, _ in second.began]


async def test_a_pause_stops_the_whole_line(clock: Clock) -> None:
    polite = clock.politeness()
    polite.pause("Shop.example", 60)

    times = await Visitors(clock, polite).come(3, TWO_A_SECOND)

    assert [60.0, 60.5, 61.0] == times


async def test_a_pause_beyond_patience_is_told_and_not_waited_for(clock: Clock) -> None:
    polite = clock.politeness()
    polite.pause("shop.example", 3600)

    assert 3600 == await polite.enter("shop.example", TWO_A_SECOND, patience=30)
    assert {"shop.example": 3600} == polite.pauses()


async def test_a_host_that_is_overwhelmed_is_asked_at_half_the_rate_and_recovers_slowly(clock: Clock) -> None:
    polite = clock.politeness()
    gaps = []
    for number in range(30):
        await clock.run(asyncio.ensure_future(polite.enter("shop.example", TWO_A_SECOND, 1e9)))
        polite.leave("shop.example", 0.1, strained=number == 0)
        gaps.append(polite.interval("shop.example", TWO_A_SECOND))

    assert 1.0 == gaps[0]
    assert all(later <= sooner for sooner, later in itertools.pairwise(gaps))
    assert gaps[5] > 0.6
    assert 0.5 == gaps[-1]


async def test_a_burst_of_errors_halves_the_rate_once(clock: Clock) -> None:
    polite = clock.politeness()
    for _ in range(10):
        await polite.enter("shop.example", UNLIMITED, 1e9)
    for _ in range(10):
        polite.leave("shop.example", 0.1, strained=True)

    assert 2 / 32 == polite.interval("shop.example", UNLIMITED)


async def test_a_host_that_grows_slow_is_asked_one_at_a_time(clock: Clock) -> None:
    polite = clock.politeness()
    for seconds in [0.2] * 5 + [9.0] * 10:
        await clock.run(asyncio.ensure_future(polite.enter("shop.example", TWO_A_SECOND, 1e9)))
        polite.leave("shop.example", seconds, strained=False)

    assert polite.interval("shop.example", TWO_A_SECOND) > 5


async def test_the_fleet_can_slow_us_and_never_hurry_us(clock: Clock) -> None:
    polite = clock.politeness()

    polite.set_budget("shop.example", 0.5, 1)
    assert 2.0 == polite.interval("shop.example", TWO_A_SECOND)

    polite.set_budget("shop.example", 100.0, 50)
    assert 0.5 == polite.interval("shop.example", TWO_A_SECOND)

    polite.set_budget("shop.example", None)
    assert 0.0 == polite.interval("shop.example", UNLIMITED)


def test_runners_share_what_robots_txt_allows_as_they_share_the_rate(clock: Clock) -> None:
    """A third of the rate is a third of one request in ten seconds, too."""
    polite, delayed = clock.politeness(), Limits(interval=10.0, concurrency=2)

    assert 10.0 == polite.as_granted("shop.example", delayed, usual=0.5).interval
    polite.set_budget("shop.example", 2 / 3, 1)
    assert 30.0 == pytest.approx(polite.as_granted("shop.example", delayed, usual=0.5).interval)
    assert 1.5 == pytest.approx(polite.as_granted("shop.example", TWO_A_SECOND, usual=0.5).interval)
    polite.set_budget("shop.example", 2.0, 2)
    assert 10.0 == polite.as_granted("shop.example", delayed, usual=0.5).interval


async def test_a_budget_of_one_place_holds(clock: Clock) -> None:
    polite = clock.politeness()
    polite.set_budget("shop.example", None, 1)
    visitors = Visitors(clock, polite, stay=1.0)

    await visitors.come(4, UNLIMITED)

    assert 1 == visitors.most


async def test_whoever_gives_up_waiting_loses_nobodys_place(clock: Clock) -> None:
    polite = clock.politeness()
    one = Limits(concurrency=1)
    await polite.enter("shop.example", one, 1e9)
    waiting = [asyncio.create_task(polite.enter("shop.example", one, 1e9)) for _ in range(3)]
    await asyncio.sleep(0)

    waiting[0].cancel()
    polite.leave("shop.example", 0.1, strained=False)
    waiting[1].cancel()
    await asyncio.gather(*waiting[:2], return_exceptions=True)

    assert 0.0 == await asyncio.wait_for(waiting[2], 1)


async def test_hosts_at_rest_are_forgotten(clock: Clock) -> None:
    polite = clock.politeness(remembered=100)
    polite.set_budget("kept.example", 1.0)
    for number in range(5_000):
        await polite.enter(f"h{number}.example", TWO_A_SECOND, 1e9)
        polite.leave(f"h{number}.example", 0.1, strained=False)
        clock.now += 0.01

    assert len(polite) <= 200
    assert 1.0 == polite.interval("kept.example", UNLIMITED)
