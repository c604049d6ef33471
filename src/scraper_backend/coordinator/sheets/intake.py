"""From a table to SKUs: the right column, each SKU once, everything doubtful told before anything is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from scraper_backend.coordinator.sheets.reading import Cell, Row, Table
from scraper_backend.core import skus

EXAMPLES: Final = 3
AS_TEXT: Final = "format the column as text and save again"


class Column(NamedTuple):
    """One column a person can choose."""

    place: int
    name: str
    examples: tuple[str, ...]


class Bad(NamedTuple):
    """A row that gives no SKU."""

    row: int
    text: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What a table would become.  `numbers`: SKUs that came from cells with numbers in them."""

    skus: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    chosen: int = 0
    heading: str = ""
    duplicates: tuple[tuple[int, str], ...] = ()
    bad: tuple[Bad, ...] = ()
    numbers: tuple[tuple[int, str], ...] = ()

    @property
    def digest(self) -> str:
        """What was looked at: the same SKUs have the same digest."""
        return hashlib.sha256("\n".join(self.skus).encode()).hexdigest()


def take(table: Table, column: int | None = None) -> Intake:
    """The SKUs of one column: the chosen one, the one whose heading says so, the first that looks like it."""
    if not table.rows:
        return Intake()
    heading = _heading(table)
    chosen = column if column is not None and 0 <= column < table.width else _likeliest(table, heading)
    body = table.rows[1:] if heading else table.rows
    good: dict[str, int] = {}
    duplicates: list[tuple[int, str]] = []
    bad: list[Bad] = []
    numbers: list[tuple[int, str]] = []
    for row in body:
        cell = row.cells[chosen] if chosen < len(row.cells) else Cell("")
        fault = (
            (cell.fault, "format the column as text and save again") if cell.fault else skus.fault(cell.text)
        )
        if fault:
            bad.append(Bad(row.number, cell.text[: skus.MAX_LENGTH], *fault))
        elif cell.text in good:
            duplicates.append((row.number, cell.text))
        else:
            good[cell.text] = row.number
            if cell.is_number:
                numbers.append((row.number, cell.text))
    return Intake(
        tuple(good), _columns(table, heading, body), chosen, heading[chosen] if chosen < len(heading) else "",
        tuple(duplicates), tuple(bad), tuple(numbers),
    )  # fmt: skip


def _heading(table: Table) -> tuple[str, ...]:
    """The first row, if it names columns: one is called SKU or the like, or it is words above codes."""
    first = [cell.text for cell in table.rows[0].cells]
    if any(map(skus.is_heading, first)):
        return tuple(first)
    if len(first) < 2 or len(table.rows) < 2 or any(_has_digit(text) for text in first):
        return ()
    below = [cell.text for row in table.rows[1:20] for cell in row.cells]
    return tuple(first) if any(map(_has_digit, below)) else ()


def _likeliest(table: Table, heading: Sequence[str]) -> int:
    words = [text.strip().casefold() for text in heading]
    named = next((words.index(name) for name in skus.NAMES if name in words), None)
    if named is not None:
        return named
    body = table.rows[1:200] if heading else table.rows[:200]
    return max(range(table.width), key=lambda index: (_codes(body, index), -index))


def _codes(rows: Sequence[Row], index: int) -> int:
    """How many different cells of the column look like a code: one word with a digit in it, and no price."""
    texts = {row.cells[index].text for row in rows if index < len(row.cells)}
    return sum(_has_digit(text) and len(text) >= 4 and not set(text) & set(" .,$€£:/@") for text in texts)


def _columns(table: Table, heading: Sequence[str], body: Sequence[Row]) -> tuple[Column, ...]:
    if table.width < 2:
        return ()
    return tuple(
        Column(
            index,
            heading[index] if index < len(heading) and heading[index] else f"Column {index + 1}",
            tuple(row.cells[index].text for row in body[:EXAMPLES] if index < len(row.cells)),
        )
        for index in range(table.width)
    )


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
