"""Runners: they introduce themselves, and are seen.  Called by api and panel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import orjson

from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import RunnerRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.wire import Register

OFFLINE_AFTER: Final = timedelta(minutes=5)
"""A runner that has not been heard of for so long is shown as offline."""


class Runner(NamedTuple):
    """A runner as people see it."""

    name: str
    status: Literal["online", "offline", "draining"]
    metadata: dict[str, Any]
    capabilities: tuple[str, ...]
    labels: tuple[str, ...]
    note: str | None
    spool_n: int
    registered_at: datetime
    last_seen_at: datetime | None


async def register(tx: Transaction, body: Register, key: Key, *, now: datetime) -> Runner:
    """Register the runner, or take its new metadata.  Raises `Forbidden` when the name is not this key's."""
    await keys.ensure_may_speak_for(tx, key, body.runner_name, now=now)
    metadata = orjson.dumps(body.metadata).decode()
    row = await writes.upsert_runner(tx, body.runner_name, metadata=metadata, now=to_ms(now))
    tx.announce("runners")
    return _runner(row, now)


async def every(tx: Transaction, *, now: datetime) -> list[Runner]:
    """Every runner by name."""
    return [_runner(row, now) for row in await reads.runners(tx)]


async def seen(tx: Transaction, name: str, *, now: datetime) -> None:
    """A sign of life of a registered runner."""
    await writes.runner_seen(tx, name, now=to_ms(now))


def _runner(row: RunnerRow, now: datetime) -> Runner:
    last_seen = to_moment(row.last_seen_at)
    alive = last_seen is not None and now - last_seen < OFFLINE_AFTER
    return Runner(
        row.name,
        "offline" if not alive else "draining" if row.draining else "online",
        orjson.loads(row.metadata),
        tuple(orjson.loads(row.capabilities)),
        tuple(orjson.loads(row.labels)),
        row.note,
        row.spool_n,
        to_moment(row.registered_at),
        last_seen,
    )
