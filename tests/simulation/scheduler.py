"""Simulated time: what is to happen, in order, and the threads that wait for it.

A thread of the daemon is a greenlet.  It runs until it would sleep, wait or speak; then the next event
has its turn.  A `Life` is one process: it can be killed, and its machine can fall asleep, in which case
whatever was to happen to it happens when it wakes.
"""

from __future__ import annotations

import heapq
import itertools
import queue
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from greenlet import GreenletExit, getcurrent, greenlet

LATE: Final = object()
"""What a wait answers when its time was over first."""


class Life:
    """One process and its threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_over = False
        self.asleep_until = 0.0
        self.threads: list[greenlet] = []


class Scheduler:
    """The clock and everything that is still to happen."""

    def __init__(self) -> None:
        self.now = 0.0
        self.broken: list[tuple[str, BaseException]] = []
        self._events: list[tuple[float, int, Life | None, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._hub = getcurrent()

    def at(self, seconds: float, event: Callable[[], object], life: Life | None = None) -> None:
        """Let it happen so much later, unless its process is over by then."""
        heapq.heappush(self._events, (self.now + max(0.0, seconds), next(self._numbers), life, event))

    def run(self, until: float, is_over: Callable[[], bool]) -> bool:
        """Event after event; whether it came to its end before the time did."""
        while self._events and self._events[0][0] <= until:
            moment, _, life, event = heapq.heappop(self._events)
            self.now = max(self.now, moment)
            if life is not None and life.is_over:
                continue
            if life is not None and life.asleep_until > self.now:
                heapq.heappush(self._events, (life.asleep_until, next(self._numbers), life, event))
                continue
            event()
            if is_over():
                return True
        return False

    def spawn(self, work: Callable[[], object], life: Life) -> None:
        """Begin a thread of a process."""

        def whole() -> None:
            try:
                work()
            except GreenletExit:
                raise
            except BaseException as error:
                self.broken.append((life.name, error))

        thread = greenlet(whole, parent=self._hub)
        life.threads.append(thread)
        self.at(0, thread.switch, life)

    def kill(self, life: Life) -> None:
        """End a process where it stands.  Never called by one of its own threads."""
        life.is_over = True
        for thread in life.threads:
            if not thread.dead:
                thread.throw()

    def waiter(self, life: Life) -> Waiter:
        """For the thread that runs now."""
        return Waiter(self, life)

    def give_way(self) -> Any:
        """Let others run until somebody switches back."""
        return self._hub.switch()


class Waiter:
    """A thread that waits for one thing, for so long at most."""

    def __init__(self, scheduler: Scheduler, life: Life) -> None:
        self._scheduler, self._life = scheduler, life
        self._thread = getcurrent()
        self._is_done = False

    def wait(self, seconds: float | None) -> Any:
        """What it was woken with, or LATE."""
        if seconds is not None:
            self._scheduler.at(seconds, lambda: self._resume(LATE), self._life)
        return self._scheduler.give_way()

    def wake(self, value: object = None) -> None:
        """Go on with this; from any thread."""
        self._scheduler.at(0, lambda: self._resume(value), self._life)

    def _resume(self, value: object) -> None:
        if not self._is_done:
            self._is_done = True
            self._thread.switch(value)


class SimStop:
    """A `Stop`, or an event, in simulated time."""

    def __init__(self, scheduler: Scheduler, life: Life) -> None:
        self._scheduler, self._life = scheduler, life
        self._is_set = False
        self._waiting: list[Waiter] = []
        self.reason = ""

    def set(self, reason: str = "") -> None:
        """Tell everyone who waits."""
        self._is_set, self.reason = True, reason
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.wake()

    def clear(self) -> None:
        """As before."""
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it came."""
        return self._is_set

    def wait(self, seconds: float | None = None) -> bool:
        """Sleep, but not past it."""
        if self._is_set:
            return True
        waiter = self._scheduler.waiter(self._life)
        self._waiting.append(waiter)
        waiter.wait(seconds)
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        return self._is_set


class SimQueue:
    """A `SimpleQueue` in simulated time, for one reader."""

    def __init__(self, scheduler: Scheduler, life: Life) -> None:
        self._scheduler, self._life = scheduler, life
        self._items: deque[Any] = deque()
        self._reader: Waiter | None = None

    def put(self, item: object) -> None:
        """Add one, from any thread."""
        self._items.append(item)
        if self._reader is not None:
            self._reader.wake()
            self._reader = None

    def get(self, timeout: float | None = None) -> Any:
        """The next; raises `queue.Empty` when none came in time."""
        if not self._items:
            self._reader = self._scheduler.waiter(self._life)
            self._reader.wait(timeout)
            self._reader = None
        return self.get_nowait()

    def get_nowait(self) -> Any:
        """The next, if there is one."""
        if not self._items:
            raise queue.Empty
        return self._items.popleft()
