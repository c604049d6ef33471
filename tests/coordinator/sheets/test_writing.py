"""Exports: the same rows in four formats, nothing that a spreadsheet would compute, in flat memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from scraper_backend.coordinator.sheets import columns, writing
from scraper_backend.coordinator.sheets.columns import Column
from scraper_backend.core.errors import BadRequest

ROW = {
    "sku": "012345", "title": "Dog food", "price": 9.99, "images": ["https://a.example/1.jpg", "https://a.example/2.jpg"],
    "reviews_count": 12, "seen_at": "2026-03-02T09:00:00.000Z", "own": {"a": 1},
}  # fmt: skip
NAMES = ("sku", "title", "price", "images", "reviews_count", "seen_at", "own")
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1+1", "－1+1",
    "＠SUM(A1)", " =1+1",
    "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example","x")', "-2+3+cmd|' /C calc'!D2",
    "\u00a0=1", "+", "-", "=",
]  # fmt: skip


def written(
    format_: writing.Format, rows: list[dict[str, Any]], names: tuple[str, ...] = NAMES, **as_: str
) -> bytes:
    file = writing.new_file(format_, columns.chosen(names, as_, (*NAMES, *names)))
    return file.rows(rows) + file.end()


def as_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_sheet(data: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def as_table(data: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    return rows


def test_csv_has_a_heading_and_a_line_a_row() -> None:
    lines = as_csv(written("csv", [ROW], title="Our title"))

    assert ["sku", "Our title", "price", "images", "reviews_count", "seen_at", "own"] == lines[0]
    assert [
        "012345", "Dog food", "9.99", "https://a.example/1.jpg\nhttps://a.example/2.jpg", "12",
        "2026-03-02T09:00:00.000Z", '{"a": 1}',
    ] == lines[1]  # fmt: skip


def test_json_lines_keep_every_value_as_it_is() -> None:
    line = json.loads(written("jsonl", [ROW], ("sku", "images", "own"), sku="code"))

    assert {"code": "012345", "images": ROW["images"], "own": {"a": 1}} == line


def test_a_workbook_has_texts_and_numbers() -> None:
    rows = as_sheet(written("xlsx", [ROW, {"sku": "-12.5", "price": -12.5}]))

    assert list(NAMES) == rows[0]
    assert ["012345", "Dog food", 9.99] == rows[1][:3]
    assert ["-12.5", None, -12.5] == rows[2][:3]


def test_parquet_has_types() -> None:
    row = as_table(written("parquet", [ROW, {"sku": "=x", "price": "n/a", "seen_at": "never"}]))

    assert (9.99, 12, "012345") == (row[0]["price"], row[0]["reviews_count"], row[0]["sku"])
    assert 2026 == row[0]["seen_at"].year
    assert {"sku": "=x", "price": None, "seen_at": None}.items() <= row[1].items()


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx", "parquet"])
def test_an_export_without_rows_is_a_whole_file(format_: writing.Format) -> None:
    data = written(format_, [])

    if format_ == "csv":
        assert [list(NAMES)] == as_csv(data)
    elif format_ == "xlsx":
        assert [list(NAMES)] == as_sheet(data)
    elif format_ == "parquet":
        assert [] == as_table(data)
    else:
        assert b"" == data


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_and_no_heading_is_a_formula(text: str) -> None:
    heading = [Column("title", text), Column("price", "price")]
    rows = [{"title": text, "price": text}]

    cells = as_csv(_whole(writing.CsvFile(heading), rows))
    sheet = openpyxl.load_workbook(io.BytesIO(_whole(writing.new_file("xlsx", heading), rows))).active

    for cell in (cells[0][0], *cells[1]):
        assert cell.startswith("'"), cell
    for place in ("A1", "A2", "B2"):
        assert "s" == sheet[place].data_type
        assert str(sheet[place].value).startswith("'")


def _whole(file: writing.File, rows: list[dict[str, Any]]) -> bytes:
    return file.rows(rows) + file.end()


@pytest.mark.parametrize("number", ["-12.5", "+3", "-1,5", "0.5", -12.5, 7])
def test_a_number_stays_a_number(number: object) -> None:
    assert [str(number)] == as_csv(written("csv", [{"title": number}], ("title",)))[1]


def test_letters_that_no_file_can_hold_do_not_break_it() -> None:
    text = "a\x00b\ud800c\x1bd\ufffe<&>\"'"
    row: dict[str, Any] = {"title": text, "sku": "1" * 40_000}

    assert "\x00" not in as_sheet(written("xlsx", [row], ("title", "sku")))[1][0]
    assert 1 == len(as_table(written("parquet", [row], ("title", "sku"))))
    assert 2 == len(as_csv(written("csv", [row], ("title", "sku")).replace(b"\x00", b"")))


def test_two_columns_cannot_have_one_heading() -> None:
    with pytest.raises(BadRequest, match="a heading of its own"):
        columns.chosen(["sku", "title"], {"title": "sku"}, NAMES)


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(BadRequest, match="no column 'prize'"):
        columns.chosen(["prize"], {}, NAMES)


def _pages(n: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, n, 500):
        yield [{**ROW, "sku": f"{start + k:012}"} for k in range(500)]


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx", "parquet"])
def test_a_hundred_thousand_rows_take_flat_memory(format_: writing.Format) -> None:
    file = writing.new_file(format_, columns.chosen(("sku", "title", "price"), {}, NAMES))
    size = 0
    file.rows(next(_pages(500)))

    tracemalloc.start()
    for page in _pages(100_000):
        size += len(file.rows(page))
    size += len(file.end())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 200_000
    assert peak < 24 * 2**20
    assert pyarrow.total_allocated_bytes() < 24 * 2**20
