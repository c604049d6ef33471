"""`python -m tests.chaos.powercut`: what a power cut, a full disk and a failing disk leave behind.

A day of the coordinator's database and one of a runner's spool are recorded, write by write.  Then the power
fails at random moments: whatever was acknowledged by then must be in what is left, and it must be whole.
Then the disk refuses at each write in turn: whoever writes hears of trouble, nothing acknowledged is lost,
and when the disk has room again everything goes on.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw
import structlog

from scraper_backend.coordinator.rules import checks
from scraper_backend.coordinator.store import Store, open_store, sqlite
from scraper_backend.core.errors import StoreBusy
from scraper_backend.runner.outbox import open_file
from scraper_backend.runner.outbox.spool import Spool
from tests.chaos.powercut_disk import Disk, recording
from tests.coordinator.fleet import FleetRunner
from tests.coordinator.office import SHOPS, Office, shop

T = TypeVar("T")
Faults = Callable[[Path, set[str]], list[str]]
OFFICE = "office.db"
OUTBOX = "outbox.db"
SKUS = 60
LANES = 3
OFTEN = 40
"""Pages in the log before a checkpoint, so that a short day sees many of them."""


# ── A day of the coordinator ───────────────────────────────────────────────────────────────────────


async def coordinators_day(folder: Path, disk: Disk) -> None:
    """Runners claim and deliver side by side; what they were told is what must last."""
    async with await _until_taken(lambda: open_store(f"sqlite:///{folder / OFFICE}")) as store:
        office = Office(store)
        for name in SHOPS:
            await _until_taken(lambda: office.save(shop(name)))  # noqa: B023
        await _until_taken(lambda: office.key("fleet"))
        skus = [f"SKU-{n}" for n in range(SKUS)]
        await _until_taken(lambda: office.job(skus))
        await asyncio.gather(*(_work(office, disk, f"pi-{n}") for n in range(LANES)))


async def _work(office: Office, disk: Disk, name: str) -> None:
    """One runner: until nothing waits.  A refusal of the database is only another reason to try again."""
    runner = FleetRunner(office, name)
    while True:
        claimed = await _until_taken(lambda: runner.claim(5))
        if claimed.lease is None:
            return
        for task in claimed.tasks:
            disk.said(f"granted {task.id} {task.attempt}")
        for task in claimed.tasks:
            item = runner.item(task)
            await _until_taken(lambda: runner.deliver(item))  # noqa: B023
            disk.said(f"found {task.id}")


async def _until_taken(call: Callable[[], Awaitable[Any]]) -> Any:
    while True:
        try:
            return await call()
        except StoreBusy:
            await asyncio.sleep(0)


def faults_of_office(path: Path, promised: set[str]) -> list[str]:
    """What is not as it was promised."""
    connection = apsw.Connection(str(path))
    try:
        faults = _broken(connection)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'results'").fetchall():
            return [*faults, *promised]
        found = connection.execute("SELECT task_id FROM results WHERE outcome = 'found'").fetchall()
        granted = connection.execute("SELECT task_id, attempt FROM attempts").fetchall()
    finally:
        connection.close()
    there = {f"found {task}" for (task,) in found} | {f"granted {task} {n}" for task, n in granted}
    return [*faults, *sorted(promised - there)]


async def faults_by_rule(path: Path) -> list[str]:
    """What `bsr db check` says of it."""
    async with await open_store(str(path)) as store:
        return [fault.fault for fault in await _check(store)]


async def _check(store: Store) -> list[checks.Fault]:
    return await store.read(checks.check)


# ── A day of a runner's spool ──────────────────────────────────────────────────────────────────────


def runners_day(folder: Path, disk: Disk) -> None:
    """Turns of the desk, and the post that brings results home between them."""
    with _until_kept(lambda: open_file(folder / OUTBOX)) as file:
        spool = Spool(file, "https://office.example")
        for turn in range(60):
            done = [_item(turn, n) for n in range(3)]
            _until_kept(lambda: spool.turn(done, [{"task_id": 900 + turn}]))  # noqa: B023
            for item in done:
                disk.said(f"kept {item['task_id']}")
            if turn % 4 == 3:
                batch = spool.batch(0, 2**62, items=7, size=10**6)
                for spooled in batch:
                    disk.said(f"home {spooled.item['task_id']}")
                _until_kept(lambda: spool.delivered([s.id for s in batch]))  # noqa: B023


def _item(turn: int, n: int) -> dict[str, Any]:
    return {"task_id": turn * 3 + n, "sku": f"SKU-{n}", "data": {"title": "x" * 400}}


def _until_kept(call: Callable[[], T]) -> T:
    while True:
        with suppress(StoreBusy):
            return call()


def faults_of_outbox(path: Path, promised: set[str]) -> list[str]:
    """What is not as it was promised: kept and not on its way home, but gone."""
    connection = apsw.Connection(str(path))
    try:
        faults = _broken(connection)
        has_spool = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'spool'").fetchall()
        rows = connection.execute("SELECT json_extract(body, '$.task_id') FROM spool") if has_spool else ()
        there = {f"kept {task}" for (task,) in rows}
    finally:
        connection.close()
    home = {what.replace("home", "kept") for what in promised if what.startswith("home")}
    kept = {what for what in promised if what.startswith("kept")}
    return [*faults, *sorted(kept - home - there)]


# ── Cuts and refusals ──────────────────────────────────────────────────────────────────────────────


class Recorded:
    """A day, and what a cut anywhere in it leaves."""

    def __init__(self, name: str, disk: Disk, faults: Faults) -> None:
        self._name, self.disk, self._faults = name, disk, faults

    def cut(self, seed: int) -> list[str]:
        """One image: what is wrong with it."""
        chance = random.Random(seed)
        moment = chance.randrange(len(self.disk.events))
        with tempfile.TemporaryDirectory() as folder:
            promised = self.disk.left_by_a_cut(moment, chance, Path(folder))
            return self._faults(Path(folder) / self._name, promised)


def coordinator(disk: Disk) -> Recorded:
    """A day of the coordinator's database on this disk."""
    with tempfile.TemporaryDirectory() as folder, quiet(), recording(disk):
        asyncio.run(coordinators_day(Path(folder), disk))
        faults = _left_now(Path(folder) / OFFICE, disk, faults_of_office)
        faults += asyncio.run(faults_by_rule(Path(folder) / OFFICE))
    if faults:
        raise AssertionError(faults)
    return Recorded(OFFICE, disk, faults_of_office)


