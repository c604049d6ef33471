"""Who waits for what, inside one process: a number a topic that rises, and the sleepers on it.

The engines call `bump` from whatever thread they are on, after a COMMIT or when another process
wrote; `changed` is awaited by long polls and live pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from typing import get_args

from scraper_backend.coordinator.store.protocol import Topic

TOPICS: tuple[Topic, ...] = get_args(Topic)


class Watch:
    """Versions of topics, and their sleepers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: dict[Topic, int] = dict.fromkeys(TOPICS, 0)
        self._sleepers: dict[Topic, set[asyncio.Future[None]]] = {topic: set() for topic in TOPICS}

    def version(self, topic: Topic) -> int:
        """The topic's number now."""
        return self._versions[topic]

    def bump(self, topics: Iterable[Topic] = TOPICS) -> None:
        """These topics may have changed; from any thread."""
        woken: list[asyncio.Future[None]] = []
        with self._lock:
            for topic in topics:
                self._versions[topic] += 1
                woken += self._sleepers[topic]
                self._sleepers[topic] = set()
        for sleeper in woken:
            _wake(sleeper)

    async def changed(self, topic: Topic, since: int, timeout: float) -> int:  # noqa: ASYNC109
        """Sleep until the topic is past `since`, or `timeout` seconds are over."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._versions[topic] > since:
                return self._versions[topic]
            self._sleepers[topic].add(sleeper)
        try:
            async with asyncio.timeout(timeout):
                await sleeper
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._sleepers[topic].discard(sleeper)
        return self._versions[topic]


def _wake(sleeper: asyncio.Future[None]) -> None:
    with contextlib.suppress(RuntimeError):  # its loop is closed: nobody sleeps there any more
        sleeper.get_loop().call_soon_threadsafe(_settle, sleeper)


def _settle(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
