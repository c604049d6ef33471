"""The heart: keeps every lease alive from a thread of its own, with a connection of its own.

Nothing the daemon does can delay it: not a slow page, not an upload, not a full disk.  Beside it an ear holds
one heartbeat open at the coordinator, so that a directive arrives at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from scraper_backend.core.errors import BackendError, LeaseLost
from scraper_backend.core.wire import Heartbeat, HostPause
from scraper_backend.runner.daemon.desk import Desk, View
from scraper_backend.runner.daemon.line import Connect, Line
from scraper_backend.runner.daemon.messages import Beat, Lost
from scraper_backend.runner.outbox.spool import Spool
from scraper_backend.runner.stop import Stop

LOOK_S: Final = 0.2
SETTLE_S: Final = 1.0
"""Tasks that begin within this time are told together."""
LISTEN_S: Final = 20.0
JITTER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Heard:
    """What a heartbeat brought: a mark of the news, or, not answered, the seconds until the next try."""

    news: str = ""
    again: float | None = None


class Heart:
    """Beats each lease at its interval ± 10 %, and soon after other tasks of it were begun."""

    def __init__(
        self, desk: Desk, spool: Spool, connect: Connect, stop: Stop, clock: Callable[[], float]
    ) -> None:
        self._desk, self._spool, self._stop, self._clock = desk, spool, stop, clock
        self._connect = connect

    def beat_on(self) -> None:
        """The heart's own thread."""
        line = Line(self._connect, self._stop, cap=5.0, tell=self._desk.hear_soon)
        rhythm = Rhythm(self._clock)
        while not self._stop.wait(LOOK_S):
            view = self._desk.view
            rhythm.forget_all_but(lease for lease, _, _ in view.leases)
            for lease, _, interval in view.leases:
                in_hand = view.in_hand.get(lease, ())
                if rhythm.is_due(lease, interval, in_hand):
                    heard = self._beat(line, lease, self._words(view, in_hand))
                    rhythm.beaten(lease, interval, in_hand, heard.again)

    def _beat(self, line: Line, lease: str, words: Heartbeat) -> Heard:
        """One heartbeat, and what came of it."""
        sent_at = self._clock()
        try:
            answer = line.client.heartbeat(lease, words)
        except LeaseLost:
            self._desk.inbox.put(Lost(lease))
            return Heard()
        except BackendError as error:
            return Heard(again=line.pause_after(error))
        line.succeeded()
        self._desk.inbox.put(Beat(lease, answer, sent_at))
        return Heard(answer.news)

    def _words(self, view: View, in_hand: tuple[int, ...], wait_s: float = 0.0, seen: str = "") -> Heartbeat:
        pauses = [HostPause(host=host, ms=int(s * 1000)) for host, s in view.host_pauses.items()]
        return Heartbeat(
            in_progress=list(in_hand),
            done_n=view.done,
            spool_n=self._spool.count(),
            wait_s=wait_s,
            host_pauses=pauses,
            seen=seen,
        )

    def listen_on(self) -> None:
        """The ear's own thread: hold one heartbeat open, or ask once an interval where none is held."""
        line = Line(self._connect, self._stop)
        heard = Heard()
        while not self._stop.wait(LOOK_S):
            view = self._desk.view
            if not view.leases:
                continue
            lease, _, interval = view.leases[0]
            asked_at, seen = self._clock(), heard.news
            words = self._words(view, view.in_hand.get(lease, ()), min(LISTEN_S, interval), seen)
            heard = self._beat(line, lease, words)
            is_quick = self._clock() - asked_at < 1.0 and heard.news == seen
            if heard.again is not None or is_quick:
                self._stop.wait(min(interval, LISTEN_S))


class Rhythm:
    """When each lease is to beat next.  One thread's own."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._said: dict[str, tuple[int, ...]] = {}

    def forget_all_but(self, leases: Iterable[str]) -> None:
        """Only these are left."""
        known = set(leases)
        self._next = {lease: at for lease, at in self._next.items() if lease in known}
        self._said = {lease: said for lease, said in self._said.items() if lease in known}

    def is_due(self, lease: str, interval: float, in_hand: tuple[int, ...]) -> bool:
        """Whether it beats now: its time has come, or other tasks were begun a moment ago."""
        now = self._clock()
        due = self._next.setdefault(lease, now + _spread(interval))
        if now < due and self._said.get(lease, ()) != in_hand:
            self._next[lease] = due = min(due, now + SETTLE_S)
        return now >= due

    def beaten(self, lease: str, interval: float, in_hand: tuple[int, ...], again: float | None) -> None:
        """It has beaten; `again`: it was not answered, and is to be tried after so long."""
        if again is None:
            self._said[lease] = in_hand
        pause = _spread(interval) if again is None else min(again, interval)
        self._next[lease] = self._clock() + pause


def _spread(interval: float) -> float:
    return interval * random.uniform(1 - JITTER, 1 + JITTER)
