"""What every request works with: store, settings, clock, chores.  One value, made by `app`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.held import Lobby
from scraper_backend.coordinator.keyring import Keyring
from scraper_backend.coordinator.settings import Settings
from scraper_backend.coordinator.store import Store
from scraper_backend.coordinator.throttle import Throttle

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Office:
    """`stopping` is set when the coordinator was asked to end: streams and long polls answer at once.

    `started`: what the clock and the machine's own counter said then; `health` compares them.
    """

    store: Store
    settings: Settings
    clock: Clock
    chores: Chores
    started: tuple[datetime, float]
    lobby: Lobby = field(default_factory=Lobby)
    keyring: Keyring = field(default_factory=Keyring)
    throttle: Throttle = field(default_factory=Throttle)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


def uptime() -> float:
    """Seconds on a counter that nobody sets, and that goes on while the machine sleeps where there is one."""
    counter = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if counter is None else time.clock_gettime(counter)


def office_of(request: Request) -> Office:
    """The office that this request came to."""
    office: Office = request.app.state.office
    return office
