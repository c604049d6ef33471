"""The tables of states are whole, and the documentation prints them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from scraper_backend.coordinator.rules import transitions
from scraper_backend.coordinator.rules.transitions import JOB, STANDINGS, TASK, Event, JobEvent, move
from scraper_backend.core.wire import OutcomeKind

REPORTS = ("found", "nothing", "blocked", "drifted", "failed", "crash", "told nothing", "told failure")
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "states.md"


def test_the_documentation_prints_the_tables() -> None:
    """If not: `python -m scraper_backend.coordinator.rules.transitions > docs/reference/states.md`."""
    assert transitions.as_markdown() == PAGE.read_text(encoding="utf-8")


def test_every_event_has_its_row() -> None:
    assert set(get_args(Event)) == set(TASK)
    assert set(get_args(JobEvent)) == set(JOB)


@pytest.mark.parametrize("event", REPORTS)
def test_a_report_has_an_answer_however_the_task_stands(event: Event) -> None:
    assert set(STANDINGS) == set(TASK[event])


def test_every_outcome_is_an_event_for_both_kinds_of_runner() -> None:
    assert {*get_args(OutcomeKind), "crash"} == set(transitions.FLEET_EVENT)
    assert set(get_args(OutcomeKind)) == set(transitions.CONTRACT_EVENT)


@pytest.mark.parametrize("standing", [s for s in STANDINGS if s not in ("succeeded", "cancelled")])
def test_a_success_always_wins(standing: transitions.Standing) -> None:
    assert "succeeded" == move("found", standing).to


@pytest.mark.parametrize("event", REPORTS)
def test_nothing_leaves_a_success_or_a_cancelled_task(event: Event) -> None:
    assert [None, None] == [move(event, standing).to for standing in ("succeeded", "cancelled")]


@pytest.mark.parametrize("event", ["nothing", "blocked", "drifted", "failed"])
def test_a_fleet_runner_that_lost_its_lease_cannot_fail_another_ones_work(event: Event) -> None:
    assert ("stale", None) == (move(event, "elsewhere").verdict, move(event, "elsewhere").to)


def test_cancelled_is_the_end_of_a_job() -> None:
    assert [] == [event for event, moves in JOB.items() if "cancelled" in moves]
