"""The leases this runner holds and the tasks in them.  Values and no threads: the desk keeps it alone.

A task waits, then is in hand, then is gone: what it became is in the spool.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scraper_backend.core.wire import ClaimAnswer, TaskGrant
from scraper_backend.scraping.fetch import address

FENCE: Final = 0.8
"""Of the TTL since the last heartbeat that was answered: then nothing new is started under this lease."""


@dataclass(slots=True)
class Task:
    """One SKU on one scraper.

    alone: it was in hand when a worker died, so nothing runs beside it.  unwanted: cancelled or lost while
    it was in hand, so it is finished, but not begun again.
    """

    grant: TaskGrant
    lease_id: str
    rev: str
    place: int
    host: str = ""
    begun_at: float = 0.0
    alone: bool = False
    unwanted: bool = False

    @property
    def item(self) -> dict[str, Any]:
        """Who it is, in a result."""
        return {
            "task_id": self.grant.id, "job_id": self.grant.job_id, "sku": self.grant.sku,
            "scraper": self.grant.scraper, "attempt": self.grant.attempt, "lease_id": self.lease_id,
        }  # fmt: skip


def _host(base_url: str) -> str:
    """The host as budgets name it."""
    url = address.parse(base_url)
    return address.host_key(url) if url else ""


@dataclass(slots=True)
class Lease:
    """known_at: when the last answer that proves it was asked for."""

    id: str
    ttl_s: float
    heartbeat_s: float
    known_at: float
    lost: bool = False

    def may_start(self, now: float) -> bool:
        """Whether it is surely still ours."""
        return not self.lost and now - self.known_at <= FENCE * self.ttl_s


@dataclass(slots=True)
class Ledger:
    """Everything granted and not finished."""

    leases: dict[str, Lease] = field(default_factory=dict)
    waiting: dict[int, Task] = field(default_factory=dict)
    in_hand: dict[int, Task] = field(default_factory=dict)
    configs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    away: Counter[str] = field(default_factory=Counter)
    """For each lease the results that are not acknowledged: until they are, it is kept alive."""
    cancelled: set[str] = field(default_factory=set)
    """Jobs that stay cancelled: the answer to an older claim may still bring tasks of them."""

    def grant(self, answer: ClaimAnswer, asked_at: float, place_of: Callable[[str], int]) -> None:
        """A lease with its tasks.  The same one again changes nothing."""
        lease = answer.lease
        if lease is None or lease.id in self.leases:
            return
        self.leases[lease.id] = Lease(lease.id, lease.ttl_ms / 1000, lease.heartbeat_ms / 1000, asked_at)
        for rev, scraper in answer.configs.items():
            self.configs[rev] = scraper.model_dump(mode="json")
        for granted in answer.tasks:
            if granted.job_id not in self.cancelled:
                self._take(granted, lease.id, place_of)

    def _take(self, granted: TaskGrant, lease_id: str, place_of: Callable[[str], int]) -> None:
        """One task; what we have in hand already, under a lease that was lost, goes on as this attempt."""
        under_way = self.in_hand.get(granted.id)
        if under_way is not None:
            under_way.grant, under_way.lease_id, under_way.unwanted = granted, lease_id, False
            return
        base_url = str(self.configs.get(granted.config_rev, {}).get("base_url", ""))
        self.waiting[granted.id] = Task(
            granted, lease_id, granted.config_rev, place_of(base_url), _host(base_url)
        )

    def keep(self, lease_id: str, now: float, ttl_s: float, kept: Iterable[int] | None) -> None:
        """A heartbeat was answered: these tasks are still worth doing, None for all."""
        lease = self.leases.get(lease_id)
        if lease is None or lease.lost:
            return
        lease.known_at, lease.ttl_s = max(lease.known_at, now), ttl_s
        if kept is not None:
            worth = set(kept)
            self._drop(lambda task: task.lease_id == lease_id and task.grant.id not in worth)

    def lose(self, lease_id: str) -> None:
        """What was not started is somebody else's; what is in hand is finished and sent all the same."""
        if lease_id in self.leases:
            self.leases[lease_id].lost = True
        self._drop(lambda task: task.lease_id == lease_id)

    def cancel(self, job_ids: Iterable[str]) -> None:
        """Nothing of these jobs is started any more."""
        self.cancelled |= (gone := set(job_ids))
        self._drop(lambda task: task.grant.job_id in gone)

    def startable(self, now: float, room: Callable[[Task], bool]) -> Iterator[Task]:
        """Take up what may start now, in the order it was granted; `room` is asked about each."""
        for task in list(self.waiting.values()):
            lease = self.leases.get(task.lease_id)
            if lease is not None and lease.may_start(now) and room(task):
                self.in_hand[task.grant.id] = self.waiting.pop(task.grant.id)
                yield task

    def in_hand_by_lease(self) -> Mapping[str, tuple[int, ...]]:
        """What runs, as each lease's heartbeat tells it."""
        by_lease: dict[str, tuple[int, ...]] = {}
        for number, task in self.in_hand.items():
            by_lease[task.lease_id] = (*by_lease.get(task.lease_id, ()), number)
        return by_lease

    def finish(self, task_id: int) -> Task | None:
        """It is no longer in hand; None when it was not."""
        return self.in_hand.pop(task_id, None)

    def back(self, tasks: Iterable[Task]) -> None:
        """Taken up, but not begun, or to be begun again: to the front, if somebody still wants it."""
        returned = {task.grant.id: task for task in tasks}
        for number in returned:
            self.in_hand.pop(number, None)
        wanted = {number: task for number, task in returned.items() if not task.unwanted}
        self.waiting = {**wanted, **self.waiting}

    def clear_waiting(self) -> None:
        """Nothing more is begun."""
        self.waiting.clear()

    def done_with(self) -> list[Lease]:
        """Leases of which nothing is left; they are forgotten."""
        used = {task.lease_id for task in (*self.waiting.values(), *self.in_hand.values())} | set(+self.away)
        over = [lease for lease in self.leases.values() if lease.id not in used]
        for lease in over:
            del self.leases[lease.id]
        revs = {task.rev for task in (*self.waiting.values(), *self.in_hand.values())}
        self.configs = {rev: config for rev, config in self.configs.items() if rev in revs}
        return over

    def _drop(self, is_gone: Callable[[Task], bool]) -> None:
        self.waiting = {number: task for number, task in self.waiting.items() if not is_gone(task)}
        for task in self.in_hand.values():
            task.unwanted = task.unwanted or is_gone(task)
