"""What the admin API tells of what happened: logs, comparisons, history, health, work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from scraper_backend.core.wire import Instant, Wire


class LogsQuery(Wire):
    """Which lines; `level` is the least, `before` the `next` of the page before."""

    level: Literal["debug", "info", "warning", "error"] = "debug"
    runner: str | None = Field(default=None, max_length=200)
    words: str = Field(default="", max_length=200)
    before: Annotated[int, Field(ge=0, le=2**62, strict=False)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000, strict=False)] = 200


class LogLine(Wire):
    """One event of a runner."""

    id: int
    runner: str
    at: Instant
    level: str
    event: str
    facts: dict[str, JsonValue]


class LogLines(Wire):
    """What runners said, the newest first; no `next` on the last page."""

    lines: list[LogLine]
    next: int | None = None


class CompareQuery(Wire):
    """With which earlier job, and one kind of change alone."""

    other: str
    change: Literal["price", "stock", "outcome", "title"] | None = None
    after: Annotated[int, Field(ge=0, le=2**62, strict=False)] = 0


class SideBody(Wire):
    """What one of the jobs has of a SKU and scraper."""

    outcome: str
    title: str | None = None
    price: float | None = None
    currency: str | None = None
    availability: str | None = None


class DifferenceBody(Wire):
    """A SKU and scraper in both jobs; `changes` names what differs."""

    sku: str
    scraper: str
    before: SideBody
    after: SideBody
    changes: list[str]


class Differences(Wire):
    """What differs, of the `seen` that are in both; no `next` on the last page."""

    differences: list[DifferenceBody]
    seen: int
    next: int | None = None


class ExportQuery(Wire):
    """A file: its format, which results, and `column` once for each; `as.price=Our price` names a heading."""

    format: Literal["csv", "jsonl", "xlsx", "parquet"] = "csv"
    outcome: str | None = None
    scraper: str | None = None
    column: str | None = None


class ProductsExportQuery(Wire):
    """A file of what the scrapers say now; columns as in the export of a job."""

    format: Literal["csv", "jsonl", "xlsx", "parquet"] = "csv"
    words: str = Field(default="", max_length=200)
    scraper: str | None = None
    availability: str | None = None
    lacks: Literal["title", "price", "images"] | None = None
    column: str | None = None


class HistoryQuery(Wire):
    """Of which SKU."""

    sku: str = Field(min_length=1, max_length=200)


class PointBody(Wire):
    """What a scraper said from a moment on."""

    scraper: str
    observed_at: Instant
    price: float | None = None
    currency: str | None = None
    availability: str | None = None


class History(Wire):
    """Every change of price and stock, by scraper, oldest first."""

    points: list[PointBody]


class FillBody(Wire):
    """How often a field has a value, of the products that were found, in percent."""

    field: str
    percent: int


class HealthBody(Wire):
    """How a scraper did lately, tests apart."""

    results: int
    outcomes: dict[str, int]
    fields: list[FillBody]
    last_seen_at: Instant | None = None


class WorkBody(Wire):
    """What a runner holds of one scraper in one job; `started` of it is in progress."""

    runner: str
    job_id: str
    scraper: str
    tasks: int
    started: int


class WorkList(Wire):
    """What is at work now."""

    work: list[WorkBody]
