"""How a configuration was written: the text with its comments and order, beside the revision it became.

A revision's meaning never changes; its comments may, when somebody saves the same configuration again.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from scraper_backend.coordinator.rules import audit
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms


class SourceRow(NamedTuple):
    """A text as its row has it."""

    text: str


async def of(tx: Transaction, scraper: str, number: int) -> str | None:
    """The text of a revision; None when it never was one."""
    row = await tx.one(SourceRow, "source_of", scraper=scraper, number=number)
    return row.text if row else None


async def keep(
    tx: Transaction, scraper: str, number: int, text: str, *, is_new: bool, by: str, now: datetime
) -> None:
    """Keep the text of a revision; another text of a revision that `is_new` not is a change of its own."""
    text, before = text.replace("\r\n", "\n"), await of(tx, scraper, number)
    if text == before:
        return
    await tx.run("source_keep", scraper=scraper, number=number, text=text, by=by, now=to_ms(now))
    if not is_new:
        await audit.note(
            tx,
            "scraper.written",
            scraper,
            by=by,
            now=to_ms(now),
            before={"text": before},
            after={"text": text},
        )
