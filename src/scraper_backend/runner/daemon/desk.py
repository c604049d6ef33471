"""The desk: one thread that takes message after message and is alone in changing anything.

A turn: hear what has come in, keep what was finished and mark what starts in one durable write, then let it
start.  When the disk refuses the write, what was finished stays in memory, nothing starts, nothing is
claimed, and the write is tried again; results go on leaving for home meanwhile.
"""

from __future__ import annotations

import queue
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from scraper_backend import __version__
from scraper_backend.core import logs
from scraper_backend.core.errors import StoreBusy
from scraper_backend.core.wire import ClaimAnswer, Directives, HostBudget
from scraper_backend.runner.daemon.crew import Crew
from scraper_backend.runner.daemon.ledger import Ledger, Task
from scraper_backend.runner.daemon.messages import (
    Away,
    Beat,
    Died,
    Granted,
    Home,
    Lost,
    Message,
    Scraped,
    Told,
    Wish,
)
from scraper_backend.runner.daemon.settings import Settings
from scraper_backend.runner.outbox.spool import Spool

log = logs.named(__name__)

TICK_S: Final = 0.5
FULL_AT: Final = 0.8
"""Of the spool's limit: then no more is claimed."""


@dataclass(frozen=True, slots=True)
class View:
    """How things stand, for everyone who only looks: replaced whole after each turn.

    leases: (id, TTL, heartbeat interval) in seconds of those to keep alive.
    in_hand: the tasks that run, by lease.  sites: for each scraper how its tasks ended.
    a_minute: how many ended within the last one.
    """

    state: str = "starting"
    leases: tuple[tuple[str, float, float], ...] = ()
    in_hand: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    working_on: tuple[Mapping[str, Any], ...] = ()
    waiting: int = 0
    room: int = 0
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    sites: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    a_minute: int = 0
    host_pauses: Mapping[str, float] = field(default_factory=dict)
    slow_down_s: float = 0.0
    trouble: str = ""


