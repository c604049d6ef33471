"""The coordinator in a simulation: its rules and its chores, as `api` and `chores` call them.

It can die before or after a COMMIT, come up again, and stand still as a whole.  Its database outlives it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from scraper_backend.coordinator.chores import EVERY, Chores
from scraper_backend.coordinator.rules import batches, callbacks, claims, heartbeats, jobs, keys, runners
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store.protocol import Topic, Transaction
from scraper_backend.core import wire
from scraper_backend.core.errors import BackendError, Unreachable
from tests.simulation.network import Reply, Request
from tests.simulation.scheduler import Scheduler
from tests.simulation.store import CoordinatorDied, Death, MemoryStore, step

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOOK_S = 5.0
SOON_S = 0.05
FORGIVEN_S = 40.0
"""An office that was away longer than this forgives its runners the time."""
INFINITE = float("inf")


class Commit(NamedTuple):
    """What was just committed: a request or something of the office's own, and what it answered."""

    kind: str
    request: Request | None
    body: Any
    value: Any


class _Parked(NamedTuple):
    """A request that waits for work or news."""

    request: Request
    body: Any
    reply: Reply
    until: float
    answer: Any


class SimOffice:
    """Requests in, answers out."""

    def __init__(self, scheduler: Scheduler, death: Callable[[], Death]) -> None:
        self.scheduler = scheduler
        self.on_commit: Callable[[Commit], None] = lambda _: None
        self.on_error: Callable[[str, BaseException], None] = lambda *_: None
        self.on_death: Callable[[], None] = lambda: None
        self.up_since = self.back_at = 0.0
        self.is_up = True
        self.store = MemoryStore(death, self._committed)
        self.store.on_change = self._changed
        self._doing: tuple[str, Request | None, Any] = ("chores", None, None)
        self._parked: list[_Parked] = []
        self._chores = Chores(self.store, self.clock)  # type: ignore[arg-type]
        self._life = 0
        self._next_look = INFINITE
        self.key = self._key()
        scheduler.at(0, self._round)

    def clock(self) -> datetime:
        """The office's clock on the wall."""
        return MONDAY + timedelta(seconds=self.scheduler.now)

    # ── Its life ───────────────────────────────────────────────────────────────────────────────────

    def go_down(self, seconds: float) -> None:
        """Die, and come up again after so long."""
        self.is_up = False
        self._life += 1
        parked, self._parked = self._parked, []
        for waiting in parked:
            waiting.reply(Unreachable("the connection was reset"))
        self.scheduler.at(seconds, self._come_up)

    def stand_still(self, seconds: float) -> None:
        """The process is stopped and continued: it knows nothing of the time between."""
        if not self.is_up:
            return
        life, self.is_up = self._life, False

        def go_on() -> None:
            if self._life == life:
                self.is_up, self.back_at = True, self.scheduler.now
                self.up_since = self.scheduler.now if seconds > FORGIVEN_S else self.up_since

        self.scheduler.at(seconds, go_on)

    def _come_up(self) -> None:
        self.is_up, self.up_since, self.back_at = True, self.scheduler.now, self.scheduler.now
        self._chores = Chores(self.store, self.clock)  # type: ignore[arg-type]
        self._round()

    def _round(self, of_life: int | None = None) -> None:
        life = self._life
        if of_life not in (None, life):
            return
        if self.is_up:
            self._own("chores", self._chores.round, self.clock())
        self.scheduler.at(EVERY.total_seconds(), lambda: self._round(life))

    def act(self, kind: str, rule: Callable[[Transaction], Awaitable[object]], body: object = None) -> bool:
        """A person does something; whether the office took it."""

        async def write() -> object:
            return await self.store.write(rule)

        return self.is_up and self._own(kind, write, body=body)

    def _own(self, kind: str, work: Callable[..., Any], *arguments: object, body: object = None) -> bool:
        self._doing = (kind, None, body)
        try:
            step(work, *arguments)
        except CoordinatorDied:
            self.on_death()
            return False
        except BackendError:
            return False
        except Exception as error:
            self.on_error(kind, error)
            return False
        return True

    # ── Requests ───────────────────────────────────────────────────────────────────────────────────

    def handle(self, request: Request, reply: Reply) -> None:
        """Answer now or later, or never."""
        if not self.is_up:
            reply(Unreachable("connection refused"))
            return
        try:
            body = self._parse(request)
            value = self._serve(request, body)
        except CoordinatorDied:
            self.on_death()
        except BackendError as error:
            reply(error)
        except Exception as error:
            self.on_error(request.kind, error)
        else:
            self._answer(request, body, value, reply)

    def _answer(self, request: Request, body: Any, value: Any, reply: Reply) -> None:
        if request.wait_s and _has_nothing_to_say(value):
            until = self.scheduler.now + request.wait_s
            self._parked.append(_Parked(request, body, reply, until, value))
            self._look_within(min(LOOK_S, request.wait_s))
            return
        if isinstance(value, wire.ClaimAnswer) and request.wait_s and value.lease is None:
            value = value.model_copy(update={"retry_after_ms": 0 if not value.directives.drain else 5000})
        reply(value.as_bytes())

    def _look(self) -> None:
        """Look again for those who wait."""
        if self.scheduler.now < self._next_look:
            return
        self._next_look = INFINITE
        parked, self._parked = self._parked, []
        for waiting in parked:
            if not self.is_up:
                waiting.reply(Unreachable("the connection was reset"))
            elif waiting.until <= self.scheduler.now:
                self._send_away(waiting)
            elif self._has_news(waiting):
                left = waiting.until - self.scheduler.now
                self.handle(waiting.request._replace(wait_s=left), waiting.reply)
            else:
                self._parked.append(waiting)
                self._look_within(min(LOOK_S, waiting.until - self.scheduler.now))

    def _send_away(self, waiting: _Parked) -> None:
        answer = waiting.answer
        if isinstance(answer, wire.ClaimAnswer):
            answer = answer.model_copy(update={"retry_after_ms": 0})
        waiting.reply(answer.as_bytes())

    def _has_news(self, waiting: _Parked) -> bool:
        now = self.clock()
        if waiting.request.kind == "claim":
            return bool(step(self.store.read, lambda tx: claims.is_work_for(tx, waiting.body, now=now)))
        of = waiting.request.of
        return bool(step(self.store.read, lambda tx: heartbeats.news(tx, of, now=now)) != waiting.body.seen)

    def _changed(self, topics: set[Topic]) -> None:
        if "work" in topics and self._parked:
            self._look_within(SOON_S)

    def _look_within(self, seconds: float) -> None:
        if self.scheduler.now + seconds < self._next_look:
            self._next_look = self.scheduler.now + seconds
            self.scheduler.at(seconds, self._look)

    def _committed(self, value: object) -> None:
        self.on_commit(Commit(*self._doing, value))

    def _key(self) -> Key:
        made = step(self.store.write, lambda tx: keys.create(tx, "fleet", now=self.clock()))
        key: Key = made.key
        return key

    def _parse(self, request: Request) -> Any:
        models: dict[str, type[wire.Wire]] = {
            "register": wire.Register, "claim": wire.Claim, "heartbeat": wire.Heartbeat,
            "results": wire.ResultsBatch, "release": wire.Release, "callback": wire.Callback,
        }  # fmt: skip
        model = models.get(request.kind)
        return wire.read(model, request.body) if model else None

    def _serve(self, request: Request, body: Any) -> Any:
        key, now = self.key, self.clock()
        self._doing = (request.kind, request, body)
        if request.kind == "job":
            return step(self.store.read, lambda tx: jobs.config(tx, request.of))
        if request.kind == "register":
            made = step(self.store.write, lambda tx: runners.register(tx, body, key, now=now))
            return wire.Register(runner_name=made.name)
        return step(self.store.write, lambda tx: self._rule(tx, request, body, now))

    def _rule(self, tx: Transaction, request: Request, body: Any, now: datetime) -> Awaitable[Any]:
        key, of = self.key, request.of
        if request.kind == "claim":
            return claims.claim(tx, body, key, now=now)
        if request.kind == "heartbeat":
            return heartbeats.beat(tx, of, body, key, now=now)
        if request.kind == "results":
            return batches.deliver(tx, body, key, now=now)
        if request.kind == "release":
            return heartbeats.release(tx, of, body, key, now=now)
        return callbacks.apply(tx, body, key, now=now)


def _has_nothing_to_say(value: object) -> bool:
    if isinstance(value, wire.ClaimAnswer):
        return value.lease is None and not value.directives.drain
    return isinstance(value, wire.HeartbeatAnswer) and not value.news
