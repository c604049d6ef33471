"""A file or a pasted text as a table of text.

A spreadsheet's numbers have lost their leading zeros before we see them.  Where the cell's own format says
how many digits it shows, they are put back; otherwise the table says which cells are numbers, so that a
person can look before anything is made of them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scraper_backend.core import skus
from scraper_backend.core.errors import BadRequest

MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 200
MAX_INFLATED: Final = 128 * 1024 * 1024
"""A workbook is a zip: what it may become, all its parts together."""
_ZEROS = re.compile(r"0+")
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits; what is longer was rounded."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and what is doubtful about it."""

    text: str
    is_number: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the line or row number people see."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that are not empty."""

    rows: tuple[Row, ...] = ()
    name: str = ""
    width: int = field(default=0)

    @classmethod
    def of(cls, rows: Sequence[Row], name: str = "") -> Table:
        """With the width of its widest row."""
        return cls(tuple(rows), name, max((len(row.cells) for row in rows), default=0))


def read_file(data: bytes, name: str) -> Table:
    """An uploaded CSV or XLSX.  Raises `BadRequest` with what to do instead."""
    if data.startswith(b"PK\x03\x04"):
        return Table.of(_capped(_workbook(data)), name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadRequest("This is an old .xls workbook; save it as .xlsx or CSV and choose that file.")
    if b"\0" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadRequest("This file is neither text nor a workbook; choose a CSV or an XLSX file.")
    return Table.of(_capped(_delimited(skus.decode(data))), name)


def read_text(text: str) -> Table:
    """Pasted text: a table copied from a spreadsheet, or SKUs with anything between them."""
    lines = text.splitlines()
    tabs = {line.count("\t") for line in lines if line.strip()}
    if len(lines) > 1 and len(tabs) == 1 and tabs != {0}:
        return Table.of(_capped(_delimited(text)))
    return Table.of(_capped(_loose(lines)))


def _loose(lines: Sequence[str]) -> Iterator[Row]:
    """One SKU a row.

    Commas, semicolons, tabs and bars part SKUs wherever they are.  A space may belong to a SKU: it parts them
    only in a single line, or where everything between spaces is a long number.
    """
    split = re.compile(r"[,;|\t]+")
    pieces = [
        (number, piece)
        for number, line in enumerate(lines, 1)
        for piece in split.split(line)
        if piece.strip()
    ]
    words = [word for _, piece in pieces for word in piece.split()]
    if len(pieces) == 1 or all(word.isdecimal() and len(word) >= 5 for word in words):
        pieces = [(number, word) for number, piece in pieces for word in piece.split()]
    for number, piece in pieces:
        yield Row(number, (Cell(skus.bare(piece)),))


def _delimited(text: str) -> Iterator[Row]:
    lines = text.splitlines()
    sample = [line for line in lines[:50] if line.strip()]
    delimiter = max("\t;,|", key=lambda mark: (_steady(sample, mark), sample[0].count(mark) if sample else 0))
    if not any(delimiter in line for line in sample):
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield Row(number, (Cell(skus.bare(line)),))
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(reader.line_num, tuple(Cell(skus.bare(cell)) for cell in cells[:MAX_COLUMNS]))
    except csv.Error as error:
        raise BadRequest(
            f"Line {reader.line_num} of the file cannot be read as CSV: {error}; save it again as CSV."
        ) from None


def _steady(sample: Sequence[str], mark: str) -> int:
    """In how many lines the mark stands as often as in the first."""
    first = sample[0].count(mark) if sample else 0
    return sum(line.count(mark) == first for line in sample) if first else 0


def _workbook(data: bytes) -> Iterator[Row]:
    """The first sheet that holds anything."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_INFLATED:
                raise BadRequest(
                    "This workbook is too large; save the sheet with the SKUs as CSV.", status=413
                )
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except BadRequest:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken file makes it stumble over
        raise _broken() from error
    try:
        for sheet in book.worksheets:
            rows = list(_capped(_sheet(sheet)))
            if rows:
                yield from rows
                return
    except BadRequest:
        raise
    except Exception as error:
        raise _broken() from error
    finally:
        book.close()


def _broken() -> BadRequest:
    return BadRequest("This workbook cannot be read; open it in a spreadsheet and save it again, or as CSV.")


def _sheet(sheet: Any) -> Iterator[Row]:
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        cells = [_cell(cell) for cell in row]
        while cells and not cells[-1].text and not cells[-1].fault:
            cells.pop()
        if cells:
            yield Row(number, tuple(cells))


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if isinstance(value, str):
        return Cell(skus.bare(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Cell(str(value), fault=f"is a {type(value).__name__} and no text")
    if abs(value) >= _EXACT:
        return Cell(str(value), fault=f"found {value}, a number that the spreadsheet rounded")
    text = str(int(value)) if value == int(value) else str(value)
    shown = str(cell.number_format or "")
    if _ZEROS.fullmatch(shown) and text.isdecimal():
        return Cell(text.zfill(len(shown)), is_number=len(shown) < 2)
    return Cell(text, is_number=True)


def _capped(rows: Iterator[Row]) -> list[Row]:
    taken: list[Row] = []
    for row in rows:
        if len(taken) == MAX_ROWS:
            raise BadRequest(f"The file has more than {MAX_ROWS:,} rows; cut it into parts.", status=413)
        taken.append(row)
    return taken
