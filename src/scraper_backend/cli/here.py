"""A desk in this process: the rules of the office, on the database that `bsr serve` would use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from scraper_backend.cli import office
from scraper_backend.cli.desk import NEWEST
from scraper_backend.coordinator.rules import jobs, keys, pauses, retries, runners, scrapers, waiting

if TYPE_CHECKING:
    from scraper_backend.cli.desk import Desk, Order
    from scraper_backend.cli.documents import Document
    from scraper_backend.coordinator.rules.jobs import Created, Job
    from scraper_backend.coordinator.rules.keys import Key, NewKey
    from scraper_backend.coordinator.rules.runners import Runner
    from scraper_backend.coordinator.rules.scrapers import Saved, Scraper
    from scraper_backend.coordinator.rules.waiting import Waiting
    from scraper_backend.coordinator.store import Store, Transaction
    from scraper_backend.core.wire import JobStatus, Outcome

T = TypeVar("T")


@asynccontextmanager
async def at_own_desk(command: str) -> AsyncIterator[Desk]:
    """The desk of this machine's own coordinator while the block lasts."""
    async with office.open_office(command) as store:
        yield Here(store)


class Here:
    """`Desk` by the rules; one call, one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: int | None = None

    async def create_job(self, order: Order) -> Created:
        return await self._write(
            lambda tx, now: jobs.create(
                tx, order.skus, order.scrapers, test_mode=order.test_mode, max_workers=order.max_workers,
                priority=order.priority, by=office.BY, now=now,
            )
        )  # fmt: skip

    async def jobs(self, *, status: JobStatus | None = None, limit: int = NEWEST) -> list[Job]:
        return await self._store.read(lambda tx: jobs.every(tx, status=status, limit=limit))

    async def job(self, job_id: str) -> Job:
        self._seen = self._store.version("jobs")
        return await self._store.read(lambda tx: jobs.show(tx, job_id))

    async def waiting(self, job_id: str) -> list[Waiting]:
        return await self._store.read(lambda tx: waiting.reasons(tx, job_id, now=office.now()))

    async def cancel(self, job_id: str) -> Job:
        return await self._write(lambda tx, now: jobs.cancel(tx, job_id, by=office.BY, now=now))

    async def pause(self, job_id: str) -> bool:
        return await self._write(lambda tx, now: pauses.pause_job(tx, job_id, by=office.BY, now=now))

    async def resume(self, job_id: str) -> bool:
        return await self._write(lambda tx, now: pauses.resume_job(tx, job_id, by=office.BY, now=now))

    async def retry(self, job_id: str, outcomes: Sequence[str]) -> Job:
        wanted = outcomes or retries.WENT_WRONG
        return await self._write(
            lambda tx, now: retries.retry(tx, job_id, outcomes=wanted, by=office.BY, now=now)
        )

    def results(self, job_id: str) -> AsyncIterator[Outcome]:
        return jobs.export(self._store, job_id)

    async def changed(self, within: float) -> None:
        seen = self._store.version("jobs") if self._seen is None else self._seen
        await self._store.changed("jobs", seen, within)

    async def keys(self) -> list[Key]:
        return await self._store.read(keys.every)

    async def create_key(self, name: str, *, bind: str | None, days: int | None) -> NewKey:
        lives = None if days is None else timedelta(days=days)
        return await self._write(
            lambda tx, now: keys.create(tx, name, bind=bind, expires_in=lives, by=office.BY, now=now)
        )

    async def rotate_key(self, name: str, *, overlap_hours: float) -> NewKey:
        overlap = timedelta(hours=overlap_hours)
        return await self._write(
            lambda tx, now: keys.rotate(tx, name, overlap=overlap, by=office.BY, now=now)
        )

    async def revoke_key(self, name: str) -> Key:
        return await self._write(lambda tx, now: keys.revoke(tx, name, by=office.BY, now=now))

    async def runners(self) -> list[Runner]:
        return await self._store.read(lambda tx: runners.every(tx, now=office.now()))

    async def scrapers(self) -> list[Scraper]:
        return await self._store.read(scrapers.every)

    async def scraper(self, name: str) -> Scraper:
        return await self._store.read(lambda tx: scrapers.get(tx, name))

    async def save_scrapers(self, documents: Sequence[Document]) -> list[Saved]:
        async def rule(tx: Transaction, now: datetime) -> list[Saved]:
            return [
                await scrapers.save(tx, one.config, text=one.text, by=office.BY, now=now) for one in documents
            ]

        return await self._write(rule)

    async def switch_scraper(self, name: str, *, on: bool) -> Scraper:
        change = scrapers.enable if on else scrapers.disable
        return await self._write(lambda tx, now: change(tx, name, by=office.BY, now=now))

    async def _write(self, rule: Callable[[Transaction, datetime], Awaitable[T]]) -> T:
        now = office.now()
        return await self._store.write(lambda tx: rule(tx, now))
