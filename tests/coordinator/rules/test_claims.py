"""Claiming: who gets what, in which order, and what a repeated claim gets."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from scraper_backend.coordinator.rules import claims, pauses, scrapers
from scraper_backend.core import wire
from scraper_backend.core.errors import BadRequest, Forbidden, LeaseLost
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office, shop


async def skus(answer: wire.ClaimAnswer) -> list[tuple[str, str]]:
    return [(task.sku, task.scraper) for task in answer.tasks]


async def test_a_claim_gets_tasks_with_all_that_is_needed_to_do_them(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])

    answer = await FleetRunner(office).claim()

    assert answer.lease is not None
    assert (90_000, 22_000) == (answer.lease.ttl_ms, answer.lease.heartbeat_ms)
    assert [(job_id, "A", "amazon", 1, "amazon@1", False)] == [
        (t.job_id, t.sku, t.scraper, t.attempt, t.config_rev, t.test_mode) for t in answer.tasks
    ]
    assert {"amazon@1": shop("amazon").to_wire()} == answer.configs
    assert [("amazon.example", 1.0, 1)] == [(b.host, b.per_second, b.concurrency) for b in answer.budgets]
    assert ("running", {"leased"}) == ((await office.show(job_id)).status, await office.states(job_id))


async def test_where_nothing_waits_the_answer_says_when_to_ask_again(office: Office) -> None:
    answer = await FleetRunner(office).claim()

    assert (None, [], 5_000) == (answer.lease, answer.tasks, answer.retry_after_ms)


async def test_the_same_claim_again_is_the_same_lease(office: Office) -> None:
    """The answer was lost on its way; the runner asks again."""
    await office.job()
    runner = FleetRunner(office)
    first = await runner.claim(2, claim_key="claim-key-1")

    again = await runner.claim(2, claim_key="claim-key-1")

    assert first == again
    assert [] == await faults(office)


async def test_a_repeated_claim_is_a_sign_of_life(office: Office) -> None:
    """A runner that gets its lease late must not begin tasks that are taken from it a moment later."""
    await office.job()
    runner = FleetRunner(office)
    await runner.claim(2, claim_key="claim-key-1")
    await tick(office, seconds=80)

    await runner.claim(2, claim_key="claim-key-1")

    await tick(office, seconds=80)
    assert (await runner.beat()).keep is None


async def test_the_same_claim_twice_at_once_is_one_lease(office: Office) -> None:
    await office.job()

    answers = await asyncio.gather(*(FleetRunner(office).claim(2, claim_key="claim-key-1") for _ in range(4)))

    assert 1 == len({answer.lease.id for answer in answers if answer.lease})
    assert [await skus(answers[0])] * 4 == [await skus(answer) for answer in answers]


async def test_a_claim_key_cannot_be_used_for_other_wishes(office: Office) -> None:
    await office.job()
    runner = FleetRunner(office)
    await runner.claim(2, claim_key="claim-key-1")

    with pytest.raises(BadRequest, match="take a new one for each claim") as refusal:
        await runner.claim(3, claim_key="claim-key-1")

    assert 409 == refusal.value.status


async def test_the_claim_key_of_a_lost_lease_is_lost_too(office: Office) -> None:
    await office.job()
    runner = FleetRunner(office)
    await runner.claim(claim_key="claim-key-1")
    await tick(office, seconds=100)

    with pytest.raises(LeaseLost):
        await runner.claim(claim_key="claim-key-1")


async def test_no_task_is_granted_twice(office: Office) -> None:
    await office.save(shop("lan", base_url="http://127.0.0.1:8801"))
    await office.job([str(n) for n in range(80)], ["lan"])

    answers = await asyncio.gather(*(FleetRunner(office, f"pi-{n}").claim(9) for n in range(9)))

    granted = [task.id for answer in answers for task in answer.tasks]
    assert 80 == len(granted) == len(set(granted))
    assert [] == await faults(office)


async def test_a_claim_is_shared_evenly_between_the_sites_of_a_job(office: Office) -> None:
    await office.job(["A", "B", "C", "D"])

    answer = await FleetRunner(office).claim(4)

    assert [("A", "amazon"), ("A", "chewy"), ("B", "amazon"), ("B", "chewy")] == await skus(answer)


async def test_the_older_job_comes_first_and_a_more_important_one_before_it(office: Office) -> None:
    await office.job(["old"], ["amazon"])
    office.later(minutes=1)
    await office.job(["new"], ["amazon"])
    await office.job(["urgent"], ["amazon"], priority=1)

    answers = [await FleetRunner(office).claim(1) for _ in range(3)]

    assert ["urgent", "old", "new"] == [answer.tasks[0].sku for answer in answers]


async def test_many_small_jobs_fill_a_claim_in_their_order(office: Office) -> None:
    """More of them than are looked at first."""
    await _unhurried(office, "local")
    for number in range(40):
        await office.job([f"{number:02}"], ["local"])
        office.later(seconds=1)

    answer = await FleetRunner(office).claim(35)

    assert [(f"{number:02}", "local") for number in range(35)] == await skus(answer)
    assert [] == await faults(office)


@pytest.mark.parametrize("before", [0, 3])
async def test_a_job_of_many_sites_is_shared_evenly_between_all_of_them(office: Office, before: int) -> None:
    """More of them than are looked at first, alone or behind other jobs."""
    sites = [f"site-{number:02}" for number in range(claims.NEAR + 4)]
    for site in sites:
        await _unhurried(office, site)
    for number in range(before):
        await office.job([f"before-{number}"], sites[:1])
        office.later(seconds=1)
    await office.job([f"{number:02}" for number in range(10)], sites)

    answer = await FleetRunner(office).claim(before + 2 * len(sites))

    of_job = [task for task in answer.tasks if not task.sku.startswith("before")]
    assert dict.fromkeys(sites, 2) == Counter(task.scraper for task in of_job)


async def _unhurried(office: Office, name: str) -> None:
    """A site that anybody may ask as often as they like."""
    site = shop(name, options={"rate": {"per_second": 100, "concurrency": 100}})
    await office.store.write(lambda tx: scrapers.save(tx, site, now=office.now))


async def test_whatever_waits_long_enough_comes_first(office: Office) -> None:
    """Otherwise important jobs could keep an unimportant one waiting for ever."""
    await office.job(["patient"], ["amazon"])
    office.later(minutes=11)
    await office.job(["urgent"], ["amazon"], priority=1)

    answer = await FleetRunner(office).claim(1)

    assert ["patient"] == [task.sku for task in answer.tasks]


async def test_a_site_that_needs_a_browser_waits_for_a_runner_with_one(office: Office) -> None:
    await office.save(shop("amazon", options={"render": "browser"}))
    await office.job(["A"])

    plain = await FleetRunner(office, "plain").claim()
    able = await FleetRunner(office, "able", capabilities=("browser",)).claim()

    assert [("A", "chewy")] == await skus(plain)
    assert [("A", "amazon")] == await skus(able)


async def test_what_is_needed_is_what_the_jobs_own_revision_needs(office: Office) -> None:
    await office.job(["A"], ["amazon"])
    await office.save(shop("amazon", options={"render": "browser"}))

    assert [("A", "amazon")] == await skus(await FleetRunner(office).claim())


async def test_a_job_with_a_label_is_for_runners_that_have_it(office: Office) -> None:
    await office.job(["A"], ["amazon"], label="warehouse")

    stranger = await FleetRunner(office, "stranger", labels=("office",)).claim()
    local = await FleetRunner(office, "local", labels=("office", "warehouse")).claim()

    assert [None, [("A", "amazon")]] == [stranger.lease, await skus(local)]


@pytest.mark.parametrize("rest", ["job", "site", "switch", "runner", "host"])
async def test_nothing_is_granted_of_what_rests(office: Office, rest: str) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    other = FleetRunner(office, "other")
    if rest == "host":
        await office.job(["B"], ["chewy"])
        await other.claim()
        await other.beat(host_pauses=[wire.HostPause(host="amazon.example", ms=60_000)])
        await other.release()
    await runner.claim()
    await runner.release() if runner.lease else None

    async def begin(tx: object) -> None:
        if rest == "job":
            await pauses.pause_job(tx, job_id, now=office.now)  # type: ignore[arg-type]
        elif rest == "site":
            await pauses.pause_scraper(tx, "amazon", now=office.now)  # type: ignore[arg-type]
        elif rest == "switch":
            await scrapers.disable(tx, "amazon", now=office.now)  # type: ignore[arg-type]
        elif rest == "runner":
            await pauses.drain_runner(tx, runner.name, now=office.now)  # type: ignore[arg-type]

    async def end(tx: object) -> None:
        if rest == "job":
            await pauses.resume_job(tx, job_id, now=office.now)  # type: ignore[arg-type]
        elif rest == "site":
            await pauses.resume_scraper(tx, "amazon", now=office.now)  # type: ignore[arg-type]
        elif rest == "switch":
            await scrapers.enable(tx, "amazon", now=office.now)  # type: ignore[arg-type]
        elif rest == "runner":
            await pauses.undrain_runner(tx, runner.name, now=office.now)  # type: ignore[arg-type]

    await office.store.write(begin)
    resting = await runner.claim()
    await office.store.write(end)
    office.later(seconds=61)
    awake = await runner.claim()

    assert [] == [task for task in resting.tasks if task.scraper == "amazon"]
    assert ("A", "amazon") in await skus(awake)


async def test_a_runner_that_waits_can_ask_without_writing(office: Office) -> None:
    body = wire.Claim(claim_key="claim-key-1", runner_name="pi", max_tasks=1)
    before = await office.store.read(lambda tx: claims.is_work_for(tx, body, now=office.now))
    await office.job()

    after = await office.store.read(lambda tx: claims.is_work_for(tx, body, now=office.now))

    assert [False, True] == [before, after]


async def test_a_bound_key_claims_under_its_own_name_only(office: Office) -> None:
    bound = await office.key("pi", bind="garage-pi")

    with pytest.raises(Forbidden):
        await FleetRunner(office, "office-mac", key=bound).claim()
    with pytest.raises(Forbidden):
        await FleetRunner(office, "garage-pi").claim()


async def test_what_a_contract_runner_holds_is_not_granted(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running")

    assert (await FleetRunner(office).claim()).lease is None


async def test_what_the_fleet_holds_a_contract_runner_leaves_alone(office: Office) -> None:
    """Old and new runners on one job: `completed` ends only what no fleet runner works on."""
    job_id = await office.job(["A", "B"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim(1)

    completed = await office.report(job_id, "completed")
    verdicts = await runner.deliver(runner.item(runner.held[0]))

    assert ("running", ["accepted"]) == (completed.status, verdicts)
    assert {"total": 2, "found": 1, "not_found": 1} == await office.counts(job_id)
    assert "completed" == (await office.show(job_id)).status


async def test_a_forged_report_does_not_end_what_a_living_runner_does(office: Office) -> None:
    job_id = await office.job(["A", "B"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim(1)

    answer = await office.report(job_id, "failed", signed=True)

    assert (False, "running") == (answer.applied, answer.status)
    assert {"total": 2, "open": 2} == await office.counts(job_id)
