"""One world from one seed: shops, jobs, machines, old runners, weather and accidents; then calm, and the end.

0 … STORM_S      accidents of every kind
STORM_S … LAST_S everything is repaired, and everything must come to its end
"""

from __future__ import annotations

import contextlib
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from scraper_backend.coordinator.rules import checks, jobs, pauses, scrapers
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.runner.daemon import claims, desk, heart, post, start
from scraper_backend.runner.daemon.ledger import Task
from tests.simulation.contract import ContractRunner
from tests.simulation.machine import Machine
from tests.simulation.network import Network, Weather
from tests.simulation.office import SimOffice
from tests.simulation.oracle import Oracle, Violation
from tests.simulation.scheduler import Scheduler
from tests.simulation.store import Death, step

STORM_S: Final = 600.0
LAST_S: Final = 6 * 3600.0
OVERLOOKED: Final = 0.08
"""A page that says there is no such product, although there is."""
SHOPS: Final[Mapping[str, tuple[float, int]]] = {"alpha": (5.0, 4), "beta": (2.0, 2), "gamma": (0.5, 1)}
RATES: Final = {f"{name}.example": rate for name, rate in SHOPS.items()}
HOSTS: Final = {name: f"{name}.example" for name in SHOPS}


@dataclass(frozen=True)
class Walk:
    """What becomes of a task."""

    seconds: float
    outcome: Mapping[str, Any] = field(default_factory=dict)
    kills: str = ""
    pauses: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What a world came to."""

    seed: int
    violation: str
    simulated_s: float
    commits: int
    tasks: int
    found: int
    deaths: int
    given_back: tuple[float, ...]
    elsewhere: tuple[float, ...]


class World:
    """Everything that is, and the chance that moves it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.scheduler = Scheduler()
        self.weather = self._weather()
        self.network = Network(self.scheduler, self.rng, self.weather)
        self._dying = 0.0
        self.office = SimOffice(self.scheduler, self._death)
        self.deaths = 0
        self._poison_deaths = 0
        self.oracle = Oracle(self.office, RATES, HOSTS)
        self.office.on_commit = self.oracle.committed
        self.office.on_death = self._office_dies
        self.office.on_error = self._error
        self.network.office = self.office.handle
        self._jobs: list[str] = []
        self._poison: dict[tuple[str, str], str] = {}
        self._refusing: dict[str, tuple[float, float, float]] = {}
        self._fails = self.rng.choice((0.0, 0.05, 0.3))
        self._found_nowhere = self.rng.choice((0.1, 0.3))
        self._settle()
        count = self.rng.randint(1, 3)
        self.machines = [
            Machine(self, f"mac-{n}", walks=self.rng.randint(1, 6), rate=self.rng.uniform(0.9, 1.1))
            for n in range(count)
        ]
        self._plan()

    def run(self) -> Report:
        """To its end, or to its first violation."""
        violation = ""
        try:
            ended = self.scheduler.run(LAST_S, self._is_over)
            self._judge(ended)
        except Violation as found:
            violation = str(found)
        finally:
            for machine in self.machines:
                machine.die()
        tasks = self.oracle.tasks.values()
        return Report(
            self.seed, violation, self.scheduler.now, self.office.store.commits, len(tasks),
            sum(task.outcome == "found" for task in tasks), self.deaths,
            tuple(self.oracle.given_back), tuple(self.oracle.elsewhere),
        )  # fmt: skip

    # ── How it begins ──────────────────────────────────────────────────────────────────────────────

    def _weather(self) -> Weather:
        lost, doubled = self.rng.choice((0.0, 0.05, 0.25)), self.rng.choice((0.0, 0.1, 0.3))
        return Weather(lost, doubled, self.rng.choice((0.05, 0.5, 4.0)), self.rng.choice((30.0, 600.0)))

    def _settle(self) -> None:
        for name, (per_second, concurrency) in SHOPS.items():
            config = parse_value(
                {
                    "name": name,
                    "base_url": f"https://{name}.example",
                    "search_url_template": "/s?k={sku}",
                    "options": {"rate": {"per_second": per_second, "concurrency": concurrency}},
                },
                source=name,
            )
            self.office.act("settle", lambda tx: scrapers.save(tx, config, now=self.office.clock()))  # noqa: B023
        for _ in range(self.rng.randint(1, 3)):
            self._order()
        if self.rng.random() < 0.5:
            self.scheduler.at(self.rng.uniform(10, 300), self._order)

    def _order(self) -> None:
        """A person makes a job."""
        number = len(self._jobs)
        job_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        skus = [f"{number}-{n}" for n in range(self.rng.randint(2, 14))]
        shops = self.rng.sample(sorted(SHOPS), self.rng.randint(1, 2))
        late = self.rng.random() < 0.15
        deadline = self.office.clock() + timedelta(seconds=self.rng.uniform(60, 900)) if late else None
        made = self.office.act(
            "order",
            lambda tx: jobs.create(
                tx, skus, shops, job_id=job_id, deadline_at=deadline, now=self.office.clock()
            ),
        )
        if late:
            self.oracle.deadlines.add(job_id)
        if made:
            self._jobs.append(job_id)
            if self.rng.random() < 0.25:
                self._poison[self.rng.choice(skus), self.rng.choice(shops)] = self.rng.choice(
                    ("machine", "machine", "worker")
                )

    def _plan(self) -> None:
        """The accidents of the storm, and the calm after it."""
        for machine in self.machines:
            self.scheduler.at(self.rng.uniform(0, 20), machine.boot)
            for accident in (self._kill, self._sleep, self._cut, self._deafen, self._stop, self._fill):
                if self.rng.random() < 0.3:
                    self._sometime(partial(accident, machine))
        for event, odds in (
            (self._office_about_to_die, 0.7), (self._office_about_to_die, 0.4),
            (self._office_stands_still, 0.2), (self._cancel, 0.3), (self._pause, 0.2), (self._drain, 0.2),
            (self._old_runner, 0.4),
            (self._old_runner, 0.2), (self._refuse, 0.3),
        ):  # fmt: skip
            if self.rng.random() < odds:
                self._sometime(event)
        for early in (self._old_runner, self._cancel):
            if self.rng.random() < 0.4:
                self.scheduler.at(self.rng.uniform(1, 60), early)
        self.scheduler.at(STORM_S, self._calm)
        self.scheduler.at(5, self._watch)

    def _sometime(self, accident: Any) -> None:
        self.scheduler.at(STORM_S * self.rng.random() ** 2, accident)

    def _watch(self) -> None:
        self.oracle.look_at_the_clock()
        self.scheduler.at(5.0, self._watch)

    # ── Accidents ──────────────────────────────────────────────────────────────────────────────────

    def _kill(self, machine: Machine) -> None:
        machine.die()
        self.oracle.died(machine.name)
        self.deaths += 1
        self.scheduler.at(self.rng.choice((3.0, 40.0, 300.0)), machine.boot)

    def _sleep(self, machine: Machine) -> None:
        machine.sleep(self.rng.choice((20.0, 80.0, 100.0, 400.0)))

    def _cut(self, machine: Machine) -> None:
        self.weather.cuts.append((machine.name, None, self.scheduler.now + self.rng.choice((30, 100, 300))))

    def _deafen(self, machine: Machine) -> None:
        """Its heartbeats never arrive; its results do."""
        self.weather.cuts.append((machine.name, "heartbeat", self.scheduler.now + 250))

    def _fill(self, machine: Machine) -> None:
        machine.fill_the_disk(self.rng.choice((20.0, 200.0)))

    def _stop(self, machine: Machine) -> None:
        machine.wish(self.rng.choice(("stop", "drain")))
        self.scheduler.at(self.rng.choice((40.0, 200.0)), machine.boot)

    def _office_about_to_die(self) -> None:
        self._dying = self.rng.choice((0.02, 0.3, 1.0))

    def _death(self) -> Death:
        """Whether the office dies at this COMMIT."""
        if self._dying and self.rng.random() < self._dying:
            return self.rng.choice(("before", "after"))
        return None

    def _office_dies(self) -> None:
        self._dying = 0.0
        self.deaths += 1
        self.office.go_down(self.rng.choice((1.0, 10.0, 60.0, 200.0)))

    def _office_stands_still(self) -> None:
        self.office.stand_still(self.rng.choice((15.0, 70.0, 150.0)))

    def _cancel(self) -> None:
        job_id = self.rng.choice(self._jobs)
        self.office.act("cancel", lambda tx: jobs.cancel(tx, job_id, now=self.office.clock()), job_id)

    def _pause(self) -> None:
        job_id, now = self.rng.choice(self._jobs), self.office.clock
        if self.office.act("pause", lambda tx: pauses.pause_job(tx, job_id, now=now()), job_id):
            self.scheduler.at(self.rng.uniform(20, 200), lambda: self._resume(job_id))

    def _resume(self, job_id: str) -> None:
        if not self._let_go_on(job_id):
            self.scheduler.at(5, lambda: self._resume(job_id))

    def _let_go_on(self, job_id: str) -> bool:
        rule = lambda tx: pauses.resume_job(tx, job_id, now=self.office.clock())  # noqa: E731
        return bool(self.office.act("resume", rule, job_id))

    def _drain(self) -> None:
        name, now = self.rng.choice(self.machines).name, self.office.clock
        if self.office.act("drain", lambda tx: pauses.drain_runner(tx, name, now=now()), name):
            self.scheduler.at(self.rng.uniform(20, 200), lambda: self._undrain(name))

    def _undrain(self, name: str) -> None:
        if not self._wake(name):
            self.scheduler.at(5, lambda: self._undrain(name))

    def _wake(self, name: str) -> bool:
        rule = lambda tx: pauses.undrain_runner(tx, name, now=self.office.clock())  # noqa: E731
        return bool(self.office.act("undrain", rule, name))

    def _old_runner(self) -> None:
        name = f"old-{self.rng.getrandbits(20)}"
        job_id = self.rng.choice(self._jobs)
        ContractRunner(self.scheduler, self.network, self.rng, name, job_id, self.truth).begin()

    def _refuse(self) -> None:
        """A shop blocks everybody for a while; sometimes it says for how long."""
        shop = self.rng.choice(sorted(SHOPS))
        until = self.scheduler.now + self.rng.uniform(30, 300)
        self._refusing[shop] = (until, self.rng.choice((0.5, 1.0)), self.rng.choice((0.0, 45.0)))

    def _calm(self) -> None:
        self.weather.calm()
        self._dying = 0.0
        self._refusing.clear()
        for machine in self.machines:
            machine.empty_the_disk()
            machine.boot()
        self._open_shops()

    def _open_shops(self) -> None:
        """A person looks at what rests, again and again (an answer about it may have been lost), and brings
        back the machines."""
        for shop in SHOPS:
            rule = lambda tx, s=shop: pauses.resume_scraper(tx, s, now=self.office.clock())  # noqa: E731
            self.office.act("open", rule)
        for job_id in self._jobs:
            self._let_go_on(job_id)
        for machine in self.machines:
            machine.boot()
            self._wake(machine.name)
        self.scheduler.at(60.0, self._open_shops)

    def _error(self, what: str, error: BaseException) -> None:
        if isinstance(error, Violation):
            raise error
        raise Violation(f"the office broke on {what}: {error!r}") from error

    # ── What machines ask of the world ─────────────────────────────────────────────────────────────

    def truth(self, sku: str, scraper: str) -> dict[str, Any] | None:
        """The product, if the shop has it."""
        chance = random.Random(f"{self.seed} {sku} {scraper}")
        if chance.random() < self._found_nowhere:
            return None
        return {"title": f"{sku} at {scraper}", "price": chance.randint(1, 999) / 4}

    def walk(self, machine: Machine, task: Task) -> Walk:
        """What becomes of this task on this machine, now."""
        grant = task.grant
        seconds = self.rng.uniform(0.3, 6.0) if self.rng.random() < 0.97 else self.rng.uniform(60, 200)
        kills = self._poison.get((grant.sku, grant.scraper), "")
        if kills:
            return Walk(seconds, kills=kills)
        until, odds, told = self._refusing.get(grant.scraper, (0.0, 0.0, 0.0))
        if self.scheduler.now < until and self.rng.random() < odds:
            pauses_ = {HOSTS[grant.scraper]: told} if told else {}
            return Walk(seconds, self._outcome(grant, "blocked", {}, retry_after_s=told), pauses=pauses_)
        if self.scheduler.now < STORM_S and self.rng.random() < self._fails:
            return Walk(seconds, self._outcome(grant, "failed", {}))
        product = self.truth(grant.sku, grant.scraper)
        if self.rng.random() < OVERLOOKED:
            product = None
        return Walk(seconds, self._outcome(grant, "found" if product else "not_found", product or {}))

    def _outcome(self, grant: Any, outcome: str, data: Mapping[str, Any], **detail: Any) -> dict[str, Any]:
        """As a worker says it, by a clock that may be years off."""
        year = self.rng.choice((1970, 2026, 2026, 2091))
        return {
            "sku": grant.sku, "scraper": grant.scraper, "outcome": outcome, "data": dict(data),
            "detail": detail, "scraped_at": f"{year}-03-02T09:00:00Z",
        }  # fmt: skip

    def heard(self, life: str, lease_id: str, sent_at: float, answer: Any) -> None:
        """An answer has arrived at a process."""
        self.oracle.told(life, lease_id, sent_at, answer.directives.cancel_jobs)

    def began(self, machine: Machine, task: Task) -> None:
        """A machine begins a task."""
        self.oracle.began(machine.life.name, task.grant.id, task.grant.job_id, task.lease_id)

    def kept(self, item: Mapping[str, Any]) -> None:
        """A result is on a machine's disk."""
        self.oracle.kept(item)

    def poisoned(self, machine: Machine) -> None:
        """A task has killed the machine it ran on; somebody starts it again."""
        self.oracle.died(machine.name)
        self.deaths += 1
        self._poison_deaths += 1
        most = 3 * max(1, len(self._poison)) + len(self.machines)
        if self._poison_deaths > most:
            raise Violation(f"poison killed {self._poison_deaths} machines (at {self.scheduler.now:.1f} s)")
        self.scheduler.at(self.rng.choice((3.0, 20.0, 120.0)), machine.boot)

    # ── How it ends ────────────────────────────────────────────────────────────────────────────────

    def _is_over(self) -> bool:
        if self.scheduler.broken:
            raise Violation("{} broke: {!r}".format(*self.scheduler.broken[0]))
        if self.scheduler.now < STORM_S or self.office.store.commits % 5:
            return False
        open_tasks = any(task.outcome is None for task in self.oracle.tasks.values())
        return not open_tasks and not any(machine.spooled() for machine in self.machines)

    def _judge(self, ended: bool) -> None:
        if not ended:
            left = [task for task in self.oracle.tasks.values() if task.outcome is None]
            spools = {machine.name: machine.spooled() for machine in self.machines}
            raise Violation(f"not everything came to its end: {left[:3]}; spools {spools}")
        faults = step(self.office.store.read, checks.check)
        if faults:
            raise Violation(f"the database does not hold: {faults}")
        dead = [words for machine in self.machines for words in machine.dead_letters()]
        if dead:
            raise Violation(f"good results were refused for good: {dead[:3]}")
        self.oracle.at_the_end(self.truth)
        self.oracle.calls(self.network.sent)


@contextlib.contextmanager
def simulated(seed: int) -> Iterator[None]:
    """The few things that the daemon takes from its process: chance, ids, how often it looks around."""
    chance = random.Random(seed)
    changed: list[tuple[Any, str, object]] = []

    def put(owner: Any, name: str, value: object) -> None:
        changed.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    known, state = structlog.get_config(), random.getstate()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False
    )
    random.seed(seed)
    put(uuid, "uuid4", lambda: uuid.UUID(int=chance.getrandbits(128), version=4))
    put(start, "Stop", start.__dict__["Stop"])
    put(start, "capabilities", lambda: ("http",))
    put(start, "metadata", lambda *_: {})
    put(desk, "TICK_S", 5.0)
    put(heart, "LOOK_S", 2.0)
    put(claims, "LOOK_S", 1.0)
    put(post, "GATHER_S", 3.0)
    try:
        yield
    finally:
        for owner, name, value in reversed(changed):
            setattr(owner, name, value)
        random.setstate(state)
        structlog.configure(**known)


def simulate(seed: int) -> Report:
    """One world from its seed."""
    with simulated(seed):
        return World(seed).run()
