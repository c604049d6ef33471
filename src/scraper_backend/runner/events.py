"""What a run says while it goes on, as values and as lines.  Standard library only.

The working process prints them as JSON lines, its guard hands them to the door that watches: a progress
bar on a terminal, plain lines in a pipe.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final


class Exit(enum.IntEnum):
    """What a run's exit code means, to a person and to a script."""

    COMPLETED = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    KEY_REFUSED = 4
    NO_SUCH_JOB = 6
    LATER = 75


@dataclass(frozen=True, slots=True)
class Started:
    """The work is known.  total: SKU × scraper; resumed: of them, how many the outbox had already."""

    job_id: str
    total: int
    resumed: int
    scrapers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scraped:
    """One SKU on one scraper, safe in the outbox.  line: the whole outcome, where it was asked for."""

    sku: str
    scraper: str
    outcome: str
    reason: str = ""
    line: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Delivering:
    """The results are on their way to the coordinator."""

    outcomes: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over.  kept: outcomes still on disk; untold: it died and the coordinator does not know."""

    exit_code: int
    message: str
    counts: Mapping[str, int] = field(default_factory=dict)
    kept: int = 0
    untold: bool = False


Event = Started | Scraped | Delivering | Ended
Watch = Callable[[Event], None]

_KINDS: Final[dict[str, Callable[..., Event]]] = {
    kind.__name__.lower(): kind for kind in (Started, Scraped, Delivering, Ended)
}


def to_line(event: Event) -> str:
    """The event as one line of ASCII JSON."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)})


def from_line(line: str) -> Event | None:
    """The event in a line, or None when the line is something else."""
    try:
        value = json.loads(line)
        kind = _KINDS[value.pop("event")]
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in value.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
