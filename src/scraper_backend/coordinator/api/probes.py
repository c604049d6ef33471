"""`/healthz` and `/readyz`, for supervisors and load balancers: no key, and nothing told but yes or no."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.routes import Desk, answer, may_call, new_router, speaks
from scraper_backend.core import wire
from scraper_backend.core.errors import Trouble

router = new_router()
log = structlog.get_logger(__name__)
PATIENCE_S: Final = 5.0


class Yes(wire.Wire):
    """A good answer."""

    status: str


@router.get("/healthz", tags=["probes"])
@may_call(Who.ANYONE)
@speaks(answers=Yes)
async def is_alive(request: Request) -> Response:
    """Whether the process answers."""
    return answer(Yes(status="ok"))


@router.get("/readyz", tags=["probes"])
@may_call(Who.ANYONE)
@speaks(answers=Yes, errors=(503,))
async def is_ready(request: Request, desk: Desk) -> Response:
    """Whether the coordinator can work: its database answers and it is not stopping."""
    if desk.stopping.is_set():
        raise Trouble("The coordinator is stopping.")
    try:
        async with asyncio.timeout(PATIENCE_S):
            await desk.store.ping()
    except Exception as error:  # whatever a database raises, the answer is no
        log.warning("store.unreachable", error=repr(error))
        raise Trouble("The database does not answer.") from None
    return answer(Yes(status="ok"))
