"""Repairing what a website sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core import wire
from scraper_backend.core.plain import mended, plain


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "json"),
    [
        ("a\0b", "ab"), ("\ud800x", "\ufffdx"), ("\ud83d\ude00", "😀"), (float("nan"), None),
        (float("-inf"), None), (2**60, str(2**60)), (Decimal("29.99"), 29.99), (Decimal("NaN"), None),
        ({1: {"\0": "x"}}, {"1": {"": "x"}}), ((1, 2), [1, 2]), (b"x", "b'x'"),
        (datetime(2024, 1, 15, tzinfo=UTC), "2024-01-15T00:00:00Z"),
    ],
)  # fmt: skip
def test_a_value_is_mended(value: object, json: object) -> None:
    assert json == mended(value)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.decimals()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)


@given(ANYTHING)
def test_whatever_a_site_sends_can_be_stored(value: object) -> None:
    stored = wire.check(wire.OutcomeNote, {"outcome": "found", "detail": {"x": mended(value)}})

    assert b"\\u0000" not in orjson.dumps(stored.as_json())


def test_nesting_without_end_is_flattened() -> None:
    value: object = "x"
    for _ in range(500):
        value = [value]

    wire.check(wire.OutcomeNote, {"outcome": "found", "detail": {"x": mended(value)}})


def test_values_of_python_become_json() -> None:
    value = {
        "a": Colour.RED,
        "b": UUID(int=1),
        "c": (Decimal("1.10"), None),
        "d": datetime(2024, 1, 15, tzinfo=UTC),
    }

    assert {
        "a": "red", "b": str(UUID(int=1)), "c": [1.1, None], "d": "2024-01-15T00:00:00Z",
    } == plain(value)  # fmt: skip
