"""The daemon as a process, a fleet that keeps its own ledger, and everything that can happen to both."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Any

import httpx2
import pytest

from scraper_backend.core.environment import data_folder
from scraper_backend.runner.daemon.door import knock
from scraper_backend.runner.outbox import dead, open_file
from scraper_backend.runner.outbox.spool import Spool
from tests.fake_coordinator import DROP, FakeCoordinator, Reply, Seen
from tests.runner.conftest import SKUS, eventually
from tests.runner.daemon.conftest import Machine
from tests.runner.fleet import Fleet
from tests.runner.shop import Shop


def _each_once(fleet: Fleet) -> None:
    assert [1] * len(fleet.tasks) == [len(task.results) for task in fleet.tasks.values()]


def _workers(process: subprocess.Popen[str]) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def test_it_registers_claims_scrapes_and_delivers(
    fleet: Fleet, machine: Machine, office: FakeCoordinator
) -> None:
    fleet.add([*SKUS, "NONE-1"])
    machine.up()

    eventually(lambda: all(task.results for task in fleet.tasks.values()))

    assert set(SKUS) == fleet.found()
    _each_once(fleet)
    registered = next(seen.json for seen in office.seen if seen.path.endswith("/register"))
    assert "garage-pi" == registered["runner_name"]
    assert "http" in registered["metadata"]["capabilities"]
    item = fleet.tasks[1].results[0]
    assert (1, 1, "shop", 12.5) == (item["task_id"], item["attempt"], item["scraper"], item["data"]["price"])
    assert 0 == machine.end()


def test_the_next_work_is_done_as_it_comes(fleet: Fleet, machine: Machine) -> None:
    machine.up()
    for sku in SKUS[:3]:
        fleet.add([sku])
        eventually(lambda sku=sku: sku in fleet.found())  # type: ignore[misc]


def test_its_lease_is_kept_alive_while_a_page_takes_its_time(
    fleet: Fleet, machine: Machine, shop: Shop
) -> None:
    shop.pause_s = 1.5
    fleet.add(SKUS[:1])
    machine.up()

    eventually(fleet.found)

    beats = [beat for beat in fleet.beats if beat["wait_s"] == 0]
    assert len(beats) >= 3
    assert [1] in [beat["in_progress"] for beat in beats]


def test_it_gives_back_on_sigterm_what_it_did_not_begin(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    shop.pause_s = 0.4
    fleet.add(SKUS)
    machine.up(RUNNER_WORKERS="2")
    eventually(lambda: shop.searched)

    assert 0 == machine.end()

    began = set(shop.searched)
    assert began == fleet.found(), "what was in hand is finished and delivered"
    assert 0 < len(began) < 10
    assert fleet.released
    assert all(t.lease is None for t in fleet.tasks.values() if not t.results)


def test_a_second_sigterm_ends_it_at_once(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    shop.pause_s = 20.0
    fleet.add(SKUS)
    process = machine.up()
    eventually(lambda: machine.status().get("in_hand"))

    process.terminate()
    eventually(lambda: machine.status().get("state") == "draining")
    process.terminate()

    assert 0 == process.wait(10)
    assert fleet.released


def test_signals_until_it_is_gone_are_one_wish(fleet: Fleet, machine: Machine) -> None:
    """An impatient supervisor asks again and again, also while the interpreter itself is leaving."""
    process = machine.up()

    while process.poll() is None:
        process.terminate()
        time.sleep(0.001)

    assert 0 == process.returncode


@pytest.mark.parametrize("moment", [0, 2])
def test_killed_and_started_again_it_loses_nothing(
    fleet: Fleet, machine: Machine, shop: Shop, moment: int
) -> None:
    shop.pause_s = 0.1
    fleet.add(SKUS)
    machine.up(RUNNER_WORKERS="2")
    eventually(lambda: len(shop.searched) > moment * 3)
    machine.kill()

    machine.up(RUNNER_WORKERS="2")

    eventually(lambda: set(SKUS) == fleet.found())
    assert 0 == fleet.doubled
    assert len(fleet.crashes) <= 2, "only what was in hand is blamed"
    assert all({"task_id", "attempt", "lease_id"} <= crash.keys() for crash in fleet.crashes)


def test_what_it_died_of_is_told_before_anything_else_is_asked_for(
    fleet: Fleet, machine: Machine, shop: Shop
) -> None:
    """Or the task that kills runners is granted to it again before anybody knows."""
    shop.pause_s = 1.0
    fleet.add(SKUS[:1])
    machine.up()
    eventually(lambda: machine.status().get("in_hand"))
    machine.kill()
    calls: list[str] = []

    def slow_to_hear(seen: Seen) -> Any:
        calls.append(seen.path.rpartition("/")[2])
        return Reply(503) if calls.count("results") in (1, 2) and calls[-1] == "results" else None

    fleet.before = slow_to_hear
    machine.up()

    eventually(lambda: fleet.crashes and "claim" in calls)
    told = calls[: calls.index("claim")].count("results")
    assert told >= 3, "two that failed, and one that was heard"


def test_results_wait_for_a_coordinator_that_is_away(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    away = False

    def gone(_: Seen) -> Any:
        return DROP if away else None

    shop.pause_s = 0.1
    fleet.before = gone
    fleet.add(SKUS)
    machine.up()
    eventually(lambda: shop.searched)
    away = True
    eventually(lambda: machine.status().get("spool") == 10)
    assert "results are kept and sent later" in machine.status()["trouble"]

    machine.kill()
    machine.up()
    away = False

    eventually(lambda: set(SKUS) == fleet.found())
    assert 10 == len(shop.searched), "nothing was scraped twice"
    _each_once(fleet)


def test_results_for_another_coordinator_stay_and_are_told(fleet: Fleet, machine: Machine) -> None:
    """Its address was changed while results waited: here those task numbers would be somebody else's."""
    elsewhere = "http://old.example"
    with open_file(machine.garage.folder / "outbox.db") as file:
        Spool(file, elsewhere).turn([{"task_id": 1}, {"task_id": 2}], [])
    fleet.add(SKUS[:1])
    machine.up()

    eventually(fleet.found)

    assert {elsewhere: 2} == machine.status()["spool_for_others"]
    assert 0 == machine.end()
    with open_file(machine.garage.folder / "outbox.db") as file:
        assert 2 == Spool(file, elsewhere).count()


