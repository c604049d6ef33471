"""Leases: kept, given back, lost; and who is blamed for a crash."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.rules import jobs, keys
from scraper_backend.core.errors import Forbidden, LeaseLost
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office


async def test_a_runner_that_beats_keeps_its_lease(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner, chores = FleetRunner(office), Chores(office.store, lambda: office.now)
    await runner.claim()
    for _ in range(10):
        await tick(office, chores, seconds=60)
        answer = await runner.beat()

    assert (90_000, None) == (answer.ttl_ms, answer.keep)
    assert {"leased"} == await office.states(job_id)


async def test_a_silent_runners_tasks_go_elsewhere_within_a_hundred_seconds(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()

    await tick(office, seconds=100)

    assert {"ready"} == await office.states(job_id)
    with pytest.raises(LeaseLost, match="what you have found still counts"):
        await runner.beat()
    assert [("A", 2)] == [(t.sku, t.attempt) for t in (await FleetRunner(office, "other").claim()).tasks]


async def test_a_crash_is_blamed_on_what_was_in_progress(office: Office) -> None:
    await office.job(["A", "B", "C"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.beat(in_progress=runner.held[:1])
    await tick(office, seconds=95)

    states = await office.task_states()

    assert {"A": ("ready", 1), "B": ("ready", 0), "C": ("ready", 0)} == states


async def test_a_task_that_kills_three_runners_is_put_away(office: Office) -> None:
    job_id = await office.job(["poison", "fine"], ["amazon"])
    for _ in range(3):
        runner = FleetRunner(office)
        await runner.claim()
        poison = [task for task in runner.held if task.sku == "poison"]
        await runner.beat(in_progress=poison)
        await tick(office, seconds=200)

    assert {"poison": ("quarantined", 3), "fine": ("ready", 0)} == await office.task_states()
    assert {"total": 2, "open": 1, "quarantined": 1} == await office.counts(job_id)
    assert [] == await faults(office)


async def test_a_crash_that_is_told_and_seen_is_counted_once(office: Office) -> None:
    await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.beat(in_progress=runner.held)
    told = runner.item(runner.held[0], "crash")
    await runner.deliver(told)
    await tick(office, seconds=200)

    await runner.deliver(told, told)

    assert 1 == (await office.task_states())["A"][1]


async def test_the_runner_hears_what_is_no_longer_worth_doing(office: Office) -> None:
    cancelled = await office.job(["A"], ["amazon"])
    await office.job(["B"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await office.store.write(lambda tx: jobs.cancel(tx, cancelled, now=office.now))

    answer = await runner.beat()

    assert ([task.id for task in runner.held if task.sku == "B"], [cancelled]) == (
        answer.keep, answer.directives.cancel_jobs,
    )  # fmt: skip


async def test_what_another_found_first_is_no_longer_worth_doing(office: Office) -> None:
    await office.job(["A", "B"], ["amazon"])
    slow = FleetRunner(office, "slow")
    await slow.claim()
    late = slow.item(slow.held[0])
    await tick(office, seconds=100)
    other = FleetRunner(office, "other")
    await other.claim()

    assert ["accepted"] == await slow.deliver(late)
    assert [task.id for task in other.held if task.sku == "B"] == (await other.beat()).keep


async def test_an_orderly_end_gives_back_without_a_penalty(office: Office) -> None:
    await office.job(["A", "B"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    await runner.beat(in_progress=runner.held[:1])

    released, again = await runner.release(), await runner.release()

    assert [2, 0] == [released.released, again.released]
    assert {"A": ("ready", 0), "B": ("ready", 0)} == await office.task_states()


async def test_a_lease_answers_to_its_key_and_the_successor_alone(office: Office) -> None:
    await office.job(["A"], ["amazon"])
    own, other = await office.key("own"), await office.key("other")
    runner = FleetRunner(office, key=own)
    await runner.claim()

    runner.key = other
    with pytest.raises(Forbidden, match="another key"):
        await runner.beat()
    runner.key = (await office.store.write(lambda tx: keys.rotate(tx, "own", now=office.now))).key

    assert (await runner.beat()).keep is None


async def test_a_lease_that_never_was_is_lost(office: Office) -> None:
    runner = FleetRunner(office, lease="0" * 32)

    with pytest.raises(LeaseLost):
        await runner.beat()
    with pytest.raises(LeaseLost):
        await runner.release()
