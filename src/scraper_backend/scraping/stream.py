"""Many SKUs on many sites: SKUs stream in, outcomes stream out, memory stays flat.

Each site walks down the stream at its own pace, at most `AHEAD` SKUs before the slowest; a free worker
goes to the site with the fewest walks under way, so that one slow shop does not starve the others.
Called by the runner and `bsr scrape`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.sku import scrape, utc_now

AHEAD: Final = 1_000
"""SKUs that a fast site may be ahead of a slow one: what is kept in memory."""


async def scrape_all(
    configs: Sequence[ScraperConfig],
    skus: Iterable[str] | AsyncIterable[str],
    fetcher: Fetcher,
    *,
    workers: int,
    now: Callable[[], datetime] = utc_now,
) -> AsyncGenerator[Outcome, None]:
    """Each SKU on each site that is not disabled, at most `workers` walks at once, as they finish.

    Closing the iterator, or cancelling who reads it, ends every walk.
    """
    board = Board([config for config in configs if not config.disabled], skus, lead=2 * max(1, workers))
    done: asyncio.Queue[Outcome | None] = asyncio.Queue(maxsize=max(1, workers))
    crew = asyncio.create_task(_all_at_work(board, done, fetcher, max(1, workers), now))
    try:
        while (outcome := await done.get()) is not None:
            yield outcome
        await crew
    finally:
        crew.cancel()
        await asyncio.gather(crew, return_exceptions=True)


async def _all_at_work(
    board: Board,
    done: asyncio.Queue[Outcome | None],
    fetcher: Fetcher,
    workers: int,
    now: Callable[[], datetime],
) -> None:
    """Run the workers to the end; say so even when the stream of SKUs broke, so that no one waits.

    A cancelled crew says nothing: nobody reads any more, and a full queue would hold it for ever.
    """
    broken: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(board.fill())
            for _ in range(workers):
                group.create_task(_work(board, done, fetcher, now))
    except ExceptionGroup as several:
        broken = several.exceptions[0]
    await done.put(None)
    if broken is not None:
        raise broken


async def _work(
    board: Board, done: asyncio.Queue[Outcome | None], fetcher: Fetcher, now: Callable[[], datetime]
) -> None:
    while (taken := await board.take()) is not None:
        site, sku = taken
        try:
            outcome = await scrape(board.configs[site], sku, fetcher, now=now)
        finally:
            board.finish(site)
        await done.put(outcome)


class Board:
    """Who walks where: the SKUs that some site still needs, and how far each site has come."""

    def __init__(
        self, configs: Sequence[ScraperConfig], skus: Iterable[str] | AsyncIterable[str], lead: int
    ) -> None:
        self.configs = configs
        self._source = _stream(skus)
        self._lead = lead
        self._window: deque[str] = deque()
        self._dropped = 0
        self._next = [0] * len(configs)
        self._under_way = [0] * len(configs)
        self._ended = not configs
        self._changed = asyncio.Condition()

    async def fill(self) -> None:
        """Read the stream, a little ahead of the fastest site and never far ahead of the slowest."""
        while not self._ended:
            async with self._changed:
                await self._changed.wait_for(self._has_room)
            try:
                sku = await anext(self._source)
            except StopAsyncIteration:
                self._ended = True
            else:
                self._window.append(sku)
            async with self._changed:
                self._changed.notify_all()

    async def take(self) -> tuple[int, str] | None:
        """The next walk: which site, which SKU.  None when nothing is left."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._ended or self._idlest() is not None)
            site = self._idlest()
            if site is None:
                return None
            sku = self._advance(site)
            self._changed.notify_all()
            return site, sku

    def finish(self, site: int) -> None:
        """A walk on this site is over."""
        self._under_way[site] -= 1

    @property
    def _end(self) -> int:
        return self._dropped + len(self._window)

    def _has_room(self) -> bool:
        return len(self._window) < AHEAD and self._end - max(self._next) < self._lead

    def _idlest(self) -> int | None:
        """The site with the fewest walks under way among those with a SKU at hand."""
        ready = [site for site, place in enumerate(self._next) if place < self._end]
        return min(ready, key=lambda site: (self._under_way[site], self._next[site]), default=None)

    def _advance(self, site: int) -> str:
        sku = self._window[self._next[site] - self._dropped]
        self._next[site] += 1
        self._under_way[site] += 1
        while self._dropped < min(self._next):
            self._window.popleft()
            self._dropped += 1
        return sku


async def _stream(skus: Iterable[str] | AsyncIterable[str]) -> AsyncIterator[str]:
    if isinstance(skus, AsyncIterable):
        async for sku in skus:
            yield sku
    else:
        for sku in skus:
            yield sku
