"""Products as people see them: search, one SKU with its history, where every value came from.

A current value is the newest found result that was no test; what it was before stands in the observations,
which outlive their jobs.  Where a job is gone, its values are still here and only their origin is not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from scraper_backend.coordinator.store import Store, Transaction
from scraper_backend.coordinator.store.rows import NameRow, ProductRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.lines import COLUMNS
from scraper_backend.core.wire import utc_text

WORDS: Final = 3
"""Words of a search that count; more narrow nothing that people look for."""
HISTORY: Final = 2000
"""Observations of each scraper that a chart shows, the newest."""
PAGE: Final = 200
"""SKUs that are read at once for an export."""


class Filter(NamedTuple):
    """Which products: everything that is given must hold for one scraper's word on the SKU."""

    words: str = ""
    scraper: str | None = None
    availability: str | None = None
    lacks: str | None = None
    changed_since: datetime | None = None
    seen_before: datetime | None = None


class Source(NamedTuple):
    """What one scraper says of a SKU now."""

    scraper: str
    title: str | None
    brand: str | None
    price: float | None
    currency: str | None
    availability: str | None
    images: int
    url: str | None
    job_id: str
    first_seen_at: datetime
    changed_at: datetime
    seen_at: datetime


class Product(NamedTuple):
    """One SKU with what its sources say, by scraper."""

    sku: str
    sources: tuple[Source, ...]

    @property
    def title(self) -> str:
        """The title that was seen last."""
        named = [source for source in self.sources if source.title]
        return max(named, key=lambda source: source.seen_at).title or "" if named else ""


class Point(NamedTuple):
    """What a scraper said from a moment on."""

    scraper: str
    observed_at: int
    price: float | None
    currency: str | None
    availability: str | None


class Value(NamedTuple):
    """One value of a product, and how it was read where that is known."""

    name: str
    value: Any
    provenance: Mapping[str, Any]


class Origin(NamedTuple):
    """Where a source's values come from.  `revision` is None when the job has been deleted."""

    scraper: str
    job_id: str
    task_id: int | None
    revision: int | None
    attempt: int | None
    runner: str
    channel: str
    scraped_at: datetime | None
    received_at: datetime | None
    evidence: tuple[Any, ...]
    values: tuple[Value, ...]


class _OriginRow(NamedTuple):
    scraper: str
    job_id: str
    task_id: int | None
    revision: int | None
    attempt: int | None
    runner: str | None
    channel: str | None
    scraped_at: int | None
    received_at: int | None
    detail: str | None


class _DocumentRow(NamedTuple):
    scraper: str
    data: str | None


class _ExportRow(NamedTuple):
    sku: str
    scraper: str
    first_seen_at: int
    changed_at: int
    seen_at: int
    images_n: int
    data: str | None


async def search(tx: Transaction, wanted: Filter, *, after: str = "", limit: int = 25) -> list[Product]:
    """A page of products by SKU, after a SKU; a SKU that is just what was searched for comes first."""
    skus = await fitting(tx, wanted, after=after, limit=limit)
    exact = wanted.words.strip()
    if exact and not after and exact in skus:
        skus = [exact, *(sku for sku in skus if sku != exact)]
    return await _products(tx, skus, scraper=wanted.scraper)


async def fitting(tx: Transaction, wanted: Filter, *, after: str = "", limit: int) -> list[str]:
    """The SKUs that fit, in their order."""
    words = _words(wanted)
    if wanted == Filter(words=wanted.words) and words["word1"]:
        rows = await tx.all(NameRow, "products_named", after=after, limit=limit, **words)
    else:
        rows = await tx.all(
            NameRow, "products_fitting", after=after, limit=limit, **words, **_conditions(wanted)
        )
    return [row.name for row in rows]


async def scrapers(tx: Transaction) -> list[str]:
    """The scrapers that have found something."""
    return [row.name for row in await tx.all(NameRow, "product_scrapers")]


async def one(tx: Transaction, sku: str) -> Product | None:
    """One SKU with all of its sources; None when nobody ever found it."""
    found = await _products(tx, [sku], scraper=None)
    return found[0] if found else None


async def history(tx: Transaction, sku: str) -> dict[str, list[Point]]:
    """What each scraper said of the SKU, oldest first."""
    told: dict[str, list[Point]] = {}
    for point in await tx.all(Point, "product_history", sku=sku, limit=HISTORY):
        told.setdefault(point.scraper, []).append(point)
    return told


async def origins(tx: Transaction, sku: str) -> list[Origin]:
    """Every current value of the SKU and how it was read, by scraper."""
    documents = {row.scraper: row.data for row in await tx.all(_DocumentRow, "product_documents", sku=sku)}
    rows = await tx.all(_OriginRow, "product_sources", sku=sku)
    return [_origin(row, orjson.loads(documents.get(row.scraper) or "{}")) for row in rows]


