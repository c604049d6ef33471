"""Tables that people bring: CSV and XLSX files, pasted text, and what is wrong with them."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper_backend.coordinator.sheets import intake, reading
from scraper_backend.core.errors import BadRequest


def workbook(*rows: tuple[object, ...], formats: dict[str, str] | None = None) -> bytes:
    """An XLSX with these rows; `formats` by cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for place, shown in (formats or {}).items():
        sheet[place].number_format = shown
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def pasted(text: str) -> tuple[str, ...]:
    return intake.take(reading.read_text(text)).skus


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("012345\n067890\r\n", ("012345", "067890")),
        ("012345, 067890;111111\t222222|333333", ("012345", "067890", "111111", "222222", "333333")),
        ("012345 067890", ("012345", "067890")),
        ("012345 067890\n111111 222222", ("012345", "067890", "111111", "222222")),
        ("AB 12\nCD 34/5", ("AB 12", "CD 34/5")),
        ('"012345"\n="067890"', ("012345", "067890")),
        ("SKU\n012345\n", ("012345",)),
        ("", ()),
        (" \n\t\n", ()),
    ],
)
def test_skus_are_read_with_anything_between_them(text: str, skus: tuple[str, ...]) -> None:
    assert skus == pasted(text)


def test_a_table_from_a_spreadsheet_is_read_by_its_column() -> None:
    taken = intake.take(reading.read_text("Name\tUPC\tPrice\nDog\t012345\t9.99\nCat\t067890\t8.99\n"))

    assert ("012345", "067890") == taken.skus
    assert "UPC" == taken.heading
    assert ["Name", "UPC", "Price"] == [column.name for column in taken.columns]


def test_another_column_can_be_chosen() -> None:
    table = reading.read_file(b"sku,mpn\nA1000,M-1\nA2000,M-2\n", "list.csv")

    assert ("A1000", "A2000") == intake.take(table).skus
    assert ("M-1", "M-2") == intake.take(table, 1).skus


def test_the_column_of_codes_is_found_without_a_heading() -> None:
    table = reading.read_file(b"Dog food,012345678905,9.99\nCat food,036000291452,8.99\n", "list.csv")

    assert ("012345678905", "036000291452") == intake.take(table).skus


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_of_any_kind_is_read(delimiter: str, encoding: str) -> None:
    text = delimiter.join(("SKU", "Größe")) + "\n" + delimiter.join(("012345", "äöü")) + "\n"

    assert ("012345",) == intake.take(reading.read_file(text.encode(encoding), "x.csv")).skus


def test_a_quoted_cell_may_hold_the_delimiter() -> None:
    table = reading.read_file(b'sku,name\n"A,1000","Food, dry"\n', "x.csv")

    assert ("A,1000",) == intake.take(table).skus


def test_duplicates_and_bad_rows_are_told_with_their_rows() -> None:
    table = reading.read_file(b"sku,name\n0123,a\n,b\n0123,c\n1.2E+11,d\n4567,e\n", "x.csv")

    taken = intake.take(table)

    assert ("0123", "4567") == taken.skus
    assert ((4, "0123"),) == taken.duplicates
    assert [(3, "has no SKU"), (5, "found 1.2E+11, a number that a spreadsheet rounded")] == [
        (bad.row, bad.why) for bad in taken.bad
    ]


def test_text_cells_of_a_workbook_keep_their_zeros() -> None:
    taken = intake.take(reading.read_file(workbook(("UPC",), ("012345678905",), ("036000291452",)), "x.xlsx"))

    assert ("012345678905", "036000291452") == taken.skus
    assert () == taken.numbers


def test_numbers_in_a_workbook_are_shown_as_doubtful() -> None:
    taken = intake.take(reading.read_file(workbook(("UPC",), (12345678905,), ("036000291452",)), "x.xlsx"))

    assert ("12345678905", "036000291452") == taken.skus
    assert ((2, "12345678905"),) == taken.numbers


def test_zeros_that_a_cell_shows_are_put_back() -> None:
    data = workbook(("UPC",), (12345678905,), formats={"A2": "000000000000"})

    taken = intake.take(reading.read_file(data, "x.xlsx"))

    assert (("012345678905",), ()) == (taken.skus, taken.numbers)


def test_cells_that_cannot_be_a_sku_are_told() -> None:
    data = workbook(("UPC",), (10**17,), (datetime(2026, 1, 1),), (True,), ("A1000",))

    taken = intake.take(reading.read_file(data, "x.xlsx"))

    assert ("A1000",) == taken.skus
    assert [2, 3, 4] == [bad.row for bad in taken.bad]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0 old", "old .xls"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither text nor a workbook"),
        (b"PK\x03\x04 broken", "cannot be read"),
    ],
)
def test_a_file_of_another_kind_says_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        reading.read_file(data, "x")


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/sharedStrings.xml", b"\0" * (reading.MAX_INFLATED + 1))

    with pytest.raises(BadRequest, match="too large"):
        reading.read_file(data.getvalue(), "bomb.xlsx")


def test_five_thousand_rows_with_zeros_survive() -> None:
    skus = [f"{n:012}" for n in range(5000)]

    taken = intake.take(reading.read_file(("upc\n" + "\n".join(skus)).encode(), "x.csv"))

    assert tuple(skus) == taken.skus


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_whatever_is_pasted_each_sku_is_there_once_and_clean(text: str) -> None:
    taken = intake.take(reading.read_text(text))

    assert len(set(taken.skus)) == len(taken.skus)
    assert all(sku.strip() == sku and "\n" not in sku for sku in taken.skus)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_whatever_is_uploaded_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadRequest):
        assert isinstance(intake.take(reading.read_file(data, "x")), intake.Intake)
