"""Reading a body: never more than 8 MiB, whatever it was packed in."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.coordinator.body import inflate
from scraper_backend.core.errors import BadRequest
from scraper_backend.core.wire import MAX_BODY


def _status(raw: bytes, coding: str) -> int:
    with pytest.raises(BadRequest) as refused:
        inflate(raw, coding=coding)
    return refused.value.status


@given(st.lists(st.binary(max_size=2000), max_size=4))
def test_gzip_in_one_or_several_members_is_undone(parts: list[bytes]) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)

    assert b"".join(parts) == inflate(packed, coding="gzip")


@given(st.binary(max_size=500))
def test_whatever_is_sent_as_gzip_is_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(BadRequest):
        assert isinstance(inflate(raw, coding="gzip"), bytes)


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    assert MAX_BODY == len(inflate(gzip.compress(bytes(MAX_BODY)), coding="gzip"))
    assert 413 == _status(gzip.compress(bytes(MAX_BODY + 1)), "gzip")


def test_a_bomb_stops_at_the_limit() -> None:
    """256 MiB of zeros in 260 kB; also as many small members, each of them harmless."""
    machine = zlib.compressobj(wbits=31)
    bomb = b"".join(machine.compress(bytes(2**20)) for _ in range(256)) + machine.flush()
    tracemalloc.start()

    status, many = _status(bomb, "gzip"), _status(gzip.compress(bytes(2**20)) * 100, "gzip")

    assert (413, 413) == (status, many)
    assert tracemalloc.get_traced_memory()[1] < 4 * MAX_BODY
    tracemalloc.stop()


def test_what_is_cut_off_or_no_gzip_at_all_is_the_senders_fault() -> None:
    assert 400 == _status(gzip.compress(b"0123456789" * 100)[:-9], "gzip")
    assert 400 == _status(b"{}", "gzip")


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd", "é"])
def test_other_codings_are_not_understood(coding: str) -> None:
    assert 415 == _status(b"{}", coding)
