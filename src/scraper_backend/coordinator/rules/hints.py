"""How well a scraper does lately, in a line, for a person who is about to choose it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.coordinator.store.rows import CountRow
from scraper_backend.coordinator.store.times import to_moment

LATELY: Final = 100
"""Tasks that are looked at."""
REFUSED: Final = frozenset({"blocked", "drifted", "failed"})


class Hint(NamedTuple):
    """One scraper; `tried` tasks were done lately, `found` and `refused` of them ended so."""

    scraper: str
    disabled: bool
    paused: str | None
    test_skus: int
    tried: int
    found: int
    refused: int
    last_found_at: datetime | None

    @property
    def tone(self) -> str:
        """Good news, a warning, or nothing known."""
        if self.disabled:
            return "dim"
        if self.paused or (self.tried and self.refused >= self.tried / 2):
            return "bad"
        if self.tried and self.refused >= self.tried / 5:
            return "warn"
        return "good" if self.tried or self.last_found_at else "dim"


async def every(tx: Transaction) -> list[Hint]:
    """All scrapers by name."""
    hints = []
    for row in await reads.scrapers(tx):
        ends = await tx.all(CountRow, "scraper_ends", scraper=row.name, limit=LATELY)
        counted = {end.outcome: end.n for end in ends}
        options = orjson.loads(row.document).get("options") or {}
        hints.append(
            Hint(
                row.name, bool(row.disabled), row.pause_reason if row.paused_at else None,
                len(options.get("test_skus") or ()), sum(counted.values()), counted.get("found", 0),
                sum(n for outcome, n in counted.items() if outcome in REFUSED),
                to_moment(await tx.scalar("scraper_last_found", scraper=row.name)),
            )
        )  # fmt: skip
    return hints
