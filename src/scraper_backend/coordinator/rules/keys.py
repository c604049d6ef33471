"""API keys: made, shown once, rotated, revoked; and whose key this is.

Only the hash is kept.  Unknown, expired and revoked are the same to whoever knocks.  A key made with
`bind` speaks for one runner; a fleet key speaks for every name that no bound key owns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

import orjson

from scraper_backend.coordinator.rules import audit
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import KeyRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core import signing
from scraper_backend.core.errors import Faults, Forbidden
from scraper_backend.core.problems import Problem, unknown_name

TOUCH_EVERY: Final = timedelta(minutes=1)
DISPLAY_LETTERS: Final = 12


class Key(NamedTuple):
    """Whose key it is; nothing of the secret but its first letters, to recognise it by."""

    id: int
    name: str
    bound: str | None
    family: str
    display: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    rotated_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def status(self, now: datetime) -> Literal["live", "rotated", "expired", "revoked"]:
        """What became of it; a rotated key still works until it expires."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "rotated" if self.rotated_at is not None else "live"

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.status(now) in ("live", "rotated")


class NewKey(NamedTuple):
    """A key and the secret that is never shown again."""

    secret: str
    key: Key


async def create(
    tx: Transaction,
    name: str,
    *,
    bind: str | None = None,
    expires_in: timedelta | None = None,
    by: str = "cli",
    now: datetime,
) -> NewKey:
    """A new key.  Raises `Faults` when the name is empty or taken, or the expiry is not in the future."""
    taken = {key.name for key in await reads.keys_unrevoked(tx) if key.rotated_at is None}
    problems = list(_faults(name, bind, expires_in, taken))
    if problems:
        raise Faults("key", problems)
    secret = signing.new_key()
    not_after = None if expires_in is None else to_ms(now + expires_in)
    made = await _insert(tx, secret, name, bind, not_after=not_after, predecessor=None, now=now)
    await audit.note(tx, "key.created", name, by=by, now=to_ms(now), after={"id": made.id, "bound": bind})
    tx.announce("keys")
    return NewKey(secret, made)


async def every(tx: Transaction) -> list[Key]:
    """Every key there ever was, oldest first."""
    return [_key(row) for row in await reads.keys(tx)]


async def revoke(tx: Transaction, name: str, *, by: str = "cli", now: datetime) -> Key:
    """End a key at once, by its name or `#number`.  A name also ends the keys it was rotated from."""
    chosen = await _chosen(tx, name)
    for row in chosen:
        await writes.revoke_key(tx, row.id, now=to_ms(now))
        await audit.note(tx, "key.revoked", row.name, by=by, now=to_ms(now), before={"id": row.id})
    tx.announce("keys")
    return _key(chosen[-1]._replace(revoked_at=to_ms(now)))


async def rotate(
    tx: Transaction, name: str, *, overlap: timedelta = timedelta(days=1), by: str = "cli", now: datetime
) -> NewKey:
    """A successor with the same name, bond and leases; the old key works for `overlap` longer."""
    old = (await _chosen(tx, name))[-1]
    await writes.supersede_key(tx, old.id, not_after=to_ms(now + overlap), now=to_ms(now))
    secret = signing.new_key()
    made = await _insert(tx, secret, old.name, old.bound, not_after=None, predecessor=old, now=now)
    await audit.note(
        tx, "key.rotated", old.name, by=by, now=to_ms(now), before={"id": old.id}, after={"id": made.id}
    )
    tx.announce("keys")
    return NewKey(secret, made)


async def authenticate(tx: Transaction, hashed: str, *, now: datetime) -> Key | None:
    """Whose key has this hash (`signing.hash_key`); None for unknown, expired and revoked alike."""
    row = await reads.key_by_hash(tx, hashed)
    key = _key(row) if row else None
    return key if key and key.is_good(now) else None


def wants_touch(key: Key, now: datetime) -> bool:
    """Whether its use should be noted again."""
    return key.last_used_at is None or now - key.last_used_at >= TOUCH_EVERY


async def touch(tx: Transaction, key: Key, *, now: datetime) -> None:
    """Note that the key was used."""
    await writes.touch_key(tx, key.id, before=to_ms(now - TOUCH_EVERY), now=to_ms(now))


async def ensure_may_speak_for(tx: Transaction, key: Key, runner: str, *, now: datetime) -> None:
    """Raise `Forbidden` when this key must not call itself `runner`."""
    if key.bound is not None and key.bound != runner:
        raise Forbidden(f"this key is bound to the runner `{key.bound}`; it may not speak for `{runner}`")
    if key.bound is None and await reads.key_owning(tx, runner, now=to_ms(now)) is not None:
        raise Forbidden(f"the runner `{runner}` has a key of its own; use that key, or another name")


def _faults(name: str, bind: str | None, expires_in: timedelta | None, taken: set[str]) -> Sequence[Problem]:
    found = []
    if not name.strip() or not name.isprintable() or len(name) > 100:
        found.append(Problem("name", "is no name for a key", "write up to 100 printable characters"))
    elif name in taken:
        found.append(
            Problem("name", f"a key named `{name}` exists", "choose another name, or revoke that key")
        )
    if bind is not None and (not bind.strip() or not bind.isprintable() or len(bind) > 200):
        found.append(Problem("bind", "is no runner's name", "write up to 200 printable characters"))
    if expires_in is not None and expires_in <= timedelta():
        found.append(Problem("expires", "is not in the future", "write the number of days it shall live"))
    return found


async def _insert(
    tx: Transaction,
    secret: str,
    name: str,
    bound: str | None,
    *,
    not_after: int | None,
    predecessor: KeyRow | None,
    now: datetime,
) -> Key:
    hashed = signing.hash_key(secret)
    row = await writes.insert_key(
        tx,
        name=name,
        bound=bound,
        family=predecessor.family if predecessor else hashed,
        hashed=hashed,
        display=secret[:DISPLAY_LETTERS],
        not_after=not_after,
        predecessor_id=predecessor.id if predecessor else None,
        now=to_ms(now),
    )
    return _key(row)


async def _chosen(tx: Transaction, name: str) -> list[KeyRow]:
    """The unrevoked keys of this name or `#number`, oldest first."""
    candidates = await reads.keys_unrevoked(tx)
    chosen = [row for row in candidates if name in (row.name, f"#{row.id}")]
    if not chosen:
        raise Faults("key", [unknown_name(name, {row.name for row in candidates}, kind="key")])
    return chosen


def _key(row: KeyRow) -> Key:
    return Key(
        row.id,
        row.name,
        row.bound,
        row.family,
        row.display,
        tuple(orjson.loads(row.scopes)),
        to_moment(row.created_at),
        to_moment(row.not_after),
        to_moment(row.rotated_at),
        to_moment(row.revoked_at),
        to_moment(row.last_used_at),
    )
