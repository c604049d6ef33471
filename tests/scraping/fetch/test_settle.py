"""When a page in a browser may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.fetch.settle import State, Watcher


def state(still: float = 0.0, idle: float = 0.0, changes: int = 1, *, loaded: bool = True) -> State:
    return State(still, still, idle, changes, loaded)


@pytest.mark.parametrize(
    ("now", "is_at_rest"),
    [
        (state(still=0.7, idle=1.0), True),
        (state(still=0.3, idle=1.0), False),
        (state(still=0.7, idle=0.0), False),
        (state(still=0.7, idle=1.0, loaded=False), False),
        (state(still=0.0, idle=3.1), True),
        (state(still=6.1, idle=0.0), True),
        (replace(state(still=6.1, idle=0.0), is_busy=True), False),
    ],
    ids=["quiet", "just changed", "asking", "loading", "a clock", "stuck", "half built"],
)
def test_a_page_at_rest(now: State, is_at_rest: bool) -> None:
    assert is_at_rest == now.is_at_rest


def test_a_page_is_looked_at_once_a_change() -> None:
    watcher = Watcher()
    assert watcher.wants_a_look(state(still=0.1), 0.0)

    watcher.looked(state(still=0.1), 0.0, is_ready=False)

    assert not watcher.wants_a_look(state(still=5.0), 5.0)
    assert watcher.wants_a_look(state(still=0.1, changes=2), 5.0)


def test_a_page_that_waits_for_an_answer_is_not_looked_at_before_it_has_one() -> None:
    watcher = Watcher(looked_at=0.0)

    assert not watcher.wants_a_look(state(still=0.3, idle=0.0), 0.3)
    assert watcher.wants_a_look(state(still=0.1, idle=0.1), 0.4)
    assert watcher.wants_a_look(state(still=0.6, idle=0.0), 0.6)


def test_a_page_that_still_loads_is_not_looked_at_unless_a_part_of_it_never_comes() -> None:
    """What its own scripts bring is not there yet: some other number may pass for a price."""
    watcher = Watcher(looked_at=0.0)

    assert not watcher.wants_a_look(state(still=0.3, idle=0.3, loaded=False), 0.4)
    assert watcher.wants_a_look(state(still=0.1, idle=0.1), 0.4)

    watcher.looked(state(), 0.4, is_ready=True)

    assert not watcher.is_whole(state(still=0.3, idle=0.3, loaded=False), 0.7)
    assert watcher.is_whole(state(still=1.1, idle=1.1, loaded=False), 1.5)


def test_a_page_that_changes_all_the_time_is_looked_at_now_and_then() -> None:
    watcher = Watcher()
    looks = 0
    for tick in range(100):
        now = state(still=0.0, changes=tick)
        if watcher.wants_a_look(now, tick / 20):
            watcher.looked(now, tick / 20, is_ready=False)
            looks += 1

    assert 9 <= looks <= 11


def test_a_ready_page_is_read_when_it_stands_still_and_asks_for_nothing() -> None:
    watcher = Watcher()
    watcher.looked(state(still=0.1, idle=0.1), 0.0, is_ready=True)

    assert not watcher.is_whole(state(still=0.1, idle=0.1), 0.05)
    assert not watcher.is_whole(state(still=1.0, idle=0.0), 1.0)
    assert watcher.is_whole(state(still=0.2, idle=0.2), 0.1)


def test_the_tail_of_a_ready_page_is_not_waited_for_long() -> None:
    watcher = Watcher()
    watcher.looked(state(still=0.1), 0.0, is_ready=True)

    assert watcher.is_whole(state(still=0.0, idle=0.0, changes=99), 4.1)


seconds = st.sampled_from((0.0, 0.04, 0.06, 0.1, 0.13, 0.4, 0.7, 2.9, 3.1, 5.9, 6.1))


@given(seconds, seconds, seconds, st.integers(0, 2), st.booleans(), st.booleans(), seconds)
def test_a_page_speaks_up_whenever_something_would_be_decided(
    still: float, idle: float, unmoved: float, changes: int, loaded: bool, is_ready: bool, waited: float
) -> None:
    """Else it would be waited for in vain."""
    watcher = Watcher(looked_at=0.0)
    watcher.looked(state(changes=1), 0.2, is_ready=is_ready)
    told, now = State(still, max(still, unmoved), idle, changes, loaded), 0.5 + waited

    alarms = watcher.alarms(0.5, looks=True)

    is_decided = watcher.wants_a_look(told, now) or watcher.is_whole(told, now) or told.is_at_rest
    assert not is_decided or any(goes_off(alarm, told, waited) for alarm in alarms)


def goes_off(alarm: Mapping[str, float], told: State, waited: float) -> bool:
    """As the page decides it."""
    if alarm.get("unlike") == told.changes:
        return False
    values = {"waited": waited + 1e-9, **asdict(told)}
    return all(values[name] >= least for name, least in alarm.items() if name != "unlike")


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()))
def test_a_page_may_say_anything_of_itself(said: object) -> None:
    assert State.of(said).still >= 0
    assert State.of({"still": said, "changes": said, "loaded": said}).changes >= 0
