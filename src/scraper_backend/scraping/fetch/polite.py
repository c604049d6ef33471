"""How often we knock at one host, whoever asks.

Everybody who wants a page of a host waits in one line: first for one of its places (concurrency),
then for its next moment (rate).  A host that answers 429 or 503, breaks connections or grows slow is
asked at half the rate, and the old rate comes back step by step while it answers well.  `Retry-After`
stops the whole line.  The fleet can pause a host and give it a budget, which never makes us faster
than the site's own configuration.

Time and sleep are passed in.  Hosts that are at rest are forgotten, so that memory stays flat.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

_MAX_FACTOR: Final = 64.0
_RECOVERY: Final = 0.93
"""Ten good answers bring a halved rate back."""
_UNLIMITED_INTERVAL: Final = 1 / 32
"""Where backing off starts for a host without a rate."""
_SLACK: Final = 0.02
"""A timer is late by milliseconds; at a high rate that is made good instead of added up."""
_LONGEST_SLEEP: Final = 5.0
_MAX_PAUSE: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The least time between two requests to a host, and how many may be under way."""

    interval: float = 0.0
    concurrency: int = 1_000_000


UNLIMITED: Final = Limits()


@dataclass(slots=True)
class _Host:
    """What we know about one host."""

    active: int = 0
    next_at: float = 0.0
    paused_until: float = 0.0
    factor: float = 1.0
    halved_at: float = float("-inf")
    calm: float = 0.0
    recent: float = 0.0
    budget: Limits = UNLIMITED
    line: deque[tuple[asyncio.Future[None], int]] = field(default_factory=deque)
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)

    def at_rest(self, now: float) -> bool:
        return not (
            self.active
            or self.line
            or self.factor > 1
            or max(self.next_at, self.paused_until) > now
            or self.budget is not UNLIMITED
        )


class Politeness:
    """One for a runner: the budget of a host is shared by all its sites and walks."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        remembered: int = 2_000,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._remembered = remembered
        self._hosts: dict[str, _Host] = {}

    def __len__(self) -> int:
        return len(self._hosts)

    async def enter(self, key: str, limits: Limits, patience: float) -> float:
        """Wait for our turn at this host, then 0; or at once the seconds of a pause beyond `patience`.

        Whoever got 0 calls `leave` when the answer is there.
        """
        host = self._host(key)
        if (left := host.paused_until - self._clock()) > patience:
            return left
        await self._take_place(host, limits)
        try:
            return await self._await_moment(host, limits, patience)
        except BaseException:
            self._give_place(host)
            raise

    def leave(self, key: str, seconds: float, *, strained: bool) -> None:
        """The answer took `seconds`; `strained` says that the host does not cope with our pace."""
        host = self._host(key)
        self._give_place(host)
        host.recent = seconds if not host.recent else 0.7 * host.recent + 0.3 * seconds
        host.calm = min(host.calm * 1.02, host.recent) or seconds
        if strained:
            self._halve(host)
        elif host.factor > 1:
            host.factor = max(1.0, host.factor * _RECOVERY)

    def pause(self, key: str, seconds: float) -> None:
        """Nobody asks this host for so long (a `Retry-After`, or the fleet's word)."""
        host = self._host(key.lower())
        host.paused_until = max(host.paused_until, self._clock() + min(seconds, _MAX_PAUSE))

    def set_budget(self, key: str, per_second: float | None, concurrency: int | None = None) -> None:
        """What the fleet grants us at this host; None takes the limit away."""
        interval = 1 / per_second if per_second else 0.0
        budget = Limits(interval, concurrency or UNLIMITED.concurrency)
        host = self._host(key.lower())
        host.budget = UNLIMITED if budget == UNLIMITED else budget

    def as_granted(self, home: str, limits: Limits, *, usual: float = 0.0) -> Limits:
        """These limits, and no more than the fleet grants us at the site's own host.

        A search or a product page may be on another host, of which the fleet knows nothing.  usual: the
        interval of the site's own rate.  Of a slower one, as robots.txt asks for, we have the same part as
        of that rate: the fleet shares out rates, and together its runners are one crawler.
        """
        host = self._hosts.get(home)
        if host is None or host.budget is UNLIMITED:
            return limits
        interval = limits.interval
        if 0 < usual < interval:
            interval *= max(1.0, host.budget.interval / usual)
        return Limits(max(interval, host.budget.interval), min(limits.concurrency, host.budget.concurrency))

    def pauses(self) -> dict[str, float]:
        """The hosts that are paused now, and for how many seconds more: the fleet is told."""
        now = self._clock()
        return {key: h.paused_until - now for key, h in self._hosts.items() if h.paused_until > now}

    def interval(self, key: str, limits: Limits) -> float:
        """The time between two requests that holds at this host now."""
        return _interval(self._host(key), limits)

    def _host(self, key: str) -> _Host:
        host = self._hosts.get(key)
        if host is None:
            if len(self._hosts) >= self._remembered:
                self._forget_resting()
            host = self._hosts[key] = _Host()
        return host

    def _forget_resting(self) -> None:
        now = self._clock()
        self._hosts = {key: host for key, host in self._hosts.items() if not host.at_rest(now)}
        self._remembered = max(self._remembered, 2 * len(self._hosts))

    async def _take_place(self, host: _Host, limits: Limits) -> None:
        places = min(limits.concurrency, host.budget.concurrency)
        if host.active < places and not host.line:
            host.active += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        host.line.append((turn, limits.concurrency))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_place(host)  # the place came in the same moment; the next one gets it
            raise

    def _give_place(self, host: _Host) -> None:
        host.active -= 1
        while host.line and host.active < min(host.line[0][1], host.budget.concurrency):
            turn, _ = host.line.popleft()
            if not turn.done():
                host.active += 1
                turn.set_result(None)

    async def _await_moment(self, host: _Host, limits: Limits, patience: float) -> float:
        if not host.gate.locked() and self._take_moment(host, limits):
            return 0.0
        async with host.gate:
            while not self._take_moment(host, limits):
                now = self._clock()
                if host.paused_until - now > patience:
                    self._give_place(host)
                    return host.paused_until - now
                wait = max(host.next_at, host.paused_until) - now
                await self._sleep(min(wait, _LONGEST_SLEEP))
        return 0.0

    def _take_moment(self, host: _Host, limits: Limits) -> bool:
        """Take this moment if it is free; then the next one is an interval away."""
        now = self._clock()
        if now < host.next_at or now < host.paused_until:
            return False
        interval = _interval(host, limits)
        late = min(now - host.next_at, _SLACK) if interval < _SLACK else 0.0
        host.next_at = now - late + interval
        return True

    def _halve(self, host: _Host) -> None:
        """Half the rate, once for all answers to one burst."""
        now = self._clock()
        if now - host.halved_at >= max(1.0, host.recent):
            host.halved_at = now
            host.factor = min(_MAX_FACTOR, host.factor * 2)
            host.next_at = max(host.next_at, now + _UNLIMITED_INTERVAL * host.factor)


def _interval(host: _Host, limits: Limits) -> float:
    interval = max(limits.interval, host.budget.interval)
    if host.factor > 1:
        interval = max(interval, _UNLIMITED_INTERVAL) * host.factor
    if limits.interval and host.recent > max(1.0, 3 * host.calm):
        interval = max(interval, host.recent)  # three times as slow as it can be: one at a time
    return interval
