"""A runner that fails at a site where others succeed."""

from __future__ import annotations

from scraper_backend.coordinator.rules import rests, waiting
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office, shop

FREE = {"rate": {"per_second": 1000, "concurrency": 256}}


async def _job(office: Office, skus: int, *names: str) -> str:
    for name in names:
        await office.save(shop(name, options=FREE))
    return await office.job([f"{n:03}" for n in range(skus)], names)


async def _works(office: Office, name: str, outcome: str, tasks: int) -> FleetRunner:
    """A runner that comes to this with everything."""
    runner = FleetRunner(office, name)
    await runner.claim(tasks)
    await runner.deliver(*(runner.item(task, outcome) for task in runner.held))
    return runner


async def _why(office: Office, job_id: str) -> str:
    found = await office.store.read(lambda tx: waiting.reasons(tx, job_id, now=office.now))
    return next((item.reason for item in found), "")


async def test_who_fails_where_others_succeed_gets_no_more_of_that_site(office: Office) -> None:
    job_id = await _job(office, 60, "amazon")
    healthy = await _works(office, "mac", "found", 20)
    sick = await _works(office, "pi", "failed", 12)

    assert (await sick.claim()).lease is None
    assert 10 == len((await healthy.claim()).tasks)
    assert 1 == await office.alerts("runner.rested")
    assert "waiting for its turn" == await _why(office, job_id), "the healthy one will come to it"
    assert [] == await faults(office)


async def test_it_goes_on_with_other_sites_and_after_a_while_with_this_one(office: Office) -> None:
    await _job(office, 60, "amazon", "chewy")
    for name, outcome in (("mac", "found"), ("pi", "drifted")):
        runner = FleetRunner(office, name)
        await runner.claim(40)
        ours = [task for task in runner.held if task.scraper == "amazon"]
        await runner.deliver(*(runner.item(task, outcome) for task in ours))
        await runner.release()

    sick = FleetRunner(office, "pi")

    assert {"chewy"} == {task.scraper for task in (await sick.claim(20)).tasks}
    await sick.release()
    await tick(office, minutes=16)
    assert {"amazon", "chewy"} == {task.scraper for task in (await sick.claim(20)).tasks}


async def test_what_it_has_not_begun_goes_to_others(office: Office) -> None:
    await _job(office, 40, "amazon")
    await _works(office, "mac", "found", 12)
    sick = FleetRunner(office, "pi")
    await sick.claim(28)
    begun = sick.held[:13]
    await sick.beat(in_progress=begun)

    await sick.deliver(*(sick.item(task, "blocked") for task in begun[:12]))

    assert [begun[12].id] == (await sick.beat(in_progress=begun[12:])).keep
    assert 15 == len((await FleetRunner(office, "mac").claim(50)).tasks)


async def test_a_site_that_fails_for_everybody_makes_nobody_sick(office: Office) -> None:
    await _job(office, 60, "amazon")
    for name in ("mac", "pi"):
        await _works(office, name, "failed", 15)

    assert [] == await office.store.read(lambda tx: rests.from_scraper(tx, "amazon", now=office.now))


async def test_one_sick_runner_is_no_witness_against_the_site(office: Office) -> None:
    """Ours alone is blocked; one other was blocked once."""
    await _job(office, 80, "amazon")
    healthy = await _works(office, "mac", "found", 15)
    await healthy.claim(1)
    await healthy.deliver(healthy.item(healthy.held[0], "blocked"))

    await _works(office, "pi", "blocked", 20)

    assert (await office.scraper("amazon")).paused_at is None


async def test_who_waits_is_told_why_when_the_only_runner_rests(office: Office) -> None:
    job_id = await _job(office, 60, "amazon")
    await _works(office, "mac", "found", 20)
    office.later(minutes=3)

    await _works(office, "pi", "drifted", 12)

    told = "pi rests from amazon until 09:18:00 UTC: 12 of its last 12 tasks went wrong, 0 of others' 20"
    assert told == await _why(office, job_id)
