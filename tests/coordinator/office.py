"""An office for tests: a real store with two shops and a fleet key, and a clock that we move.

Speaks to the rules as `api` does, so that a test reads as one day in a job's life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scraper_backend.coordinator.rules import callbacks, jobs, keys, scrapers
from scraper_backend.coordinator.rules.jobs import Counts, Job
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Store, reads
from scraper_backend.core import wire
from scraper_backend.core.scraper_config import ScraperConfig, parse_value

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOPS = ("amazon", "chewy")


def shop(name: str, **more: Any) -> ScraperConfig:
    """A configuration as short as it can be."""
    document = {"name": name, "base_url": f"https://{name}.example", "search_url_template": "/s?k={sku}"}
    return parse_value({**document, **more}, source=name)


def product(title: str, price: float = 9.99, **more: Any) -> dict[str, Any]:
    """What a shop says of a product."""
    return {"title": title, "price": price, "url": f"https://shop.example/{title}", **more}


@dataclass
class Office:
    """The rules, with the time of the test's day."""

    store: Store
    now: datetime = MONDAY
    known_keys: dict[str, Key] = field(default_factory=dict)

    async def open(self) -> Office:
        """Two shops and a key that the fleet shares."""
        for name in SHOPS:
            await self.save(shop(name))
        await self.key("fleet")
        return self

    def later(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)

    async def save(self, config: ScraperConfig) -> scrapers.Saved:
        """A person saves a scraper."""
        return await self.store.write(lambda tx: scrapers.save(tx, config, now=self.now))

    async def key(self, name: str, *, bind: str | None = None) -> Key:
        """A person makes a key."""
        made = await self.store.write(lambda tx: keys.create(tx, name, bind=bind, now=self.now))
        self.known_keys[name] = made.key
        return made.key

    async def job(
        self, skus: Sequence[str] = ("A", "B"), shops: Sequence[str] = SHOPS, **options: Any
    ) -> str:
        """A person asks for SKUs; the job's id."""
        made = await self.store.write(lambda tx: jobs.create(tx, skus, shops, now=self.now, **options))
        return made.job_id

    async def report(
        self,
        job_id: str,
        status: str,
        data: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        runner: str | None = "office-mac",
        outcomes: Mapping[str, Mapping[str, Any]] | None = None,
        key: Key | None = None,
        signed: bool = False,
    ) -> wire.CallbackAnswer:
        """A contract runner posts a callback."""
        body = {
            "job_id": job_id,
            "status": status,
            "runner_name": runner,
            "results": {"data": data or {}, "outcomes": outcomes or {}},
            "error_message": "the shop burned down" if status == "failed" else None,
        }
        callback = wire.check(wire.Callback, body)
        caller = callbacks.SIGNED if signed else key or self.known_keys["fleet"]
        return await self.store.write(lambda tx: callbacks.apply(tx, callback, caller, now=self.now))

    async def save_disabled(self, name: str) -> None:
        """A person switches a scraper off."""
        await self.store.write(lambda tx: scrapers.disable(tx, name, now=self.now))

    async def states(self, job_id: str) -> set[str]:
        """The states of the job's tasks."""
        rows = await self.store.read(lambda tx: reads.tasks_of(tx, job_id))
        return {row.state for row in rows}

    async def task_states(self) -> dict[str, tuple[str, int]]:
        """The state and the crashes of the newest job's tasks by SKU."""
        newest = (await self.store.read(lambda tx: jobs.every(tx, limit=1)))[0]
        rows = await self.store.read(lambda tx: reads.tasks_of(tx, newest.job_id))
        return {row.sku: (row.state, row.crashes) for row in rows}

    async def scraper(self, name: str) -> scrapers.Scraper:
        """A scraper as people see it."""
        return await self.store.read(lambda tx: scrapers.get(tx, name))

    async def alerts(self, topic: str) -> int:
        """How many alerts of this kind were raised."""
        rows = await self.store.read(reads.audit)
        return sum(row.action == topic for row in rows)

    async def prices(self, sku: str, scraper: str) -> list[float | None]:
        """The prices a product had, the last of them current."""
        history = await self.store.read(lambda tx: reads.observations(tx, sku, scraper))
        current = [
            p.price for p in await self.store.read(reads.products) if (p.sku, p.scraper) == (sku, scraper)
        ]
        prices = [row.price for row in history]
        assert prices[-1:] == current
        return prices

    async def show(self, job_id: str) -> Job:
        """The job as people see it."""
        return await self.store.read(lambda tx: jobs.show(tx, job_id))

    async def counts(self, job_id: str) -> dict[str, int]:
        """The counters that are not zero; they must be what the tasks say."""
        job = await self.show(job_id)
        recounted = await self.store.read(lambda tx: jobs.recount(tx, job_id))
        assert recounted == job.counts
        return {name: n for name, n in job.counts._asdict().items() if n}

    async def outcomes(self, job_id: str) -> dict[tuple[str, str], str]:
        """How each SKU × scraper ended."""
        return {(line.sku, line.scraper): line.outcome async for line in jobs.export(self.store, job_id)}

    async def results(self, job_id: str) -> dict[tuple[str, str], wire.Outcome]:
        """The whole line of each SKU × scraper that ended."""
        return {(line.sku, line.scraper): line async for line in jobs.export(self.store, job_id)}


__all__ = ["MONDAY", "SHOPS", "Counts", "Office", "product", "shop"]
