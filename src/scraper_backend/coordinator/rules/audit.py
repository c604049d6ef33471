"""The book of changes: who did what to what, before and after.  Every rule of a person's writes here."""

from __future__ import annotations

from datetime import datetime

import orjson

from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import AuditRow, NameRow
from scraper_backend.coordinator.store.times import to_ms


async def note(
    tx: Transaction,
    action: str,
    subject: str,
    *,
    by: str,
    now: int,
    before: object = None,
    after: object = None,
) -> None:
    """One line, in the transaction of the change itself."""
    await writes.insert_audit(
        tx, actor=by, action=action, subject=subject, before=_json(before), after=_json(after), now=now
    )


async def page(
    tx: Transaction,
    *,
    actor: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    before: int = reads.FOREVER,
    limit: int = 50,
) -> list[AuditRow]:
    """Changes by whom, of which kind (`scraper`, `key`, …) and to what, newest first."""
    since_ms = to_ms(since) if since else 0
    return await tx.all(
        AuditRow, "audit_page", actor=actor, kind=kind, subject=subject, since=since_ms, before=before,
        limit=limit,
    )  # fmt: skip


async def actors(tx: Transaction) -> list[str]:
    """Who has changed something lately."""
    return [row.name for row in await tx.all(NameRow, "audit_actors")]


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
