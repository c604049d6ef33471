"""Which code is which: punctuation and padding may differ, codes may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.asked import Asked, is_gtin


@pytest.mark.parametrize(
    ("asked", "declared"),
    [
        ("DOG-1", "dog-1"), ("DOG-1", "DOG 1"),
        ("DOG-1", "DOG1"), ("DOG-1", "DOG\u20111"), ("OC004", "OC-004"),
        ("123.456.78", "12345678"), ("012345678905", "0012345678905"), ("012345678905", "00012345678905"),
        ("12345678905", "012345678905"),
        ("0 12345 67890 5", "012345678905"), ("AB/12 #7+8&9", "ab/12  #7+8&9"),
        ("ÑAN-Ø1", "ñan-ø1"), ("ＡＢ１２", "AB12"),
    ],
)  # fmt: skip
def test_one_code_in_two_forms(asked: str, declared: str) -> None:
    assert Asked(asked).is_code(declared)


@pytest.mark.parametrize(
    ("asked", "declared"),
    [
        ("DOG-1", "DOG-10"), ("DOG-1", "DOG-1-L"), ("1-23", "12-3"), ("1-23", "123"), ("00123", "123"),
        ("012345678905", "10012345678902"), ("OC-004", "OC-0041"),
        ("NAN", "ÑAN"), ("DOG-1", ""), ("12.5", "125"),
    ],
)  # fmt: skip
def test_two_codes(asked: str, declared: str) -> None:
    """A case of twelve has a GTIN-14 of its own; leading zeros of a shop's own number count."""
    assert not Asked(asked).is_code(declared)


@pytest.mark.parametrize("text", ["Leash DOG-1, red", "(DOG-1)", "dog 1 leash", "SKU DOG-1."])
def test_a_text_names_it(text: str) -> None:
    assert Asked("DOG-1").stands_in(text)


@pytest.mark.parametrize(
    "text",
    ["Leash DOG-10", "DOG-1-L", "XDOG-1", "MEGA-DOG-1", "Filter for DOG-1", "passend für DOG-1", "dog 12"],
)
def test_a_text_means_something_else(text: str) -> None:
    assert not Asked("DOG-1").stands_in(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://s.test/p/dog-1", "https://s.test/DOG%201.html", "https://s.test/dog_1/", "https://s.test/p/DOG1",
    ],
)  # fmt: skip
def test_an_address_is_it(url: str) -> None:
    assert Asked("DOG-1").names_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://s.test/p/dog-1-l", "https://s.test/p/dog-10", "https://s.test/search?q=dog-1", "https://dog-1.test/",
    ],
)  # fmt: skip
def test_an_address_is_another(url: str) -> None:
    assert not Asked("DOG-1").names_address(url)


def test_short_numbers_prove_nothing_in_an_address() -> None:
    """`/short-leash_379/` has the shop's own id in it."""
    assert not Asked("379").names_address("https://s.test/379/")
    assert Asked("070000001000").names_address("https://s.test/dog-food-070000001000.html")


def test_check_digits() -> None:
    assert is_gtin("012345678905")
    assert not is_gtin("012345678906")
    assert not is_gtin("00000000")


@given(st.text(max_size=40))
def test_every_code_is_itself(text: str) -> None:
    asked = Asked(text)

    assert asked.is_code(text) == bool(asked.folded)


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_never_fails_and_is_the_same_both_ways(one: str, other: str) -> None:
    assert Asked(one).is_code(other) == Asked(other).is_code(one)
    Asked(one).stands_in(other)
    Asked(one).names_address(f"https://s.test/{other}")


def test_a_slash_in_a_code_is_no_border_of_its_address() -> None:
    assert Asked("GF/12 A").names_address("https://shop.example/p/GF%2F12%20A")
    assert not Asked("GF/12 A").names_address("https://shop.example/GF/12%20A/x")
