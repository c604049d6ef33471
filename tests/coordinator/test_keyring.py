"""Keys that were seen a moment ago: believed for a blink, and never beyond their end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from scraper_backend.coordinator.keyring import Keyring
from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.store import Store, open_store
from scraper_backend.core.signing import hash_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def _key(store: Store, *, expires_in: timedelta | None = None) -> str:
    made = await store.write(lambda tx: keys.create(tx, "fleet", expires_in=expires_in, now=NOW))
    return hash_key(made.secret)


async def _in_use(ring: Keyring, store: Store, hashed: str) -> None:
    for _ in range(3):
        assert await ring.find(store, hashed, now=NOW) is not None


async def test_a_key_in_use_is_refused_the_moment_it_is_revoked(sqlite_url: str) -> None:
    async with await open_store(sqlite_url) as store:
        ring, hashed = Keyring(), await _key(store)
        await _in_use(ring, store, hashed)

        await store.write(lambda tx: keys.revoke(tx, "fleet", now=NOW))

        assert await ring.find(store, hashed, now=NOW) is None


async def test_a_key_in_use_that_another_process_revokes_is_refused_within_a_second(sqlite_url: str) -> None:
    async with await open_store(sqlite_url) as store, await open_store(sqlite_url) as elsewhere:
        ring, hashed = Keyring(), await _key(store)
        await _in_use(ring, store, hashed)

        await elsewhere.write(lambda tx: keys.revoke(tx, "fleet", now=NOW))
        await asyncio.sleep(0.9)

        assert await ring.find(store, hashed, now=NOW) is None


async def test_a_key_in_use_ends_at_its_hour(sqlite_url: str) -> None:
    async with await open_store(sqlite_url) as store:
        ring, hashed = Keyring(), await _key(store, expires_in=timedelta(hours=1))
        await _in_use(ring, store, hashed)

        assert await ring.find(store, hashed, now=NOW + timedelta(hours=1)) is None


async def test_the_use_of_a_key_is_noted_once_a_minute(sqlite_url: str) -> None:
    async with await open_store(sqlite_url) as store:
        ring, hashed = Keyring(), await _key(store)
        await _in_use(ring, store, hashed)

        later = NOW + timedelta(minutes=2)
        await ring.find(store, hashed, now=later)

        (noted,) = await store.read(keys.every)
        assert later == noted.last_used_at
