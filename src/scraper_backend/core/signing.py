"""Signatures of bodies, and the shape of API keys.  Standard library only.

Used by the coordinator to check, by the runner and a crash reporter to sign.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zlib
from typing import Final

KEY_PREFIX: Final = "bsr_"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_DIGITS: Final = 43  # 62**43 > 2**256
_CHECK_DIGITS: Final = 6  # 62**6 > 2**32
_SHA256_HEX: Final = 64


def _base62(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, rest = divmod(number, 62)
        text = _ALPHABET[rest] + text
    return text


def new_key() -> str:
    """A fresh API key: `bsr_`, 43 random base62 digits (256 bits), 6 of their CRC-32."""
    body = _base62(secrets.randbits(256), _RANDOM_DIGITS)
    return KEY_PREFIX + body + _base62(zlib.crc32(body.encode()), _CHECK_DIGITS)


def is_well_formed(key: str) -> bool:
    """Whether `key` has the shape and checksum of `new_key`; older shapes are judged by hash alone."""
    body, check = key[len(KEY_PREFIX) : -_CHECK_DIGITS], key[-_CHECK_DIGITS:]
    return (
        key.startswith(KEY_PREFIX)
        and len(body) == _RANDOM_DIGITS
        and all(letter in _ALPHABET for letter in body)
        and check == _base62(zlib.crc32(body.encode()), _CHECK_DIGITS)
    )


def hash_key(key: str) -> str:
    """What is stored of a key: `sha256:` and 64 hex digits.  A 256-bit secret needs no slow hash."""
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def sign(body: bytes, secret: str) -> str:
    """HMAC-SHA256 of the raw bytes in lower-case hex, as `X-Webhook-Signature` carries it."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, signature: str, keys: tuple[str, ...]) -> bool:
    """Whether `signature` is that of `body` under any of `keys`.

    Hex in any case, with or without GitHub's `sha256=` in front; compared in constant time.
    """
    given = signature.strip().removeprefix("sha256=").lower()
    if len(given) != _SHA256_HEX or not given.isascii():
        return False
    return any([hmac.compare_digest(given, sign(body, key)) for key in keys if key])  # noqa: C419 - no short cut
