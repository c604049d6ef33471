"""`/api/v1/jobs` and `/api/v1/products`: jobs made, watched and steered, and what they found."""

from __future__ import annotations

from enum import Enum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api import admin_shapes as shapes
from scraper_backend.coordinator.routes import Desk, answer, caller_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import jobs, pauses, products, retries, waiting
from scraper_backend.coordinator.rules.jobs import Job
from scraper_backend.coordinator.rules.products import Product
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import BadRequest

router = new_router()
TAGS: Final[list[str | Enum]] = ["jobs"]


@router.get("/api/v1/jobs", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.JobQuery, answers=shapes.JobList)
async def list_jobs(request: Request, desk: Desk) -> Response:
    """Jobs, newest first."""
    asked = body.query(request, shapes.JobQuery)
    found = await desk.store.read(
        lambda tx: jobs.every(tx, status=asked.status, limit=asked.limit, before=asked.before)
    )
    return answer(shapes.JobList(jobs=[shape_of(job) for job in found]))


@router.post("/api/v1/jobs", tags=TAGS)
@may_call(Who.TOKEN_JOBS)
@speaks(body=shapes.NewJob, answers=shapes.JobCreated)
async def create_job(request: Request, desk: Desk) -> Response:
    """Create a job of every SKU on every scraper.

    In test mode without SKUs it takes its scrapers' test SKUs.
    """
    asked, now, by = await body.read(request, shapes.NewJob), desk.clock(), str(caller_of(request))
    made = await desk.store.write(
        lambda tx: jobs.create(
            tx,
            asked.skus,
            asked.scrapers,
            test_mode=asked.test_mode,
            max_workers=asked.max_workers,
            priority=asked.priority,
            label=asked.label,
            deadline_at=asked.deadline_at,
            by=by,
            now=now,
        )
    )
    return answer(shapes.shaped(shapes.JobCreated, made))


@router.get("/api/v1/jobs/{job_id}", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.JobBody, errors=(404,))
async def show_job(request: Request, desk: Desk) -> Response:
    """One job with its counters."""
    job_id = request.path_params["job_id"]
    return answer(shape_of(await desk.store.read(lambda tx: jobs.show(tx, job_id))))


@router.get("/api/v1/jobs/{job_id}/results", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.ResultsQuery, answers=shapes.ResultList, errors=(404,))
async def list_results(request: Request, desk: Desk) -> Response:
    """A page of a job's outcomes, with their data and provenance."""
    asked, job_id = body.query(request, shapes.ResultsQuery), request.path_params["job_id"]

    async def question(tx: Transaction) -> list[jobs.Result]:
        await jobs.show(tx, job_id)
        return await jobs.results(
            tx, job_id, after=asked.after, limit=asked.limit + 1, outcome=asked.outcome, scraper=asked.scraper
        )

    found = await desk.store.read(question)
    shown = found[: asked.limit]
    more = shown[-1].task_id if len(found) > asked.limit else None
    return answer(shapes.ResultList(results=[result.outcome for result in shown], next=more))


@router.get("/api/v1/jobs/{job_id}/waiting", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.WaitingList, errors=(404,))
async def list_waiting(request: Request, desk: Desk) -> Response:
    """Why what is open of a job waits, for each of its scrapers."""
    job_id, now = request.path_params["job_id"], desk.clock()
    found = await desk.store.read(lambda tx: waiting.reasons(tx, job_id, now=now))
    return answer(shapes.WaitingList(waiting=[shapes.shaped(shapes.WaitingBody, one) for one in found]))


@router.post("/api/v1/jobs/{job_id}/cancel", tags=TAGS)
@may_call(Who.TOKEN_JOBS)
@speaks(answers=shapes.JobBody, errors=(404,))
async def cancel_job(request: Request, desk: Desk) -> Response:
    """End a job; what was found stays."""
    job_id, now, by = request.path_params["job_id"], desk.clock(), str(caller_of(request))
    return answer(shape_of(await desk.store.write(lambda tx: jobs.cancel(tx, job_id, by=by, now=now))))


