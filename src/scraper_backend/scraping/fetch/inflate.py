"""Compressed bodies, inflated to a limit and not a byte beyond.

The body is inflated here, in one call and after it has arrived, and not by the HTTP client as it
comes in: that is cheaper, a bomb stops at the limit, and a stream that ends early is seen.
"""

from __future__ import annotations

from typing import Final

from isal import isal_zlib

ACCEPTED: Final = "gzip, deflate"
_GZIP: Final = 31
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZLIB: Final = 15
_RAW: Final = -15
_FIRST_STEP: Final = 65_536


class BadEncoding(ValueError):
    """The body cannot be inflated; the message says why."""


class TooLarge(ValueError):
    """The body is larger than the limit once it is inflated."""


def inflate(body: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """The body as it was before it was compressed, and whether its end is missing."""
    whole = True
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in ("", "identity") or not body:
            continue
        body, complete = _inflate_one(body, name, limit)
        whole = whole and complete
    return body, not whole


def _inflate_one(body: bytes, name: str, limit: int) -> tuple[bytes, bool]:
    if name in ("gzip", "x-gzip"):
        return _members(body, limit)
    if name == "deflate":
        # "deflate" is zlib's format by the standard, and a raw stream from some servers.
        is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        out, _, complete = _stream(body, _ZLIB if is_zlib else _RAW, limit)
        return out, complete
    raise BadEncoding(f"the body is compressed as {name}, which was not asked for")


def _members(body: bytes, limit: int) -> tuple[bytes, bool]:
    """A gzip body may be several members; zeros or garbage after the first are let be."""
    if body[:2] != _GZIP_MAGIC:
        raise BadEncoding("the body is not gzip, though the server says so")
    out, rest, complete = _stream(body, _GZIP, limit)
    parts, size, members = [out], len(out), 1
    while complete and rest[:2] == _GZIP_MAGIC:
        members += 1
        if members > 1000:
            raise BadEncoding("the body is more than a thousand gzip streams")
        out, rest, complete = _stream(rest, _GZIP, limit - size)
        parts.append(out)
        size += len(out)
    return b"".join(parts), complete


def _stream(body: bytes, wbits: int, limit: int) -> tuple[bytes, bytes, bool]:
    """One compressed stream: what was in it, what follows it, whether its end was there.

    In steps that grow, since one call with room for everything costs twice the time on a usual page.
    """
    engine = isal_zlib.decompressobj(wbits=wbits)
    parts: list[bytes] = []
    step, size = _FIRST_STEP, 0
    try:
        while True:
            part = engine.decompress(body, step)
            parts.append(part)
            size += len(part)
            if size > limit:
                raise TooLarge("the page is too large once it is inflated")
            if engine.eof or not part:
                break
            body, step = engine.unconsumed_tail, step * 2
    except isal_zlib.error as error:  # type: ignore[misc]  # the stub says nothing of its base
        raise BadEncoding(f"the compressed body is broken: {error}") from None
    return b"".join(parts), engine.unused_data, engine.eof
