"""`python -m tests.chaos.month`: a runner comes home after a month, with a hundred thousand results.

A real coordinator over HTTP, whose clock is moved by a month; the runner's own spool and post.  Everything
must arrive, each once; and while the backlog goes out, new work must not wait: it is claimed, found and
acknowledged in the time that it always takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.rules import checks, jobs, keys, leases, pauses, scrapers
from scraper_backend.coordinator.serve import running
from scraper_backend.coordinator.settings import read_settings
from scraper_backend.core import logs
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import Retry
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.core.wire import ClaimAnswer
from scraper_backend.runner.daemon.clock import awake_or_not
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.post import Post
from scraper_backend.runner.daemon.settings import Settings
from scraper_backend.runner.outbox import dead, open_file
from scraper_backend.runner.outbox.spool import Spool
from scraper_backend.runner.stop import Stop

AWAY = timedelta(days=30)
AT_ONCE = 50
NEW_WORK = 400
QUICK_S = 10.0
"""A new result is acknowledged within this, at worst, whatever waits behind it."""


class Clock:
    """The office's clock, which can be moved, and stopped: no lease ends while everything is handed out."""

    moved = timedelta()
    stands: datetime | None = None

    def __call__(self) -> datetime:
        """The time of day."""
        return self.stands or datetime.now(UTC) + self.moved


class Home:
    """The runner at home: its spool, its post, and the line to the office."""

    def __init__(self, spool: Spool, url: str, key: str, folder: Path) -> None:
        def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
            return ScraperAPIClient(url, key, "pi", timeout, retry=retry)

        self.spool, self.client = spool, connect(Retry(), 30.0)
        self._stop = Stop()
        self._connect, self._folder = connect, folder

    def claim(self, most: int = AT_ONCE) -> ClaimAnswer:
        """Some tasks."""
        return self.client.claim(str(uuid.uuid4()), most, wait_s=0, labels=(), capabilities=())

    def find(self, answer: ClaimAnswer, known: Collection[int] = ()) -> list[int]:
        """Everything that was granted and is not known yet is found, and kept."""
        assert answer.lease is not None
        items = [_item(task, answer.lease.id) for task in answer.tasks if task.id not in known]
        self.spool.turn(items, [])
        return [task.id for task in answer.tasks]

    def deliver(self) -> threading.Thread:
        """From now on the post goes home."""
        post = Post(
            Desk(Settings(self._folder), self.spool, awake_or_not), self.spool, self._connect, self._stop
        )
        thread = threading.Thread(target=post.deliver_on, daemon=True)
        thread.start()
        return thread

    def come_to_rest(self, thread: threading.Thread) -> None:
        """No more."""
        self._stop.set("done")
        thread.join()


def _item(task: Any, lease_id: str) -> dict[str, Any]:
    return {
        "task_id": task.id, "job_id": task.job_id, "sku": task.sku, "scraper": task.scraper,
        "attempt": task.attempt, "lease_id": lease_id, "outcome": "found",
        "data": {"title": f"Product {task.sku}", "price": 12.5, "description": "x" * 300}, "detail": {},
        "scraped_at": "2026-03-02T09:00:00Z",
    }  # fmt: skip


async def away(folder: Path, results: int, new_work: int = NEW_WORK) -> tuple[list[str], dict[str, Any]]:
    """The whole month; what is wrong, and the figures."""
    clock = Clock()
    settings = read_settings({"DATABASE_URL": f"sqlite:///{folder}/office.db"}, port=0)
    async with running(settings, clock=clock) as office:
        key, old_job = await _prepared(office, results)
        with open_file(folder / "outbox.db") as file:
            home = Home(Spool(file, office.settings.address), office.settings.address, key, folder)
            clock.stands = clock()
            await asyncio.to_thread(_work_alone, home, results)
            clock.stands = None
            clock.moved = AWAY
            await _month_goes_by(office, clock)
            await office.store.write(lambda tx: pauses.pause_job(tx, old_job, now=clock()))
            new_job = await _order(office, new_work)
            took, waits = await asyncio.to_thread(_come_home, home, new_work)
            letters = dead.count(file)
        wanted = {old_job: results, new_job: new_work}
        return await _judged(office, wanted, waits, letters), {
            "results": results, "seconds": round(took, 1), "a_second": round(results / took),
            "new_results": len(waits), "new_p50_s": _at(waits, 0.5), "new_p99_s": _at(waits, 0.99),
            "new_longest_s": _at(waits, 1.0),
        }  # fmt: skip


