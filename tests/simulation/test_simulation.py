"""A short share of the simulated worlds; the long one is `python -m tests.simulation --seeds 2000`.

On failure the seed is in the words: `python -m tests.simulation --seed N` is the same world again.
"""

from __future__ import annotations

import pytest

from tests.simulation.planted import BUGS, Bug, caught
from tests.simulation.world import simulate

WORLDS = 36
IN_SHORT = (
    "results do not renew a lease",
    "the claim key is ignored",
    "crashes are blamed on everything granted",
    "counters are moved twice",
    "a host's budget is given to everybody",
    "delayed tasks are never due",
    "every failure is tried again at once, for ever",
)
"""Bugs that one of the first few worlds shows."""


@pytest.mark.parametrize("first", range(0, WORLDS, 6))
def test_nothing_is_lost_doubled_or_robbed_whatever_dies(first: int) -> None:
    reports = [simulate(seed) for seed in range(first, first + 6)]

    assert [] == [(report.seed, report.violation) for report in reports if report.violation]


def test_the_same_seed_is_the_same_world() -> None:
    assert simulate(2) == simulate(2)


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name in IN_SHORT], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    assert caught(bug, seeds=20) is not None
