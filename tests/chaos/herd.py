"""`python -m tests.chaos.herd`: five hundred runners at one coordinator, which is restarted.

Every runner holds a lease, keeps it with heartbeats, and waits in a claim for more; it tries again as the
daemon does (`core.retry`).  The coordinator is a real process, stopped in good order once and killed once.
All must be back within a minute, none may have lost its lease, and nobody may be answered with a 5xx.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import aiohttp

from scraper_backend.coordinator.rules import jobs, keys, scrapers
from scraper_backend.coordinator.store import Store, open_store
from scraper_backend.core.retry import Retry, retry_after
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.runner.daemon import heart
from tests.chaos.kills import now
from tests.chaos.lives import coordinator
from tests.chaos.town import free_port

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.chaos.lives"])
SHOPS = ("alpha", "beta", "gamma", "delta")
BACK_WITHIN_S = 60.0
WAIT_S = 5.0
"""A claim is held so long: who waits in one is back, and is seen to be when it is answered."""


@dataclass
class Herd:
    """What all runners share: the address, the line to it, and what they were answered."""

    url: str
    session: aiohttp.ClientSession
    beat_s: float
    wait_s: float
    answers: Counter[str] = field(default_factory=Counter)
    everybody_has_work: asyncio.Event = field(default_factory=asyncio.Event)

    def runners(self, count: int) -> list[Runner]:
        return [Runner(self, f"runner-{n}") for n in range(count)]


@dataclass
class Runner:
    """One of them.  When each of its lines was last answered, by the clock of this process."""

    herd: Herd
    name: str
    lease: str = ""
    claimed_at: float = 0.0
    beaten_at: float = 0.0

    async def live(self) -> None:
        """Introduce itself, take a task, keep it, and wait for more."""
        told = {"runner_name": self.name, "metadata": {}}
        await self._ask("/api/admin/scraper-network/runners/register", told, Retry(cap=60.0))
        await asyncio.gather(self._claim_on(), self._beat_on())

    async def _claim_on(self) -> None:
        patience = Retry(base=0.5, cap=60.0)
        while True:
            wish = {"claim_key": str(uuid.uuid4()), "runner_name": self.name, "max_tasks": 1}
            wait = self.herd.wait_s if self.lease else 0
            answer = await self._ask("/api/scraper/v1/claim", {**wish, "wait_s": wait}, patience)
            self.claimed_at = time.monotonic()
            if answer.get("lease"):
                self.lease = answer["lease"]["id"]
                await self.herd.everybody_has_work.wait()
            await asyncio.sleep(answer.get("retry_after_ms", 0) / 1000)

    async def _beat_on(self) -> None:
        patience = Retry(base=0.5, cap=5.0)
        while True:
            await asyncio.sleep(self.herd.beat_s * random.uniform(1 - heart.JITTER, 1 + heart.JITTER))
            if self.lease:
                path = f"/api/scraper/v1/leases/{self.lease}/heartbeat"
                await self._ask(path, {"in_progress": []}, patience)
                self.beaten_at = time.monotonic()

    async def _ask(self, path: str, body: Mapping[str, Any], patience: Retry) -> Any:
        """The answer, however long it takes."""
        failures = 0
        while True:
            asked = None
            try:
                async with self.herd.session.post(self.herd.url + path, json=body) as answer:
                    self.herd.answers[str(answer.status)] += 1
                    if answer.status == 200:
                        return await answer.json()
                    asked = retry_after(answer.headers.get("Retry-After"), now())
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                self.herd.answers[type(error).__name__] += 1
            failures += 1
            await asyncio.sleep(patience.pause(failures, asked))

    def is_back(self, since: float) -> bool:
        """Whether both of its lines were answered again."""
        return min(self.claimed_at, self.beaten_at) > since

    def back_after(self, since: float) -> float:
        """Seconds until the later of the two was."""
        return max(self.claimed_at, self.beaten_at) - since


@dataclass
class Building:
    """The coordinator's process, and how it is stopped."""

    url: str
    port: int
    process: Any = None

    async def begin(self) -> float:
        """When it listens."""
        self.process = CONTEXT.Process(target=coordinator, args=(self.url, self.port), daemon=True)
        self.process.start()
        while not await self._listens():
            await asyncio.sleep(0.02)
        return time.monotonic()

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def end(self, how: str) -> None:
        """`stop` in good order, or `kill`."""
        {"stop": self.process.terminate, "kill": self.process.kill}[how]()
        await asyncio.to_thread(self.process.join)


