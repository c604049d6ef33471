"""One job by the contract, whatever happens on the way."""

from __future__ import annotations

from typing import Any

import pytest

from scraper_backend.runner.events import Delivering, Scraped, Started
from scraper_backend.runner.job import lock_path
from scraper_backend.runner.lock import hold
from scraper_backend.runner.outbox import jobs, open_file
from scraper_backend.runner.stop import Stop
from tests.fake_coordinator import JOB, FakeCoordinator, Reply
from tests.runner.conftest import SKUS, Garage
from tests.runner.shop import Shop

Job = dict[str, Any]


def test_a_job_is_reported_running_then_scraped_then_reported_whole(
    office: FakeCoordinator, garage: Garage, job: Job
) -> None:
    job["skus"] += ["NONE-1"]

    ended = garage.run()

    assert (0, {"found": 10, "not_found": 1}) == (ended.exit_code, dict(ended.counts))
    running_report, completed = office.callbacks()
    assert {"job_id": JOB, "status": "running", "runner_name": "garage-pi"} == running_report
    results = completed["results"]
    assert ("completed", 11, ["shop"]) == (
        completed["status"],
        results["skus_processed"],
        results["scrapers_run"],
    )
    product = results["data"]["00001"]["shop"]
    assert ("Product 00001", 12.5) == (product["title"], product["price"])
    assert product["scraped_at"].endswith("Z")
    assert product["url"].startswith("http://127.0.0.1")
    assert set(SKUS) == results["data"].keys()
    assert "not_found" == results["outcomes"]["NONE-1"]["shop"]["outcome"]


def test_whoever_watches_sees_the_beginning_each_outcome_and_the_end(garage: Garage, job: Job) -> None:
    garage.run(whole=True)

    started, *scraped, delivering = garage.events
    assert Started(JOB, 10, 0, ("shop",)) == started
    assert Delivering(10) == delivering
    assert set(SKUS) == {event.sku for event in scraped if isinstance(event, Scraped)}
    lines = [event.line for event in scraped if isinstance(event, Scraped) and event.line]
    assert {"sku", "scraper", "outcome", "data", "detail", "scraped_at"} == lines[0].keys() | {"detail"}


