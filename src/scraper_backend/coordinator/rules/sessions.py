"""Who is signed in.  A session lives in the database, so that it can be ended; the browser holds a token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from scraper_backend.coordinator.rules import links
from scraper_backend.coordinator.rules.users import Role, User
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_moment, to_ms

LASTS: Final = timedelta(days=30)
IDLE: Final = timedelta(days=7)
SEEN_EVERY: Final = timedelta(minutes=1)
"""A sign of life is written at most this often."""


class Session(NamedTuple):
    """A person at a browser; `csrf` is what their forms must carry."""

    hash: str
    user_id: int
    user: str
    role: Role
    csrf: str
    last_seen_at: int


async def start(
    tx: Transaction, user: User, token: str, *, before: str = "", agent: str, address: str, now: datetime
) -> None:
    """Sign `user` in under a fresh `token`; the session this browser held `before` is over."""
    await tx.run("sessions_sweep", now=to_ms(now), idle_since=to_ms(now - IDLE))
    await end(tx, before)
    await tx.run(
        "session_add",
        hash=links.hash_token(token),
        user_id=user.id,
        csrf=links.new_token(),
        agent=agent[:200],
        address=address[:100],
        now=to_ms(now),
        expires_at=to_ms(now + LASTS),
    )
    await tx.run("user_signed_in", id=user.id, now=to_ms(now))


async def by_link(
    tx: Transaction, link: str, token: str, *, agent: str, address: str, now: datetime
) -> User | None:
    """Sign in whom a link from the terminal was made for; None when it does not work."""
    used = await links.use(tx, link, "sign_in", now=now)
    user = await tx.one(User, "user_numbered", id=used.user_id) if used else None
    if user is None or user.disabled_at is not None:
        return None
    await start(tx, user, token, agent=agent, address=address, now=now)
    return user


async def find(tx: Transaction, token: str, *, now: datetime) -> Session | None:
    """The live session of this token."""
    return await tx.one(
        Session,
        "session_live",
        hash=links.hash_token(token),
        now=to_ms(now),
        idle_since=to_ms(now - IDLE),
    )


def is_due(session: Session, now: datetime) -> bool:
    """Whether `seen` should be written again."""
    return to_ms(now) - session.last_seen_at >= SEEN_EVERY // timedelta(milliseconds=1)


async def seen(tx: Transaction, session: Session, *, now: datetime) -> None:
    """A sign of life: the session stays for another `IDLE`."""
    await tx.run("session_seen", hash=session.hash, now=to_ms(now))


async def end(tx: Transaction, token: str) -> None:
    """Sign out."""
    await tx.run("session_end", hash=links.hash_token(token))


class Place(NamedTuple):
    """One browser in which a person is signed in."""

    hash: str
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime


async def of(tx: Transaction, user_id: int, *, now: datetime) -> list[Place]:
    """Where a person is signed in, the last seen first."""
    rows = await tx.all(Place, "sessions_of", user_id=user_id, now=to_ms(now), idle_since=to_ms(now - IDLE))
    return [
        row._replace(
            created_at=to_moment(cast(int, row.created_at)),
            last_seen_at=to_moment(cast(int, row.last_seen_at)),
        )
        for row in rows
    ]


async def end_one(tx: Transaction, session: Session, which: str) -> None:
    """End a session of this person by its hash; `others` ends all but the one they are in."""
    if which == "others":
        await tx.run("sessions_end_others", user_id=session.user_id, hash=session.hash)
    else:
        await tx.run("session_end_of", user_id=session.user_id, hash=which)