async def restarted(
    folder: Path, *, runners: int, ways: list[str], beat_s: float, wait_s: float = WAIT_S
) -> list[dict[str, Any]]:
    """Each way of restarting; how it went."""
    url = f"sqlite:///{folder}/office.db"
    async with await open_store(url) as store:
        key = await _prepared(store, runners)
    building = Building(url, free_port())
    await building.begin()
    limits = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=WAIT_S + 10)
    async with aiohttp.ClientSession(connector=limits, timeout=patience, headers={"X-API-Key": key}) as line:
        herd = Herd(f"http://127.0.0.1:{building.port}", line, beat_s, wait_s)
        everybody = herd.runners(runners)
        lives = [asyncio.create_task(runner.live()) for runner in everybody]
        await _all_at_work(herd, everybody)
        figures = [await _one(building, herd, everybody, how) for how in ways]
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
    await building.end("stop")
    return figures


async def _prepared(store: Store, runners: int) -> str:
    """A task for each of them."""
    rate = {"per_second": 1000, "concurrency": 256}
    for name in SHOPS:
        config = parse_value(
            {"name": name, "base_url": f"https://{name}.example", "search_url_template": "/s?k={sku}",
             "options": {"rate": rate}}, source=name,
        )  # fmt: skip
        await store.write(lambda tx: scrapers.save(tx, config, now=now()))  # noqa: B023
    skus = [str(n) for n in range(-(-runners // len(SHOPS)))]
    await store.write(lambda tx: jobs.create(tx, skus, SHOPS, now=now()))
    return (await store.write(lambda tx: keys.create(tx, "fleet", now=now()))).secret


async def _all_at_work(herd: Herd, everybody: list[Runner]) -> None:
    while not all(runner.lease for runner in everybody):
        await asyncio.sleep(0.1)
    herd.everybody_has_work.set()
    await _until(everybody, time.monotonic(), within=300)


async def _one(building: Building, herd: Herd, everybody: list[Runner], how: str) -> dict[str, Any]:
    leases = {runner.name: runner.lease for runner in everybody}
    herd.answers.clear()
    stopped_at = time.monotonic()
    await building.end(how)
    up_at = await building.begin()
    back = await _until(everybody, up_at, within=3 * BACK_WITHIN_S)
    return {
        "how": how, "runners": len(everybody), "away_s": round(up_at - stopped_at, 2),
        "back": len(back), "p50_s": _at(back, 0.5), "p99_s": _at(back, 0.99), "longest_s": _at(back, 1.0),
        "answers": dict(sorted(herd.answers.items())),
        "new_leases": sum(leases[runner.name] != runner.lease for runner in everybody),
    }  # fmt: skip


async def _until(everybody: list[Runner], since: float, *, within: float) -> list[float]:
    """Until all are back, or this time is over; after how long each was, in order."""
    back: dict[str, float] = {}
    ends = time.monotonic() + within
    while len(back) < len(everybody) and time.monotonic() < ends:
        for runner in everybody:
            if runner.name not in back and runner.is_back(since):
                back[runner.name] = runner.back_after(since)
        await asyncio.sleep(0.05)
    return sorted(back.values())


def _at(values: list[float], part: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * part))], 2) if values else -1.0


def faults(figures: Mapping[str, Any]) -> list[str]:
    """What must not be."""
    server_errors = {code: n for code, n in figures["answers"].items() if code.startswith("5")}
    found = [f"{figures['how']}: {server_errors}"] if server_errors else []
    if figures["back"] < figures["runners"] or figures["longest_s"] > BACK_WITHIN_S:
        found.append(f"{figures['how']}: {figures['back']} back, the last after {figures['longest_s']} s")
    if figures["new_leases"] or "410" in figures["answers"]:
        found.append(f"{figures['how']}: {figures['new_leases']} lost their lease")
    return found


def main() -> int:
    """The exit code: 1 when somebody did not come back well."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.herd", description=__doc__)
    parser.add_argument("--runners", type=int, default=500)
    parser.add_argument("--beat", type=float, default=22.0, help="seconds between two heartbeats")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bsr-herd-") as folder:
        found = asyncio.run(
            restarted(Path(folder), runners=asked.runners, ways=["stop", "kill"], beat_s=asked.beat)
        )
    wrong = [words for figures in found for words in faults(figures)]
    print(json.dumps({"restarts": found, "faults": wrong}, indent=2))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
