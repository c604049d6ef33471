"""The book of changes: who did what to what, before and after.  Every rule of a person's writes here."""

from __future__ import annotations

import orjson

from scraper_backend.coordinator.store import Transaction, writes


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


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
