"""SKUs as people give them: arguments, a text file, a CSV, standard input.

SKUs are text: leading zeros, inner spaces and slashes survive.  Everything that is wrong with a file is
told at once, with its line; a SKU that comes twice is taken once and told as well.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.core.problems import Problem, did_you_mean
from scraper_backend.core.skus import NAMES, bare, decode, fault


@dataclass(slots=True)
class Taken:
    """The SKUs in their order, each once; `duplicates` and `problems` are told, not hidden."""

    skus: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def take(given: Sequence[str], files: Sequence[str], *, column: str | None = None) -> Taken:
    """All SKUs of a command line.  Raises `UsageError` and `Faults` for what cannot be read at all."""
    taken, seen = Taken(), set[str]()
    for place, sku in _all(given, files, column):
        wrong = fault(sku)
        if wrong:
            taken.problems.append(Problem(place, *wrong))
        elif sku in seen:
            taken.duplicates.append(sku)
        else:
            seen.add(sku)
            taken.skus.append(sku)
    return taken


def refuse_bad(taken: Taken) -> None:
    """Raise everything that is wrong with the rows, unless nothing is."""
    if taken.problems:
        raise Faults("SKUs", taken.problems)


def _all(given: Sequence[str], files: Sequence[str], column: str | None) -> Iterator[tuple[str, str]]:
    """Each SKU with the place it came from."""
    for index, sku in enumerate(given, 1):
        yield f"argument {index}", sku.strip()
    for name in files:
        for line, sku in _in_text(_read(name), name, column):
            yield f"{'standard input' if name == '-' else name}, line {line}", sku


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read {name}: {error.strerror}; write the path of a text or CSV file"
        ) from None
    if data.startswith(b"PK\x03\x04"):
        raise UsageError(f"{name} is a workbook; save the sheet as CSV and give that")
    return decode(data)


def _in_text(text: str, name: str, column: str | None) -> Iterator[tuple[int, str]]:
    """(line, SKU) for every row that is not empty."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = _delimiter(first, column)
    if delimiter is None:
        heading = first.strip().strip('"').lower() in NAMES
        rows = [(number, bare(line)) for number, line in enumerate(lines, 1)]
        kept = [(number, sku) for number, sku in rows if sku]
        yield from kept[1:] if heading else kept
        return
    reader = csv.reader(lines, delimiter=delimiter)
    rows_of_cells = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    index, has_heading = _column(rows_of_cells[0][1], name, column)
    for number, row in rows_of_cells[has_heading:]:
        yield number, bare(row[index]) if index < len(row) else ""


def _delimiter(first: str, column: str | None) -> str | None:
    """What parts the columns: decided by the first line, as SKUs alone may hold a comma."""
    for candidate in "\t;,":
        cells = [cell.strip().strip('"').lower() for cell in first.split(candidate)]
        named = any(cell in NAMES or (column and cell == column.lower()) for cell in cells)
        if len(cells) > 1 and (candidate == "\t" or named or first.count(candidate) > 1):
            return candidate
    return None if column is None else max(",;\t", key=first.count)


def _column(first: Sequence[str], name: str, column: str | None) -> tuple[int, bool]:
    """Which column holds the SKUs, and whether the first row is a heading."""
    heading = [cell.strip().lower() for cell in first]
    if column is not None:
        if column.strip().lower() in heading:
            return heading.index(column.strip().lower()), True
        if column.isdecimal() and 0 < int(column) <= len(first):
            return int(column) - 1, any(cell in NAMES for cell in heading)
        raise UsageError(
            f"{name} has no column `{column}`; {did_you_mean(column, [c.strip() for c in first])}"
        )
    known = next((heading.index(word) for word in NAMES if word in heading), None)
    if known is None:
        raise UsageError(
            f"{name} has several columns and none of them is called SKU; "
            f"write --column with one of {', '.join(cell.strip() for cell in first)}, or its number"
        )
    return known, True


def warn_of(taken: Taken) -> Iterable[str]:
    """What a person should know about SKUs that were taken."""
    if taken.duplicates:
        shown = ", ".join(dict.fromkeys(taken.duplicates[:10]))
        more = ", …" if len(taken.duplicates) > 10 else ""
        count = len(taken.duplicates)
        yield f"{count} duplicate{'' if count == 1 else 's'} left out: {shown}{more}"
    if taken.problems:
        yield f"{len(taken.problems)} bad row{'' if len(taken.problems) == 1 else 's'} left out"
