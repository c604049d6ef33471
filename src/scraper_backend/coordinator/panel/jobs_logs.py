"""What runners said while they worked on a job: live, the newest first."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import recalled
from scraper_backend.coordinator.panel.jobs import TONES, Tone, job_id_of
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import jobs, progress
from scraper_backend.coordinator.store.reads import FOREVER

router = new_router()
LINES: Final = 200
LEVEL_TONES: Final[dict[str, Tone]] = {"debug": "dim", "info": "calm", "warning": "warn", "error": "bad"}


class LogsQuery(BaseModel):
    """Which lines."""

    model_config = ConfigDict(frozen=True)
    level: Literal["debug", "info", "warning", "error"] = "debug"
    runner: str | None = Field(default=None, max_length=200)
    q: str = Field(default="", max_length=200)
    before: int = Field(default=FOREVER, ge=0, le=FOREVER)


@router.get("/jobs/{job_id}/logs")
@may_call(Who.VIEWER)
async def show_logs(request: Request, desk: Desk) -> Response:
    return await _logs(request, desk, "job_logs.html")


@router.get("/jobs/{job_id}/logs/live")
@may_call(Who.VIEWER)
async def live_logs(request: Request, desk: Desk) -> Response:
    return await _logs(request, desk, "job_logs_live.html")


async def _logs(request: Request, desk: Office, template: str) -> Response:
    asked, job_id = query(request, LogsQuery), job_id_of(request)
    job = await desk.store.read(lambda tx: jobs.show(tx, job_id))
    found = await desk.store.read(
        lambda tx: progress.logs(
            tx, job_id, before=asked.before, runner=asked.runner, least=asked.level, word=asked.q,
            limit=LINES + 1,
        )
    )  # fmt: skip
    told = await recalled.progress_of(desk.store, job)
    return page(
        request, template, here="Jobs", tab="logs", asked=asked, job=job, lines=found[:LINES],
        older=found[LINES - 1].id if found[LINES:] else None, tones=TONES, level_tones=LEVEL_TONES,
        levels=progress.LEVELS, runners=[one.runner for one in told.runners],
        is_filtered=bool(asked.q or asked.runner or asked.level != "debug"), is_first=asked.before == FOREVER,
    )  # fmt: skip
