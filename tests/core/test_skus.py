"""What a SKU may look like, and what spreadsheets do to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core import skus


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("012345", "012345"),
        ('="012345"', "012345"),
        ('"A ""B"""', 'A "B"'),
        ("  AB 12/3 ", "AB 12/3"),
        ('"', '"'),
    ],
)
def test_what_a_spreadsheet_puts_around_a_text_is_taken_off(written: str, meant: str) -> None:
    assert meant == skus.bare(written)


@pytest.mark.parametrize(
    ("sku", "why"),
    [
        ("", "has no SKU"),
        ("x" * 201, "is longer"),
        ("1.23E+11", "rounded"),
        ("a\x00b", "characters"),
        ("caf\ufffd", "characters"),
    ],
)
def test_what_is_no_sku_says_why(sku: str, why: str) -> None:
    fault = skus.fault(sku)

    assert fault is not None
    assert why in fault[0]


@given(st.binary(max_size=200))
def test_any_file_is_some_text(data: bytes) -> None:
    assert isinstance(skus.decode(data), str)
