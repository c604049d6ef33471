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

_GAP = "  "
_NARROWEST, _YIELDS = 10, 4
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


def table(
    heading: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Iterable[str] = (),
    whole: Iterable[str] = (),
) -> None:
    """Rows under a heading.  On a terminal they fit its width; in a pipe nothing is cut.

    right: columns of numbers.  whole: columns that somebody copies, and that are never cut.
    """
    cells = [[washed(value) for value in row] for row in rows]
    if on_terminal():
        _pretty(heading, cells, set(right), set(whole))
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


def age(moment: datetime | None, now: datetime) -> str:
    """How long since then, in the largest unit that fits."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def ago(moment: datetime | None, now: datetime) -> str:
    """The same as part of a sentence."""
    told = age(moment, now)
    return f"{told} ago" if told and told != "0 s" else "just now" if told else ""


def _plain(heading: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    lines = [list(heading), *cells]
    widths = [max(len(line[index]) for line in lines) for index in range(len(heading))]
    for line in lines:
        out(_GAP.join(f"{text:<{width}}" for text, width in zip(line, widths, strict=True)).rstrip())


def _pretty(heading: Sequence[str], cells: Sequence[Sequence[str]], right: set[str], whole: set[str]) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    screen = console()
    wanted = [max(map(cell_len, column)) for column in zip(heading, *cells, strict=True)]
    kept = [name in whole for name in heading]
    widths = _fitted(wanted, screen.width - len(_GAP) * (len(wanted) - 1), kept)
    for index, line in enumerate([heading, *cells]):
        row = Text(no_wrap=True, overflow="crop")
        for name, text, width in zip(heading, line, widths, strict=True):
            cell = Text(text, style=STYLES.get(text, "") if index else "bold")
            cell.truncate(width, overflow="ellipsis")
            cell.align("right" if name in right else "left", width)
            row.append_text(cell).append(_GAP)
        row.rstrip()
        screen.print(row, soft_wrap=True)


def _fitted(wanted: Sequence[int], room: int, kept: Sequence[bool]) -> list[int]:
    """Column widths that fit: the widest gives way first and most, none below what still says something."""
    widths = list(wanted)
    yielding = {index: width for index, width in enumerate(wanted) if not kept[index]}
    longest = max(yielding, key=lambda index: yielding[index], default=0)
    while sum(widths) > room and max((widths[index] for index in yielding), default=0) > _NARROWEST:
        widths[max(yielding, key=lambda i: widths[i] + (_YIELDS if i == longest else 0))] -= 1
    return widths


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
