"""A runner's machine: its disk, its clocks, and the daemon that runs on it until something kills it.

Desk, claims, heart, post and spool are the product's; worker processes are what the world says they find.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import apsw

from scraper_backend.core.retry import Retry
from scraper_backend.runner.daemon import start
from scraper_backend.runner.daemon.ledger import Task
from scraper_backend.runner.daemon.messages import Died, Scraped, Wish
from scraper_backend.runner.daemon.settings import Settings
from scraper_backend.runner.outbox.file import File
from scraper_backend.runner.outbox.spool import Spool
from tests.simulation.network import Network, Phone
from tests.simulation.scheduler import Life, Scheduler, SimQueue, SimStop

URL = "http://office.example"


class Walk(Protocol):
    """What the world makes of a task: seconds, the outcome, what dies of it, hosts that want rest."""

    @property
    def seconds(self) -> float: ...
    @property
    def outcome(self) -> Mapping[str, Any]: ...
    @property
    def kills(self) -> str: ...
    @property
    def pauses(self) -> Mapping[str, float]: ...


class World(Protocol):
    """What a machine stands in."""

    scheduler: Scheduler
    network: Network
    rng: random.Random

    def walk(self, machine: Machine, task: Task) -> Walk: ...
    def heard(self, life: str, lease_id: str, sent_at: float, answer: object) -> None: ...
    def began(self, machine: Machine, task: Task) -> None: ...
    def kept(self, item: Mapping[str, Any]) -> None: ...
    def poisoned(self, machine: Machine) -> None: ...


class Machine:
    """One runner, in all its lives."""

    def __init__(self, world: World, name: str, *, walks: int, rate: float) -> None:
        self.world, self.name = world, name
        self._settings = Settings(folder=Path("/nowhere"), walks=walks, processes=2, poll_s=5.0)
        self._rate = rate
        self._disk = _disk()
        self._lives = 0
        self.life = Life(f"{name}-0")
        self.life.is_over = True
        self.exit_code: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether a daemon runs."""
        return not self.life.is_over

    def clock(self) -> float:
        """Its seconds, sleep included; no two machines count them alike."""
        return 1000.0 + self.world.scheduler.now * self._rate

    def boot(self) -> None:
        """Start the daemon on whatever the disk holds."""
        if self.is_on:
            return
        self._lives += 1
        self.empty_the_disk()
        life = self.life = Life(f"{self.name}-{self._lives}")
        stop = partial(SimStop, self.world.scheduler, life)
        start.__dict__["Stop"] = stop
        daemon = start.Daemon(self._settings, self._disk, self._phone, URL, self.name, self.clock)
        desk, post = daemon._desk, daemon._post
        desk.inbox = SimQueue(self.world.scheduler, life)  # type: ignore[assignment]
        desk._crew = SimCrew(self, life, daemon)  # type: ignore[assignment]
        post._fresh = stop()  # type: ignore[assignment]
        self.daemon, self.spool = daemon, _Watched.of(daemon._spool, self.world.kept)
        for work in (post.deliver_on, daemon._claims.ask_on, daemon._heart.beat_on, daemon._heart.listen_on):
            self.world.scheduler.spawn(work, life)
        self.world.scheduler.spawn(partial(self._desk, daemon, life), life)

    def _desk(self, daemon: start.Daemon, life: Life) -> None:
        daemon._desk.run()
        daemon._leave([])
        self.exit_code = daemon._desk.exit_code
        self.world.scheduler.at(0, lambda: self.world.scheduler.kill(life))

    def die(self) -> None:
        """kill -9: what is on the disk stays."""
        if self.is_on:
            self.world.scheduler.kill(self.life)

    def sleep(self, seconds: float) -> None:
        """The lid is closed."""
        self.life.asleep_until = max(self.life.asleep_until, self.world.scheduler.now + seconds)

    def fill_the_disk(self, seconds: float) -> None:
        """Somebody copies films; a machine that starts now finds room for its first words at least."""
        self._disk.full = True
        self.world.scheduler.at(seconds, self.empty_the_disk)

    def empty_the_disk(self) -> None:
        """There is room again."""
        self._disk.full = False

    def wish(self, what: str) -> None:
        """A person or the system wants something of the daemon."""
        if self.is_on:
            self.daemon._desk.inbox.put(Wish(what))

    def in_hand(self) -> list[Task]:
        """What it works on."""
        return list(self.daemon._desk._ledger.in_hand.values()) if self.is_on else []

    def marked(self) -> list[tuple[int, int]]:
        """(task, attempt) that the disk says are in hand."""
        sql = "SELECT json_extract(body, '$.task_id'), json_extract(body, '$.attempt') FROM marks"
        return [(int(task), int(attempt)) for task, attempt in self._disk.run(sql)]

    def spooled(self) -> int:
        """Results that are not home."""
        return int(self._disk.one("SELECT count(*) FROM spool"))

    def dead_letters(self) -> list[str]:
        """What the office refused for good."""
        return [words for (words,) in self._disk.run("SELECT words FROM dead")]

    def _phone(self, _retry: Retry, timeout: float) -> Any:
        life = self.life
        return Phone(self.world.network, self.name, life, timeout, partial(self.world.heard, life.name))


