"""Real processes that die: coordinators on one database, runner daemons, and a shop that keeps a log.

Whoever is killed is started again by its keeper, as a supervisor would.
"""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.journeys.house import House

DONE = ("completed", "failed", "cancelled")


@dataclass
class Keeper:
    """One process that is started again whenever it is gone."""

    name: str
    house: House
    command: tuple[str, ...]
    process: subprocess.Popen[str] | None = None
    deaths: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scraper_backend.cli", *self.command],
            env=self.house.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.house.folder / f"{self.name}.log").open("a"), text=True,
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.deaths += 1

    def stop(self, within: float = 40) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Town:
    """Coordinators and runners of one job."""

    folder: Path
    database_url: str
    coordinators: list[Keeper] = field(default_factory=list)
    runners: list[Keeper] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = House(self._place("office"), self.database_url)

    def _place(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def open(self, *, coordinators: int, runners: int, environment: Mapping[str, str]) -> None:
        """Start everything."""
        if self.database_url.startswith("postgres"):
            self.office.told("db", "migrate")
        key = self.office.told("key", "create", "fleet")["api_key"]
        ports = [free_port() for _ in range(coordinators)]
        for number, port in enumerate(ports):
            command = ("serve", "--port", str(port))
            self.coordinators.append(Keeper(f"coordinator-{number}", self.office, command))
        for number in range(runners):
            house = House(self._place(f"runner-{number}"), self.database_url)
            url = f"http://127.0.0.1:{ports[number % coordinators]}"
            house.extra |= {
                "SCRAPER_API_URL": url, "SCRAPER_API_KEY": key, "RUNNER_NAME": f"runner-{number}",
                "RUNNER_PROCESSES": "1", "RUNNER_WORKERS": "4", "LOG_LEVEL": "info", "LOG_FORMAT": "json",
                **environment,
            }  # fmt: skip
            self.runners.append(Keeper(f"runner-{number}", house, ("runner", "start")))
        for keeper in self.everybody:
            keeper.start()

    @property
    def everybody(self) -> list[Keeper]:
        return [*self.coordinators, *self.runners]

    def close(self) -> None:
        for keeper in [*self.runners, *self.coordinators]:
            keeper.stop()

    def job(self, job_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.office.told("job", "show", job_id)
        return shown

    def live_through(
        self, job_id: str, *, every: float, within: float, chance: random.Random, calm_after: float = 1e9
    ) -> float:
        """Kill each in turn until the job is done; seconds that it took."""
        began = time.monotonic()
        turn = 0
        while self.job(job_id)["status"] not in DONE:
            now = time.monotonic() - began
            assert now < within, f"not done after {now:.0f} s: {self.job(job_id)}"
            time.sleep(chance.uniform(0.5, 1.5) * every)
            if now < calm_after:
                victim = self.everybody[turn % len(self.everybody)]
                victim.kill()
                time.sleep(chance.uniform(0, 0.5))
                victim.start()
                turn += 1
        return time.monotonic() - began


def visits(shop: str) -> list[float]:
    """When the shop was asked for anything, as its own log has it."""
    with urlopen(f"{shop}/__log__", timeout=10) as answer:
        text = answer.read().decode()
    entries = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return [_moment(entry) for entry in entries]


def _moment(entry: Mapping[str, Any]) -> float:
    return float(entry["t"]) if "t" in entry else datetime.fromisoformat(entry["at"]).timestamp()


def busiest(moments: Sequence[float], window: float) -> int:
    """The most requests in any stretch of `window` seconds."""
    ordered = sorted(moments)
    first, most = 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
