"""What `bsr runner check` tells about a machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from scraper_backend.core.wire import Check
from scraper_backend.runner.check import check
from scraper_backend.runner.outbox import jobs, open_file
from scraper_backend.runner.outbox.spool import Spool
from tests.fake_coordinator import JOB, KEY, FakeCoordinator, Reply, coordinator


@pytest.fixture
def environment(office: FakeCoordinator, tmp_path: Path) -> dict[str, str]:
    return {
        "SCRAPER_API_URL": office.url,
        "SCRAPER_API_KEY": KEY,
        "RUNNER_NAME": "pi",
        "BSR_DATA_DIR": str(tmp_path),
    }


def _checked(environment: dict[str, str]) -> dict[str, Check]:
    return {told.name: told for told in check(environment=environment)}


def test_a_machine_that_is_well(environment: dict[str, str]) -> None:
    told = _checked(environment)

    well = {"Coordinator", "API key", "Clock", "Name", "Outbox", "Private hosts"}
    assert {"ok"} == {told[name].status for name in well}
    assert told["Name"].message.startswith("pi; machine ")
    assert "none allowed" == told["Private hosts"].message


def test_its_name_in_the_world_stays_the_same(environment: dict[str, str]) -> None:
    assert _checked(environment)["Name"] == _checked(environment)["Name"]


def test_everything_that_is_missing_is_told(tmp_path: Path) -> None:
    told = _checked({"BSR_DATA_DIR": str(tmp_path)})

    assert "error" == told["Coordinator"].status == told["API key"].status
    assert "SCRAPER_API_KEY: is not set" in told["API key"].message


def test_a_wrong_key_is_not_a_missing_coordinator(environment: dict[str, str]) -> None:
    told = _checked({**environment, "SCRAPER_API_KEY": "bsr_wrong"})

    assert ("ok", "error") == (told["Coordinator"].status, told["API key"].status)


def test_a_coordinator_that_is_away_is_told(environment: dict[str, str]) -> None:
    with coordinator() as gone:
        pass

    assert "error" == _checked({**environment, "SCRAPER_API_URL": gone.url})["Coordinator"].status


def test_a_clock_that_is_off_is_told(office: FakeCoordinator, environment: dict[str, str]) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    office.handler = lambda _: Reply(200, {"checks": []}, {"Date": ahead})

    clock = _checked(environment)["Clock"]

    assert "warning" == clock.status
    assert "behind the coordinator's; set this machine's time" in clock.message


def test_what_waits_to_be_delivered_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    with open_file(tmp_path / "outbox.db") as file:
        jobs.begin(file, coordinator="https://x", job_id=JOB, runner_name="pi", scrapers=[], total=1)

    assert "1 jobs wait; `bsr runner deliver` sends them" == _checked(environment)["Outbox"].message


def test_a_fleets_results_are_told_with_the_coordinator_that_is_to_have_them(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with open_file(tmp_path / "outbox.db") as file:
        Spool(file, "https://old.example").turn([{"task_id": 1}, {"task_id": 2}], [])

    told = _checked(environment)["Outbox"]

    assert "warning" == told.status
    assert "2 results wait for https://old.example; " in told.message


def test_a_private_host_that_cannot_be_read_is_told(environment: dict[str, str]) -> None:
    told = _checked({**environment, "RUNNER_ALLOW_PRIVATE_HOSTS": "10.0.0.0/99"})

    assert "error" == told["Private hosts"].status
