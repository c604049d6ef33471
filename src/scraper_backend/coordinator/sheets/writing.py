"""Rows as files: CSV, JSON Lines, XLSX, Parquet.  Each page of rows becomes bytes at once and is forgotten.

Nothing is written to disk, so nothing has to be cleaned up, and a hundred thousand rows take no more memory
than one page.  Scraped text is hostile: no cell of a CSV or a workbook can become a formula (`core.lines`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol

import orjson

from scraper_backend.coordinator.sheets.columns import Column, Values
from scraper_backend.coordinator.sheets.parquet import ParquetFile
from scraper_backend.coordinator.sheets.workbook import Workbook
from scraper_backend.core import lines

Format = Literal["csv", "jsonl", "xlsx", "parquet"]
MEDIA: Final[Mapping[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


class File(Protocol):
    """A file on its way: the bytes of each page of rows, then its end."""

    def rows(self, page: Sequence[Values]) -> bytes:
        """These rows."""

    def end(self) -> bytes:
        """What comes after the last row."""


def new_file(format_: Format, columns: Sequence[Column]) -> File:
    """An empty file of this format with these columns."""
    made: Mapping[Format, type[CsvFile] | type[JsonLines] | type[Workbook] | type[ParquetFile]] = {
        "csv": CsvFile, "jsonl": JsonLines, "xlsx": Workbook, "parquet": ParquetFile,
    }  # fmt: skip
    return made[format_](columns)


class CsvFile:
    """With the mark that makes spreadsheets read it as UTF-8."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._heading = lines.csv_heading(column.heading for column in columns)

    def rows(self, page: Sequence[Values]) -> bytes:
        """One line a row."""
        heading, self._heading = self._heading, b""
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(
            [lines.cell(row.get(column.name)) for column in self._columns] for row in page
        )
        return heading + text.getvalue().encode("utf-8", "replace")

    def end(self) -> bytes:
        """The heading, if there was no row."""
        return self.rows(())


class JsonLines:
    """One object a row: the values as they are, nothing left out and nothing made safe for spreadsheets."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def rows(self, page: Sequence[Values]) -> bytes:
        """One line a row."""
        return b"".join(
            orjson.dumps({column.heading: row.get(column.name) for column in self._columns}) + b"\n"
            for row in page
        )

    def end(self) -> bytes:
        """Nothing comes after the last line."""
        return b""
