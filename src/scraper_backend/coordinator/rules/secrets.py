"""Secrets at rest: AES-256-GCM under a key that is not in the database (`BSR_MASTER_KEY`).

What a secret is for is sealed in with it: the webhook's secret copied into somebody's second factor opens
nothing.  Without a master key nothing can be sealed, and the words say how to make one.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scraper_backend.core.errors import UsageError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
NO_KEY: Final = (
    "This needs BSR_MASTER_KEY, which keeps secrets sealed in the database: put the output of "
    "`openssl rand -base64 32` into it, or its file's path into BSR_MASTER_KEY_FILE, and start again."
)
OTHER_KEY: Final = (
    "This secret was sealed with another BSR_MASTER_KEY; start the coordinator with that one, or set it anew."
)


def read_key(text: str) -> bytes:
    """A master key as people write it: 32 bytes in base64 or hex.  Raises `ValueError` with what to write."""
    for decode in (bytes.fromhex, _base64):
        try:
            key = decode(text.strip())
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise ValueError("is not 32 bytes in base64 or hex; make one with `openssl rand -base64 32`")


def seal(key: bytes | None, purpose: str, text: str) -> str:
    """`text` for the database.  Raises `UsageError` without a key."""
    if key is None:
        raise UsageError(NO_KEY)
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(key: bytes | None, purpose: str, sealed: str) -> str:
    """What was sealed for this purpose.  Raises `UsageError` without the right key."""
    if key is None:
        raise UsageError(NO_KEY)
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
    except InvalidTag:
        raise UsageError(OTHER_KEY) from None


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