def runner(disk: Disk) -> Recorded:
    """A day of a runner's spool on this disk."""
    with tempfile.TemporaryDirectory() as folder, quiet(), recording(disk):
        runners_day(Path(folder), disk)
        faults = _left_now(Path(folder) / OUTBOX, disk, faults_of_outbox)
    if faults:
        raise AssertionError(faults)
    return Recorded(OUTBOX, disk, faults_of_outbox)


DAYS: Mapping[str, Callable[[Disk], Recorded]] = {"coordinator": coordinator, "runner": runner}


def refused(day: str, first: int, length: int, failure: type[Exception]) -> str:
    """The same day on a disk that refuses these writes: what went wrong, or nothing."""
    disk = Disk()
    disk.fails_at, disk.failure = range(first, first + length), failure
    try:
        DAYS[day](disk)
    except Exception as error:
        return f"{day}, {failure.__name__} at write {first} × {length}: {error!r}"
    return ""


def _left_now(path: Path, disk: Disk, faults: Faults) -> list[str]:
    """Whoever looks afterwards has a disk that works."""
    disk.fails_at = range(0)
    return faults(path, disk.promised())


def _broken(connection: apsw.Connection) -> list[str]:
    """What SQLite itself says of the file."""
    answer = connection.pragma("integrity_check")
    return [] if answer == "ok" else [str(answer)]


@contextmanager
def quiet() -> Iterator[None]:
    """Many checkpoints, few words."""
    known, pages = structlog.get_config(), sqlite.CHECKPOINT_PAGES
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sqlite.CHECKPOINT_PAGES = OFTEN  # type: ignore[misc]
    try:
        yield
    finally:
        sqlite.CHECKPOINT_PAGES = pages  # type: ignore[misc]
        structlog.configure(**known)


# ── From the command line ──────────────────────────────────────────────────────────────────────────


def main() -> int:
    """The exit code: 1 when anything acknowledged was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.powercut", description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--refusals", type=int, default=200, help="days on a disk that refuses, at most")
    asked = parser.parse_args()
    wrong = [*_cuts(asked.images), *_refusals(asked.refusals)]
    for words in wrong:
        print(f"WRONG  {words}")
    return int(bool(wrong))


def _cuts(images: int) -> Iterator[str]:
    for name, day in DAYS.items():
        began = time.monotonic()
        recorded = day(Disk())
        bad = [f"{name}, cut {seed}: {f[:5]}" for seed in range(images // 2) if (f := recorded.cut(seed))]
        print(
            f"{name}: {len(recorded.disk.events)} events, {images // 2} power cuts, {len(bad)} with losses, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        yield from bad


def _refusals(days: int) -> Iterator[str]:
    """Spread over all the writes of a day; a short refusal, then a long one."""
    for name, day in DAYS.items():
        whole = Disk()
        day(whole)
        cases = list(refusals(whole.writes, days // 2))
        bad = [words for case in cases if (words := refused(name, *case))]
        print(f"{name}: {len(cases)} days with refusals, {len(bad)} went wrong", flush=True)
        yield from bad


def refusals(writes: int, days: int) -> Iterator[tuple[int, int, type[Exception]]]:
    """From which write on, for how many, with which error."""
    kinds = [(length, failure) for length in (1, 7) for failure in (apsw.FullError, apsw.IOError)]
    for n in range(days):
        yield (n * writes // days, *kinds[n % len(kinds)])


if __name__ == "__main__":
    sys.exit(main())
