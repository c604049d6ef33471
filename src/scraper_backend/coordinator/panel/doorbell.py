"""What makes a page live: a stream that says *that* something changed, and the page fetches its moving part.

So the stream carries nothing that could be stale or hostile, and a page without scripts is simply not live.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from scraper_backend.coordinator.access import current
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.store.protocol import Topic

RING_S: Final = 1.0
"""A page is told of changes at most this often, however fast they come."""
BREATH_S: Final = 15.0
"""A stream without news says something this often, so that a proxy keeps it and we notice who left."""
RING = "event: changed\ndata: 1\n\n"
BREATH = ": \n\n"


def doorbell(
    request: Request, desk: Office, topic: Topic, *, every: float = RING_S, breath: str = BREATH
) -> Response:
    """A stream of `changed` events while the session lives, the browser listens and nobody stops us.

    `breath` is said when nothing changed; `RING` for a page on which time alone changes something.
    """

    async def rings() -> AsyncIterator[str]:
        seen = desk.store.version(topic)
        yield "retry: 2000\n: here\n\n"
        while not desk.stopping.is_set():
            now = await _until_change(desk, topic, seen, every)
            if await current(request, desk) is None:
                return
            yield breath if now == seen else RING
            seen = now

    return StreamingResponse(rings(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _until_change(desk: Office, topic: Topic, seen: int, every: float) -> int:
    """The version after a change or a breath; at once when the coordinator stops."""
    change = asyncio.ensure_future(desk.store.changed(topic, seen, BREATH_S))
    stop = asyncio.ensure_future(desk.stopping.wait())
    try:
        await asyncio.wait((change, stop), return_when=asyncio.FIRST_COMPLETED)
        if change.done() and change.result() != seen:
            await asyncio.wait((stop,), timeout=every)
        return desk.store.version(topic)
    finally:
        change.cancel()
        stop.cancel()
