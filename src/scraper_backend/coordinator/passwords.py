"""Passwords of people: argon2id, one at a time, away from the event loop."""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scraper_backend.core.errors import UsageError

MIN: Final = 10
MAX: Final = 1000
_hasher: Final = PasswordHasher()
_NOBODY: Final = _hasher.hash("nobody has this password")
"""Checked when there is no such user, so that the answer takes as long."""


def check_new(password: str, name: str) -> None:
    """Raise `UsageError` unless the password may be set."""
    if len(password) < MIN:
        raise UsageError(f"The password is shorter than {MIN} characters; a few unrelated words are fine.")
    if len(password) > MAX:
        raise UsageError(f"The password is longer than {MAX} characters.")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise UsageError("The password is too easy to guess; a few unrelated words are fine.")


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password behind the hash; as slow when there is none, or none was ever set."""
    return await asyncio.to_thread(_verify, password[:MAX], kept or _NOBODY) and bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def _verify(password: str, kept: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
