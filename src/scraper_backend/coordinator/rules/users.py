"""People: the first admin, the others, what each may do, and the password each of them knows.

A password is hashed with argon2id (`rules.passwords`) outside the transaction: a rule is given the hash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, cast

from scraper_backend.coordinator.rules import audit, links
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import Faults, Forbidden, UsageError
from scraper_backend.core.problems import unknown_name

Role = Literal["viewer", "operator", "admin"]


class User(NamedTuple):
    """One person, as their row has them."""

    id: int
    name: str
    role: Role
    password: str
    disabled_at: int | None


class Account(NamedTuple):
    """A person as admins see them."""

    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    last_login_at: datetime | None
    has_factor: bool
    has_password: bool


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


async def numbered(tx: Transaction, user_id: int) -> User | None:
    """The person with this number, if they may come in."""
    user = await tx.one(User, "user_numbered", id=user_id)
    return user if user and user.disabled_at is None else None


async def every(tx: Transaction) -> list[Account]:
    """Everybody by name."""
    rows = await tx.all(Account, "users_all")
    return [
        row._replace(
            created_at=to_moment(cast(int, row.created_at)),
            disabled_at=to_moment(cast("int | None", row.disabled_at)),
            last_login_at=to_moment(cast("int | None", row.last_login_at)),
            has_factor=bool(row.has_factor),
            has_password=bool(row.has_password),
        )
        for row in rows
    ]


async def invite(tx: Transaction, name: str, role: Role, token: str, *, by: str, now: datetime) -> User:
    """A new person who sets a password under a link that works once."""
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip():
        raise UsageError("Write a name of 1 to 64 letters.")
    user = await create(tx, name, "", role, by=by, now=now)
    await links.make(tx, token, "invite", user_id=user.id, now=now)
    return user


async def invite_again(tx: Transaction, name: str, token: str, *, by: str, now: datetime) -> User:
    """A fresh link for somebody who lost theirs, or their password; the old one works until then."""
    user = await _held(tx, name)
    if user.disabled_at is not None:
        raise UsageError(f"{name} is disabled; enable the account first.")
    await links.make(tx, token, "invite", user_id=user.id, now=now)
    await audit.note(tx, "user.invited_again", name, by=by, now=to_ms(now))
    return user


async def accept(tx: Transaction, token: str, password: str, *, now: datetime) -> User:
    """Use up an invitation: the password it sets is the only one, and older sessions are over."""
    used = await links.use(tx, token, "invite", now=now)
    user = await numbered(tx, used.user_id) if used and used.user_id is not None else None
    if user is None:
        raise Forbidden("This invitation was used or is too old; ask for a new one.")
    await set_password(tx, user, password, by=f"user {user.name}", now=now)
    return user._replace(password=password)


async def set_password(
    tx: Transaction, user: User, password: str, *, kept_session: str = "", by: str, now: datetime
) -> None:
    """Another password; every session but `kept_session` (its hash) is over."""
    await tx.run("user_password", id=user.id, password=password)
    await tx.run("sessions_end_others", user_id=user.id, hash=kept_session)
    await audit.note(tx, "user.password_set", user.name, by=by, now=to_ms(now))


async def change_role(tx: Transaction, name: str, role: Role, *, by: str, now: datetime) -> User:
    """What this person may do from now on.  The last admin stays one."""
    user = await _held(tx, name)
    if user.role == role:
        return user
    if role != "admin":
        await _not_the_last_admin(tx, user)
    await tx.run("user_role", id=user.id, role=role)
    await audit.note(
        tx, "user.role_changed", name, by=by, now=to_ms(now), before={"role": user.role}, after={"role": role}
    )
    return user._replace(role=role)


async def disable(tx: Transaction, name: str, *, by: str, now: datetime) -> User:
    """Nobody comes in under this name: sessions are over, tokens do not work.  The last admin stays."""
    user = await _held(tx, name)
    if user.disabled_at is not None:
        return user
    await _not_the_last_admin(tx, user)
    await tx.run("user_disable", id=user.id, disabled_at=to_ms(now))
    await tx.run("sessions_end_others", user_id=user.id, hash="")
    await audit.note(tx, "user.disabled", name, by=by, now=to_ms(now), before={"role": user.role})
    return user._replace(disabled_at=to_ms(now))


async def enable(tx: Transaction, name: str, *, by: str, now: datetime) -> User:
    """This person may come in again."""
    user = await _held(tx, name)
    if user.disabled_at is not None:
        await tx.run("user_disable", id=user.id, disabled_at=None)
        await audit.note(tx, "user.enabled", name, by=by, now=to_ms(now), after={"role": user.role})
    return user._replace(disabled_at=None)


async def known(tx: Transaction, name: str) -> User:
    """The person of this name, disabled or not, held.  Raises `Faults` with the nearest name."""
    return await _held(tx, name)


async def _held(tx: Transaction, name: str) -> User:
    user = await tx.one(User, "user_held", name=name)
    if user is None:
        raise Faults("user", [unknown_name(name, {row.name for row in await every(tx)}, kind="user")])
    return user


async def _not_the_last_admin(tx: Transaction, user: User) -> None:
    """Raise `UsageError` when nobody but `user` could let others in.  Holds the admins' rows."""
    others = [admin for admin in await tx.all(User, "admins_held") if admin.id != user.id]
    if user.role == "admin" and user.disabled_at is None and not others:
        raise UsageError(f"{user.name} is the last admin; make somebody else an admin first.")
