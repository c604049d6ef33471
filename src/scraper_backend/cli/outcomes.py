"""Outcomes as they come: a line each, a bar over the whole, and what it all came to.

Used by `bsr scrape` and the demo.  On a terminal the bar stands below the lines; in a pipe a plain line
now and then says how far it is.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from scraper_backend.cli import say

if TYPE_CHECKING:
    from rich.text import Text

    from scraper_backend.core.wire import Outcome

ORDER: Final = ("found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed")
ANSWERS: Final = frozenset({"found", "not_found", "ambiguous", "mismatch"})
"""Outcomes that say something about the product; the others say something about the visit."""
COMPLETED, FAILED, PARTLY = 0, 1, 3
_EVERY_S = 5.0


def exit_code(counts: Mapping[str, int]) -> int:
    """0 when every SKU has an answer, 1 when none has, 3 in between."""
    answered = sum(counts.get(kind, 0) for kind in ANSWERS)
    if answered == sum(counts.values()):
        return COMPLETED
    return PARTLY if answered else FAILED


def summary(counts: Mapping[str, int], *, seconds: float | None = None) -> str:
    """`80 done: 61 found, 17 not found, 2 blocked in 3.1 s`."""
    said = ", ".join(f"{counts[kind]:,} {kind.replace('_', ' ')}" for kind in ORDER if counts.get(kind))
    took = "" if seconds is None else f" in {seconds:.1f} s"
    return f"{sum(counts.values()):,} done: {said or 'nothing to do'}{took}"


def money(data: Mapping[str, object]) -> str:
    """Price and currency, or nothing."""
    price = data.get("price")
    if not isinstance(price, (int, float)):
        return ""
    return f"{price:,.2f} {data.get('currency') or ''}".strip()


def cells(outcome: Outcome) -> list[str]:
    """SKU, scraper, outcome, price, availability, and the title or why there is none."""
    data, reason = outcome.data, str(outcome.detail.get("reason", ""))
    said = data.get("title") if outcome.outcome == "found" else reason.replace("_", " ")
    return [
        say.washed(cell)
        for cell in (
            outcome.sku,
            outcome.scraper,
            outcome.outcome,
            money(data),
            str(data.get("availability") or "").replace("_", " "),
            said,
        )
    ]


Widths = tuple[int, int, int, int, int]
"""Of SKU, scraper, outcome, price and availability in a line."""


class Show(Protocol):
    """Where outcomes are shown as they come."""

    def add(self, outcome: Outcome) -> None:
        """Show one."""


class Tally:
    """Counts outcomes and says now and then how far it is: for pipes and for quiet output."""

    def __init__(self, total: int, *, lines: Widths | None) -> None:
        self.counts: Counter[str] = Counter()
        self._why: dict[str, tuple[int, str]] = {}
        self._total, self._lines = total, lines
        self._said = time.monotonic()

    def add(self, outcome: Outcome) -> None:
        """Count it, print its line where lines are wanted."""
        self.count(outcome)
        if self._lines:
            say.out(plain_line(outcome, self._lines))
        elif time.monotonic() - self._said > _EVERY_S:
            self._said = time.monotonic()
            say.err(f"{sum(self.counts.values()):,} of {self._total:,}")

    def count(self, outcome: Outcome) -> None:
        """Note how it ended, and for a visit that went wrong what there is to know about it."""
        self.counts[outcome.outcome] += 1
        reason, message = outcome.detail.get("reason"), outcome.detail.get("message")
        if outcome.outcome not in ANSWERS and reason and message:
            seen, first = self._why.get(str(reason), (0, str(message)))
            self._why[str(reason)] = seen + 1, first

    def reasons(self) -> list[str]:
        """What went wrong, each reason once with the words of its first time."""
        ranked = sorted(self._why.items(), key=lambda one: -one[1][0])
        return [say.washed(f"{reason.replace('_', ' ')} ({n:,}): {said}") for reason, (n, said) in ranked]


def widths(skus: Sequence[str], scrapers: Sequence[str]) -> Widths:
    """How wide the columns of lines are that come one at a time: what is known, and what is usual."""
    return min(24, max(map(len, skus), default=0)), max(map(len, scrapers), default=0), 9, 12, 12


def plain_line(outcome: Outcome, lines: Widths) -> str:
    """One outcome on one line, aligned while its values are of usual length."""
    *short, last = cells(outcome)
    return "  ".join([*(f"{text:<{width}}" for text, width in zip(short, lines, strict=True)), last]).rstrip()


@contextmanager
def shown(total: int, *, lines: Widths | None) -> Iterator[Tally]:
    """A tally that counts to `total`, with a bar where a person looks.

    lines: how each outcome is also told to a person; None when it is written somewhere as data.
    """
    if lines and say.on_terminal():
        with _barred(total, lines=lines, stderr=False) as tally:
            yield tally
    elif not say.on_terminal() and say.on_terminal(sys.stderr):
        with _barred(total, lines=lines, stderr=True) as tally:
            yield tally
    else:
        yield Tally(total, lines=lines)


@contextmanager
def told(total: int, *, lines: Widths | None) -> Iterator[Tally]:
    """`shown`, and in the end what it all came to, also when it was stopped half-way."""
    started, tally = time.monotonic(), Tally(total, lines=None)
    try:
        with shown(total, lines=lines) as tally:
            yield tally
    finally:
        for line in tally.reasons():
            say.err(line)
        if tally.counts:
            say.err(summary(tally.counts, seconds=time.monotonic() - started))


@contextmanager
def _barred(total: int, *, lines: Widths | None, stderr: bool) -> Iterator[Tally]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = say.console(stderr=stderr)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total)

        class Barred(Tally):
            def add(self, outcome: Outcome) -> None:
                self.count(outcome)
                if lines and not stderr:
                    line = _pretty_line(outcome, lines)
                    console.print(line, no_wrap=True, overflow="ellipsis", crop=True)
                elif lines:
                    say.out(plain_line(outcome, lines))
                bar.update(task, advance=1, description=f"{self.counts['found']:,} found")

        yield Barred(total, lines=lines)


def _pretty_line(outcome: Outcome, lines: Widths) -> Text:
    from rich.text import Text

    line = Text(plain_line(outcome, lines), overflow="ellipsis", no_wrap=True)
    line.highlight_words([f" {outcome.outcome} "], say.STYLES.get(outcome.outcome, ""))
    return line