async def export(
    store: Store, wanted: Filter, skus: Sequence[str] = ()
) -> AsyncIterator[list[dict[str, Any]]]:
    """Pages of what the scrapers say now with all of their values: of these SKUs, or of all that fit."""
    async for chunk in _chunks(store, wanted, skus):
        names = [(sku,) for sku in chunk]
        rows = await store.read(
            lambda tx: tx.all(_ExportRow, "products_export", skus=names, scraper=wanted.scraper)  # noqa: B023
        )
        yield [_exported(row) for row in rows]


async def _chunks(store: Store, wanted: Filter, skus: Sequence[str]) -> AsyncIterator[list[str]]:
    """SKUs, so many at a time: one long snapshot would keep SQLite from ever resetting its log."""
    for start in range(0, len(skus), PAGE):
        yield list(skus[start : start + PAGE])
    after = ""
    while not skus:
        last = after
        chunk = await store.read(lambda tx: fitting(tx, wanted, after=last, limit=PAGE))  # noqa: B023
        if not chunk:
            return
        yield chunk
        after = chunk[-1]


async def _products(tx: Transaction, skus: Sequence[str], *, scraper: str | None) -> list[Product]:
    sources: dict[str, list[Source]] = {sku: [] for sku in skus}
    if skus:
        for row in await tx.all(ProductRow, "products_of", skus=[(sku,) for sku in skus]):
            if scraper in (None, row.scraper):
                sources[row.sku].append(_source(row))
    return [Product(sku, tuple(found)) for sku, found in sources.items() if found]


def _words(wanted: Filter) -> dict[str, str | None]:
    words: list[str | None] = [f"%{_literal(word)}%" for word in wanted.words.lower().split()[:WORDS]]
    words += [None] * (WORDS - len(words))
    return {f"word{number}": word for number, word in enumerate(words, 1)}


def _conditions(wanted: Filter) -> dict[str, Any]:
    return {
        "scraper": wanted.scraper,
        "availability": wanted.availability,
        "lacks": wanted.lacks,
        "changed_since": to_ms(wanted.changed_since) if wanted.changed_since else None,
        "seen_before": to_ms(wanted.seen_before) if wanted.seen_before else None,
    }


def _literal(word: str) -> str:
    """The word without the letters that mean something to LIKE."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _source(row: ProductRow) -> Source:
    return Source(
        row.scraper, row.title, row.brand, row.price, row.currency, row.availability, row.images_n, row.url,
        row.job_id, to_moment(row.first_seen_at), to_moment(row.changed_at), to_moment(row.seen_at),
    )  # fmt: skip


def values_of(data: Mapping[str, Any], detail: Mapping[str, Any]) -> tuple[Value, ...]:
    """Every value beside how it was read, the standard fields first and in their order."""
    told = _mapping(detail.get("provenance"))
    names = [*(name for name in COLUMNS if name in data), *(name for name in data if name not in COLUMNS)]
    return tuple(Value(name, data[name], _mapping(told.get(name))) for name in names)


def evidence_of(detail: Mapping[str, Any]) -> tuple[Any, ...]:
    """Why the outcome is what it is."""
    evidence = detail.get("evidence")
    return tuple(evidence) if isinstance(evidence, list) else () if evidence is None else (evidence,)


def _origin(row: _OriginRow, data: Mapping[str, Any]) -> Origin:
    detail: Mapping[str, Any] = orjson.loads(row.detail or "{}")
    return Origin(
        row.scraper, row.job_id, row.task_id, row.revision, row.attempt, row.runner or "", row.channel or "",
        to_moment(row.scraped_at), to_moment(row.received_at), evidence_of(detail), values_of(data, detail),
    )  # fmt: skip


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _exported(row: _ExportRow) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(row.data or "{}")
    times = {"first_seen_at": row.first_seen_at, "changed_at": row.changed_at, "seen_at": row.seen_at}
    return {
        **data,
        "sku_on_page": data.get("sku"),
        "sku": row.sku,
        "scraper": row.scraper,
        "images_count": row.images_n,
        **{name: utc_text(to_moment(ms)) for name, ms in times.items()},
    }


def own_fields(documents: Iterable[Mapping[str, Any]], standard: Iterable[str]) -> list[str]:
    """The fields that these scrapers' people invented, by name."""
    known = set(standard)
    named = {name for document in documents for name in _selected(document.get("selectors"))}
    return sorted(named - known)


def _selected(selectors: object) -> list[str]:
    if isinstance(selectors, dict):
        return [str(name) for name in selectors]
    if isinstance(selectors, list):
        return [str(item["name"]) for item in selectors if isinstance(item, dict) and "name" in item]
    return []
