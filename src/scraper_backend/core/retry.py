"""Trying again: how often, how long in all, and how long to wait in between.

Full jitter, U(0, base·2ⁿ), from the first wait on: a coordinator that restarts is not met by all of its
runners at once.  `Retry-After` is a floor under that wait, never a replacement for the jitter.
Clock, sleep and chance are passed in; a daemon's sleep is an event that SIGTERM sets.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from scraper_backend.core import logs
from scraper_backend.core.errors import Unreachable

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Retry:
    """tries: in all, the first included.  total: seconds after which no other try starts."""

    tries: int = 7
    total: float = 60.0
    base: float = 0.5
    cap: float = 20.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random

    def pause(self, failures: int, asked: float | None = None) -> float:
        """Seconds to wait after this many failures in a row, never less than what was asked for."""
        jitter = self.chance() * min(self.cap, self.base * 2.0 ** min(failures - 1, 32))
        return jitter + (asked or 0.0)

    def run(self, attempt: Callable[[], Answer]) -> Answer:
        """What `attempt` returns, as soon as it does not raise `Unreachable`; then its last one."""
        started, failures = self.clock(), 0
        while True:
            try:
                return attempt()
            except Unreachable as error:
                failures += 1
                pause = self.pause(failures, error.retry_after)
                late = self.clock() - started + pause > self.total
                if failures >= self.tries or late or error.lasting:
                    raise _given_up(error, failures) from error.__cause__
                _tell(error, failures, pause)
            self.sleep(pause)


ONCE = Retry(tries=1)
"""For callers with a loop of their own."""


def _tell(error: Unreachable, failures: int, pause: float) -> None:
    """A single hiccup is no news; who waits longer is told for what."""
    log = logs.of(__name__)
    (log.info if failures == 1 or pause < 1 else log.warning)(
        "client.waits", why=str(error), seconds=round(pause, 1)
    )


def _given_up(error: Unreachable, failures: int) -> Unreachable:
    tried = "" if failures == 1 else f" (tried {failures} times)"
    asked = f"; it asks for {error.retry_after:.0f} s of patience" if error.retry_after else ""
    return Unreachable(f"{error}{tried}{asked}", retry_after=error.retry_after, lasting=error.lasting)


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds a `Retry-After` header asks for, in either of its two forms; None for neither."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
