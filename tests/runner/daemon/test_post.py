"""Bringing results home after a long absence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import Retry
from scraper_backend.runner.daemon.clock import awake_or_not
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.post import Post
from scraper_backend.runner.daemon.settings import Settings
from scraper_backend.runner.outbox import File, dead, open_file
from scraper_backend.runner.outbox.spool import Spool
from scraper_backend.runner.stop import Stop
from tests.fake_coordinator import JOB, KEY, FakeCoordinator, Reply, Seen
from tests.runner.conftest import eventually


def _item(number: int) -> dict[str, Any]:
    return {
        "task_id": number, "job_id": JOB, "sku": f"{number:06}", "scraper": "shop", "attempt": 1,
        "lease_id": "L1", "outcome": "found", "data": {"title": "x" * 200}, "detail": {},
        "scraped_at": "2024-01-15T10:30:00Z",
    }  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Iterator[File]:
    with open_file(tmp_path / "outbox.db") as file:
        yield file


class Office:
    """Takes every batch, and remembers the order in which things came."""

    def __init__(self, fake: FakeCoordinator) -> None:
        self.taken: list[int] = []
        self.batches: list[int] = []
        fake.handler = self.answer

    def answer(self, seen: Seen) -> Reply:
        numbers = [item["task_id"] for item in seen.json["items"]]
        self.taken += numbers
        self.batches.append(len(seen.body))
        return Reply(200, {"items": ["duplicate" if n % 7 == 0 else "accepted" for n in numbers]})


def _post(file: File, fake: FakeCoordinator, tmp_path: Path, *, crashes: int = 0) -> tuple[Post, Spool, Stop]:
    def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
        return ScraperAPIClient(fake.url, KEY, "pi", timeout, retry=retry)

    spool, stop = Spool(file, fake.url), Stop()
    desk = Desk(Settings(tmp_path), spool, awake_or_not)
    return Post(desk, spool, connect, stop, crashes=crashes), spool, stop


def test_a_long_backlog_goes_out_whole_and_does_not_make_new_results_wait(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    taking = Office(office)
    Spool(file, office.url).turn([_item(n) for n in range(1, 5001)], [])
    post, spool, stop = _post(file, office, tmp_path)
    spool.turn([_item(n) for n in range(9001, 9011)], [])
    thread = threading.Thread(target=post.deliver_on)

    thread.start()
    eventually(lambda: spool.count() == 0, within_s=60)
    stop.set("done")
    thread.join()

    assert set(range(1, 5001)) | set(range(9001, 9011)) == set(taking.taken)
    assert len(taking.taken) == len(set(taking.taken))
    assert set(range(9001, 9011)) <= set(taking.taken[:200]), "the new ones were among the first"
    assert len(taking.batches) <= 53


def test_a_verdict_nobody_knows_keeps_the_item_and_lets_the_others_pass(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    office.handler = lambda seen: Reply(
        200, {"items": ["parked" if i["task_id"] == 2 else "accepted" for i in seen.json["items"]]}
    )
    post, spool, _ = _post(file, office, tmp_path)
    spool.turn([_item(n) for n in (1, 2, 3)], [])

    post.deliver_rest(0.5)

    assert [2] == [spooled.item["task_id"] for spooled in spool.batch(0, 2**62, items=10, size=10**6)]
    assert 0 == dead.count(file)


def test_a_giant_result_travels_alone(file: File, office: FakeCoordinator, tmp_path: Path) -> None:
    taking = Office(office)
    post, spool, _ = _post(file, office, tmp_path)
    spool.turn([_item(1), {**_item(2), "data": {"title": "x" * 2_000_000}}, _item(3)], [])

    post.deliver_rest(5)

    assert ([1, 2, 3], 3) == (taking.taken, len(taking.batches))


def test_what_killed_us_is_told_before_a_months_backlog(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    """Until it is, the same task may be granted to us again."""
    taking = Office(office)
    spool = Spool(file, office.url)
    spool.turn([_item(n) for n in range(1, 500)], [_item(901), _item(902)])
    post, _, _ = _post(file, office, tmp_path, crashes=spool.bury_the_dead())
    before = post.has_crashes()

    post.deliver_rest(60)

    assert [901, 902] == taking.taken[:2]
    assert (True, False) == (before, post.has_crashes())
    assert 501 == len(set(taking.taken))


def test_what_a_full_disk_does_not_let_go_is_not_sent_again_and_again(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    """It was delivered, and its row cannot be deleted: each try waits longer than the one before."""
    taking = Office(office)
    post, spool, stop = _post(file, office, tmp_path)
    spool.turn([_item(n) for n in range(1, 4)], [])
    pages = file.one("PRAGMA page_count")
    file.run("CREATE TABLE films (body)")
    file.run(
        "CREATE TRIGGER full BEFORE DELETE ON spool BEGIN INSERT INTO films VALUES (zeroblob(100000)); END"
    )
    file.run(f"PRAGMA max_page_count = {pages + 2}")
    thread = threading.Thread(target=post.deliver_on)

    thread.start()
    time.sleep(3.5)
    often = len(taking.batches)
    file.run("PRAGMA max_page_count = 100000")
    eventually(lambda: spool.count() == 0, within_s=20)
    stop.set("done")
    thread.join()

    assert 2 <= often <= 9
    assert {1, 2, 3} == set(taking.taken)