def test_a_lost_answer_to_a_claim_costs_nothing(fleet: Fleet, machine: Machine) -> None:
    """The claim was granted and nobody heard: the same key gets the same lease."""
    lost: list[Seen] = []

    def lose_first(seen: Seen) -> Any:
        if seen.path.endswith("/claim") and not lost:
            lost.append(seen)
            fleet._claim(seen)
            return DROP
        return None

    fleet.before = lose_first
    fleet.add(SKUS)
    machine.up()

    eventually(lambda: set(SKUS) == fleet.found())
    assert {1} == {task.attempt for task in fleet.tasks.values()}


def test_killed_between_a_claim_and_its_answer_the_lease_is_given_back(
    fleet: Fleet, machine: Machine
) -> None:
    hold = True

    def hang(seen: Seen) -> Any:
        if seen.path.endswith("/claim") and hold:
            fleet._claim(seen)
            return Reply(200, {"lease": None}, wait_s=5)
        return None

    fleet.before = hang
    fleet.add(SKUS)
    machine.up()
    eventually(lambda: fleet.leases)
    machine.kill()
    hold = False

    machine.up()

    eventually(lambda: set(SKUS) == fleet.found())
    assert fleet.released
    assert [] == fleet.crashes


def test_a_lease_of_the_key_before_does_not_keep_it_from_work(
    fleet: Fleet, machine: Machine, office: FakeCoordinator
) -> None:
    """Its key was replaced while it was down: the old lease is another's now, and ends by itself."""
    with open_file(data_folder() / "outbox.db") as file:
        Spool(file, office.url).claimed("an old claim", "L-old")
    fleet.before = lambda seen: Reply(403, {"error": "another key's"}) if "L-old" in seen.path else None
    fleet.add(SKUS[:2])

    machine.up()

    eventually(lambda: set(SKUS[:2]) == fleet.found())


