"""What an export can hold: its columns with their types, and the headings a person gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from scraper_backend.core import lines
from scraper_backend.core.errors import BadRequest

Kind = Literal["text", "number", "count", "moment"]
KINDS: Final[Mapping[str, Kind]] = {
    "price": "number", "rating": "number", "reviews_count": "count", "images_count": "count",
    "revision": "count", "scraped_at": "moment", "seen_at": "moment", "changed_at": "moment",
    "first_seen_at": "moment",
}  # fmt: skip
"""Columns that are more than text; in a workbook and in Parquet their values have a type."""
MAX_HEADING: Final = 100
Values = Mapping[str, Any]
"""One row: plain JSON values by the name of the column."""


class Column(NamedTuple):
    """One column of an export under its heading."""

    name: str
    heading: str

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return KINDS.get(self.name, "text")


def chosen(names: Sequence[str], headings: Mapping[str, str], known: Iterable[str]) -> list[Column]:
    """The columns a person asked for, in that order; all of them when none is named.

    Raises `BadRequest` for an unknown one, and when two would have the same heading.
    """
    there = dict.fromkeys(known)
    unknown = [name for name in names if name not in there]
    if unknown:
        raise BadRequest(f"There is no column {unknown[0][:50]!r}; there are {', '.join(there)}.")
    picked = [
        Column(name, " ".join(headings.get(name, "").split())[:MAX_HEADING] or name)
        for name in dict.fromkeys(names or there)
    ]
    twice = {column.heading for column in picked if [c.heading for c in picked].count(column.heading) > 1}
    if twice:
        raise BadRequest(f"Two columns are called {min(twice)!r}; give each a heading of its own.")
    return picked


def number(value: object) -> float | None:
    """A value as a number, where it is one."""
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
    return float(value) if is_one else None  # type: ignore[arg-type]


def count(value: object) -> int | None:
    """A value as a whole number, where it is one."""
    found = number(value)
    return int(found) if found is not None and found == int(found) and abs(found) < 2**53 else None


TYPED: Final[Mapping[Kind, Callable[[object], object]]] = {"number": number, "count": count}


def typed(column: Column, value: object) -> object:
    """A number where the column has numbers and this is one; else a text that cannot be a formula."""
    found = TYPED[column.kind](value) if column.kind in TYPED else None
    return lines.cell(value) if found is None else found
