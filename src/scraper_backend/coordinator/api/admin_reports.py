"""`/api/v1`, what happened: logs, comparisons, files to take away, history, health, work."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body, downloads
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api import report_shapes as shapes
from scraper_backend.coordinator.api.admin_shapes import shaped
from scraper_backend.coordinator.routes import Desk, answer, may_call, new_router, speaks
from scraper_backend.coordinator.rules import comparing, health, jobs, products, progress, scrapers
from scraper_backend.coordinator.sheets import writing
from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import sentence

router = new_router()
TAGS: Final[list[str | Enum]] = ["reports"]
FILES: Final = tuple(dict.fromkeys(media.partition(";")[0] for media in writing.MEDIA.values()))


@router.get("/api/v1/jobs/{job_id}/logs", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.LogsQuery, answers=shapes.LogLines, errors=(404,))
async def list_logs(request: Request, desk: Desk) -> Response:
    """What runners said of a job, the newest first."""
    asked, job_id = body.query(request, shapes.LogsQuery), request.path_params["job_id"]

    async def question(tx: Transaction) -> list[progress.Line]:
        await jobs.show(tx, job_id)
        return await progress.logs(
            tx, job_id, before=reads.FOREVER if asked.before is None else asked.before, runner=asked.runner,
            least=asked.level, word=asked.words, limit=asked.limit + 1,
        )  # fmt: skip

    found = await desk.store.read(question)
    shown = found[: asked.limit]
    more = shown[-1].id if len(found) > asked.limit else None
    return answer(shapes.LogLines(lines=[shaped(shapes.LogLine, line) for line in shown], next=more))


@router.get("/api/v1/jobs/{job_id}/compare", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.CompareQuery, answers=shapes.Differences, errors=(404,))
async def compare_jobs(request: Request, desk: Desk) -> Response:
    """What differs in a job from an earlier one: outcomes, prices, stock, titles."""
    asked, job_id = body.query(request, shapes.CompareQuery), request.path_params["job_id"]

    async def question(tx: Transaction) -> comparing.Compared:
        await jobs.show(tx, job_id)
        await jobs.show(tx, asked.other)
        return await comparing.compare(tx, job_id, asked.other, after=asked.after, change=asked.change)

    found = await desk.store.read(question)
    told = [_difference(pair) for pair in found.pairs]
    return answer(shapes.Differences(differences=told, seen=found.seen, next=found.next))


def _difference(pair: comparing.Pair) -> shapes.DifferenceBody:
    before, after = (shaped(shapes.SideBody, side) for side in (pair.before, pair.after))
    return shapes.DifferenceBody(
        sku=pair.sku, scraper=pair.scraper, before=before, after=after, changes=list(pair.changes)
    )


@router.get("/api/v1/jobs/{job_id}/export", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.ExportQuery, answers=FILES, errors=(404,))
async def export_job(request: Request, desk: Desk) -> Response:
    """The results of a job as a file: CSV, JSON lines, XLSX or Parquet, made while it is sent."""
    asked, job_id = body.query(request, shapes.ExportQuery), request.path_params["job_id"]
    return await downloads.job_file(request, desk.store, job_id, outcome=asked.outcome, scraper=asked.scraper)


@router.get("/api/v1/exports/products", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.ProductsExportQuery, answers=FILES)
async def export_products(request: Request, desk: Desk) -> Response:
    """What the scrapers say now as a file, a row for each SKU and scraper."""
    asked = body.query(request, shapes.ProductsExportQuery)
    wanted = products.Filter(
        words=asked.words, scraper=asked.scraper, availability=asked.availability, lacks=asked.lacks
    )
    return await downloads.products_file(request, desk.store, wanted)


@router.get("/api/v1/history", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.HistoryQuery, answers=shapes.History)
async def show_history(request: Request, desk: Desk) -> Response:
    """How price and stock of a SKU changed at each of its sources."""
    sku = body.query(request, shapes.HistoryQuery).sku
    told = await desk.store.read(lambda tx: products.history(tx, sku))
    points = [
        shaped(shapes.PointBody, point, observed_at=datetime.fromtimestamp(point.observed_at / 1000, UTC))
        for points in told.values()
        for point in points
    ]
    return answer(shapes.History(points=points))


@router.get("/api/v1/scrapers/{name}/health", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.HealthBody, errors=(404,))
async def show_health(request: Request, desk: Desk) -> Response:
    """How a scraper did lately: outcomes, and how often each field was filled."""
    name = request.path_params["name"]

    async def question(tx: Transaction) -> health.Health:
        await scrapers.get(tx, name)
        return await health.of_scraper(tx, name)

    try:
        found = await desk.store.read(question)
    except Faults as faults:
        raise BadRequest(sentence(faults.problems), status=404) from None
    fields = [shaped(shapes.FillBody, fill) for fill in found.fields]
    return answer(shaped(shapes.HealthBody, found, outcomes=dict(found.outcomes), fields=fields))


@router.get("/api/v1/work", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.WorkList)
async def list_work(desk: Desk) -> Response:
    """What every runner holds now."""
    found = await desk.store.read(health.work)
    return answer(shapes.WorkList(work=[shaped(shapes.WorkBody, one) for one in found]))
