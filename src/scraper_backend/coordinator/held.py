"""Requests that are held back until there is something to say: claims that wait for work, heartbeats that
wait for news.

Woken by the store's `work`, by the coordinator's end and by the caller's.  One change may wake hundreds, so
they look in turn, and who finds nothing spares the others who wish the same the question.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self

from starlette.requests import Request

from scraper_backend.coordinator.store import Store

LOOK_S: Final = 5.0
"""How long a sleeper relies on being woken; then it looks by itself."""
MEMORY_S: Final = 2.0
AT_ONCE: Final = 16
WISHES: Final = 1000


@dataclass(frozen=True, slots=True)
class Lobby:
    """Who sleeps in this process, and what was looked for in vain."""

    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _in_vain: dict[Hashable, tuple[int, float, frozenset[str]]] = field(default_factory=dict)

    def was_in_vain(self, wish: Hashable, version: int, runner: str) -> bool:
        """Whether somebody with the same wish looked a moment ago, and nothing has changed since."""
        seen, until, draining = self._in_vain.get(wish, (-1, 0.0, frozenset()))
        return seen == version and asyncio.get_running_loop().time() < until and runner not in draining

    def in_vain(self, wish: Hashable, version: int, draining: frozenset[str]) -> None:
        """There was nothing for this wish; but these runners are to be told something else."""
        if len(self._in_vain) >= WISHES:
            self._in_vain.clear()
        self._in_vain[wish] = (version, asyncio.get_running_loop().time() + MEMORY_S, draining)


class House(Protocol):
    """What a held request needs of the office."""

    @property
    def store(self) -> Store: ...
    @property
    def stopping(self) -> asyncio.Event: ...


class Held:
    """One request that may be held back for so many seconds, its body read already."""

    def __init__(self, request: Request, house: House, wait_s: float) -> None:
        self._request, self._house = request, house
        self._ends = asyncio.get_running_loop().time() + wait_s
        self._watchers: list[asyncio.Task[object]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for watcher in self._watchers:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    async def changed(self, since: int, *, not_before: float = 0.0) -> bool:
        """Sleep until there may be something to say; False when it is time to answer whatever there is.

        not_before: at least so long, so that a busy office is not asked at every change.
        """
        if self._left() <= 0:
            return False
        if not self._watchers:
            self._watchers = [_task(self._hung_up()), _task(self._house.stopping.wait())]
        look = min(self._left(), LOOK_S * random.uniform(0.8, 1.2))
        if look > 0 and not any(watcher.done() for watcher in self._watchers):
            waking = _task(self._wake(since, look, not_before))
            await asyncio.wait([*self._watchers, waking], return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            with suppress(asyncio.CancelledError):
                await waking
        return self._left() > 0 and not any(watcher.done() for watcher in self._watchers)

    async def _wake(self, since: int, look: float, not_before: float) -> None:
        await asyncio.sleep(min(not_before, look))
        await self._house.store.changed("work", since, max(0.0, look - not_before))

    async def _hung_up(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass

    def _left(self) -> float:
        return self._ends - asyncio.get_running_loop().time()


def _task(wait: Awaitable[object]) -> asyncio.Task[object]:
    return asyncio.ensure_future(wait)
