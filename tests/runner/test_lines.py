"""A run in plain lines."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.runner.events import Delivering, Ended, Event, Scraped, Started, from_line, to_line
from scraper_backend.runner.lines import Lines

EVENTS: list[Event] = [
    Started("J", 3, 1, ("chewy", "amazon")),
    Scraped("1", "chewy", "found", "", {"sku": "1", "data": {"title": "Bäll"}}),
    Scraped("2", "chewy", "not_found", "no_results", {"sku": "2"}),
    Delivering(3),
    Ended(0, "completed", {"found": 2, "not_found": 1}),
]


def _shown(*, as_json: bool) -> tuple[list[str], list[str]]:
    progress, results = io.StringIO(), io.StringIO()
    lines = Lines(progress, results, as_json=as_json, clock=iter(range(0, 1000, 5)).__next__)
    for event in EVENTS:
        lines(event)
    return progress.getvalue().splitlines(), results.getvalue().splitlines()


def test_progress_and_the_summary() -> None:
    progress, results = _shown(as_json=False)

    assert [
        "job J: 3 to scrape with chewy, amazon, 1 of them already here",
        "2/3 1 found",
        "3/3 1 found, 1 not_found",
        "3/3 1 found, 1 not_found; delivering 3",
        "completed",
    ] == progress
    assert ["2 found, 1 not_found"] == results


def test_with_json_only_outcomes_stand_on_standard_output() -> None:
    _, results = _shown(as_json=True)

    assert [{"sku": "1", "data": {"title": "Bäll"}}, {"sku": "2"}] == [json.loads(line) for line in results]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_crosses_the_pipe(event: Event) -> None:
    line = to_line(event)

    assert line.isascii()
    assert "\n" not in line
    assert event == from_line(line)


@given(st.text())
def test_what_is_no_event_is_none(line: str) -> None:
    assert from_line(line) is None
