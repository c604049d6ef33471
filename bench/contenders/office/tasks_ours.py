"""Claim and ingest by this project's rules, one runner, each call durable: FILE TASKS BATCH."""

import asyncio
import sys
from datetime import UTC, datetime

from meter import Meter, product

from scraper_backend.coordinator.rules import batches, claims, jobs, keys, scrapers
from scraper_backend.coordinator.store import open_store
from scraper_backend.core import wire
from scraper_backend.core.scraper_config import parse_value


def now():
    return datetime.now(UTC)


async def office(store, tasks):
    """A shop without a rate, a key, and jobs of ten thousand SKUs."""
    site = parse_value(
        {"name": "shop", "base_url": "http://127.0.0.1", "search_url_template": "/s?q={sku}"}, source="bench"
    )
    await store.write(lambda tx: scrapers.save(tx, site, now=now()))
    key = await store.write(lambda tx: keys.create(tx, "bench", now=now()))
    for first in range(0, tasks, 10_000):
        skus = [f"{n:07}" for n in range(first, min(first + 10_000, tasks))]
        await store.write(lambda tx, skus=skus: jobs.create(tx, skus, ["shop"], now=now()))
    return key


def items_of(answer):
    """What was found for every task of a lease."""
    return [
        {
            "task_id": task.id, "job_id": task.job_id, "sku": task.sku, "scraper": task.scraper,
            "attempt": task.attempt, "lease_id": answer.lease.id, "outcome": "found", "data": product(task.sku),
        }
        for task in answer.tasks
    ]  # fmt: skip


async def claim(store, key, number, most, runner="bench"):
    body = wire.Claim(claim_key=f"claim-{number:08}", runner_name=runner, max_tasks=most)
    return await store.write(lambda tx: claims.claim(tx, body, key, now=now()))


async def main():
    path, tasks, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    async with await open_store(path) as store:
        key = (await office(store, tasks)).key
        meter = Meter()
        for number in range(-(-tasks // batch)):
            answer = await claim(store, key, number, batch)
            body = wire.ResultsBatch(items=items_of(answer))
            await store.write(lambda tx, body=body: batches.deliver(tx, body, key, now=now()))
        meter.report(tasks)
        (job, *_) = await store.read(jobs.every)
        assert job.status == "completed"


if __name__ == "__main__":
    asyncio.run(main())
