"""What people chose in the panel and the environment does not say: named values of the `settings` table."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms

Name = Literal["webhook_secret", "webhook_secret_previous", "retention"]


async def get(tx: Transaction, name: Name) -> str | None:
    """The value, or None when nobody chose one."""
    value: str | None = await tx.scalar("setting_get", name=name)
    return value


async def put(tx: Transaction, name: Name, value: str | None, *, now: datetime) -> None:
    """Choose a value; None chooses nothing."""
    if value is None:
        await tx.run("setting_drop", name=name)
    else:
        await tx.run("setting_put", name=name, value=value, now=to_ms(now))
