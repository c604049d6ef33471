"""People: the first admin, the others, and the password each of them knows.

A password is hashed with argon2id (`rules.passwords`) outside the transaction: a rule is given the hash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from scraper_backend.coordinator.rules import audit, links
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import Forbidden, UsageError

Role = Literal["viewer", "operator", "admin"]


class User(NamedTuple):
    """One person, as their row has them."""

    id: int
    name: str
    role: Role
    password: str
    disabled_at: int | None


async def is_first_start(tx: Transaction) -> bool:
    """Whether nobody can sign in yet."""
    count: int = await tx.scalar("users_n")
    return count == 0


async def first_admin(tx: Transaction, token: str, name: str, password: str, *, now: datetime) -> User:
    """The first person, made by whoever holds the set-up link.  The link is used up by success only."""
    if not await is_first_start(tx):
        raise Forbidden("There is an admin already; sign in.")
    if not await links.use(tx, token, "setup", now=now):
        raise Forbidden(
            "This set-up link was used or is too old; `bsr serve` prints a new one when it starts."
        )
    return await create(tx, name, password, "admin", by=name, now=now)


async def create(
    tx: Transaction, name: str, password: str, role: Role, *, by: str = "cli", now: datetime
) -> User:
    """A new person.  Raises `UsageError` when the name is taken."""
    user = await tx.one(User, "user_add", name=name, password=password, role=role, now=to_ms(now))
    if user is None:
        raise UsageError(f"there is a user {name!r} already; choose another name")
    await audit.note(tx, "user.created", name, by=by, now=to_ms(now), after={"role": role})
    return user


async def way_in(tx: Transaction, token: str, *, by: str = "cli", now: datetime) -> User:
    """Let `token` sign in an admin once; where there is none yet, one without a password is made.

    For whoever holds the database anyway: the demo, and an admin who forgot the password.
    """
    user = await tx.one(User, "user_first_admin") or await create(tx, "admin", "", "admin", by=by, now=now)
    await links.make(tx, token, "sign_in", user_id=user.id, now=now)
    return user


async def named(tx: Transaction, name: str) -> User | None:
    """The person with this name, if they may come in."""
    user = await tx.one(User, "user_named", name=name)
    return user if user and user.disabled_at is None else None


async def rehash(tx: Transaction, user_id: int, password: str) -> None:
    """Keep a hash made with today's parameters."""
    await tx.run("user_password", id=user_id, password=password)
