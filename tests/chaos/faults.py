"""`python -m tests.chaos.faults`: every fault of the line on every call of a runner's day.

A day is every call there is, of the contract and of the fleet, by the product's own client through a proxy
(`proxy.py`) to a real coordinator.  Whatever happens to one of its calls, twice in a row, the day ends with
each task granted once and each result stored once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path

from scraper_backend.coordinator.rules import checks, jobs, pauses
from scraper_backend.core import logs, wire
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import Retry
from tests.chaos.proxy import FAULTS, Proxy, in_front_of
from tests.coordinator.live import Live, live

CALLS = {
    "register": "/register", "health": "/health", "claim": "/claim", "heartbeat": "/heartbeat",
    "results": "/results", "logs": "/logs", "release": "/release", "job": "/job", "callback": "/callback",
}  # fmt: skip
SKUS = ("A", "B", "C")
TIMES = 2
PATIENCE = Retry(tries=6, total=30.0, base=0.02, cap=0.1)


def day(url: str, key: str, fleet_job: str, contract_job: str) -> list[str]:
    """Every call once; what was odd about the answers."""
    with ScraperAPIClient(url, key, "pi", 1.0, retry=PATIENCE) as client:
        client.register_runner({})
        client.health_check()
        odd = _fleets_part(client, fleet_job)
        job = client.get_job_config(contract_job)
        client.submit_results(contract_job, "running")
        found = {sku: {job.scrapers[0].name: {"title": sku, "price": 1.5}} for sku in job.skus}
        client.submit_results(contract_job, "completed", {"data": found})
    return odd


def _fleets_part(client: ScraperAPIClient, job_id: str) -> list[str]:
    granted = client.claim(str(uuid.uuid4()), 50)
    if granted.lease is None:
        return ["nothing was granted"]
    tasks, lease = granted.tasks, granted.lease.id
    client.heartbeat(lease, wire.Heartbeat(in_progress=[task.id for task in tasks]))
    items = [
        {"task_id": t.id, "job_id": t.job_id, "sku": t.sku, "scraper": t.scraper, "attempt": t.attempt,
         "lease_id": lease, "outcome": "found", "data": {"title": t.sku, "price": 1.5}}
        for t in tasks
    ]  # fmt: skip
    verdicts = client.send_results(items).items
    client.send_logs([{"seq": 1, "at": "2026-03-02T09:00:00Z", "event": "the day is over", "job_id": job_id}])
    client.release(lease)
    odd = [f"granted as attempt {task.attempt}" for task in tasks if task.attempt != 1]
    return odd + [f"told {verdict}" for verdict in verdicts if verdict not in ("accepted", "duplicate")]


async def every(folder: Path, faults: Iterable[str], calls: Iterable[str]) -> dict[str, list[str]]:
    """Each fault on each call; what went wrong, by both their names."""
    wrong: dict[str, list[str]] = {}
    async with (
        live(f"sqlite:///{folder}/office.db") as office,
        in_front_of(office.office.settings.port) as proxy,
    ):
        for fault in faults:
            for call in calls:
                key = await office.new_key(f"{fault} {call}")
                odd = await _one(office, proxy, fault, call, key)
                if odd:
                    wrong[f"{fault} on {call}"] = odd
    return wrong


async def _one(office: Live, proxy: Proxy, fault: str, call: str, key: str) -> list[str]:
    await office.new_scraper("shop", options={"rate": {"per_second": 1000, "concurrency": 100}})
    store, now = office.office.store, office.now
    contract_job = await store.write(lambda tx: jobs.create(tx, SKUS, ["shop"], now=now()))
    await store.write(lambda tx: pauses.pause_job(tx, contract_job.job_id, now=now()))
    fleet_job = await store.write(lambda tx: jobs.create(tx, SKUS, ["shop"], now=now()))
    proxy.misbehave(fault, CALLS[call], TIMES)
    url = f"http://127.0.0.1:{proxy.port}"
    try:
        odd = await asyncio.to_thread(day, url, key, fleet_job.job_id, contract_job.job_id)
    except Exception as error:
        odd = [repr(error)]
    if not proxy.met.pop(fault, 0):
        odd.append("the fault never happened")
    for job_id in (fleet_job.job_id, contract_job.job_id):
        shown = await store.read(lambda tx: jobs.show(tx, job_id))  # noqa: B023
        if (shown.status, shown.counts.found) != ("completed", len(SKUS)):
            odd.append(f"{shown.status}, {shown.counts}")
    return odd + [str(broken) for broken in await store.read(checks.check)]


def main() -> int:
    """The exit code: 1 when a fault cost anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.faults", description=__doc__)
    parser.add_argument("--fault", choices=FAULTS, action="append", help="only this one")
    asked = parser.parse_args()
    logs.configure(level="critical", form="console")
    faults = asked.fault or FAULTS
    with tempfile.TemporaryDirectory(prefix="bsr-faults-") as folder:
        wrong = asyncio.run(every(Path(folder), faults, CALLS))
    print(json.dumps({"days": len(faults) * len(CALLS), "faults": wrong}, indent=2))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
