"""When a page in a browser may be read: when it shows what is wanted, or has come to rest.

Decisions over what the page says about itself (`scripts.STATE`); never a sleep of so many seconds.
A page is read as soon as the caller's `ready` finds what it wants and the page has stood still for
a moment, for its other fields to arrive.  A page that never shows it is given up when nothing is
under way in it any more: no request, no timer, no change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

A_MOMENT: Final = 0.12
"""A page that shows what is wanted has to stand still for so long, in seconds."""
AT_REST: Final = 0.6
"""A page that nothing is under way in has come to rest."""
STUCK: Final = 4.0
"""A page that has not changed for so long is not waited for, whatever it still asks its server."""
SNAPSHOT_AFTER: Final = 0.05


@dataclass(frozen=True, slots=True)
class State:
    """What a page says about itself.  still: seconds without a change."""

    still: float
    changes: int
    asking: int
    timers: int
    loaded: bool

    @classmethod
    def of(cls, value: Any) -> State:
        """From the page's own answer, which is the page's word and may be anything."""
        told = value if isinstance(value, dict) else {}

        def number(name: str) -> float:
            found = told.get(name)
            return float(found) if isinstance(found, (int, float)) else 0.0

        return cls(
            max(0.0, number("still")),
            int(number("changes")),
            int(number("asking")),
            int(number("timers")),
            bool(told.get("loaded")),
        )

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is under way, or nothing has come of it for long."""
        idle = self.loaded and self.asking <= 0 and self.timers <= 0
        return (idle and self.still >= AT_REST) or self.still >= STUCK

    @property
    def is_worth_a_look(self) -> bool:
        """Whether a picture taken now is not of the middle of a change."""
        return self.still >= SNAPSHOT_AFTER
