"""Pause, resume, retry, and the reason for everything that waits."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.rules import jobs, pauses, retries, waiting
from scraper_backend.core import wire
from scraper_backend.core.errors import Faults, NoSuchJob, UsageError
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office, product, shop

NOBODY = "00000000-0000-4000-8000-000000000000"


async def why(office: Office, job_id: str) -> dict[str, str]:
    found = await office.store.read(lambda tx: waiting.reasons(tx, job_id, now=office.now))
    return {item.scraper: item.reason for item in found}


async def test_a_paused_job_finishes_what_is_begun_and_gives_back_the_rest(office: Office) -> None:
    job_id = await office.job(["A", "B"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.beat(in_progress=runner.held[:1])

    assert await office.store.write(lambda tx: pauses.pause_job(tx, job_id, now=office.now))
    keep = (await runner.beat(in_progress=runner.held[:1])).keep

    assert [runner.held[0].id] == keep
    assert ["accepted"] == await runner.deliver(runner.item(runner.held[0]))
    assert {"amazon": "job paused"} == await why(office, job_id)


async def test_pausing_twice_is_pausing_once(office: Office) -> None:
    job_id = await office.job()

    said = [await office.store.write(lambda tx: pauses.pause_job(tx, job_id, now=office.now)) for _ in "ab"]
    said += [await office.store.write(lambda tx: pauses.resume_job(tx, job_id, now=office.now)) for _ in "ab"]

    assert [True, False, True, False] == said


async def test_the_part_that_went_wrong_is_asked_again(office: Office) -> None:
    job_id = await office.job(["A", "B", "C"], ["amazon"])
    outcomes = {"B": {"amazon": {"outcome": "blocked"}}, "C": {"amazon": {"outcome": "not_found"}}}
    await office.report(job_id, "completed", {"A": {"amazon": product("a")}}, outcomes=outcomes)

    job = await office.store.write(lambda tx: retries.retry(tx, job_id, now=office.now))

    assert ("running", None) == (job.status, job.ended_at)
    assert {"total": 3, "open": 1, "found": 1, "not_found": 1} == await office.counts(job_id)
    assert ["B"] == [task.sku for task in (await FleetRunner(office).claim()).tasks]
    assert [] == await faults(office)


async def test_a_contract_runner_can_do_the_second_run_too(office: Office) -> None:
    job_id = await office.job(["A", "B"], ["amazon"])
    await office.report(job_id, "running")
    await office.report(job_id, "failed", {"A": {"amazon": product("a")}})
    await office.store.write(lambda tx: retries.retry(tx, job_id, now=office.now))

    running = await office.report(job_id, "running")
    completed = await office.report(job_id, "completed", {"B": {"amazon": product("b")}})

    assert [(True, "running"), (True, "completed")] == [(a.applied, a.status) for a in (running, completed)]
    assert {"total": 2, "found": 2} == await office.counts(job_id)


async def test_what_cannot_be_retried_is_said(office: Office) -> None:
    job_id = await office.job()
    await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))

    with pytest.raises(UsageError, match="stays cancelled"):
        await office.store.write(lambda tx: retries.retry(tx, job_id, now=office.now))
    with pytest.raises(Faults, match="did you mean `failed`"):
        await office.store.write(lambda tx: retries.retry(tx, job_id, outcomes=["faild"], now=office.now))
    with pytest.raises(NoSuchJob):
        await office.store.write(lambda tx: retries.retry(tx, NOBODY, now=office.now))


async def test_everything_that_waits_has_a_reason(office: Office) -> None:
    await office.save(shop("amazon", options={"render": "browser"}))
    job_id = await office.job(["A", "B", "C"])
    nobody = await why(office, job_id)
    runner = FleetRunner(office)
    await runner.claim(1)
    await FleetRunner(office, "other").claim(1)
    somebody = await why(office, job_id)
    await office.store.write(lambda tx: pauses.pause_scraper(tx, "amazon", reason="captcha", now=office.now))
    await runner.beat(host_pauses=[wire.HostPause(host="chewy.example", ms=60_000)])

    assert {"amazon": "no runner is here", "chewy": "no runner is here"} == nobody
    assert {"amazon": "no runner with a browser", "chewy": "host budget"} == somebody
    assert {
        "amazon": "site paused: captcha",
        "chewy": "chewy.example asked us to wait until 09:01:00 UTC",
    } == await why(office, job_id)


async def test_a_delayed_task_says_when_it_is_tried_again(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.deliver(runner.item(runner.held[0], "blocked", detail={"retry_after_s": 600}))

    assert {"amazon": "tried again from 09:10:00 UTC on"} == await why(office, job_id)


async def test_a_label_that_no_runner_has_is_the_reason(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"], label="warehouse")
    await FleetRunner(office).claim()

    assert {"amazon": "no runner with the label `warehouse`"} == await why(office, job_id)


async def test_what_is_done_waits_for_nothing(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.deliver(runner.item(runner.held[0]))
    await tick(office, seconds=1)

    assert {} == await why(office, job_id)


async def test_a_fleet_that_drains_is_the_reason(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.release()

    await office.store.write(lambda tx: pauses.drain_runner(tx, "pi", now=office.now))

    assert {"amazon": "every runner that is here drains"} == await why(office, job_id)
