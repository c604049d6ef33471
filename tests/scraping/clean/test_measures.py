"""Numbers, counts, ratings, weights, yes and no."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper_backend.scraping.clean import boolean, integer, number, rating, reviews_count, weight


@pytest.mark.parametrize(
    ("raw", "locale", "expected"),
    [
        ("12.5", None, "12.5"), ("12,5", None, "12.5"), ("-3", None, "-3"), ("1,234.5", None, "1234.5"),
        ("1.234", "de", "1234"), ("1.234", "en", "1.234"), ("approx. 7 pieces", None, "7"), (4, None, "4"),
        (0.1, None, "0.1"), ("٣", None, "3"),
    ],
)  # fmt: skip
def test_a_number_is_read(raw: object, locale: str | None, expected: str) -> None:
    assert Decimal(expected) == number(raw, locale=locale)


@pytest.mark.parametrize("raw", ["", "none", None, True, float("nan"), float("inf"), [], "1" * 500])
def test_no_number_is_none(raw: object) -> None:
    assert number(raw) is None


def test_an_integer_is_whole() -> None:
    assert (7, 1200, None) == (integer("7"), integer("1,200"), integer("7.5"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("yes", True),
        ("Ja", True),
        ("no", False),
        ("Nein", False),
        ("1", True),
        (0, False),
        (True, True),
        ("maybe", None),
        (None, None),
        (2, None),
    ],
)
def test_yes_and_no_are_read_in_many_languages(raw: object, expected: bool | None) -> None:
    assert expected is boolean(raw)


@pytest.mark.parametrize(
    ("raw", "best", "expected"),
    [
        ("4.5", None, "4.5"), ("4,5 von 5", None, "4.5"), ("4.5 out of 5 stars", None, "4.5"), ("9/10",
        None, "4.5"),
        (9, 10, "4.5"), ("90%", None, "4.5"), ("star-rating Four", None, "4"), ("Rated 4.50 out of 5",
        None, "4.5"),
        ("★★★", None, "3"), (87, 100, "4.35"), (0, 5, "0"),
    ],
)  # fmt: skip
def test_a_rating_is_on_a_scale_of_five(raw: object, best: object, expected: str) -> None:
    assert Decimal(expected) == rating(raw, best=best)


@pytest.mark.parametrize("raw", ["", "great", "7", "-1", None, "4711"])
def test_what_is_out_of_scale_is_no_rating(raw: object) -> None:
    assert rating(raw) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("(1,234 reviews)", 1234), ("12", 12), ("1.2k reviews", 1200), ("4.5 (37)", 37),
        ("4.8 out of 5 (1 234)", 1234),
        ("1 customer review", 1), (0, 0), ("Be the first to review", None), ("", None), (None, None),
        (-1, None),
    ],
)  # fmt: skip
def test_reviews_are_counted(raw: object, expected: int | None) -> None:
    assert expected == reviews_count(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12.5 kg", "12.5 kg"), ("1,5 Kilogramm", "1.5 kg"), ("500g", "500 g"), ("24-lb bag", "24 lb"),
        ("Net wt. 5.50 OZ", "5.5 oz"), ("2 lb 8 oz", "2 lb 8 oz"), ("1,200 g", "1200 g"), ("12 fl oz", None),
        ("large", None), ({"value": 3, "unitText": "KGM"}, "3 kg"), (None, None), ("5", None),
    ],
)  # fmt: skip
def test_a_weight_is_a_value_and_a_unit(raw: object, expected: str | None) -> None:
    assert expected == weight(raw)


@given(st.text(max_size=100))
@settings(deadline=None)
def test_any_text_is_read_without_a_crash(raw: str) -> None:
    for read in (number, integer, boolean, rating, reviews_count, weight):
        read(raw)


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=2))
def test_a_plain_decimal_is_read_back(value: Decimal) -> None:
    assert value == number(str(value))
