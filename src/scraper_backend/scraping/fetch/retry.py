"""When to try again, and when to come back with what there is.

Decided by cause: what the network did is tried again, what the server decided is not.  All of it
comes out of one purse of seconds for a page, so that a page costs bounded time whatever a site does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scraper_backend.scraping.page import Reason

PATIENCE: Final = 30.0
"""The longest Retry-After that one page waits for; a longer one is the fleet's to plan with."""

_FAULTS: Final[frozenset[Reason]] = frozenset(("dns", "connect", "reset", "timeout", "truncated", "proxy"))
_STRAIN: Final[frozenset[Reason]] = frozenset(("connect", "reset", "timeout", "truncated"))
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 8.0


def is_passing(reason: Reason) -> bool:
    """Whether the same request may well succeed a moment later."""
    return reason in _FAULTS


def is_strain(outcome: int | Reason) -> bool:
    """Whether this status or fault says that the host does not cope with our pace."""
    return outcome in (429, 503) if isinstance(outcome, int) else outcome in _STRAIN


def is_retried(status: int) -> bool:
    """5xx but for those that name a lasting fact, and the three 4xx that ask for another try."""
    return (status >= 500 and status not in (501, 505, 510)) or status in (408, 425, 429)


def backoff(attempt: int, rng: random.Random) -> float:
    """Full jitter: anything up to half a second, then one, two, four, eight."""
    return rng.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, written as seconds or as a date.

    A date is read beside the answer's own `Date`, since the server's clock need not be ours.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        until = _date(text)
        if until is None:
            return None
        seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
