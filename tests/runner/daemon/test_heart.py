"""When a lease beats: at its interval, and soon after other tasks of its own were begun."""

from __future__ import annotations

import pytest

from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.heart import SETTLE_S, Rhythm
from tests.runner.daemon.test_desk import Bench, bench

__all__ = ["bench"]


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def rhythm(now: list[float]) -> Rhythm:
    return Rhythm(lambda: now[0])


def test_a_task_that_begins_is_told_soon(rhythm: Rhythm, now: list[float]) -> None:
    assert not rhythm.is_due("L1", 22.0, (1,))

    now[0] += SETTLE_S

    assert rhythm.is_due("L1", 22.0, (1,))
    rhythm.beaten("L1", 22.0, (1,), None)
    now[0] += SETTLE_S
    assert not rhythm.is_due("L1", 22.0, (1,))


def test_a_lease_of_which_nothing_begins_waits_for_its_interval(rhythm: Rhythm, now: list[float]) -> None:
    """Twenty leases of which each has one result on its way home must not beat twenty times a task."""
    assert not rhythm.is_due("L1", 22.0, ())

    now[0] += 19.0

    assert not rhythm.is_due("L1", 22.0, ())
    now[0] += 6.0
    assert rhythm.is_due("L1", 22.0, ())


def test_each_lease_tells_of_its_own_tasks(bench: Bench) -> None:
    desk: Desk = bench.desk
    bench.grant(1, lease="L1")
    bench.grant(2, lease="L2")

    desk.turn([])

    assert {"L1": (1,), "L2": (2,)} == desk.view.in_hand