class Desk:
    """Messages in, turns made, a view for the others."""

    def __init__(self, settings: Settings, spool: Spool, clock: Callable[[], float]) -> None:
        self.inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.view = View()
        self.on_result: Callable[[], object] = lambda: None
        self._settings, self._spool, self._clock = settings, spool, clock
        self._ledger = Ledger()
        self._crew = Crew(settings.processes, self.inbox.put, settings.worker)
        self._unsaved: list[dict[str, Any]] = []
        self._counts: Counter[str] = Counter()
        self._sites: dict[str, Counter[str]] = {}
        self._ends: deque[float] = deque()
        self._pauses: dict[str, float] = {}
        self._shares: dict[str, int] = {}
        self._directives = Directives()
        self._paused = self._leaving = self._over = False
        self.exit_code = 0
        self._leave_by: float | None = None
        self._trouble = self._away = ""

    def hear_soon(self, message: Message) -> None:
        """From any thread."""
        self.inbox.put(message)

    def run(self) -> None:
        """Until we have left."""
        self._look_around()
        while not self._over:
            self.turn(self._heard())
        self._crew.end()

    def turn(self, messages: list[Message]) -> None:
        """Hear, keep, start."""
        for message in messages:
            self._hear(message)
        self._keep_and_start()
        self._close_leases()
        self._look_around()

    def held(self) -> list[str]:
        """The leases we still have, to be given back."""
        return [lease.id for lease in self._ledger.leases.values() if not lease.lost]

    def _heard(self) -> list[Message]:
        """Everything that has come in, after at most a tick of waiting."""
        messages: list[Message] = []
        try:
            messages.append(self.inbox.get(timeout=TICK_S))
            while len(messages) < 500:
                messages.append(self.inbox.get_nowait())
        except queue.Empty:
            pass
        return messages

    # ── Hearing ────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, message: Message) -> None:
        match message:
            case Granted():
                self._granted(message)
            case Away():
                self._away = message.words
            case Beat():
                self._away = ""
                ttl_s = message.answer.ttl_ms / 1000
                self._ledger.keep(message.lease_id, message.sent_at, ttl_s, message.answer.keep)
                self._budgets(message.answer.budgets)
                self._obey(message.answer.directives)
            case Lost():
                log.warning("lease.lost", lease=message.lease_id)
                self._ledger.lose(message.lease_id)
            case Told():
                self._away = ""
                self._obey(message.directives)
            case Scraped():
                self._scraped(message)
            case Died():
                self._died(message)
            case Home():
                self._ledger.away.subtract(message.leases)
            case Wish():
                self._wished(message)

    def _granted(self, message: Granted) -> None:
        answer: ClaimAnswer = message.answer
        self._away = ""
        self._ledger.grant(answer, message.asked_at, self._crew.place_of)
        self._budgets(answer.budgets)
        self._obey(answer.directives)
        if self._leaving:
            self._ledger.clear_waiting()

    def _budgets(self, budgets: list[HostBudget]) -> None:
        for budget in budgets:
            self._shares[budget.host] = budget.concurrency
            self._crew.everybody({"do": "budget", **budget.model_dump()})

    def _obey(self, directives: Directives) -> None:
        self._ledger.cancel(directives.cancel_jobs)
        for pause in directives.pause_hosts:
            self._crew.everybody({"do": "pause", "host": pause.host, "seconds": pause.ms / 1000})
        if directives.drain and not self._directives.drain:
            log.info("runner.told_to_drain")
        if directives.drain:
            self._ledger.clear_waiting()
        self._directives = directives

    def _scraped(self, message: Scraped) -> None:
        task = self._ledger.finish(message.task_id)
        now = self._clock()
        self._pauses.update({host: now + s for host, s in message.host_pauses.items()})
        if task is not None:
            self._finished(task, dict(message.outcome))

    def _finished(self, task: Task, outcome: dict[str, Any]) -> None:
        self._unsaved.append({**outcome, **task.item})
        self._counts[str(outcome["outcome"])] += 1
        self._sites.setdefault(task.grant.scraper, Counter())[str(outcome["outcome"])] += 1
        self._ends.append(self._clock())

    def _died(self, message: Died) -> None:
        """Its tasks begin again, one after another; the one that dies alone is the one that kills."""
        if message.generation != self._crew.generation(message.process):
            return
        self._crew.bury(message.process)
        had = [task for task in self._ledger.in_hand.values() if task.place == message.process]
        log.error("worker.died", how=message.how, tasks=[task.grant.id for task in had])
        if len(had) == 1:
            self._ledger.finish(had[0].grant.id)
            self._finished(
                had[0], {"outcome": "crash", "detail": {"reason": "worker_died", "how": message.how}}
            )
            return
        for task in had:
            task.alone = True
        self._ledger.back(had)

    def _wished(self, wish: Wish) -> None:
        log.info("runner.wish", what=wish.what, why=wish.why)
        match wish.what:
            case "pause":
                self._paused = True
            case "resume":
                self._paused = False
            case "leave":
                self._over, self.exit_code = True, wish.code
            case "stop" if self._leaving:
                self._over = True
            case "stop" | "drain":
                self._leaving = True
                self._ledger.clear_waiting()
                if wish.what == "stop":
                    self._leave_by = self._clock() + self._settings.drain_s

    # ── Keeping and starting ───────────────────────────────────────────────────────────────────────

    def _keep_and_start(self) -> None:
        starting = [] if self._unwilling() else list(self._ledger.startable(self._clock(), self._has_room))
        try:
            self._spool.turn(self._unsaved, [task.item for task in starting])
        except StoreBusy as error:
            self._ledger.back(starting)
            self._refused(error)
            return
        self._trouble = ""
        if self._unsaved:
            self._ledger.away.update(str(item["lease_id"]) for item in self._unsaved)
            self._unsaved = []
            self.on_result()
        for task in starting:
            self._begin(task)

    def _close_leases(self) -> None:
        """What is over is forgotten; if the disk does not take even that, the next life finds out."""
        for lease in self._ledger.done_with():
            with suppress(StoreBusy):
                self._spool.ended(lease.id)

    def _refused(self, error: StoreBusy) -> None:
        """Disk full, most likely.  What was finished stays in memory, and is written as soon as it can be."""
        if not self._trouble:
            log.error("spool.refused", why=str(error), unsaved=len(self._unsaved))
        self._trouble = str(error)

    def _begin(self, task: Task) -> None:
        grant = task.grant
        task.begun_at = self._clock()
        self._crew.send(
            task.place,
            task.rev,
            self._ledger.configs[task.rev],
            {"task": grant.id, "sku": grant.sku, "scraper": grant.scraper},
        )

    def _has_room(self, task: Task) -> bool:
        """Whether its process has a free place; beside a task that runs alone there is none."""
        beside = [other for other in self._ledger.in_hand.values() if other.place == task.place]
        if task.rev not in self._ledger.configs:
            return False
        if task.alone or any(other.alone for other in beside):
            return not beside
        if sum(other.host == task.host for other in beside) >= self._shares.get(task.host, len(beside) + 1):
            return False  # it would only wait for its turn, and be blamed if we die meanwhile
        return len(beside) < max(1, self._settings.walks // self._settings.processes) or self._is_only(task)

    def _is_only(self, task: Task) -> bool:
        """One shop alone may have all the walks: places are shared only among those who need them."""
        others = {t.place for t in (*self._ledger.waiting.values(), *self._ledger.in_hand.values())}
        return {task.place} == others | {task.place} and len(self._ledger.in_hand) < self._settings.walks

    def _unwilling(self) -> bool:
        return (
            self._leaving or self._paused or self._directives.drain or bool(self._trouble and self._unsaved)
        )

    # ── Being looked at ────────────────────────────────────────────────────────────────────────────

    def _look_around(self) -> None:
        now = self._clock()
        if self._leaving and not self._ledger.in_hand and not self._unsaved:
            self._over = True
        if self._leave_by is not None and now > self._leave_by:
            self._over = True
        self._pauses = {host: until for host, until in self._pauses.items() if until > now}
        while self._ends and self._ends[0] < now - 60:
            self._ends.popleft()
        leases = [lease for lease in self._ledger.leases.values() if not lease.lost]
        self.view = View(
            state=self._state(),
            leases=tuple((lease.id, lease.ttl_s, lease.heartbeat_s) for lease in leases),
            in_hand=self._ledger.in_hand_by_lease(),
            working_on=tuple(
                {
                    "sku": t.grant.sku,
                    "scraper": t.grant.scraper,
                    "job_id": t.grant.job_id,
                    "seconds": round(now - t.begun_at, 1),
                }
                for t in self._ledger.in_hand.values()
            ),
            waiting=len(self._ledger.waiting),
            room=self._room(),
            done=self._counts.total(),
            counts=dict(self._counts),
            sites={name: dict(counts) for name, counts in self._sites.items()},
            a_minute=len(self._ends),
            host_pauses={host: until - now for host, until in self._pauses.items()},
            slow_down_s=self._directives.slow_down_ms / 1000,
            trouble=self._trouble or self._outdated() or self._crowded() or self._unheard(),
        )

    def _state(self) -> str:
        if self._over:
            return "gone"
        if self._leaving or self._directives.drain:
            return "draining"
        return "paused" if self._paused else "working"

    def _room(self) -> int:
        """How many tasks to ask for: enough that no walk waits for the next claim, no more."""
        if self._leaving or self._paused or self._trouble or self._outdated() or self._crowded():
            return 0
        held = len(self._ledger.waiting) + len(self._ledger.in_hand)
        return max(0, 2 * self._settings.walks - held) if held < self._settings.walks * 1.5 else 0

    def _crowded(self) -> str:
        full = self._spool.bytes_on_disk() > FULL_AT * self._settings.spool_limit
        return (
            "the spool is full: nothing is claimed until it is delivered"
            if full and self._spool.count()
            else ""
        )

    def _unheard(self) -> str:
        return f"results are kept and sent later: {self._away}" if self._away else ""

    def _outdated(self) -> str:
        wanted = self._directives.min_version
        if wanted is None or _version(__version__) >= _version(wanted):
            return ""
        return f"the coordinator wants version {wanted} or later, this is {__version__}; update this runner"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("+", maxsplit=1)[0].split(".") if part.isdigit())
