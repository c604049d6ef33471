"""Files to take away: results of a job and products, page by page, with the columns somebody chose.

The panel and the admin API give out the same files.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.rules import jobs, products, scrapers
from scraper_backend.coordinator.sheets import columns, writing
from scraper_backend.coordinator.store import Store, Transaction, reads
from scraper_backend.core import lines
from scraper_backend.core.wire import utc_text

STANDARD: Final = (*lines.COLUMNS, "sku_on_page")
JOB_COLUMNS: Final = ("sku", "scraper", "outcome", "reason")
JOB_ENDS: Final = ("revision", "runner", "scraped_at")
PRODUCT_ENDS: Final = ("images_count", "first_seen_at", "changed_at", "seen_at")
PAGE: Final = 500


class FormatQuery(BaseModel):
    """In which format."""

    model_config = ConfigDict(frozen=True)
    format: writing.Format = "csv"


async def of_job(store: Store, job_id: str) -> list[str]:
    """The columns that a file of this job can have."""
    rows = await store.read(lambda tx: reads.job_scrapers(tx, job_id))
    own = products.own_fields((orjson.loads(row.document) for row in rows), (*STANDARD, "sku"))
    return list(dict.fromkeys((*JOB_COLUMNS, *STANDARD, *own, *JOB_ENDS)))


async def of_products(store: Store) -> list[str]:
    """The columns that a file of products can have."""
    known = await store.read(scrapers.every)
    own = products.own_fields((s.config.to_wire().as_json() for s in known), (*STANDARD, "sku"))
    return list(dict.fromkeys(("sku", "scraper", *STANDARD, *own, *PRODUCT_ENDS)))


async def job_file(
    request: Request, store: Store, job_id: str, *, outcome: str | None, scraper: str | None
) -> Response:
    """The results of a job, or a part of them.  Raises `NoSuchJob`."""
    await store.read(lambda tx: jobs.show(tx, job_id))
    picked = _picked(request, await of_job(store, job_id))
    return _download(request, picked, _results(store, job_id, outcome, scraper), f"job-{job_id[:8]}")


async def products_file(request: Request, store: Store, wanted: products.Filter) -> Response:
    """What the scrapers say now of the products that fit."""
    picked = _picked(request, await of_products(store))
    return _download(request, picked, products.export(store, wanted), "products")


def _picked(request: Request, known: Sequence[str]) -> list[columns.Column]:
    """`column=price&as.price=Our+price`: which columns, and what they are called in the file."""
    given = request.query_params.multi_items()
    headings = {name.removeprefix("as."): text for name, text in given if name.startswith("as.")}
    return columns.chosen([text for name, text in given if name == "column"], headings, known)


async def _results(
    store: Store, job_id: str, outcome: str | None, scraper: str | None
) -> AsyncIterator[list[dict[str, Any]]]:
    """Pages of a job's results, in the order it was asked for; what was cancelled has none."""
    after = 0
    while True:
        start = after
        found = await store.read(lambda tx: _page(tx, job_id, start, outcome, scraper))  # noqa: B023
        yield [_row(result) for result in found if result.state != "cancelled"]
        if len(found) < PAGE:
            return
        after = found[-1].task_id


async def _page(
    tx: Transaction, job_id: str, after: int, outcome: str | None, scraper: str | None
) -> list[jobs.Result]:
    return await jobs.results(tx, job_id, after=after, limit=PAGE, outcome=outcome, scraper=scraper)


def _row(result: jobs.Result) -> dict[str, Any]:
    outcome = result.outcome
    data: Mapping[str, Any] = outcome.data
    return {
        **data, "sku_on_page": data.get("sku"), "sku": outcome.sku, "scraper": outcome.scraper,
        "outcome": "quarantined" if result.state == "quarantined" else outcome.outcome,
        "reason": outcome.detail.get("reason"), "revision": result.revision, "runner": result.runner,
        "scraped_at": utc_text(outcome.scraped_at),
    }  # fmt: skip


def _download(
    request: Request, picked: Sequence[columns.Column], pages: AsyncIterator[list[dict[str, Any]]], stem: str
) -> Response:
    format_ = query(request, FormatQuery).format
    name = re.sub(r"[^\w.-]", "-", f"{stem}.{format_}", flags=re.ASCII)
    return StreamingResponse(
        _bytes(writing.new_file(format_, picked), pages),
        media_type=writing.MEDIA[format_],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )


async def _bytes(file: writing.File, pages: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[bytes]:
    """Page by page, each made in a thread: other callers are served meanwhile.

    What falls in the middle breaks the download off, so that nobody takes half a file for a whole one.
    """
    async for rows in pages:
        made = await asyncio.to_thread(file.rows, rows)
        if made:
            yield made
    yield await asyncio.to_thread(file.end)
