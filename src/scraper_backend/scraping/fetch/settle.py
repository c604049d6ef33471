"""When a page in a browser may be read: when it shows what is wanted, or has come to rest.

Decisions over what the page says about itself (`scripts.WAIT`); never a sleep of so many seconds.
A page is read as soon as the caller's `ready` finds what it wants and the page has stood still for
a moment, for its other fields to arrive.  A page that never shows it is given up when nothing is
under way in it any more: no request, no timer, no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

A_MOMENT: Final = 0.12
"""A page that shows what is wanted has to stand still for so long, in seconds."""
TAIL: Final = 4.0
"""So long it may still be asking for something else; its other fields are waited for no longer."""
AT_REST: Final = 0.6
"""A page that nothing is under way in has come to rest."""
RESTLESS: Final = 3.0
"""A page that asks for nothing any more and changes all the same has a clock in it."""
STUCK: Final = 6.0
"""A page that has not changed for so long is not waited for, whatever it still asks its server; but one
that is plainly unfinished is: a server may be slow, and half a page says nothing about a product."""
HANGING: Final = 1.0
"""A page that still loads parts of itself is in the middle of it, but some part may never come."""
_LOOK_AFTER: Final = 0.05
_LOOK_AT_LEAST: Final = 0.5
_ANY: Final = 1e-6

Alarm = Mapping[str, float]
"""When a page should speak up: once each of these values of its `State` is at least so much.

`waited` are the seconds since it was asked; `unlike` is the number of changes that it must have left.
"""


@dataclass(frozen=True, slots=True)
class State:
    """What a page says about itself, in seconds.

    still: nothing changed and nothing came.  unmoved: nothing changed.  idle: no request and no timer
    is under way, and none was; 0 while one is.  is_busy: it waits for an answer, and shows that something
    is still to come.
    """

    still: float
    unmoved: float
    idle: float
    changes: int
    loaded: bool
    is_busy: bool = False

    @classmethod
    def of(cls, value: Any) -> State:
        """From the page's own answer, which is the page's word and may be anything."""
        told = value if isinstance(value, dict) else {}

        def number(name: str) -> float:
            found = told.get(name)
            return float(found) if isinstance(found, (int, float)) and found > 0 else 0.0

        return cls(
            number("still"),
            number("unmoved"),
            number("idle"),
            int(min(number("changes"), 1e9)),
            bool(told.get("loaded")),
            bool(told.get("busy")),
        )

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is under way, or nothing has come of it for long."""
        is_done = self.loaded and (self.idle >= RESTLESS or (self.idle > 0 and self.still >= AT_REST))
        return is_done or (self.unmoved >= STUCK and not self.is_busy)

    def is_between(self, seconds: float) -> bool:
        """Whether it has stood still for so long and is not in the middle of something."""
        return self.idle > 0 and self.still >= (seconds if self.loaded else HANGING)


def _between(seconds: float) -> list[Alarm]:
    """`State.is_between`, as the page is told it."""
    return [{"idle": _ANY, "still": seconds, "loaded": 1}, {"idle": _ANY, "still": HANGING}]


@dataclass(slots=True)
class Watcher:
    """When to look at a page that its caller wants something of, and when what it shows is whole."""

    looked_at: float = float("-inf")
    seen: int = -1
    ready_since: float | None = None

    def alarms(self, now: float, *, looks: bool) -> list[Alarm]:
        """The states of a page in which something is to be decided; in between it need not be asked."""
        found: list[Alarm] = [
            {"loaded": 1, "idle": _ANY, "still": AT_REST},
            {"loaded": 1, "idle": RESTLESS},
            {"unmoved": STUCK},
        ]
        if looks:
            overdue = max(0.0, self.looked_at + _LOOK_AT_LEAST - now)
            found += [{"unlike": self.seen, **alarm} for alarm in _between(_LOOK_AFTER)]
            found.append({"unlike": self.seen, "waited": overdue})
        if self.ready_since is not None:
            found += _between(A_MOMENT)
            found.append({"waited": max(0.0, self.ready_since + TAIL - now)})
        return found

    def wants_a_look(self, state: State, now: float) -> bool:
        """Whether the page has changed since the last look, and is not in the middle of a change.

        A page that waits for an answer is: its skeleton costs as much to look at as the price itself.
        """
        is_due = state.is_between(_LOOK_AFTER) or now - self.looked_at >= _LOOK_AT_LEAST
        return state.changes != self.seen and is_due

    def looked(self, state: State, now: float, *, is_ready: bool) -> None:
        """Take down what the look found."""
        self.looked_at, self.seen = now, state.changes
        if not is_ready:
            self.ready_since = None
        elif self.ready_since is None:
            self.ready_since = now

    def is_whole(self, state: State, now: float) -> bool:
        """Whether a ready page has stood still, or has been ready for longer than its tail is waited for."""
        if self.ready_since is None:
            return False
        stands = state.changes == self.seen and state.is_between(A_MOMENT)
        return stands or now - self.ready_since >= TAIL
