"""What threads and processes tell the desk.  The desk alone changes anything, one message after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scraper_backend.core.wire import ClaimAnswer, Directives, HeartbeatAnswer


@dataclass(frozen=True, slots=True)
class Granted:
    """A claim was answered.  asked_at: when it was sent, by the clock that never sleeps."""

    claim_key: str
    answer: ClaimAnswer
    asked_at: float


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat was answered.  sent_at: the lease lives at least its TTL from then."""

    lease_id: str
    answer: HeartbeatAnswer
    sent_at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """A lease is not ours any more."""

    lease_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """Directives that came with an answer."""

    directives: Directives


@dataclass(frozen=True, slots=True)
class Away:
    """A call to the coordinator failed, in its words; the next one that is answered ends that."""

    words: str


@dataclass(frozen=True, slots=True)
class Scraped:
    """A worker has finished a task."""

    process: int
    task_id: int
    outcome: Mapping[str, Any]
    host_pauses: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Died:
    """A worker process is gone, with whatever it had in hand.  generation: which of its lives."""

    process: int
    generation: int
    how: str


@dataclass(frozen=True, slots=True)
class Home:
    """Results were acknowledged (or put aside): the lease of each."""

    leases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person or the system asks for.

    pause, resume: claiming and starting.  drain: finish what is in hand, then go.  stop: the same within
    `drain_s`; a second time, go at once.  leave: go at once, with `code`.
    """

    what: str
    why: str = ""
    code: int = 0


Message = Granted | Beat | Lost | Told | Away | Scraped | Died | Home | Wish
