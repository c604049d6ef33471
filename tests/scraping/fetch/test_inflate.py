"""Compressed bodies."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.fetch.inflate import BadEncoding, TooLarge, inflate

SIZES = st.sampled_from([0, 1, 65_535, 65_536, 65_537, 200_000])


@given(st.binary(min_size=1, max_size=50), SIZES)
def test_what_was_compressed_comes_back(seed: bytes, size: int) -> None:
    body = (seed * (size // len(seed) + 1))[:size]

    assert (body, False) == inflate(gzip.compress(body), "gzip", 1_000_000)
    assert (body, False) == inflate(zlib.compress(body), "deflate", 1_000_000)
    assert (body + body, False) == inflate(gzip.compress(body) * 2, "x-gzip", 1_000_000)
    assert (body, False) == inflate(gzip.compress(gzip.compress(body)), "gzip, gzip", 1_000_000)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "gzip, deflate", "br", "identity", ""]))
def test_rubbish_is_a_fault_and_never_a_crash(body: bytes, encoding: str) -> None:
    with contextlib.suppress(BadEncoding, TooLarge):
        assert len(inflate(body, encoding, 1_000)[0]) <= 1_000


@pytest.mark.parametrize("cut", [1, 8, 9, 20])
def test_a_missing_end_is_seen(cut: int) -> None:
    body = bytes(range(256)) * 400

    out, missing = inflate(gzip.compress(body)[:-cut], "gzip", 1_000_000)

    assert missing
    assert body.startswith(out)


def test_what_follows_a_stream_is_let_be() -> None:
    assert (b"page", False) == inflate(gzip.compress(b"page") + b"\0\0junk", "gzip", 100)


def test_a_limit_is_a_limit() -> None:
    assert (b"a" * 100, False) == inflate(gzip.compress(b"a" * 100), "gzip", 100)
    for bomb in (gzip.compress(b"a" * 101), gzip.compress(b"a" * 60) * 2, gzip.compress(b"a" * 10**8)):
        with pytest.raises(TooLarge):
            inflate(bomb, "gzip", 100)
    with pytest.raises(BadEncoding, match="thousand"):
        inflate(gzip.compress(b"") * 1_002, "gzip", 100)
