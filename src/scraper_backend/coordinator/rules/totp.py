"""The second factor: codes of a phone (RFC 6238), each usable once, and recovery codes for a lost one.

The shared secret is sealed (`rules.secrets`).  A code is one step of 30 seconds; the step used last is
kept, and none at or before it is taken again, so that a code read over a shoulder is worth nothing.
"""

from __future__ import annotations

import hmac
import secrets as random
from datetime import datetime
from typing import Final, NamedTuple

import pyotp

from scraper_backend.coordinator.rules import audit, links, secrets
from scraper_backend.coordinator.rules.users import User
from scraper_backend.coordinator.store import Transaction
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import UsageError

STEP_S: Final = 30
DRIFT: Final = (0, -1, 1)
"""A phone's clock may be a step off."""
CODES: Final = 10
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER: Final = "Bay State scraper"
WRONG: Final = "This code is not right, or was used already; wait for the next one."


class Factor(NamedTuple):
    """A person's second factor, sealed."""

    kept: str | None
    pending: str | None
    step: int | None


async def of(tx: Transaction, user_id: int) -> Factor:
    """The factor of this person."""
    return await tx.sole(Factor, "factor_of", id=user_id)


async def begin(tx: Transaction, user_id: int, key: bytes | None) -> None:
    """A fresh secret, to be confirmed with a code.  Raises `UsageError` without a master key."""
    await tx.run(
        "factor_pend", id=user_id, sealed=secrets.seal(key, _purpose(user_id), pyotp.random_base32())
    )


def address(factor: Factor, user_id: int, name: str, key: bytes | None) -> str:
    """What the QR code says, of the factor that is being set up."""
    if factor.pending is None:
        raise UsageError("No second factor is being set up; begin again.")
    secret = secrets.unseal(key, _purpose(user_id), factor.pending)
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def secret_of(factor: Factor, user_id: int, key: bytes | None) -> str:
    """The pending secret, for who cannot scan a picture."""
    return secrets.unseal(key, _purpose(user_id), factor.pending or "")


async def confirm(
    tx: Transaction, user_id: int, name: str, code: str, key: bytes | None, *, by: str, now: datetime
) -> list[str]:
    """Ask for the factor from now on; the recovery codes.  Raises `UsageError` for a wrong code."""
    factor = await of(tx, user_id)
    step = (
        None
        if factor.pending is None
        else _step(code, secrets.unseal(key, _purpose(user_id), factor.pending), now)
    )
    if step is None:
        raise UsageError(WRONG)
    await tx.run("factor_keep", id=user_id, step=step)
    codes = [_new_code() for _ in range(CODES)]
    await tx.run("recovery_drop", user_id=user_id)
    await tx.run("recovery_add", user_id=user_id, codes=[(links.hash_token(_plain(code)),) for code in codes])
    await audit.note(tx, "user.factor_added", name, by=by, now=to_ms(now))
    return codes


async def check(tx: Transaction, user: User, code: str, key: bytes | None, *, now: datetime) -> bool:
    """Use up a code of the phone, or a recovery code; whether it was good."""
    factor = await of(tx, user.id)
    if factor.kept is None:
        return True
    step = _step(code, secrets.unseal(key, _purpose(user.id), factor.kept), now)
    if step is not None:
        return await tx.run("factor_step", id=user.id, step=step) == 1
    if not await tx.run("recovery_use", user_id=user.id, hash=links.hash_token(_plain(code))):
        return False
    await audit.note(tx, "user.recovery_used", user.name, by=f"user {user.name}", now=to_ms(now))
    return True


async def drop(tx: Transaction, user_id: int, name: str, *, by: str, now: datetime) -> None:
    """Ask for no second factor any more."""
    await tx.run("factor_drop", id=user_id)
    await tx.run("recovery_drop", user_id=user_id)
    await audit.note(tx, "user.factor_removed", name, by=by, now=to_ms(now))


async def codes_left(tx: Transaction, user_id: int) -> int:
    """How many recovery codes were not used."""
    count: int = await tx.scalar("recovery_n", user_id=user_id)
    return count


def _purpose(user_id: int) -> str:
    return f"factor of user {user_id}"


def _step(code: str, secret: str, now: datetime) -> int | None:
    """The step whose code this is."""
    given, here = "".join(code.split()), int(now.timestamp()) // STEP_S
    if not (given.isascii() and given.isdigit()):
        return None
    codes = pyotp.TOTP(secret)
    return next((here + d for d in DRIFT if hmac.compare_digest(codes.at((here + d) * STEP_S), given)), None)


def _new_code() -> str:
    return "-".join("".join(random.choice(LETTERS) for _ in range(5)) for _ in range(2))


def _plain(code: str) -> str:
    return "".join(code.lower().replace("-", " ").split())
