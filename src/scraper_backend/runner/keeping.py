"""Outcomes on their way to the disk: many share one durable write, none counts before it.

A write with FULL costs a turn of the disk, which a loop that fetches pages cannot wait for; so one task
writes whatever has gathered since the last write, in a thread, and the loop goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Self

from scraper_backend.core.wire import Outcome
from scraper_backend.runner.outbox import File, jobs
from scraper_backend.runner.outbox.jobs import KeptJob

ROOM: Final = 200
"""Outcomes in memory; when the disk is slower than the sites, the sites wait."""


class Keeping:
    """An async context: what was `put` inside it is on the disk when it ends, and was told to `kept`."""

    def __init__(self, file: File, job: KeptJob, kept: Callable[[Outcome], None]) -> None:
        self._file, self._job, self._kept = file, job, kept
        self._queue: asyncio.Queue[Outcome | None] = asyncio.Queue(ROOM)
        self._broken: Exception | None = None
        self._writer: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_all())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Even a cancelled run keeps what it has."""
        await self._queue.put(None)
        await self._writer
        self._raise()

    async def put(self, outcome: Outcome) -> None:
        """Hand one over.  Raises what the disk raised."""
        self._raise()
        await self._queue.put(outcome)

    async def _write_all(self) -> None:
        """Until the end mark.  After a fault of the disk it only empties the queue, so that nobody hangs."""
        ended = False
        while not ended:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            ended = None in batch
            outcomes = [outcome for outcome in batch if outcome is not None]
            if outcomes and self._broken is None:
                await self._write(outcomes)

    async def _write(self, outcomes: list[Outcome]) -> None:
        try:
            await asyncio.to_thread(jobs.put, self._file, self._job, outcomes)
        except Exception as error:
            self._broken = error
            return
        for outcome in outcomes:
            self._kept(outcome)

    def _raise(self) -> None:
        if self._broken is not None:
            raise self._broken
