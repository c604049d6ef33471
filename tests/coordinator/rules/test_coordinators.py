"""Several coordinators on one database, and many runners at once: every answer exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.store import open_store
from scraper_backend.core.errors import LeaseLost
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office, product, shop

SKUS = [f"{n:03}" for n in range(120)]


async def test_two_coordinators_share_one_catalogue(database_url: str) -> None:
    """Six runners, some of whom fall silent or send twice, and a contract runner between them."""
    async with await open_store(database_url) as first, await open_store(database_url) as second:
        offices = [await Office(first).open(), Office(second)]
        offices[1].known_keys = offices[0].known_keys
        await offices[0].save(shop("lan", base_url="http://127.0.0.1:1"))
        job_ids = [await offices[0].job(SKUS, ["lan"]) for _ in range(2)]
        accepted: Counter[tuple[str, str]] = Counter()

        lives = [live(offices[n % 2], f"pi-{n}", accepted, random.Random(n)) for n in range(6)]
        await asyncio.gather(*lives, contract_runner(offices[1], job_ids[0], accepted))
        offices[0].now = max(office.now for office in offices)
        await tick(offices[0], minutes=15)
        await live(offices[0], "the last one", accepted, random.Random(0))

        counts = [await offices[0].counts(job_id) for job_id in job_ids]
        found = [sum(n for (job, _), n in accepted.items() if job == job_id) for job_id in job_ids]
        assert {"total": 120, "found": 120} == counts[1]
        assert found == [count["found"] for count in counts]
        assert 120 == counts[0]["found"] + counts[0].get("not_found", 0)
        assert set(accepted.values()) <= {0, 1}
        assert [] == await faults(offices[1])


async def live(office: Office, name: str, accepted: Counter[tuple[str, str]], dice: random.Random) -> None:
    """A runner's day, until there is nothing left to do."""
    runner, chores = FleetRunner(office, name), Chores(office.store, lambda: office.now)
    idle = 0
    while idle < 4:
        if not (await runner.claim(dice.randint(1, 9))).tasks:
            idle += 1
            office.later(seconds=30)
            await chores.round(office.now)
            continue
        idle = 0
        await asyncio.gather(
            *(deliver(runner, [task.sku], accepted) for task in runner.held[:-1]), beat(runner)
        )
        fate = dice.random()
        if fate < 0.6:
            await deliver(runner, [runner.held[-1].sku] * (1 + (fate < 0.2)), accepted)
        elif fate < 0.8:
            await runner.release()


async def deliver(runner: FleetRunner, skus: list[str], accepted: Counter[tuple[str, str]]) -> None:
    items = [runner.item(task) for sku in skus for task in runner.held if task.sku == sku]
    for item, verdict in zip(items, await runner.deliver(*items), strict=True):
        accepted[item["job_id"], item["sku"]] += verdict == "accepted"


async def beat(runner: FleetRunner) -> None:
    with contextlib.suppress(LeaseLost):
        await runner.beat(in_progress=runner.held[-1:])


async def contract_runner(office: Office, job_id: str, accepted: Counter[tuple[str, str]]) -> None:
    """Sends one SKU after another, knowing nothing of leases."""
    for sku in SKUS[::7]:
        answer = await office.report(job_id, "running", {sku: {"lan": product(sku)}})
        accepted[job_id, sku] += answer.stored
        await asyncio.sleep(0.01)
    await office.report(job_id, "completed")
