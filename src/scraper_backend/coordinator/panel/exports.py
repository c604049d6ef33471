"""Where a person chooses what to take away: format, columns, headings."""

from __future__ import annotations

from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import downloads
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.panel.jobs import TONES, JobQuery, job_id_of
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.panel.products import ProductsQuery
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs
from scraper_backend.coordinator.sheets import writing

router = new_router()


@router.get("/jobs/{job_id}/export")
@may_call(Who.VIEWER)
async def choose_of_job(request: Request, desk: Desk) -> Response:
    job_id = job_id_of(request)
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    known = await downloads.of_job(desk.store, job_id)
    return page(
        request, "job_export.html", here="Jobs", tab="export", job=job, columns=known, tones=TONES,
        formats=get_args(writing.Format), action=f"/jobs/{job_id}/download", kept={},
    )  # fmt: skip


@router.get("/jobs/{job_id}/download")
@may_call(Who.VIEWER)
async def download_job(request: Request, desk: Desk) -> Response:
    job_id, asked = job_id_of(request), query(request, JobQuery)
    return await downloads.job_file(request, desk.store, job_id, outcome=asked.outcome, scraper=asked.scraper)


@router.get("/products/export")
@may_call(Who.VIEWER)
async def choose_of_products(request: Request, desk: Desk) -> Response:
    asked = query(request, ProductsQuery)
    return page(
        request, "products_export.html", here="Products", asked=asked,
        columns=await downloads.of_products(desk.store), formats=get_args(writing.Format),
        action="/products/download", kept=asked.model_dump(exclude={"after"}, exclude_none=True),
    )  # fmt: skip


@router.get("/products/download")
@may_call(Who.VIEWER)
async def download_products(request: Request, desk: Desk) -> Response:
    wanted = query(request, ProductsQuery).as_filter(desk.clock())
    return await downloads.products_file(request, desk.store, wanted)
