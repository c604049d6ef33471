"""Bearer tokens: what a person's scripts and `bsr` on another machine may do in their name.

A token may no more than its scopes say, and never more than its owner may at that moment.  Only the hash
is kept; unknown, expired and revoked are the same to whoever knocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, cast, get_args

import orjson

from scraper_backend.coordinator.rules import audit, links
from scraper_backend.coordinator.rules.users import Role
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import Problem, did_you_mean

Scope = Literal["read", "jobs", "scrapers", "runners", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
MEANING: Final[dict[Scope, str]] = {
    "read": "look at everything but people, tokens and the audit log",
    "jobs": "create, cancel, pause and retry jobs",
    "scrapers": "save, try, enable, pause and roll back scrapers",
    "runners": "pause and remove runners, make and revoke their keys",
    "admin": "everything, people and settings included",
}
ALLOWED: Final[dict[Role, frozenset[Scope]]] = {
    "viewer": frozenset({"read"}),
    "operator": frozenset({"read", "jobs", "scrapers", "runners"}),
    "admin": frozenset(SCOPES),
}
PREFIX: Final = "bsrt_"
DISPLAY_LETTERS: Final = 10
TOUCH_EVERY: Final = timedelta(minutes=1)
LONGEST_DAYS: Final = 3650


class TokenRow(NamedTuple):
    """A token as its row has it."""

    id: int
    name: str
    owner: str
    role: Role
    display: str
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_at: int | None


class Token(NamedTuple):
    """Whose token it is and what it may do; nothing of the secret but its first letters."""

    id: int
    name: str
    owner: str
    display: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def status(self, now: datetime) -> Literal["live", "expired", "revoked"]:
        """What became of it."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "live"

    @property
    def may(self) -> frozenset[Scope]:
        """The scopes with what they bring along: `admin` brings all, every one brings `read`."""
        return frozenset(SCOPES) if "admin" in self.scopes else frozenset({*self.scopes, "read"})


class NewToken(NamedTuple):
    """A token and the secret that is never shown again."""

    secret: str
    token: Token


async def create(
    tx: Transaction,
    owner: str,
    name: str,
    scopes: Sequence[str],
    *,
    expires_in: timedelta | None = timedelta(days=90),
    by: str,
    now: datetime,
) -> NewToken:
    """A new token of this person.  Raises `Faults` with all that is wrong."""
    user = await tx.one(_Owner, "user_held", name=owner)
    if user is None:
        raise Faults("token", [Problem("owner", f"no user is named `{owner}`")])
    problems = list(_faults(name, scopes, expires_in, user.role))
    if problems:
        raise Faults("token", problems)
    secret = PREFIX + links.new_token()
    until = None if expires_in is None else to_ms(now + expires_in)
    number: int = await tx.scalar(
        "token_add", user_id=user.id, name=name.strip(), hash=links.hash_token(secret),
        display=secret[:DISPLAY_LETTERS], scopes=orjson.dumps(sorted(set(scopes))).decode(),
        now=to_ms(now), expires_at=until,
    )  # fmt: skip
    after = {"id": number, "owner": owner, "scopes": sorted(set(scopes))}
    await audit.note(tx, "token.created", name.strip(), by=by, now=to_ms(now), after=after)
    made = next(token for token in await every(tx, owner) if token.id == number)
    return NewToken(secret, made)


async def every(tx: Transaction, owner: str | None = None) -> list[Token]:
    """Every token, or those of one person, newest first."""
    return [_token(row) for row in await tx.all(TokenRow, "tokens_all", owner=owner)]


async def revoke(tx: Transaction, number: int, *, owner: str | None = None, by: str, now: datetime) -> Token:
    """End a token at once; with `owner`, only one of theirs."""
    token = next((token for token in await every(tx, owner) if token.id == number), None)
    if token is None:
        raise BadRequest("There is no such token.", status=404)
    if await tx.run("token_revoke", id=number, now=to_ms(now)):
        before = {"id": number, "owner": token.owner, "scopes": list(token.scopes)}
        await audit.note(tx, "token.revoked", token.name, by=by, now=to_ms(now), before=before)
        token = token._replace(revoked_at=now)
    return token


async def authenticate(tx: Transaction, secret: str, *, now: datetime) -> Token | None:
    """Whose token this is, with no more scopes than its owner may have now."""
    if not secret.startswith(PREFIX):
        return None
    row = await tx.one(TokenRow, "token_by_hash", hash=links.hash_token(secret), now=to_ms(now))
    if row is None:
        return None
    token = _token(row)
    within = tuple(scope for scope in SCOPES if scope in token.may & ALLOWED[row.role])
    return token._replace(scopes=within)


def wants_touch(token: Token, now: datetime) -> bool:
    """Whether its use should be noted again."""
    return token.last_used_at is None or now - token.last_used_at >= TOUCH_EVERY


async def touch(tx: Transaction, token: Token, *, now: datetime) -> None:
    """Note that the token was used."""
    await tx.run("token_touch", id=token.id, before=to_ms(now - TOUCH_EVERY), now=to_ms(now))


class _Owner(NamedTuple):
    """The person a token is made for."""

    id: int
    name: str
    role: Role
    password: str
    disabled_at: int | None


def _faults(name: str, scopes: Sequence[str], expires_in: timedelta | None, role: Role) -> Iterator[Problem]:
    if not 1 <= len(name.strip()) <= 100 or not name.isprintable():
        yield Problem("name", "is no name for a token", "write up to 100 printable characters")
    if not scopes:
        yield Problem("scopes", "is empty", f"choose from {', '.join(SCOPES)}")
    for scope in scopes:
        if scope not in SCOPES:
            yield Problem("scopes", f"no scope is named `{scope}`", did_you_mean(scope, SCOPES))
        elif scope not in ALLOWED[role]:
            yield Problem("scopes", f"`{scope}` is more than {_a(role)} may", "leave it out, or ask an admin")
    if expires_in is not None and not timedelta() < expires_in <= timedelta(days=LONGEST_DAYS):
        yield Problem("expires_days", "is no number of days from 1 to 3650", "write how long it shall work")


def _a(role: Role) -> str:
    return f"{'a' if role == 'viewer' else 'an'} {role}"


def _token(row: TokenRow) -> Token:
    return Token(
        row.id,
        row.name,
        row.owner,
        row.display,
        cast(tuple[Scope, ...], tuple(orjson.loads(row.scopes))),
        to_moment(row.created_at),
        to_moment(row.expires_at),
        to_moment(row.revoked_at),
        to_moment(row.last_used_at),
    )