async def _prepared(office: Office, results: int) -> tuple[str, str]:
    """A key, and the job that a runner will take along."""
    config = parse_value(
        {"name": "shop", "base_url": "http://127.0.0.1:9", "search_url_template": "/s?k={sku}"}, source="shop"
    )
    await office.store.write(lambda tx: scrapers.save(tx, config, now=office.clock()))
    job_id = await _order(office, results)
    made = await office.store.write(lambda tx: keys.create(tx, "fleet", now=office.clock()))
    return made.secret, job_id


async def _order(office: Office, skus: int) -> str:
    names = [str(n) for n in range(skus)]
    made = await office.store.write(lambda tx: jobs.create(tx, names, ["shop"], now=office.clock()))
    return made.job_id


def _work_alone(home: Home, results: int) -> None:
    """Everything is claimed and found, and then the line is dead.

    Under many names: who holds thousands of tasks is slow to claim one more, and nobody does.
    """
    found: set[int] = set()
    while len(found) < results:
        home.client.runner_name = f"pi-{len(found) // 500}"
        found.update(home.find(home.claim(), found))


async def _month_goes_by(office: Office, clock: Clock) -> None:
    """Its leases are lost, in rounds of the office's chores; nobody has time for that job any more."""
    chores = Chores(office.store, clock)
    ever = clock() + AWAY
    while await office.store.read(lambda tx: leases.expired(tx, now=ever)):
        await chores.round(clock())
        clock.moved += timedelta(seconds=20)  # more at once, and it would pardon them: it was away itself


def _come_home(home: Home, new_work: int) -> tuple[float, Sequence[float]]:
    """The backlog goes out while new work is done; seconds in all, and how long each new result waited."""
    thread = home.deliver()
    border, began = home.spool.last_id(), time.monotonic()
    kept: dict[int, float] = {}
    waits: list[float] = []
    asked = 0
    while home.spool.count() or asked < new_work:
        if asked < new_work and (answer := home.claim(5)).lease is not None:
            now = time.monotonic()
            kept |= dict.fromkeys(home.find(answer), now)
            asked += len(answer.tasks)
        waiting = {s.item["task_id"] for s in home.spool.batch(border, 2**62, items=10_000, size=2**30)}
        for task in [task for task in kept if task not in waiting]:
            waits.append(time.monotonic() - kept.pop(task))
        time.sleep(0.1)
    took = time.monotonic() - began
    home.come_to_rest(thread)
    return took, sorted([*waits, *(time.monotonic() - at for at in kept.values())])


async def _judged(
    office: Office, wanted: Mapping[str, int], waits: Sequence[float], letters: int
) -> list[str]:
    faults = [str(fault) for fault in await office.store.read(checks.check)]
    for job in await office.store.read(lambda tx: jobs.every(tx, limit=10)):
        if job.counts.found != wanted[job.job_id]:
            faults.append(f"{job.job_id}: {job.counts}, of {wanted[job.job_id]}")
    if letters:
        faults.append(f"{letters} dead letters")
    if _at(waits, 1.0) > QUICK_S:
        faults.append(f"new results waited for up to {_at(waits, 1.0)} s")
    return faults


def _at(values: Sequence[float], part: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * part))], 2) if values else -1.0


def main() -> int:
    """The exit code: 1 when anything was lost, doubled or late."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.month", description=__doc__)
    parser.add_argument("--results", type=int, default=100_000)
    asked = parser.parse_args()
    logs.configure(level="error", form="console")
    with tempfile.TemporaryDirectory(prefix="bsr-month-") as folder:
        faults, figures = asyncio.run(away(Path(folder), asked.results))
    print(json.dumps({**figures, "faults": faults}, indent=2))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
