"""Two jobs side by side: only what differs."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.panel.jobs import TONES, job_id_of
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import comparing, jobs
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.wire import JobId

router = new_router()
CHANGES: Final = ("price", "stock", "outcome", "title")


class CompareQuery(BaseModel):
    """With which job, and what to look for."""

    model_config = ConfigDict(frozen=True)
    other: JobId | None = None
    change: Literal["price", "stock", "outcome", "title"] | None = None
    after: int = Field(default=0, ge=0)


@router.get("/jobs/{job_id}/compare")
@may_call(Who.VIEWER)
async def compare_jobs(request: Request, desk: Desk) -> Response:
    asked, job_id = query(request, CompareQuery), job_id_of(request)

    async def question(tx: Transaction) -> dict[str, Any]:
        job, earlier = await jobs.show(tx, job_id), await comparing.alike(tx, job_id)
        other_id = asked.other or (earlier[0].job_id if earlier else None)
        if other_id is None:
            return {"job": job, "earlier": earlier, "other": None, "compared": None}
        found = await comparing.compare(tx, job_id, other_id, after=asked.after, change=asked.change)
        return {
            "job": job, "earlier": earlier, "other": await jobs.show(tx, other_id), "compared": found,
        }  # fmt: skip

    facts = await desk.store.read(question)
    return page(
        request, "job_compare.html", here="Jobs", tab="compare", asked=asked, changes=CHANGES, tones=TONES,
        **facts,
    )  # fmt: skip
