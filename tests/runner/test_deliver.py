"""Delivering later what could not be delivered at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.core import errors, wire
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import ONCE
from scraper_backend.runner.deliver import Delivered, deliver_all
from scraper_backend.runner.job import lock_path
from scraper_backend.runner.lock import hold
from scraper_backend.runner.outbox import File, dead, jobs, open_file
from tests.fake_coordinator import DROP, JOB, KEY, FakeCoordinator, Reply

NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
OTHER = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    with open_file(tmp_path / "outbox.db") as file:
        yield file


def _kept(
    file: File,
    office: FakeCoordinator,
    skus: list[str],
    *,
    job_id: str = JOB,
    title: str = "Ball",
    finished: bool = True,
) -> None:
    office.jobs.setdefault(job_id, {})
    job = jobs.begin(
        file, coordinator=office.url, job_id=job_id, runner_name="pi", scrapers=["chewy"], total=len(skus) + 1
    )
    jobs.put(
        file, job,
        [
            wire.Outcome(sku=s, scraper="chewy", outcome="found", data={"title": title}, scraped_at=NOW)
            for s in skus
        ],
    )  # fmt: skip
    if finished:
        jobs.finish(file, job, "completed")


def _deliver(file: File, office: FakeCoordinator, tmp_path: Path, key: str = KEY) -> list[Delivered]:
    return list(
        deliver_all(
            file,
            lambda: ScraperAPIClient(office.url, key, retry=ONCE),
            lock_of=lambda j: lock_path(tmp_path, j),
        )
    )


def test_everything_that_waits_is_sent_under_the_name_it_was_found_by(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    _kept(file, office, ["1", "2"])
    _kept(file, office, ["3"], job_id=OTHER)

    delivered = _deliver(file, office, tmp_path)

    assert [(JOB, "completed", 2), (OTHER, "completed", 1)] == [
        (d.job_id, d.status, d.outcomes) for d in delivered
    ]
    assert {"pi"} == {body["runner_name"] for body in office.callbacks()}
    assert [] == jobs.waiting(file)


def test_a_large_job_goes_in_parts_and_memory_stays_flat(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    _kept(file, office, [f"{n:04}" for n in range(600)], title="x" * 20_000)

    _deliver(file, office, tmp_path)

    sent = office.callbacks()
    assert ["running", "running", "completed"] == [body["status"] for body in sent]
    assert 600 == len({sku for body in sent for sku in body["results"]["data"]})
    assert 600 == sent[-1]["results"]["skus_processed"]
    assert all(len(seen.body) < wire.MAX_PART for seen in office.seen)


def test_a_delivery_that_broke_off_is_repeated_whole(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    """The coordinator takes the first of each; what it had already is a duplicate there."""
    _kept(file, office, [f"{n:04}" for n in range(600)], title="x" * 20_000)
    office.next_answers(Reply(200, {"success": True}), DROP)

    (broken,) = _deliver(file, office, tmp_path)
    assert isinstance(broken.error, errors.Unreachable)
    _deliver(file, office, tmp_path)

    assert 3 + 2 == len(office.callbacks())
    assert [] == jobs.waiting(file)


def test_a_job_whose_run_died_is_reported_as_failed_with_what_it_had(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    _kept(file, office, ["1", "2"], finished=False)

    _deliver(file, office, tmp_path)

    failed = office.callbacks("failed")[0]
    assert "the run ended before it was done: 2 of 3" == failed["error_message"]
    assert {"1", "2"} == failed["results"]["data"].keys()


def test_a_job_that_still_runs_is_left_to_its_run(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    _kept(file, office, ["1"], finished=False)

    with hold(lock_path(tmp_path, JOB), wait_s=0, who="the run"):
        assert [] == _deliver(file, office, tmp_path)

    assert [] == office.seen


def test_results_for_another_coordinator_are_not_sent_here(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    jobs.begin(file, coordinator="https://other.example", job_id=JOB, runner_name="pi", scrapers=[], total=1)

    assert [] == _deliver(file, office, tmp_path)

    assert 1 == len(jobs.waiting(file))


def test_a_wrong_key_loses_nothing(file: File, office: FakeCoordinator, tmp_path: Path) -> None:
    _kept(file, office, ["1"])

    (told,) = _deliver(file, office, tmp_path, key="bsr_wrong")

    assert isinstance(told.error, errors.KeyRefused)
    assert [(JOB, "completed")] == [(job.job_id, job.status) for job in jobs.waiting(file)]


def test_a_job_nobody_knows_any_more_becomes_dead_letters(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    _kept(file, office, ["1", "2"])
    office.jobs.clear()

    (told,) = _deliver(file, office, tmp_path)

    assert isinstance(told.error, errors.NoSuchJob)
    assert ["2", "1"] == [letter.sku for letter in dead.letters(file)]
    assert [] == jobs.waiting(file)


def test_of_a_thousand_items_the_two_bad_ones_are_found_quickly(
    file: File, office: FakeCoordinator, tmp_path: Path
) -> None:
    bad = {"0017", "0900"}
    _kept(file, office, [f"{n:04}" for n in range(1000)])
    office.handler = lambda seen: (
        Reply(400, {"error": "bad item"})
        if bad & seen.json.get("results", {}).get("data", {}).keys()
        else None
    )

    (told,) = _deliver(file, office, tmp_path)

    assert (2, bad) == (told.dead, {letter.sku for letter in dead.letters(file)})
    assert len(office.seen) < 80
    taken = [
        sku for body in office.callbacks() for sku in body["results"]["data"]
        if not bad & body["results"]["data"].keys()
    ]  # fmt: skip
    assert 998 == len(taken) == len(set(taken))
