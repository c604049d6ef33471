"""The desk's turns, one after another, with a disk that can be full and a clock that can jump."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.core.wire import ClaimAnswer, Directives, HeartbeatAnswer
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.messages import Beat, Died, Granted, Home, Lost, Scraped, Told, Wish
from scraper_backend.runner.daemon.settings import Settings, read_settings
from scraper_backend.runner.outbox import File, open_file
from scraper_backend.runner.outbox.spool import Spool
from tests.fake_coordinator import JOB

OFFICE = "https://app.example"


class Crew:
    """Workers that do nothing until the test says so."""

    places = 1

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.told: list[dict[str, Any]] = []

    def place_of(self, base_url: str) -> int:
        return 0

    def send(self, place: int, rev: str, scraper: Any, task: Any) -> None:
        self.begun.append(task["task"])

    def everybody(self, told: Any) -> None:
        self.told.append(told)

    def generation(self, place: int) -> int:
        return 1

    def bury(self, place: int) -> None:
        pass

    def end(self) -> None:
        pass


class Bench:
    def __init__(self, file: File, folder: Path) -> None:
        self.now = 1000.0
        self.file = file
        self.spool = Spool(file, OFFICE)
        self.desk = Desk(Settings(folder, walks=2), self.spool, lambda: self.now)
        self.crew = Crew()
        self.desk._crew = self.crew  # type: ignore[assignment]

    def grant(self, *numbers: int, lease: str = "L1", attempt: int = 1, job_id: str = JOB) -> None:
        answer = ClaimAnswer.model_validate(
            {
                "lease": {"id": lease, "ttl_ms": 90_000, "heartbeat_ms": 22_000},
                "tasks": [
                    {
                        "id": n,
                        "job_id": job_id,
                        "sku": str(n),
                        "scraper": "s",
                        "attempt": attempt,
                        "config_rev": "r",
                    }
                    for n in numbers
                ],
                "configs": {"r": {"name": "s", "base_url": "https://s", "search_url_template": "/{sku}"}},
            }
        )
        self.desk.turn([Granted("k", answer, self.now)])

    def finish(self, number: int, outcome: str = "found") -> None:
        self.desk.turn([Scraped(0, number, {"outcome": outcome, "data": {}}, {})])

    def spooled(self) -> list[tuple[int, str]]:
        batch = self.spool.batch(0, 2**62, items=100, size=10**7)
        return [(s.item["task_id"], s.item["outcome"]) for s in batch]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_file(tmp_path / "outbox.db") as file:
        yield Bench(file, tmp_path)


def test_only_as_many_tasks_begin_as_there_are_walks(bench: Bench) -> None:
    bench.grant(1, 2, 3)
    assert [1, 2] == bench.crew.begun

    bench.finish(1)

    assert [1, 2, 3] == bench.crew.begun
    assert [(1, "found")] == bench.spooled()


def test_a_machine_that_slept_through_its_lease_begins_nothing(bench: Bench) -> None:
    """The clock counts the sleep; 0.8 of the TTL is the fence."""
    bench.grant(1, 2, 3)
    bench.now += 73

    bench.finish(1)
    assert [1, 2] == bench.crew.begun

    bench.desk.turn([Beat("L1", HeartbeatAnswer(ttl_ms=90_000), bench.now)])
    assert [1, 2, 3] == bench.crew.begun


def test_a_lease_is_kept_until_its_last_result_is_acknowledged(bench: Bench) -> None:
    """Else it would run out while results wait, and others would scrape it all again."""
    bench.grant(1)
    bench.finish(1)
    assert ["L1"] == [lease for lease, _, _ in bench.desk.view.leases]

    bench.desk.turn([Home(("L1",))])

    assert () == bench.desk.view.leases


def test_after_a_lost_lease_only_what_is_in_hand_is_finished(bench: Bench) -> None:
    bench.grant(1, 2, 3, 4)

    bench.desk.turn([Lost("L1")])
    bench.finish(1)
    bench.finish(2)

    assert [1, 2] == bench.crew.begun
    assert [(1, "found"), (2, "found")] == bench.spooled()


def test_a_task_that_comes_back_while_it_is_in_hand_is_not_begun_again(bench: Bench) -> None:
    bench.grant(1)
    bench.desk.turn([Lost("L1")])

    bench.grant(1, lease="L2", attempt=2)
    bench.finish(1)

    assert [1] == bench.crew.begun
    item = bench.spool.batch(0, 2**62, items=1, size=10**6)[0].item
    assert ("L2", 2) == (item["lease_id"], item["attempt"])


def test_the_coordinator_may_take_single_tasks_back(bench: Bench) -> None:
    bench.grant(1, 2, 3, 4)

    bench.desk.turn([Beat("L1", HeartbeatAnswer(ttl_ms=90_000, keep=[1, 2, 4]), bench.now)])
    bench.finish(1)
    bench.finish(2)

    assert [1, 2, 4] == bench.crew.begun


def test_of_a_cancelled_job_nothing_more_begins(bench: Bench) -> None:
    bench.grant(1, 2, 3)

    bench.desk.turn([Told(Directives(cancel_jobs=[JOB]))])
    bench.finish(1)

    assert [1, 2] == bench.crew.begun


def test_a_grant_that_arrives_after_its_job_was_cancelled_begins_nothing(bench: Bench) -> None:
    """The answer to a claim may be slower than the news of the cancellation."""
    bench.desk.turn([Told(Directives(cancel_jobs=[JOB]))])

    bench.grant(1, 2)

    assert [] == bench.crew.begun


def test_a_cancelled_task_whose_worker_died_is_not_begun_again(bench: Bench) -> None:
    bench.grant(1, 2)
    bench.desk.turn([Told(Directives(cancel_jobs=[JOB]))])

    bench.desk.turn([Died(0, 1, "SIGSEGV")])

    assert [1, 2] == bench.crew.begun


def test_a_full_disk_stops_claims_and_loses_nothing(bench: Bench) -> None:
    bench.grant(1, 2, 3)
    bench.file.run("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = bench.file.one("PRAGMA page_count")
    bench.file.run(f"PRAGMA max_page_count = {pages}")
    big = {"outcome": "found", "data": {"title": "x" * 100_000}}

    bench.desk.turn([Scraped(0, 1, big, {})])
    bench.desk.turn([])

    assert "full" in bench.desk.view.trouble
    assert (0, [1, 2]) == (bench.desk.view.room, bench.crew.begun)

    bench.file.run("PRAGMA max_page_count = 1000000")
    bench.desk.turn([])
    bench.desk.turn([])

    assert [(1, "found")] == bench.spooled()
    assert ("", [1, 2, 3]) == (bench.desk.view.trouble, bench.crew.begun)
    assert bench.desk.view.room > 0


def test_the_task_that_kills_a_worker_alone_is_the_one_that_is_blamed(bench: Bench) -> None:
    bench.grant(1, 2, 3)

    bench.desk.turn([Died(0, 1, "SIGSEGV")])
    assert [1, 2, 1] == bench.crew.begun, "one after another"
    bench.finish(1)
    assert [1, 2, 1, 2] == bench.crew.begun
    bench.desk.turn([Died(0, 1, "SIGSEGV")])

    assert [(1, "found"), (2, "crash")] == bench.spooled()
    assert 3 == bench.crew.begun[-1]


def test_the_death_of_an_earlier_process_is_old_news(bench: Bench) -> None:
    bench.grant(1)

    bench.desk.turn([Died(0, 0, "SIGKILL")])

    assert [1] == bench.crew.begun


def test_a_runner_too_old_for_its_coordinator_says_so_and_claims_nothing(bench: Bench) -> None:
    bench.desk.turn([Told(Directives(min_version="99.1"))])

    assert 0 == bench.desk.view.room
    assert "update this runner" in bench.desk.view.trouble


def test_pauses_are_passed_on_both_ways(bench: Bench) -> None:
    bench.desk.turn([Scraped(0, 1, {"outcome": "blocked"}, {"shop.example": 60.0})])
    told = Directives.model_validate({"pause_hosts": [{"host": "other.example", "ms": 5000}]})
    bench.desk.turn([Told(told)])

    assert {"shop.example": 60.0} == bench.desk.view.host_pauses
    assert [{"do": "pause", "host": "other.example", "seconds": 5.0}] == bench.crew.told
    bench.now += 61
    bench.desk.turn([])
    assert {} == bench.desk.view.host_pauses


def test_a_pause_leaves_everything_where_it_is(bench: Bench) -> None:
    bench.grant(1, 2, 3)
    bench.desk.turn([Wish("pause")])
    bench.finish(1)
    assert [1, 2] == bench.crew.begun

    bench.desk.turn([Wish("resume")])

    assert [1, 2, 3] == bench.crew.begun


def test_what_was_in_hand_when_the_machine_died_is_reported_as_a_crash(bench: Bench, tmp_path: Path) -> None:
    bench.grant(1, 2, 3)
    bench.finish(1)

    with open_file(tmp_path / "outbox.db") as file:
        again = Spool(file, OFFICE)
        assert 2 == again.bury_the_dead()
        assert 0 == again.bury_the_dead()

    assert [(1, "found"), (2, "crash"), (3, "crash")] == bench.spooled()


def test_settings_are_read_with_all_their_faults(tmp_path: Path) -> None:
    from scraper_backend.core.errors import Faults

    environment = {
        "RUNNER_WORKERS": "4",
        "POLL_INTERVAL": "2.5",
        "RUNNER_LABELS": "garage, eu,",
        "BSR_DATA_DIR": "/d",
    }
    settings = read_settings(environment)
    assert (4, 2.5, ("garage", "eu"), Path("/d")) == (
        settings.walks, settings.poll_s, settings.labels, settings.folder,
    )  # fmt: skip

    with pytest.raises(Faults, match="RUNNER_WORKERS") as caught:
        read_settings({"RUNNER_WORKERS": "many", "POLL_INTERVAL": "0"})
    assert 2 == len(caught.value.problems)
