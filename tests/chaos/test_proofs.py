"""Short shares of the long proofs; each is a command of its own in this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import faults, herd, kills, month
from tests.chaos.proxy import FAULTS
from tests.simulation.handover import hand_over


async def test_coordinator_and_runners_are_killed_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    found, figures = await kills.live_through(
        f"sqlite:///{tmp_path}/office.db", tmp_path, deaths=5, every=0.5, runners=2, seed=11, job_of=100
    )

    assert [] == found
    assert 5 == sum(figures["deaths"].values())


async def test_a_herd_is_back_after_a_restart_with_its_leases_and_without_an_error(tmp_path: Path) -> None:
    restarts = await herd.restarted(tmp_path, runners=12, ways=["stop", "kill"], beat_s=0.3, wait_s=0.5)

    assert [[], []] == [herd.faults(figures) for figures in restarts]


async def test_a_month_away_delays_no_new_work(tmp_path: Path) -> None:
    found, _ = await month.away(tmp_path, results=800, new_work=50)

    assert [] == found


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("blackhole", "late")])
async def test_no_fault_of_the_line_doubles_or_loses_anything(fault: str, tmp_path: Path) -> None:
    assert {} == await faults.every(tmp_path, [fault], ["claim", "results", "callback"])


def test_a_dead_runners_tasks_are_elsewhere_within_a_hundred_seconds() -> None:
    reports = [hand_over(seed) for seed in range(3)]

    assert [] == [report.violation for report in reports if report.violation]
    assert max(seconds for report in reports for seconds in report.elsewhere) <= 100
