"""Outcomes as lines: JSON Lines for programs, CSV for spreadsheets.  One outcome in, one line out.

Used by `bsr scrape`, `bsr job export` and the panel's downloads, which therefore agree.  Scraped text is
hostile: no cell of a CSV can become a formula, and a plain number stays one.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from scraper_backend.core.wire import Outcome

COLUMNS: Final = (
    "title", "price", "currency", "availability", "brand", "description", "images", "url",
    "gtin", "mpn", "weight", "rating", "reviews_count", "category",
)  # fmt: skip
"""The standard fields that have a column; a page's own `sku` stands in `sku_on_page`."""

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")


Line = Mapping[str, Any]
"""`{"sku", "scraper", "outcome", "data", "detail", "scraped_at"}` as plain JSON values."""


def line_of(outcome: Outcome) -> Line:
    """An outcome as the line it is written as."""
    return outcome.as_json()


def json_line(line: Line) -> bytes:
    """The line as JSON, and a line feed."""
    return orjson.dumps(line) + b"\n"


def columns(own_fields: Iterable[str] = ()) -> list[str]:
    """The heading of a CSV: what was asked, how it ended, the standard fields, the user's own."""
    known = {*COLUMNS, "sku"}
    return [
        "sku", "scraper", "outcome", *COLUMNS, "sku_on_page",
        *(name for name in dict.fromkeys(own_fields) if name not in known), "reason", "scraped_at",
    ]  # fmt: skip


def csv_heading(heading: Iterable[str]) -> bytes:
    """The first line of a CSV, with the mark that makes spreadsheets read it as UTF-8."""
    return "\ufeff".encode() + _row([cell(name) for name in heading])


def csv_line(line: Line, heading: Iterable[str]) -> bytes:
    """One line under these columns; what has no column is left out."""
    data, detail = line["data"] or {}, line["detail"] or {}
    values = {
        **data,
        "sku_on_page": data.get("sku"),
        **{name: line[name] for name in ("sku", "scraper", "outcome", "scraped_at")},
        "reason": detail.get("reason"),
    }
    return _row([cell(values.get(name)) for name in heading])


def cell(value: object) -> str:
    """A value as a cell: lists of texts a line each, objects as JSON, nothing that could be a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip()) else text


def _row(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode("utf-8", "replace")