class _Watched:
    """The oracle keeps its own note of every result that reached the disk."""

    @staticmethod
    def of(spool: Spool, kept: Callable[[Mapping[str, Any]], None]) -> Spool:
        turn = spool.turn

        def watched(finished: Any, started: Any) -> None:
            turn(finished, started)
            for item in finished:
                kept(item)

        spool.turn = watched  # type: ignore[method-assign]
        return spool


class SimCrew:
    """Worker processes: a task takes a while and comes back as the world says."""

    def __init__(self, machine: Machine, life: Life, daemon: start.Daemon) -> None:
        self._machine, self._life, self._daemon = machine, life, daemon
        self._world = machine.world
        self.places = machine._settings.processes
        self._generations: dict[int, int] = {}
        self._lived = 0
        self._rests: dict[str, float] = {}

    def place_of(self, base_url: str) -> int:
        """Who works on this site."""
        return len(base_url) % self.places

    def send(self, place: int, _rev: str, scraper: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        """A task begins."""
        if place not in self._generations:
            self._lived += 1
            self._generations[place] = self._lived
        task = self._daemon._desk._ledger.in_hand[told["task"]]
        self._world.began(self._machine, task)
        walk = self._world.walk(self._machine, task)
        host = str(scraper["base_url"]).rpartition("/")[2]
        rest = max(0.0, self._rests.get(host, 0.0) - self._world.scheduler.now)
        end = partial(self._end, place, self._generations[place], told["task"], walk)
        self._world.scheduler.at(rest + walk.seconds, end, self._life)

    def _end(self, place: int, generation: int, task_id: int, walk: Walk) -> None:
        if self._generations.get(place) != generation:
            return
        inbox = self._daemon._desk.inbox
        if walk.kills == "machine":
            self._machine.die()
            self._world.poisoned(self._machine)
        elif walk.kills == "worker":
            inbox.put(Died(place, generation, "SIGSEGV"))
        else:
            inbox.put(Scraped(place, task_id, walk.outcome, walk.pauses))

    def everybody(self, told: Mapping[str, Any]) -> None:
        """A host rests."""
        if told["do"] == "pause":
            self._rests[told["host"]] = self._world.scheduler.now + told["seconds"]

    def generation(self, place: int) -> int:
        """Which process it is."""
        return self._generations.get(place, 0)

    def bury(self, place: int) -> None:
        """It is gone."""
        self._generations.pop(place, None)

    def end(self) -> None:
        """All are gone."""
        self._generations.clear()


class SimFile(File):
    """An outbox in memory.  full: nothing more is written, sometimes noticed at the COMMIT only."""

    full = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, which the disk may refuse."""
        with super().writing():
            yield
            if self.full:
                raise apsw.FullError("no room")


def _disk() -> SimFile:
    """An outbox as `open_file` makes one on a disk."""
    connection = apsw.Connection(":memory:")
    schema = resources.files("scraper_backend.runner.outbox").joinpath("schema.sql")
    connection.execute(schema.read_text("utf-8"))
    return SimFile(Path("/nowhere/outbox.db"), connection)
