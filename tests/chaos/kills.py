"""`python -m tests.chaos.kills`: kill -9 at random moments, a thousand times; nothing lost, nothing doubled.

Real coordinators and real runner daemons over HTTP on a real database; only the shops are missing
(`hand.py`).  The oracle has a ledger of its own: every verdict that reached a runner, written by the runner's
client the moment it came.  What was acknowledged must be in the database, and each task must have one answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import asyncpg

from scraper_backend.coordinator.rules import checks, jobs, keys, retries, scrapers
from scraper_backend.coordinator.store import Store, engine, open_store
from scraper_backend.core import wire
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.runner.outbox import dead, open_file
from scraper_backend.runner.outbox.spool import Spool
from tests.chaos.hand import outcome
from tests.chaos.lives import coordinator, runner
from tests.chaos.town import free_port
from tests.coordinator import servers

CONTEXT = get_context("forkserver")
"""Children are forked from a process that has imported everything: they live, die and are back in a blink."""
CONTEXT.set_forkserver_preload(["tests.chaos.lives"])
SHOPS = ("alpha", "beta", "gamma")
JOB_OF = 4000
RATE = {"per_second": 1000, "concurrency": 100}


@dataclass
class Keeper:
    """Starts a process again whenever it is gone."""

    name: str
    life: Any
    facts: tuple[Any, ...]
    deaths: int = 0
    process: Any = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.process = CONTEXT.Process(target=self.life, args=self.facts, daemon=True, name=self.name)
        self.process.start()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.join()
        self.deaths += 1

    def end(self) -> int | None:
        """In good order; its exit code."""
        self.process.terminate()
        self.process.join(60)
        code: int | None = self.process.exitcode
        return code


class Town:
    """The office's database, seen from outside, and everybody who works on it."""

    def __init__(
        self, store: Store, database_url: str, folder: Path, chance: random.Random, *, job_of: int
    ) -> None:
        self._store, self._url, self._folder, self._chance = store, database_url, folder, chance
        self.job_of = job_of
        self._ports = [free_port() for _ in range(2 if engine.is_postgres(database_url) else 1)]
        self.jobs: list[str] = []
        self.retried = 0

    async def open(self, runners: int) -> None:
        """Shops, a key, and everybody starts."""
        key = (await self._store.write(lambda tx: keys.create(tx, "fleet", now=now()))).secret
        for name in SHOPS:
            config = parse_value(
                {"name": name, "base_url": f"https://{name}.example", "search_url_template": "/s?k={sku}",
                 "options": {"rate": RATE}}, source=name,
            )  # fmt: skip
            await self._store.write(lambda tx: scrapers.save(tx, config, now=now()))  # noqa: B023
        self.coordinators = [
            Keeper(f"coordinator-{port}", coordinator, (self._url, port)) for port in self._ports
        ]
        self.runners = [
            Keeper(name, runner, (self._home(name), self._address(n), key, name))
            for n, name in enumerate(f"runner-{n}" for n in range(runners))
        ]

    def _home(self, name: str) -> str:
        (self._folder / name).mkdir()
        return str(self._folder / name)

    def _address(self, number: int) -> str:
        return f"http://127.0.0.1:{self._ports[number % len(self._ports)]}"

    async def die(self, deaths: int, every: float) -> None:
        """Somebody, at some moment, again and again; there is always something to do."""
        for number in range(deaths):
            if number % 20 == 0 and await self._open_tasks() < self.job_of:
                await self._order()
            await asyncio.sleep(self._chance.random() ** 2 * 3 * every)
            victim = self._chance.choice([*self.coordinators, *self.runners])
            victim.kill()
            await asyncio.sleep(self._chance.random() * 0.1)
            victim.begin()
            if number % 100 == 99:
                print(f"  {number + 1} deaths, {await self._ended()} tasks", file=sys.stderr, flush=True)

    async def calm(self, within_s: float) -> None:
        """Everything comes to its end; who was put away because his runners died by chance is asked again."""
        ends = time.monotonic() + within_s
        while await self._open_tasks():
            if time.monotonic() > ends:
                raise SystemExit(f"{await self._open_tasks()} tasks are still open after {within_s:.0f} s")
            await asyncio.sleep(1)
            for job_id in self.jobs:
                shown = await self._store.read(lambda tx: jobs.show(tx, job_id))  # noqa: B023
                if not shown.counts.open and shown.counts.quarantined:
                    self.retried += shown.counts.quarantined
                    await self._store.write(lambda tx: retries.retry(tx, job_id, now=now()))  # noqa: B023

    async def _order(self) -> None:
        skus = [f"{len(self.jobs)}-{n}" for n in range(self.job_of)]
        made = await self._store.write(lambda tx: jobs.create(tx, skus, SHOPS, now=now()))
        self.jobs.append(made.job_id)

    async def _open_tasks(self) -> int:
        return await self._count("open")

    async def _ended(self) -> int:
        return await self._count("found") + await self._count("not_found")

    async def _count(self, kind: str) -> int:
        counts = [(await self._store.read(lambda tx: jobs.show(tx, j))).counts for j in self.jobs]  # noqa: B023
        return sum(getattr(c, kind) for c in counts)

    # ── What must be true ──────────────────────────────────────────────────────────────────────────

    async def faults(self) -> list[str]:
        """Everything that must not be."""
        stored = {
            (job_id, line.sku, line.scraper): line
            for job_id in self.jobs
            async for line in jobs.export(self._store, job_id)
        }
        asked = len(self.jobs) * self.job_of * len(SHOPS)
        found = [f"{fault}" for fault in await self._store.read(checks.check)]
        found += [f"{len(stored)} answers to {asked} tasks"] * (len(stored) != asked)
        found += [f"{key}: {line.outcome}, {line.data}" for key, line in stored.items() if _is_wrong(line)]
        found += list(self._unkept(stored))
        return [*found, *self._left_behind()]

    def _unkept(self, stored: dict[Any, Any]) -> Iterator[str]:
        accepted: Counter[tuple[str, ...]] = Counter()
        for keeper in self.runners:
            for text in (self._folder / keeper.name / "ledger").read_text(encoding="utf-8").splitlines():
                *key, kind, verdict = json.loads(text)
                accepted[tuple(key)] += verdict == "accepted" and kind == "found"
                if verdict in ("accepted", "duplicate") and kind == "found":
                    line = stored.get(tuple(key))
                    if line is None or line.outcome != "found":
                        yield f"{key}: acknowledged as {verdict}, and is {line}"
        yield from (f"{key}: accepted {n} times" for key, n in accepted.items() if n > 1)

    def _left_behind(self) -> Iterator[str]:
        for keeper in self.runners:
            with open_file(self._folder / keeper.name / "outbox.db") as file:
                left = Spool(file, self._address(self.runners.index(keeper))).count()
                letters = [letter.words for letter in dead.letters(file)]
            if left or letters:
                yield f"{keeper.name}: {left} results at home, dead letters {letters}"


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def _is_wrong(line: wire.Outcome) -> bool:
    truth = outcome(line.sku, line.scraper)
    return (line.outcome, line.data) != (truth["outcome"], truth["data"])


