"""Power cuts, full and failing disks, a short share; the long one is `python -m tests.chaos.powercut`."""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import pytest

from tests.chaos import powercut
from tests.chaos.powercut import DAYS, Recorded
from tests.chaos.powercut_disk import Disk, Synced

CUTS = 15


@pytest.fixture(scope="module", params=list(DAYS))
def day(request: pytest.FixtureRequest) -> Recorded:
    """A day of the coordinator's database, and one of a runner's spool."""
    return DAYS[request.param](Disk())


def test_a_power_cut_loses_nothing_that_was_acknowledged(day: Recorded) -> None:
    wrong = {seed: faults for seed in range(CUTS) if (faults := day.cut(seed))}

    assert {} == wrong


def test_a_disk_that_lies_about_its_syncs_would_be_noticed(tmp_path: Path) -> None:
    """What these tests see: without the syncs, acknowledged rows are gone."""
    disk = DAYS["runner"](Disk()).disk
    disk.events = [event for event in disk.events if not isinstance(event, Synced)]

    promised = disk.left_by_a_cut(len(disk.events) - 1, random.Random(2), tmp_path)

    assert powercut.faults_of_outbox(tmp_path / powercut.OUTBOX, promised)


@pytest.mark.parametrize(("first", "length"), [(0, 3), (150, 1), (900, 1), (1501, 9)])
def test_a_coordinator_on_a_full_disk_says_so_and_goes_on_when_there_is_room(first: int, length: int) -> None:
    assert "" == powercut.refused("coordinator", first, length, apsw.FullError)


@pytest.mark.parametrize("failure", [apsw.FullError, apsw.IOError])
@pytest.mark.parametrize("first", [2, 20, 333, 800])
def test_a_spool_on_a_failing_disk_says_so_and_keeps_what_it_had(
    first: int, failure: type[Exception]
) -> None:
    assert "" == powercut.refused("runner", first, 4, failure)
