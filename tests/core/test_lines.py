"""Outcomes as lines: programs read what was found, spreadsheets run nothing of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core import lines
from scraper_backend.core.wire import Outcome

WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def _found(**data: Any) -> lines.Line:
    return lines.line_of(Outcome(sku="007", scraper="chewy", outcome="found", data=data, scraped_at=WHEN))


def _cells(line: lines.Line, *own: str) -> dict[str, str]:
    heading = lines.columns(own)
    text = (lines.csv_heading(heading) + lines.csv_line(line, heading)).decode("utf-8-sig")
    return next(iter(csv.DictReader(io.StringIO(text, newline=""))))


def test_a_json_line_has_the_six_keys_that_scripts_rely_on() -> None:
    line = lines.json_line(_found(title="Ball", price=12.5))

    assert line.endswith(b"\n")
    assert 1 == line.count(b"\n")
    assert {
        "sku": "007",
        "scraper": "chewy",
        "outcome": "found",
        "data": {"title": "Ball", "price": 12.5},
        "detail": {},
        "scraped_at": "2026-03-01T12:30:00Z",
    } == json.loads(line)


def test_a_row_has_the_fields_under_their_names() -> None:
    row = _cells(_found(title="Ball", price=12.5, sku="0007", images=["a", "b"], colour="red"), "colour")

    assert ("007", "chewy", "found", "Ball", "12.5", "0007", "a\nb", "red") == tuple(
        row[name]
        for name in ("sku", "scraper", "outcome", "title", "price", "sku_on_page", "images", "colour")
    )
    assert "2026-03-01T12:30:00Z" == row["scraped_at"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "-12.5-3"]
)
def test_no_scraped_text_becomes_a_formula(text: str) -> None:
    assert "'" + text == lines.cell(text)


@pytest.mark.parametrize("number", ["-12.5", "+3", "-7", "12"])
def test_a_plain_number_stays_one(number: str) -> None:
    assert number == lines.cell(number)
    assert "-12.5" == lines.cell(-12.5)


@given(st.text())
def test_whatever_was_scraped_stays_in_its_cell(text: str) -> None:
    row = _cells(_found(title=text, price=1.0))

    assert "1.0" == row["price"]
    assert None not in row
