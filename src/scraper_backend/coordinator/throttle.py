"""Guessing is slowed for an address and for a name, but nobody is locked out: a stranger must not be
able to do that to an admin.

Kept in the memory of one process; a guesser at several coordinators has that many times the tries.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict


class Throttle:
    """Each failure in a row makes the next answer to the same address or name slower, up to `longest`."""

    def __init__(self, *, longest: float = 4.0, forget: float = 900.0, size: int = 10_000) -> None:
        self._longest, self._forget, self._size = longest, forget, size
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def wait(self, *whom: str) -> None:
        """Make a guesser wait."""
        worst = max(self._count(key) for key in whom)
        if worst > 2:
            await asyncio.sleep(min(self._longest, 0.125 * 2 ** (worst - 2)))

    def failed(self, *whom: str) -> None:
        """Remember a failure; what happened longest ago makes room."""
        for key in whom:
            self._failures[key] = (self._count(key) + 1, time.monotonic())
            self._failures.move_to_end(key)
        while len(self._failures) > self._size:
            self._failures.popitem(last=False)

    def succeeded(self, *whom: str) -> None:
        """Forget the failures."""
        for key in whom:
            self._failures.pop(key, None)

    def _count(self, key: str) -> int:
        count, at = self._failures.get(key, (0, 0.0))
        return count if time.monotonic() - at < self._forget else 0
