"""Callbacks of 25 SKUs × 5 scrapers, each the whole of a job: JOBS."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from meter import product
from served import folder, ours, send

from scraper_backend.coordinator.rules import jobs, keys, scrapers
from scraper_backend.coordinator.store import open_store
from scraper_backend.core.scraper_config import parse_value

NAMES = [f"shop-{n}" for n in range(5)]
SKUS = [f"{n:05}" for n in range(25)]


def callback(job):
    """The body, the same for every contender."""
    data = {sku: {name: product(sku) for name in NAMES} for sku in SKUS}
    results = {"skus_processed": 25, "scrapers_run": NAMES, "data": data}
    return json.dumps(
        {"job_id": job, "status": "completed", "runner_name": "pi", "results": results}
    ).encode()


async def prepared(path, count):
    now = datetime.now(UTC)
    async with await open_store(str(path)) as store:
        for name in NAMES:
            site = {"name": name, "base_url": "https://shop.example", "search_url_template": "/?q={sku}"}
            await store.write(lambda tx, s=site: scrapers.save(tx, parse_value(s, source="bench"), now=now))
        made = await store.write(lambda tx: keys.create(tx, "bench", now=now))
        ids = [
            (await store.write(lambda tx: jobs.create(tx, SKUS, NAMES, now=now))).job_id for _ in range(count)
        ]
    return made.secret, ids


def main():
    count = int(sys.argv[1])
    with folder() as place:
        path = Path(place) / "office.db"
        os.environ["BENCH_KEY"], ids = asyncio.run(prepared(path, count))
        with ours(path) as (pid, port):
            calls = [("/api/admin/scraping/callback", callback(job)) for job in ids]
            send(pid, port, calls, connections=4, n=count)


if __name__ == "__main__":
    main()
