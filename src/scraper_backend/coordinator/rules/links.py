"""Links that work once: to make the first admin, to sign in from a terminal on this machine, to accept an
invitation, and to bring a second factor after the right password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms

Purpose = Literal["setup", "sign_in", "invite", "factor"]
LASTS: Final[dict[Purpose, timedelta]] = {
    "setup": timedelta(days=1),
    "sign_in": timedelta(minutes=10),
    "invite": timedelta(days=3),
    "factor": timedelta(minutes=5),
}


class Used(NamedTuple):
    """A link that was just used up, and whom it was made for."""

    user_id: int | None
    expires_at: int


def new_token() -> str:
    """256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token.  A 256-bit secret needs no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


async def make(
    tx: Transaction, token: str, purpose: Purpose, *, user_id: int | None = None, now: datetime
) -> None:
    """Let `token` work once.  A new set-up link or invitation takes back the ones before it."""
    await tx.run("links_sweep", now=to_ms(now))
    if purpose == "setup":
        await tx.run("links_of", purpose=purpose)
    if purpose == "invite":
        await tx.run("links_of_user", purpose=purpose, user_id=user_id)
    await tx.run(
        "link_add",
        hash=hash_token(token),
        purpose=purpose,
        user_id=user_id,
        now=to_ms(now),
        expires_at=to_ms(now + LASTS[purpose]),
    )


async def use(tx: Transaction, token: str, purpose: Purpose, *, now: datetime) -> Used | None:
    """Use a link up; None when it was used, is too old or never was."""
    return await tx.one(Used, "link_use", hash=hash_token(token), purpose=purpose, now=to_ms(now))


async def is_good(tx: Transaction, token: str, purpose: Purpose, *, now: datetime) -> bool:
    """Whether `use` would succeed."""
    count: int = await tx.scalar("link_good", hash=hash_token(token), purpose=purpose, now=to_ms(now))
    return count > 0


async def owner(tx: Transaction, token: str, purpose: Purpose, *, now: datetime) -> int | None:
    """Whom a link that is still good was made for; the link stays good."""
    found = await tx.one(Used, "link_owner", hash=hash_token(token), purpose=purpose, now=to_ms(now))
    return found.user_id if found else None