def test_a_lost_lease_stops_what_was_not_begun(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    shop.pause_s = 0.5
    fleet.most, fleet.heartbeat_ms = 10, 200
    fleet.add(SKUS)
    machine.up(RUNNER_WORKERS="1")
    eventually(lambda: shop.searched)
    fleet.before = lambda seen: (
        Reply(200, {"lease": None, "retry_after_ms": 100}) if "claim" in seen.path else None
    )
    fleet.lose("L1")

    eventually(lambda: machine.status().get("waiting") == 0)
    time.sleep(0.5)
    begun = set(shop.searched)

    eventually(lambda: begun == fleet.found())
    assert len(begun) < 10


def test_a_runner_that_cannot_prove_its_lease_starts_nothing_new(
    fleet: Fleet, machine: Machine, shop: Shop
) -> None:
    """Self-fencing: by its own clock the lease may be over, so the rest belongs to others."""
    shop.pause_s = 0.2
    fleet.ttl_ms = 1000
    fleet.add(SKUS)
    machine.up(RUNNER_WORKERS="1")
    eventually(lambda: shop.searched)

    fleet.before = lambda seen: DROP if "heartbeat" in seen.path or "claim" in seen.path else None
    time.sleep(2.0)
    begun = len(shop.searched)
    time.sleep(1.0)

    assert begun == len(shop.searched) < 10


def test_a_cancelled_job_stops_within_a_moment(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    from tests.fake_coordinator import JOB

    shop.pause_s = 0.3
    fleet.add(SKUS)
    machine.up(RUNNER_WORKERS="1")
    eventually(lambda: shop.searched)

    fleet.directives = {"cancel_jobs": [JOB]}

    eventually(lambda: machine.status().get("waiting") == 0)
    assert len(shop.searched) < 10


def test_a_refused_result_is_put_aside_and_the_others_go_on(fleet: Fleet, machine: Machine) -> None:
    fleet.verdict = lambda item: {"invalid": "too blue"} if item["sku"] == "00004" else None
    fleet.add(SKUS)
    machine.up()

    eventually(lambda: set(SKUS) - {"00004"} == fleet.found())
    eventually(lambda: machine.status().get("dead") == 1)
    machine.end()

    with open_file(data_folder() / "outbox.db") as file:
        assert [("00004", "too blue")] == [(letter.sku, letter.words) for letter in dead.letters(file)]


def test_a_batch_that_is_refused_is_halved_until_the_bad_item_is_found(
    fleet: Fleet, machine: Machine
) -> None:
    def picky(seen: Seen) -> Any:
        bad = seen.path.endswith("/results") and any(i["sku"] == "00007" for i in seen.json["items"])
        return Reply(400, {"error": "I cannot read this"}) if bad else None

    fleet.before = picky
    fleet.add(SKUS)
    machine.up()

    eventually(lambda: set(SKUS) - {"00007"} == fleet.found())
    eventually(lambda: machine.status().get("dead") == 1)


def test_a_coordinator_that_refuses_everything_costs_no_result(fleet: Fleet, machine: Machine) -> None:
    broken = True
    fleet.before = lambda seen: (
        Reply(400, {"error": "no"}) if broken and seen.path.endswith("/results") else None
    )
    fleet.add(SKUS[:3])
    machine.up()
    eventually(lambda: machine.status().get("spool") == 3)
    time.sleep(1)
    assert 0 == machine.status()["dead"]

    machine.end()
    broken = False
    machine.up()

    eventually(lambda: set(SKUS[:3]) == fleet.found())


def test_a_worker_that_dies_is_replaced_and_its_tasks_are_done(
    fleet: Fleet, machine: Machine, shop: Shop
) -> None:
    shop.pause_s = 0.3
    fleet.add(SKUS[:4])
    process = machine.up(RUNNER_WORKERS="2")
    eventually(lambda: len(shop.searched) >= 2)

    os.kill(_workers(process)[0], signal.SIGKILL)

    eventually(lambda: set(SKUS[:4]) == fleet.found())
    assert [] == fleet.crashes, "several were in hand: each gets another chance, alone"
    assert process.poll() is None


def test_pause_resume_and_drain_at_the_door(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    process = machine.up()
    folder = data_folder()
    knock(folder, "pause")
    eventually(lambda: machine.status().get("state") == "paused")
    fleet.add(SKUS[:2])
    time.sleep(0.8)
    assert [] == shop.searched

    knock(folder, "resume")
    eventually(lambda: set(SKUS[:2]) == fleet.found())
    knock(folder, "drain")

    assert 0 == process.wait(10)
    assert {} == machine.status()


def test_the_door_tells_health_and_metrics_and_guards_its_switches(fleet: Fleet, machine: Machine) -> None:
    import json

    fleet.add(SKUS[:2])
    machine.up()
    eventually(lambda: {"shop": {"found": 2}} == machine.status().get("sites"))
    assert 2 == machine.status()["a_minute"]
    told = json.loads((data_folder() / "runner.json").read_text())
    door = f"http://127.0.0.1:{told['port']}"

    assert {"status": "ok"} == httpx2.get(f"{door}/healthz").json()
    eventually(lambda: 'bsr_runner_outcomes_total{outcome="found"} 2' in httpx2.get(f"{door}/metrics").text)
    assert 403 == httpx2.post(f"{door}/pause", headers={"X-Runner-Token": "guess"}).status_code
    assert 404 == httpx2.get(f"{door}/etc/passwd").status_code
    assert 0o600 == (data_folder() / "runner.json").stat().st_mode & 0o777


def test_a_second_daemon_in_the_same_data_folder_is_refused(fleet: Fleet, machine: Machine) -> None:
    machine.up()
    second = Machine(machine.garage)

    assert second.start().wait(20) not in (0, None)
    assert machine.status()


def test_a_refused_key_ends_it_and_says_so(fleet: Fleet, machine: Machine) -> None:
    assert 4 == machine.start(SCRAPER_API_KEY="bsr_wrong").wait(20)


def test_a_coordinator_without_a_fleet_is_no_place_for_a_daemon(
    office: FakeCoordinator, machine: Machine
) -> None:
    assert 2 == machine.start().wait(20)


def test_a_configuration_nobody_can_read_is_an_outcome(fleet: Fleet, machine: Machine, shop: Shop) -> None:
    fleet.scrapers["odd"] = shop.scraper("odd", base_url="ftp://x")
    fleet.add(["00001"], "odd")
    fleet.add(["00002"])
    machine.up()

    eventually(lambda: all(task.results for task in fleet.tasks.values()))

    assert "configuration" == fleet.tasks[1].results[0]["detail"]["reason"]


def test_slow_answers_and_a_coordinator_that_stutters_cost_nothing(fleet: Fleet, machine: Machine) -> None:
    calls = 0

    def stutter(_: Seen) -> Any:
        nonlocal calls
        calls += 1
        return [DROP, Reply(503), Reply(200, b"<html>"), None, None][calls % 5]

    fleet.before = stutter
    fleet.add(SKUS)
    machine.up()

    eventually(lambda: set(SKUS) == fleet.found(), within_s=40)
    _each_once(fleet)