@router.post("/api/v1/jobs/{job_id}/retry", tags=TAGS)
@may_call(Who.TOKEN_JOBS)
@speaks(body=shapes.Retry, answers=shapes.JobBody, errors=(404, 409))
async def retry_job(request: Request, desk: Desk) -> Response:
    """Ask again for the part of a job that went wrong."""
    job_id, now, by = request.path_params["job_id"], desk.clock(), str(caller_of(request))
    outcomes = (await body.read(request, shapes.Retry)).outcomes or retries.WENT_WRONG
    job = await desk.store.write(
        lambda tx: retries.retry(tx, job_id, outcomes=list(dict.fromkeys(outcomes)), by=by, now=now)
    )
    return answer(shape_of(job))


@router.post("/api/v1/jobs/{job_id}/pause", tags=TAGS)
@may_call(Who.TOKEN_JOBS)
@speaks(answers=shapes.JobBody, errors=(404,))
async def pause_job(request: Request, desk: Desk) -> Response:
    """Grant nothing more of a job until it is resumed."""
    job_id, now, by = request.path_params["job_id"], desk.clock(), str(caller_of(request))

    async def pause(tx: Transaction) -> Job:
        await pauses.pause_job(tx, job_id, by=by, now=now)
        return await jobs.show(tx, job_id)

    return answer(shape_of(await desk.store.write(pause)))


@router.post("/api/v1/jobs/{job_id}/resume", tags=TAGS)
@may_call(Who.TOKEN_JOBS)
@speaks(answers=shapes.JobBody, errors=(404,))
async def resume_job(request: Request, desk: Desk) -> Response:
    """Grant a paused job again."""
    job_id, now, by = request.path_params["job_id"], desk.clock(), str(caller_of(request))

    async def resume(tx: Transaction) -> Job:
        await pauses.resume_job(tx, job_id, by=by, now=now)
        return await jobs.show(tx, job_id)

    return answer(shape_of(await desk.store.write(resume)))


@router.get("/api/v1/products", tags=["products"])
@may_call(Who.TOKEN_READ)
@speaks(query=shapes.ProductsQuery, answers=shapes.ProductList)
async def list_products(request: Request, desk: Desk) -> Response:
    """What the scrapers say of products now, a page by SKU.

    `words` searches SKUs, titles and brands; every filter must hold for one source of the SKU.
    """
    asked = body.query(request, shapes.ProductsQuery)
    wanted = products.Filter(
        words=asked.words, scraper=asked.scraper, availability=asked.availability, lacks=asked.lacks
    )
    skus = await desk.store.read(
        lambda tx: products.fitting(tx, wanted, after=asked.after, limit=asked.limit + 1)
    )
    found = await desk.store.read(
        lambda tx: products.search(tx, wanted, after=asked.after, limit=asked.limit)
    )
    more = skus[asked.limit - 1] if len(skus) > asked.limit else None
    return answer(shapes.ProductList(products=[_product(one) for one in found], next=more))


@router.get("/api/v1/products/{sku:path}", tags=["products"])
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.ProductBody, errors=(404,))
async def show_product(request: Request, desk: Desk) -> Response:
    """One SKU with all of its sources."""
    sku = request.path_params["sku"]
    found = await desk.store.read(lambda tx: products.one(tx, sku))
    if found is None:
        raise BadRequest("No scraper has found this SKU yet.", status=404)
    return answer(_product(found))


def _product(product: Product) -> shapes.ProductBody:
    sources = [shapes.shaped(shapes.SourceBody, source) for source in product.sources]
    return shapes.ProductBody(sku=product.sku, title=product.title, sources=sources)


def shape_of(job: Job) -> shapes.JobBody:
    """A job as the API tells it."""
    return shapes.shaped(shapes.JobBody, job, counts=job.counts._asdict())
