"""Runners: they introduce themselves, and are seen.  Called by api and panel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import orjson

from scraper_backend.coordinator.rules import audit, keys, pauses
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import RunnerRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import BadRequest, UsageError
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


async def get(tx: Transaction, name: str, *, now: datetime) -> Runner:
    """One runner.  Raises `BadRequest` (404) when nobody of that name registered."""
    row = await tx.one(RunnerRow, "runner_named", name=name)
    if row is None:
        raise BadRequest(f"No runner is named `{name}`.", status=404)
    return _runner(row, now)


async def rest(tx: Transaction, name: str, note: str, *, by: str, now: datetime) -> Runner:
    """Let the runner finish what it holds and take nothing more; `note` says why."""
    before = await get(tx, name, now=now)
    said = note.strip()[:500] or None
    if not await pauses.drain_runner(tx, name, note=said, by=by, now=now) and said != before.note:
        await tx.run("runner_note", name=name, note=said)
        await audit.note(
            tx,
            "runner.noted",
            name,
            by=by,
            now=to_ms(now),
            before={"note": before.note},
            after={"note": said},
        )
    return await get(tx, name, now=now)


async def wake(tx: Transaction, name: str, *, by: str, now: datetime) -> Runner:
    """Let it take work again."""
    await get(tx, name, now=now)
    await pauses.undrain_runner(tx, name, by=by, now=now)
    return await get(tx, name, now=now)


async def remove(tx: Transaction, name: str, *, by: str, now: datetime) -> None:
    """Forget a runner that is gone.  Raises `UsageError` while it is here: it would come straight back."""
    runner = await get(tx, name, now=now)
    if runner.status != "offline":
        raise UsageError(
            f"{name} is still here; stop it, or revoke its key, then remove it five minutes later."
        )
    await tx.run("runner_remove", name=name)
    before = {"registered_at": to_ms(runner.registered_at), "metadata": runner.metadata}
    await audit.note(tx, "runner.removed", name, by=by, now=to_ms(now), before=before)
    tx.announce("runners")


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
