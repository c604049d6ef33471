"""`POST /api/admin/scraping/callback`: a runner's report of a whole job."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Machine, Who
from scraper_backend.coordinator.routes import Desk, answer, caller_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import callbacks
from scraper_backend.core import wire

router = new_router()


@router.post("/api/admin/scraping/callback", tags=["contract"])
@may_call(Who.KEY, Who.SIGNATURE)
@speaks(body=wire.Callback, answers=wire.CallbackAnswer, errors=(403, 404))
async def submit_results(request: Request, desk: Desk) -> Response:
    """Report job status and scraped data.

    `running`, `completed` or `failed` (with `error_message`); results that come with any of them are kept.
    A report may be repeated, and may come late: the answer is then the same 200, with `applied: false`.
    What is not of the job is listed as `ignored`.  `results.outcomes` says how an SKU ended that has no data.
    """
    report, caller, now = await body.read(request, wire.Callback), caller_of(request), desk.clock()
    who = caller.key if isinstance(caller, Machine) else callbacks.SIGNED
    return answer(await desk.store.write(lambda tx: callbacks.apply(tx, report, who, now=now)))
