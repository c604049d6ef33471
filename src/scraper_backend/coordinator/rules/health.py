"""How scrapers and runners do: what the newest results say.

Read from the newest results alone, so that a page costs the same with two million of them.  Tests do
not count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_moment
from scraper_backend.core.scraper_config import STANDARD_FIELDS

WINDOW: Final = 1_000
"""How many of the newest results, of all scrapers, a list looks at."""
DEEP: Final = 5_000
"""How far back a page of one scraper or runner looks."""
SAMPLE: Final = 300


class Fill(NamedTuple):
    """How often a field has a value, of the products that were found."""

    field: str
    percent: int


class Health(NamedTuple):
    """How one scraper did lately; all zero when it was not seen."""

    results: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    fields: tuple[Fill, ...] = ()
    last_seen_at: datetime | None = None

    def percent(self, *names: str) -> int:
        """The share of these outcomes."""
        n = sum(count for outcome, count in self.outcomes if outcome in names)
        return round(100 * n / self.results) if self.results else 0


class Site(NamedTuple):
    """How a runner did on one scraper's site lately."""

    scraper: str
    results: int
    outcomes: tuple[tuple[str, int], ...]
    last_seen_at: datetime

    def percent(self, *names: str) -> int:
        """The share of these outcomes."""
        n = sum(count for outcome, count in self.outcomes if outcome in names)
        return round(100 * n / self.results) if self.results else 0


class Work(NamedTuple):
    """What a runner holds of one scraper in one job; `started` of it is in progress."""

    runner: str
    job_id: str
    scraper: str
    tasks: int
    started: int


class _Row(NamedTuple):
    scraper: str
    outcome: str
    data: str
    runner: str
    received_at: int


class _Count(NamedTuple):
    scraper: str
    outcome: str
    n: int
    received_at: int


async def of_scrapers(tx: Transaction) -> dict[str, Health]:
    """Every scraper that is among the newest results."""
    rows = await tx.all(_Row, "health_recent", window=WINDOW, scraper=None, limit=WINDOW)
    by_scraper: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_scraper[row.scraper].append(row)
    return {name: _health(found) for name, found in by_scraper.items()}


async def of_scraper(tx: Transaction, name: str) -> Health:
    """One scraper, further back."""
    return _health(await tx.all(_Row, "health_recent", window=DEEP, scraper=name, limit=SAMPLE))


async def of_runner(tx: Transaction, name: str) -> list[Site]:
    """A runner's newest results by site."""
    counted: dict[str, list[_Count]] = defaultdict(list)
    for row in await tx.all(_Count, "health_of_runner", window=DEEP, runner=name):
        counted[row.scraper].append(row)
    return [
        Site(
            scraper,
            sum(row.n for row in rows),
            tuple((row.outcome, row.n) for row in rows),
            to_moment(max(row.received_at for row in rows)),
        )
        for scraper, rows in counted.items()
    ]


async def work(tx: Transaction) -> list[Work]:
    """What every runner holds now."""
    return [row._replace(started=int(row.started or 0)) for row in await tx.all(Work, "work_of_runners")]


def _health(rows: list[_Row]) -> Health:
    if not rows:
        return Health()
    outcomes = Counter(row.outcome for row in rows)
    found = [orjson.loads(row.data) for row in rows if row.outcome == "found"]
    newest = to_moment(max(row.received_at for row in rows))
    return Health(len(rows), tuple(outcomes.most_common()), tuple(_fills(found)), newest)


def _fills(products: list[dict[str, object]]) -> Iterable[Fill]:
    seen = [name for product in products for name in product if name not in ("scraped_at", "url")]
    names = dict.fromkeys([*(name for name in STANDARD_FIELDS if name in seen), *seen])
    for name in names:
        n = sum(product.get(name) not in (None, "", []) for product in products)
        yield Fill(name, round(100 * n / len(products)))
