"""Rules of the office, run from this process beside a running server: one rule, one transaction.

The database is the one that `bsr serve` uses with the same environment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from scraper_backend.cli.parts import needed

if TYPE_CHECKING:
    from scraper_backend.coordinator.store import Store, Transaction

T = TypeVar("T")
BY = "cli"
"""Who changed it, in the audit."""


def now() -> datetime:
    """The time, as rules want it."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_office(command: str) -> AsyncIterator[Store]:
    """The coordinator's database while the block lasts."""
    with needed(command, "coordinator"):
        from scraper_backend.coordinator.settings import read_settings
        from scraper_backend.coordinator.store import open_store
    settings = read_settings()
    async with await open_store(settings.database_url.get_secret_value()) as store:
        yield store


def run(command: str, work: Callable[[Store], Awaitable[T]]) -> T:
    """Open the office, do `work` in it, close it."""
    import asyncio

    async def whole() -> T:
        async with open_office(command) as store:
            return await work(store)

    return asyncio.run(whole())


def write(command: str, rule: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a rule that changes something."""
    return run(command, lambda store: store.write(rule))


def read(command: str, question: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a rule that only looks."""
    return run(command, lambda store: store.read(question))
