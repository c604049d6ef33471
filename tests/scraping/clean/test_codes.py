"""Codes are text: checked where they can be, and never a zero shorter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from scraper_backend.scraping.clean import code, gtin, gtins, same_gtin


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("4006381333931", "4006381333931"),
        ("UPC: 012345678905", "012345678905"),
        ("EAN 4 006381 333931", "4006381333931"),
        ("96385074", "96385074"),
        ("10012345678902", "10012345678902"),
        ("ISBN 978-3-16-148410-0", "9783161484100"),
        ("ISBN 0-306-40615-2", "9780306406157"),
        (4006381333931, "4006381333931"),
        (12345678905, "012345678905"),
        (["x", "4006381333931"], "4006381333931"),
    ],
)
def test_a_gtin_is_found_and_its_zeros_stay(raw: object, expected: str) -> None:
    assert expected == gtin(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "4006381333932",
        "1234567890",
        "0000000000000",
        "DOG-1",
        "12.345.678",
        "",
        None,
        True,
        3.5,
        "B4006381333931",
    ],
)
def test_a_wrong_check_digit_is_no_gtin(raw: object) -> None:
    assert gtin(raw) is None


def test_each_gtin_of_a_text_is_listed_once() -> None:
    assert ("4006381333931", "96385074") == gtins("4006381333931, 96385074; 4006381333931")


def test_a_upc_and_its_ean_are_one_product() -> None:
    assert same_gtin("012345678905", "0012345678905")
    assert not same_gtin("012345678905", "012345678912")


@given(st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_any_upc_is_read_back_with_its_zeros(digits: str) -> None:
    upc = digits + ean.calc_check_digit(digits)

    assert gtin(f"UPC {upc}") == (upc if upc.strip("0") else None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("SKU: 00123-A", "00123-A"),
        ("Art.-Nr.: 40-1127", "40-1127"),
        ("Artikelnummer: 0098812", "0098812"),
        ("Réf. : TD340-E", "TD340-E"),
        ("Item #4567", "4567"),
        ("Model: HF-100", "HF-100"),
        ("AB/12 #7+8&amp;9", "AB/12 #7+8&9"),
        ("\u200bÑAN-Ø1 ", "ÑAN-Ø1"),
        (70000001000, "70000001000"),
        ("MODEL-7", "MODEL-7"),
        ("(95132)", "95132"),
    ],
)
def test_a_code_loses_its_label_and_nothing_else(raw: object, expected: str) -> None:
    assert expected == code(raw)


@pytest.mark.parametrize("raw", ["", "N/A", "none", "-", "x" * 200, None, True, "SKU:"])
def test_what_is_no_code_is_none(raw: object) -> None:
    assert code(raw) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_crash(raw: str) -> None:
    code(raw)
    gtins(raw)
