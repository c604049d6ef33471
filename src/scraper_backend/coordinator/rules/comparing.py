"""Two jobs side by side: what became dearer, what is gone, what can be found now and could not before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_moment

CHUNK: Final = 500
MOST: Final = 3_000
"""Pairs that one page looks at; it says where it stopped, so that the next can go on."""


class Side(NamedTuple):
    """What one of the jobs has of a SKU and scraper."""

    outcome: str
    title: str | None
    price: float | None
    currency: str | None
    availability: str | None


class Pair(NamedTuple):
    """A SKU and scraper in both jobs; `changes` names what differs."""

    task_id: int
    sku: str
    scraper: str
    before: Side
    after: Side
    changes: tuple[str, ...]


class Compared(NamedTuple):
    """A page of differences: how many pairs were looked at, and the task to go on from if there are more."""

    pairs: tuple[Pair, ...]
    seen: int
    next: int | None


class Alike(NamedTuple):
    """A job that can be compared with another."""

    job_id: str
    created_at: datetime
    skus: int


class _PairRow(NamedTuple):
    task_id: int
    sku: str
    scraper: str
    outcome: str
    other_outcome: str | None
    data: str | None
    other_data: str | None


class _AlikeRow(NamedTuple):
    id: str
    created_at: int
    skus_n: int


async def alike(tx: Transaction, job_id: str, *, limit: int = 20) -> list[Alike]:
    """Earlier jobs with a scraper in common, the newest first."""
    rows = await tx.all(_AlikeRow, "jobs_alike", job_id=job_id, limit=limit)
    return [Alike(row.id, to_moment(row.created_at), row.skus_n) for row in rows]


async def compare(
    tx: Transaction, job_id: str, other: str, *, after: int = 0, limit: int = 100, change: str | None = None
) -> Compared:
    """What differs in `job_id` from the earlier `other`, in the order it was asked for."""
    pairs: list[Pair] = []
    looked = seen = 0
    while len(pairs) <= limit and looked < MOST:
        rows = await tx.all(_PairRow, "compared_tasks", job_id=job_id, other=other, after=after, limit=CHUNK)
        both = [_pair(row, row.other_outcome) for row in rows if row.other_outcome is not None]
        looked, seen = looked + len(rows), seen + len(both)
        pairs += [pair for pair in both if (change in pair.changes if change else pair.changes)]
        if len(rows) < CHUNK:
            more = pairs[limit - 1].task_id if len(pairs) > limit else None
            return Compared(tuple(pairs[:limit]), seen, more)
        after = rows[-1].task_id
    return Compared(tuple(pairs[:limit]), seen, pairs[limit - 1].task_id if len(pairs) > limit else after)


def _pair(row: _PairRow, other_outcome: str) -> Pair:
    before, after = _side(other_outcome, row.other_data), _side(row.outcome, row.data)
    both_found = before.outcome == after.outcome == "found"
    changes = [
        name
        for name, differs in (
            ("outcome", before.outcome != after.outcome),
            ("price", both_found and (before.price, before.currency) != (after.price, after.currency)),
            ("stock", both_found and before.availability != after.availability),
            ("title", both_found and before.title != after.title),
        )
        if differs
    ]
    return Pair(row.task_id, row.sku, row.scraper, before, after, tuple(changes))


def _side(outcome: str, data: str | None) -> Side:
    told: dict[str, Any] = orjson.loads(data) if data else {}
    price = told.get("price")
    return Side(
        outcome,
        _text(told.get("title")),
        float(price) if isinstance(price, (int, float)) and not isinstance(price, bool) else None,
        _text(told.get("currency")),
        _text(told.get("availability")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
