from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.core.retry import Retry
from scraper_backend.runner.events import Ended, Event
from scraper_backend.runner.hands import open_hands
from scraper_backend.runner.job import run
from scraper_backend.runner.order import Order
from scraper_backend.runner.stop import Stop
from tests.fake_coordinator import JOB, KEY, FakeCoordinator, coordinator
from tests.runner.shop import Shop, open_shop

QUICK = Retry(tries=3, total=5, base=0.01)
SKUS = [f"{n:05}" for n in range(1, 11)]


@pytest.fixture
def office() -> Iterator[FakeCoordinator]:
    with coordinator() as fake:
        yield fake


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop(SKUS) as shop:
        yield shop


@pytest.fixture
def job(office: FakeCoordinator, shop: Shop) -> dict[str, Any]:
    """Ten SKUs of one shop; change it before it runs."""
    config: dict[str, Any] = {
        "job_id": JOB, "skus": list(SKUS), "scrapers": [shop.scraper()], "test_mode": False, "max_workers": 4,
    }  # fmt: skip
    office.jobs[JOB] = config
    return config


@pytest.fixture
def garage(tmp_path: Path, office: FakeCoordinator, monkeypatch: pytest.MonkeyPatch) -> Garage:
    """A machine that is set up to run jobs of this coordinator."""
    for name, value in {
        "SCRAPER_API_URL": office.url, "SCRAPER_API_KEY": KEY, "RUNNER_NAME": "garage-pi",
        "BSR_DATA_DIR": str(tmp_path), "RUNNER_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return Garage(tmp_path)


class Garage:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []

    def run(
        self, stop: Stop | None = None, watch: Callable[[Event], None] | None = None, **order: Any
    ) -> Ended:
        """The work itself, in this process."""

        def both(event: Event) -> None:
            self.events.append(event)
            if watch:
                watch(event)

        return run(
            Order(JOB, **order), both, stop or Stop(),
            hands=open_hands, folder=self.folder, patience=QUICK, other_run_s=0.2,
        )  # fmt: skip

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The real command, as a process."""
        return subprocess.Popen(
            [sys.executable, "-m", "scraper_backend.runner", "--job-id", JOB, *arguments],
            env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


def eventually(what: Callable[[], Any], within_s: float = 15.0) -> None:
    """Wait until it is so."""
    ends = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.02)
