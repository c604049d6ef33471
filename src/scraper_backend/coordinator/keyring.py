"""Keys that were looked up a moment ago, so that a busy runner is not a question for every call.

A key is believed for `BELIEVED_S` and not beyond any change of the keys: a revocation here holds from its
COMMIT on, one by another process as soon as the store hears of it, and half a second later at the latest.
Whether it has expired is asked of every call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.store import Store

BELIEVED_S: Final = 0.5
REMEMBERED: Final = 1_000


class _Known(NamedTuple):
    key: keys.Key
    version: int
    until: float


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that this process has just seen, by their hash; never one that was refused."""

    _known: dict[str, _Known] = field(default_factory=dict)

    async def find(self, store: Store, hashed: str, *, now: datetime) -> keys.Key | None:
        """Whose key has this hash; None for unknown, expired and revoked alike.  Its use is noted."""
        version, moment = store.version("keys"), asyncio.get_running_loop().time()
        known = self._known.get(hashed)
        is_fresh = known is not None and known.version == version and moment < known.until
        if known is not None and is_fresh and not keys.wants_touch(known.key, now):
            return known.key if known.key.is_good(now) else None
        key = await store.read(lambda tx: keys.authenticate(tx, hashed, now=now))
        if key is None:
            self._known.pop(hashed, None)
        elif keys.wants_touch(key, now):
            await store.write(lambda tx: keys.touch(tx, key, now=now))
        else:
            self._remember(hashed, _Known(key, version, moment + BELIEVED_S))
        return key

    def _remember(self, hashed: str, known: _Known) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[hashed] = known
