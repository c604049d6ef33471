"""How the doors speak: JSON for programs, tables for a terminal, plain lines in a pipe.

Standard output carries what was asked for and nothing else; everything about how it goes (progress,
warnings, faults) is on standard error.  Text from websites never reaches a terminal unwashed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

Json = Annotated[
    bool, typer.Option("--json", metavar="", help="Print JSON for programs.", show_default=False)
]

_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def example(*commands: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(
        ["[bold]For example[/]", *(f"  {command}".replace("[", "\\[") for command in commands)]
    )


def washed(value: object) -> str:
    """A value on one line, without anything that a terminal would obey."""
    return _UNSPEAKABLE.sub(" ", "" if value is None else str(value)).strip()


def out(text: str) -> None:
    """A line of what was asked for."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def err(text: str) -> None:
    """A line about how it goes."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def as_json(value: object) -> None:
    """One JSON document on one line."""
    out(json.dumps(value, ensure_ascii=False, allow_nan=False))


def raw(line: bytes) -> None:
    """Bytes of what was asked for, at once: whoever reads us in a pipe need not wait."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def raw_buffered(line: bytes) -> None:
    """Bytes of what was asked for, in large pieces: for output that is all there already."""
    sys.stdout.buffer.write(line)


def on_terminal(stream: Any = None) -> bool:
    """Whether a person looks at standard output (or at `stream`)."""
    return bool((stream or sys.stdout).isatty())


def console(*, stderr: bool = False) -> Console:
    """rich's console; only for a terminal, as it cuts lines to its width."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def table(heading: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = ()) -> None:
    """Rows under a heading.  On a terminal they fit its width; in a pipe nothing is cut."""
    cells = [[washed(value) for value in row] for row in rows]
    if on_terminal():
        _pretty(heading, cells, set(right))
    else:
        _plain(heading, cells)


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """A list of names and values, aligned."""
    known = [(name, washed(value)) for name, value in pairs if value not in (None, "")]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        out(f"{name:<{width}}  {value}")


def instant(moment: datetime | None) -> str | None:
    """A time for programs: RFC 3339 in UTC."""
    from scraper_backend.core.wire import utc_text

    return None if moment is None else utc_text(moment)


def day(moment: datetime | None) -> str:
    """A day for people, where they are."""
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d}"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now" if seconds < 5 else f"{seconds} s ago"


def _plain(heading: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    lines = [list(heading), *cells]
    widths = [max(len(line[index]) for line in lines) for index in range(len(heading))]
    for line in lines:
        out("  ".join(f"{text:<{width}}" for text, width in zip(line, widths, strict=True)).rstrip())


def _pretty(heading: Sequence[str], cells: Sequence[Sequence[str]], right: set[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, name in enumerate(heading):
        longest = max((len(line[index]) for line in cells), default=0)
        grid.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=min(longest, 12 if longest > 24 else 36),
        )
    for line in cells:
        grid.add_row(*(Text(text, style=STYLES.get(text, "")) for text in line))
    console().print(grid)


STYLES = {
    "found": "green",
    "completed": "green",
    "ok": "green",
    "online": "green",
    "running": "cyan",
    "blocked": "yellow",
    "warning": "yellow",
    "ambiguous": "yellow",
    "mismatch": "yellow",
    "drifted": "red",
    "failed": "red",
    "error": "red",
    "quarantined": "red",
    "not_found": "dim",
    "cancelled": "dim",
    "revoked": "dim",
    "expired": "dim",
}
"""Words that have a colour wherever they fill a cell."""
