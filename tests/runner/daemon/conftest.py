from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from scraper_backend.runner.daemon.door import knock
from tests.fake_coordinator import FakeCoordinator
from tests.runner.conftest import Garage, eventually
from tests.runner.fleet import Fleet
from tests.runner.shop import Shop


@pytest.fixture
def fleet(office: FakeCoordinator, shop: Shop) -> Fleet:
    return Fleet(office, {"shop": shop.scraper()})


START = "from scraper_backend.runner.daemon.start import start; raise SystemExit(start())"


class Machine:
    """A daemon as a real process, killed and started again at will."""

    def __init__(self, garage: Garage) -> None:
        self.garage = garage
        self.process: subprocess.Popen[str] | None = None

    def start(self, **environment: str) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START],
            env={**os.environ, "RUNNER_PROCESSES": "1", "POLL_INTERVAL": "0.2", **environment}, text=True,
        )  # fmt: skip
        return self.process

    def up(self, **environment: str) -> subprocess.Popen[str]:
        """Started, and its door is open."""
        process = self.start(**environment)
        eventually(self.status)
        return process

    def status(self) -> dict[str, Any]:
        try:
            return knock(self.garage.folder, "status")
        except Exception:
            return {}

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self, within_s: float = 20) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(within_s)


@pytest.fixture
def machine(garage: Garage) -> Iterator[Machine]:
    machine = Machine(garage)
    yield machine
    if machine.process is not None and machine.process.poll() is None:
        machine.process.kill()
        machine.process.wait()