def test_a_disabled_scraper_does_not_run(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    job["scrapers"].append(shop.scraper("other", disabled=True))

    garage.run()

    assert ["shop"] == office.callbacks("completed")[0]["results"]["scrapers_run"]


def test_each_sku_is_scraped_once_however_often_it_is_named(garage: Garage, shop: Shop, job: Job) -> None:
    job["skus"] = ["00001", "00001", "00002"]

    garage.run()

    assert ["00001", "00002"] == sorted(shop.searched)


def test_a_scraper_that_cannot_be_read_fails_alone(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    job["scrapers"].append(shop.scraper("broken", base_url="ftp://x"))

    ended = garage.run()

    assert (3, {"found": 10, "failed": 10}) == (ended.exit_code, dict(ended.counts))
    note = office.callbacks("completed")[0]["results"]["outcomes"]["00001"]["broken"]
    assert ("failed", "configuration") == (note["outcome"], note["detail"]["reason"])
    assert "base_url" in note["detail"]["evidence"][0]


def test_a_job_of_which_nothing_worked_has_failed(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    shop.broken = True

    ended = garage.run()

    assert 1 == ended.exit_code
    failed = office.callbacks("failed")[0]
    assert "nothing could be scraped from shop: 10 failed (server_error)" == failed["error_message"]
    assert 10 == len(failed["results"]["outcomes"])


def test_a_test_without_skus_takes_those_of_its_scrapers(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    job.update(skus=[], test_mode=True, scrapers=[shop.scraper(options={"test_skus": ["00003"]})])

    garage.run()

    assert {"00003"} == office.callbacks("completed")[0]["results"]["data"].keys()


def test_a_job_without_anything_to_do_is_completed(office: FakeCoordinator, garage: Garage, job: Job) -> None:
    job.update(skus=[], scrapers=[])

    assert 0 == garage.run().exit_code
    assert 1 == len(office.callbacks("completed"))


@pytest.mark.parametrize(
    ("job_said", "words"),
    [
        ({"scrapers": [{"base_url": "https://x.example"}]}, "scrapers.0.name: is missing"),
        ({"skus": [{"sku": "00001"}]}, "skus.0: found an object; write text"),
    ],
)
def test_a_job_that_cannot_be_run_does_not_stay_running(
    office: FakeCoordinator, garage: Garage, job: Job, job_said: Job, words: str
) -> None:
    job.update(job_said)

    ended = garage.run()

    assert 2 == ended.exit_code
    assert f"the job cannot be run: {words}" == office.callbacks("failed")[0]["error_message"]


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (404, 6), (400, 1), (503, 75)])
def test_the_exit_code_says_who_must_act(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job, status: int, code: int
) -> None:
    office.handler = lambda _: Reply(status, {"error": "words of the coordinator"})

    ended = garage.run()

    assert code == ended.exit_code
    assert "words of the coordinator" in ended.message
    assert [] == shop.searched


def test_what_is_missing_to_run_at_all_is_a_usage_error(
    garage: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCRAPER_API_URL")
    monkeypatch.delenv("SCRAPER_API_KEY")

    ended = garage.run()

    assert 2 == ended.exit_code
    assert "SCRAPER_API_URL" in ended.message
    assert "SCRAPER_API_KEY" in ended.message


# ── Nothing is lost ────────────────────────────────────────────────────────────────────────────────


def _coordinator_leaves_after_the_job_was_fetched(office: FakeCoordinator) -> None:
    office.handler = lambda seen: (
        Reply(503, {"error": "gone"}) if seen.method == "POST" and seen.json["status"] != "running" else None
    )


def test_results_stay_on_disk_when_the_coordinator_is_gone_at_the_end(
    office: FakeCoordinator, garage: Garage, job: Job
) -> None:
    _coordinator_leaves_after_the_job_was_fetched(office)

    ended = garage.run()

    assert (75, 10) == (ended.exit_code, ended.kept)
    assert "`bsr runner deliver` sends them" in ended.message
    with open_file(garage.folder / "outbox.db") as file:
        assert [(JOB, "completed")] == [(kept.job_id, kept.status) for kept in jobs.waiting(file)]


def test_a_second_run_scrapes_nothing_that_is_already_kept(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    _coordinator_leaves_after_the_job_was_fetched(office)
    garage.run()
    office.handler = lambda _: None
    shop.searched.clear()
    job["skus"].append("NONE-1")

    ended = garage.run()

    assert (0, ["NONE-1"]) == (ended.exit_code, shop.searched)
    assert 11 == len(office.callbacks("completed")[-1]["results"]["outcomes"])


def test_a_run_that_is_told_to_stop_hands_in_what_it_has(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    shop.pause_s = 0.1
    stop = Stop()

    ended = garage.run(
        stop, lambda event: stop.set("stopped by SIGTERM") if isinstance(event, Scraped) else None
    )

    assert 1 == ended.exit_code
    failed = office.callbacks("failed")[0]
    done = len(failed["results"]["outcomes"])
    assert 1 <= done < 10
    assert f"stopped by SIGTERM: {done} of 10 done" == failed["error_message"]


def test_a_stopped_run_that_goes_on_later_scrapes_only_the_rest(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    stop = Stop()
    garage.run(stop, lambda event: stop.set("stopped") if isinstance(event, Scraped) else None)
    known = set(office.callbacks("failed")[0]["results"]["outcomes"])
    shop.searched.clear()

    ended = garage.run()

    assert (0, set(SKUS) - known) == (ended.exit_code, set(shop.searched))
    assert set(SKUS) == office.callbacks("completed")[0]["results"]["data"].keys()


def test_after_a_complete_delivery_nothing_remains(garage: Garage, job: Job) -> None:
    garage.run()

    with open_file(garage.folder / "outbox.db") as file:
        assert [] == jobs.waiting(file)
        assert 0 == file.one("SELECT count(*) FROM outcomes")


def test_one_item_the_coordinator_will_not_have_does_not_hold_back_the_others(
    office: FakeCoordinator, garage: Garage, job: Job
) -> None:
    def picky(seen: Any) -> Reply | None:
        bad = seen.method == "POST" and "00004" in seen.json.get("results", {}).get("data", {})
        return Reply(400, {"error": "results.data.00004: too blue"}) if bad else None

    office.handler = picky

    ended = garage.run()

    assert 3 == ended.exit_code
    taken = {
        sku
        for body in office.callbacks()
        for sku in body.get("results", {}).get("data", {})
        if sku != "00004"
    }
    assert set(SKUS) - {"00004"} == taken
    assert "completed" == office.callbacks()[-1]["status"]
    with open_file(garage.folder / "outbox.db") as file:
        rows = file.run("SELECT sku, words FROM dead")
    assert [("00004", "results.data.00004: too blue")] == rows


def test_a_coordinator_that_refuses_everything_is_not_asked_item_by_item(
    office: FakeCoordinator, garage: Garage, job: Job
) -> None:
    office.handler = lambda seen: (
        Reply(400, {"error": "no"}) if seen.method == "POST" and "results" in seen.json else None
    )

    ended = garage.run()

    assert (1, 10) == (ended.exit_code, ended.kept)
    assert len(office.callbacks()) < 5


def test_another_run_of_the_same_job_on_this_machine_is_waited_for(garage: Garage, job: Job) -> None:
    with hold(lock_path(garage.folder, JOB), wait_s=0, who="me"):
        ended = garage.run()

    assert 75 == ended.exit_code
    assert "already runs on this machine" in ended.message
