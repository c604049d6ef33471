"""A run in plain lines, for a pipe or a log: one line every few seconds, then the summary.

Standard library only.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import IO, Final

from scraper_backend.runner.events import Delivering, Ended, Event, Scraped, Started

EVERY_S: Final = 2.0


def speak_utf8() -> None:
    """What we print is UTF-8 wherever a program reads it, whatever this machine's habit is.

    A terminal gets its own encoding, and what that lacks as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


class Lines:
    """A `Watch` that writes: progress to one stream, results or the summary to the other."""

    def __init__(
        self,
        progress: IO[str],
        results: IO[str],
        *,
        as_json: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._results, self._as_json, self._clock = progress, results, as_json, clock
        self._counts: Counter[str] = Counter()
        self._done = self._total = 0
        self._next = 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._total, self._done = event.total, event.resumed
                self._say(opening(event))
            case Scraped():
                self._scraped(event)
            case Delivering():
                self._say(f"{self._progress_line()}; delivering {event.outcomes}")
            case Ended():
                self._ended(event)

    def _scraped(self, event: Scraped) -> None:
        self._done += 1
        self._counts[event.outcome] += 1
        if self._as_json and event.line is not None:
            self._results.write(json.dumps(event.line, ensure_ascii=False) + "\n")
            self._results.flush()
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY_S
            self._say(self._progress_line())

    def _ended(self, event: Ended) -> None:
        self._say(event.message)
        if not self._as_json and event.counts:
            self._results.write(f"{summary(event.counts)}\n")
            self._results.flush()

    def _progress_line(self) -> str:
        return f"{self._done}/{self._total} {summary(self._counts)}"

    def _say(self, text: str) -> None:
        self._progress.write(text + "\n")
        self._progress.flush()


def opening(event: Started) -> str:
    """What is to be done, or why there is nothing."""
    if not event.scrapers:
        return f"job {event.job_id}: nothing to scrape, it has no scraper that is not disabled"
    if not event.total:
        return f"job {event.job_id}: nothing to scrape, it has no SKUs"
    resumed = f", {event.resumed} of them already here" if event.resumed else ""
    return f"job {event.job_id}: {event.total} to scrape with {', '.join(event.scrapers)}{resumed}"


def summary(counts: Mapping[str, int]) -> str:
    """`387 found, 4 not_found, 1 failed`."""
    order = ("found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed")
    return ", ".join(f"{counts[kind]} {kind}" for kind in order if counts.get(kind)) or "nothing yet"
