"""What lies between the machines and the office: messages lost, doubled, late, overtaking one another."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel

from scraper_backend.core import wire
from scraper_backend.core.errors import Unreachable
from tests.simulation.scheduler import LATE, Life, Scheduler

Kind = Literal["register", "claim", "heartbeat", "results", "release", "job", "callback"]
Body = TypeVar("Body", bound=BaseModel)
Reply = Callable[[object], None]
Told = Callable[[str, float, object], None]
"""The lease that was asked about, when the question was sent, and the answer."""


class Request(NamedTuple):
    """One call on its way.  `of`: the lease or the job in its address."""

    kind: Kind
    runner: str
    life: str
    body: bytes = b"{}"
    of: str = ""
    wait_s: float = 0.0


@dataclass
class Weather:
    """How bad it is.  cut: (runner, kind or None for all kinds, until)."""

    lost: float = 0.0
    doubled: float = 0.0
    latency: float = 0.05
    longest_delay: float = 600.0

    def __post_init__(self) -> None:
        self.cuts: list[tuple[str, Kind | None, float]] = []

    def calm(self) -> None:
        """From now on everything arrives."""
        self.lost = self.doubled = 0.0
        self.latency = 0.05
        self.cuts.clear()


class Network:
    """Carries requests to the office and its answers back."""

    def __init__(self, scheduler: Scheduler, rng: random.Random, weather: Weather) -> None:
        self._scheduler, self._rng, self._weather = scheduler, rng, weather
        self.office: Callable[[Request, Reply], None] = lambda *_: None
        self.sent: list[tuple[float, Request]] = []

    @property
    def now(self) -> float:
        """The world's time."""
        return self._scheduler.now

    def call(self, request: Request, life: Life, timeout: float) -> Any:
        """The answer, for a thread that waits for it.  Raises what the office raises, or `Unreachable`."""
        waiter = self._scheduler.waiter(life)
        self.sent.append((self._scheduler.now, request))

        def reply(answer: object) -> None:
            if not self._is_lost(request):
                self._scheduler.at(self._latency(), lambda: waiter.wake(answer), life)

        self._carry(request, reply)
        answer = waiter.wait(timeout + request.wait_s)
        if answer is LATE:
            raise Unreachable("no answer in time")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _carry(self, request: Request, reply: Reply) -> None:
        if not self._is_lost(request):
            self._scheduler.at(self._latency(), lambda: self.office(request, reply))
        while self._rng.random() < self._weather.doubled:
            late = self._latency() + self._weather.longest_delay * self._rng.random() ** 4
            self._scheduler.at(late, lambda: self.office(request, lambda _: None))

    def _is_lost(self, request: Request) -> bool:
        now = self._scheduler.now
        for runner, kind, until in self._weather.cuts:
            if runner == request.runner and kind in (None, request.kind) and now < until:
                return True
        return self._rng.random() < self._weather.lost

    def _latency(self) -> float:
        return self._rng.random() * self._weather.latency


class Phone:
    """A daemon's client: the calls of `ScraperAPIClient` that it makes, through the weather."""

    def __init__(self, network: Network, runner: str, life: Life, timeout: float, told: Told) -> None:
        self._network, self._runner, self._life = network, runner, life
        self._timeout, self._told = timeout, told

    def register_runner(self, _metadata: object = None) -> object:
        """Introduce ourselves."""
        body = wire.Register(runner_name=self._runner)
        request = Request("register", self._runner, self._life.name, body.as_bytes())
        return self._network.call(request, self._life, self._timeout)

    def claim(self, claim_key: str, max_tasks: int, *, wait_s: float, **wishes: Any) -> wire.ClaimAnswer:
        """Ask for work."""
        body = wire.Claim(
            claim_key=claim_key, runner_name=self._runner, max_tasks=max_tasks, wait_s=wait_s,
            capabilities=list(wishes["capabilities"]), labels=list(wishes["labels"]),
        )  # fmt: skip
        request = Request("claim", self._runner, self._life.name, body.as_bytes(), wait_s=wait_s)
        return self._call(request, wire.ClaimAnswer)

    def heartbeat(self, lease_id: str, beat: wire.Heartbeat) -> wire.HeartbeatAnswer:
        """A sign of life."""
        told = (self._runner, self._life.name, beat.as_bytes(), lease_id, beat.wait_s)
        return self._call(Request("heartbeat", *told), wire.HeartbeatAnswer)

    def send_results(self, items: list[Any]) -> wire.ResultsAnswer:
        """Hand in outcomes."""
        body = wire.ResultsBatch(items=items).as_bytes()
        return self._call(Request("results", self._runner, self._life.name, body), wire.ResultsAnswer)

    def release(self, lease_id: str, reason: str = "shutdown") -> wire.ReleaseAnswer:
        """Give a lease back."""
        body = wire.Release(reason=reason).as_bytes()
        request = Request("release", self._runner, self._life.name, body, lease_id)
        return self._call(request, wire.ReleaseAnswer)

    def close(self) -> None:
        """Nothing is open."""

    def _call(self, request: Request, model: type[Body]) -> Body:
        sent_at = self._network.now
        read = wire.read(model, self._network.call(request, self._life, self._timeout))
        self._told(request.of, sent_at, read)
        return read