async def live_through(
    database_url: str,
    folder: Path,
    *,
    deaths: int,
    every: float,
    runners: int,
    seed: int,
    job_of: int = JOB_OF,
) -> tuple[list[str], dict[str, Any]]:
    """So many deaths, then calm; what is wrong, and the figures."""
    began = time.monotonic()
    async with await open_store(database_url) as store:
        town = Town(store, database_url, folder, random.Random(seed), job_of=job_of)
        await town.open(runners)
        await town.die(deaths, every)
        await town.calm(within_s=600)
        codes = {keeper.name: keeper.end() for keeper in [*town.runners, *town.coordinators]}
        faults = await town.faults() + [f"{name} ended with {code}" for name, code in codes.items() if code]
        return faults, {
            "seed": seed, "seconds": round(time.monotonic() - began), "jobs": len(town.jobs),
            "tasks": len(town.jobs) * job_of * len(SHOPS), "retried": town.retried,
            "deaths": {keeper.name: keeper.deaths for keeper in [*town.coordinators, *town.runners]},
        }  # fmt: skip


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A fresh one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/office.db"
        return
    server = servers.start()
    try:
        yield asyncio.run(_made(server.address))
    finally:
        servers.stop(server)


async def _made(address: str) -> str:
    connection = await asyncpg.connect(f"{address}/postgres")
    await connection.execute("CREATE DATABASE kills")
    await connection.close()
    await engine.migrate(f"{address}/kills")
    return f"{address}/kills"


def main() -> int:
    """The exit code: 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.kills", description=__doc__)
    parser.add_argument("--deaths", type=int, default=1000)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two deaths, on average")
    parser.add_argument("--runners", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bsr-kills-")))
        url = stack.enter_context(database(asked.database, folder))
        faults, figures = asyncio.run(
            live_through(
                url, folder, deaths=asked.deaths, every=asked.every, runners=asked.runners, seed=asked.seed
            )
        )
    print(json.dumps({**figures, "faults": faults[:20], "wrong": len(faults)}, indent=2))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
