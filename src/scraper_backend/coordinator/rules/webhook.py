"""The secret that crash reports are signed with, where the environment does not set one.

Rotated with an overlap of one: the secret before the current one still signs, until the next rotation or
until somebody ends it.
"""

from __future__ import annotations

from datetime import datetime

from scraper_backend.coordinator.rules import audit, links, preferences, secrets
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms

PURPOSE = "webhook"


async def stored(tx: Transaction, key: bytes | None) -> tuple[str, ...]:
    """The secrets a signature may be made with, the current one first."""
    sealed = [
        await preferences.get(tx, "webhook_secret"),
        await preferences.get(tx, "webhook_secret_previous"),
    ]
    return tuple(secrets.unseal(key, PURPOSE, text) for text in sealed if text)


async def rotate(tx: Transaction, key: bytes | None, *, by: str, now: datetime) -> str:
    """A new secret, shown once; the one before it is accepted beside it."""
    fresh = links.new_token()
    sealed = secrets.seal(key, PURPOSE, fresh)
    before = await preferences.get(tx, "webhook_secret")
    await preferences.put(tx, "webhook_secret_previous", before, now=now)
    await preferences.put(tx, "webhook_secret", sealed, now=now)
    after = {"previous_accepted": before is not None}
    await audit.note(tx, "webhook.rotated", "webhook secret", by=by, now=to_ms(now), after=after)
    return fresh


async def end_previous(tx: Transaction, *, by: str, now: datetime) -> None:
    """From now on only the current secret signs."""
    await preferences.put(tx, "webhook_secret_previous", None, now=now)
    await audit.note(tx, "webhook.previous_ended", "webhook secret", by=by, now=to_ms(now))
