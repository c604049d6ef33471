"""Who is calling, and whether they may.  `routes` asks before anything of a request is believed.

Four kinds of callers: machines with an API key, a crash reporter with a signature, people with a session,
scripts of theirs with a bearer token.  Whatever is wrong with a key or token, the answer is the same, so that
nobody learns which part was right.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from starlette.requests import Request

from scraper_backend.coordinator.body import whole
from scraper_backend.coordinator.office import Office, office_of
from scraper_backend.coordinator.rules import keys, sessions, tokens, webhook
from scraper_backend.core.errors import Forbidden, KeyRefused
from scraper_backend.core.signing import hash_key, is_signed
from scraper_backend.core.wire import MAX_BODY

COOKIE: Final = "bsr_session"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_WORDS: Final = (
    "The API key is missing, wrong, expired or revoked; send a valid bsr_ key in the X-API-Key header."
)
SIGNATURE_WORDS: Final = (
    "X-Webhook-Signature is not the HMAC-SHA256 of this body with the webhook secret; "
    "sign the raw bytes that are sent."
)
BEARER_WORDS: Final = (
    "The token is missing, wrong, expired or revoked; send `Authorization: Bearer bsrt_…` with one from the "
    "panel's Settings."
)


class Who(StrEnum):
    """The identities a route can admit.  An operator may all a viewer may, an admin all an operator may."""

    ANYONE = "anyone"
    KEY = "api key"
    SIGNATURE = "signature"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
    TOKEN_READ = "token read"  # noqa: S105
    TOKEN_JOBS = "token jobs"  # noqa: S105
    TOKEN_SCRAPERS = "token scrapers"  # noqa: S105
    TOKEN_RUNNERS = "token runners"  # noqa: S105
    TOKEN_ADMIN = "token admin"  # noqa: S105


SCOPE: Final[dict[Who, tokens.Scope]] = {
    Who.TOKEN_READ: "read",
    Who.TOKEN_JOBS: "jobs",
    Who.TOKEN_SCRAPERS: "scrapers",
    Who.TOKEN_RUNNERS: "runners",
    Who.TOKEN_ADMIN: "admin",
}
"""The scope a token must have.  Every scope brings `read` along, and `admin` brings all."""
RANK: Final = {Who.VIEWER: 1, Who.OPERATOR: 2, Who.ADMIN: 3}


class NotSignedIn(KeyRefused):
    """No session, or one that is over: a person is led to the sign-in page."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody; it does not matter who."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Who holds this API key."""

    key: keys.Key

    def __str__(self) -> str:
        return f"key {self.key.name}"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who knows the webhook secret: may report one crash, and nothing else."""

    def __str__(self) -> str:
        return "signature"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    session: sessions.Session

    def __str__(self) -> str:
        return f"user {self.session.user}"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token was sent."""

    token: tokens.Token

    def __str__(self) -> str:
        return f"user {self.token.owner} by token {self.token.name}"


Caller = Stranger | Machine | Reporter | Person | Bearer


async def identify(request: Request, who: frozenset[Who]) -> Caller:
    """The caller, if `who` admits them.  Raises `KeyRefused`, `NotSignedIn` or `Forbidden`."""
    office = office_of(request)
    if Who.ANYONE in who:
        if request.method not in SAFE_METHODS:
            same_site(request, office)
        return Stranger()
    if Who.SIGNATURE in who and not _raw(request, b"x-api-key") and _raw(request, b"x-webhook-signature"):
        return await _reporter(request, office)
    if Who.KEY in who:
        return await _machine(request, office)
    if scopes := {SCOPE[one] for one in who if one in SCOPE}:
        return await _bearer(request, office, scopes)
    return await _person(request, office, min(RANK[role] for role in who if role in RANK))


def _raw(request: Request, name: bytes) -> list[bytes]:
    """Every header of this name, as it was sent: a repeated one must not pass as the first of them.

    Blanks around a value are not of it (RFC 9110, 5.5), though a parser may leave those behind it.
    """
    return [value.strip(b" \t") for key, value in request.headers.raw if key == name]


async def _reporter(request: Request, office: Office) -> Reporter:
    given = _raw(request, b"x-webhook-signature")
    secrets = office.settings.webhook_secrets or await office.store.read(
        lambda tx: webhook.stored(tx, office.settings.sealing_key)
    )
    body = await whole(request)
    if len(given) != 1 or not is_signed(body, given[0].decode("latin-1"), secrets):
        raise KeyRefused(SIGNATURE_WORDS)
    return Reporter()


async def _machine(request: Request, office: Office) -> Machine:
    given = _raw(request, b"x-api-key")
    if len(given) != 1 or not given[0].isascii():
        raise KeyRefused(KEY_WORDS)
    key = await office.keyring.find(office.store, hash_key(given[0].decode("ascii")), now=office.clock())
    if key is None:
        raise KeyRefused(KEY_WORDS)
    return Machine(key)


async def _bearer(request: Request, office: Office, scopes: set[tokens.Scope]) -> Bearer:
    given = _raw(request, b"authorization")
    scheme, _, secret = (given[0].decode("latin-1") if len(given) == 1 else "").partition(" ")
    if scheme.lower() != "bearer" or not secret.isascii():
        raise KeyRefused(BEARER_WORDS)
    now = office.clock()
    token = await office.store.read(lambda tx: tokens.authenticate(tx, secret.strip(), now=now))
    if token is None:
        raise KeyRefused(BEARER_WORDS)
    if not scopes <= token.may:
        missing = ", ".join(f"`{scope}`" for scope in sorted(scopes - token.may))
        raise Forbidden(
            f"This token lacks the scope {missing}; make one that has it in the panel's Settings."
        )
    if tokens.wants_touch(token, now):
        await office.store.write(lambda tx: tokens.touch(tx, token, now=now))
    return Bearer(token)


async def _person(request: Request, office: Office, rank: int) -> Person:
    session = await current(request, office)
    if session is None:
        raise NotSignedIn("Sign in to see this page.")
    if RANK[Who(session.role)] < rank:
        raise Forbidden(f"A {session.role} may not do this; ask an admin.")
    if request.method not in SAFE_METHODS:
        same_site(request, office)
        await _is_own_form(request, session)
    return Person(session)


async def current(request: Request, office: Office) -> sessions.Session | None:
    """The session of this browser, if it is live; a sign of life is noted."""
    token, now = request.cookies.get(cookie_name(request, office)), office.clock()
    if not token:
        return None
    session = await office.store.read(lambda tx: sessions.find(tx, token, now=now))
    if session is not None and sessions.is_due(session, now):
        seen = session
        await office.store.write(lambda tx: sessions.seen(tx, seen, now=now))
    return session


def is_secure(request: Request, office: Office) -> bool:
    """Whether this browser reaches us over TLS."""
    return request.url.scheme == "https" or office.settings.is_https


def cookie_name(request: Request, office: Office) -> str:
    """`__Host-` where browsers allow it: no other host and no plain http can set that cookie."""
    return f"__Host-{COOKIE}" if is_secure(request, office) else COOKIE


def same_site(request: Request, office: Office) -> None:
    """Refuse a change that a page of another site asked for.  Raises `Forbidden`.

    Every browser says where a POST comes from; who says nothing is no browser, and brings nobody's cookie.
    """
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}", office.settings.address}
    if origin not in own if origin is not None else fetched not in (None, "same-origin", "none"):
        raise Forbidden(
            "This form was sent from another address than the coordinator's; "
            "open the panel at its own address, or set BSR_PUBLIC_URL."
        )


async def _is_own_form(request: Request, session: sessions.Session) -> None:
    given = request.headers.get("x-csrf-token")
    if given is None:
        field = (await request.form(max_files=4, max_part_size=MAX_BODY)).get("csrf")
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Forbidden("This form is too old; load the page again and send it once more.")
