"""The fleet for real: `bsr runner start` beside `bsr serve`, a shop that keeps a log, and people who change
their minds."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.coordinator.rules import jobs
from scraper_backend.coordinator.store import open_store
from scraper_backend.runner.daemon.door import knock
from tests.chaos.town import Town, busiest
from tests.journeys.house import House, until
from tests.runner.shop import Shop, open_shop

pytestmark = pytest.mark.timeout(240)
SKUS = [f"{n:05}" for n in range(1, 25)]


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop([*SKUS, *(f"{n:05}" for n in range(25, 200))]) as opened:
        yield opened


class Fleet:
    """An office that serves, and runners that are started and stopped at will."""

    def __init__(self, office: House, shop: Shop) -> None:
        self.office, self.shop = office, shop
        self.runners: list[House] = []
        self._serving = office.serving()
        self.url = ""

    def __enter__(self) -> Fleet:
        if self.office.database_url.startswith("postgres"):
            self.office.told("db", "migrate")
        self.url = self._serving.__enter__().url
        self.key = self.office.told("key", "create", "fleet")["api_key"]
        return self

    def __exit__(self, *_: object) -> None:
        for house in self.runners:
            house.close()
        self._serving.__exit__(None, None, None)

    def site(self, name: str = "shop", **options: Any) -> None:
        """A person writes a configuration."""
        place = self.office.folder / f"{name}.json"
        place.write_text(json.dumps({**self.shop.scraper(), "name": name, "options": options}))
        self.office.told("scraper", "import", place)

    def job(self, skus: list[str], *more: str, site: str = "shop") -> str:
        """A person asks for SKUs."""
        made = self.office.told(
            "job", "create", "--sku-file", "-", "--scraper", site, *more, stdin="\n".join(skus)
        )
        return str(made["job_id"])

    def runner(self, name: str, **environment: str) -> House:
        """A machine."""
        folder = self.office.folder / name
        folder.mkdir()
        house = House(folder, self.office.database_url)
        house.extra |= {
            "SCRAPER_API_URL": self.url, "SCRAPER_API_KEY": self.key, "RUNNER_NAME": name,
            "RUNNER_PROCESSES": "1", "RUNNER_WORKERS": "2", **environment,
        }  # fmt: skip
        self.runners.append(house)
        return house

    def show(self, job: str) -> dict[str, Any]:
        """What the database says, without a process for each look."""

        async def look() -> jobs.Job:
            async with await open_store(self.office.database_url) as store:
                return await store.read(lambda tx: jobs.show(tx, job))

        shown = asyncio.run(look())
        return {"status": shown.status, "counts": shown.counts._asdict()}

    def has_ended(self, job: str) -> Callable[[], bool]:
        def look() -> bool:
            time.sleep(0.1)
            return self.show(job)["status"] in ("completed", "failed", "cancelled")

        return look

    def export(self, job: str) -> list[dict[str, Any]]:
        return self.office.lines("job", "export", job)

    def asked(self) -> Counter[str]:
        """How often the shop was asked for which SKU."""
        return Counter(self.shop.searched)

    def asked_at_rest(self) -> Counter[str]:
        """The same, once nobody has asked for anything for a while."""
        asked, since = self.asked(), time.monotonic()
        ends = since + 20
        while time.monotonic() < since + 1.5:
            time.sleep(0.05)
            if asked != self.asked():
                asked, since = self.asked(), time.monotonic()
            assert since < ends, "the shop is asked and asked"
        return asked


def start(runner: House) -> Any:
    """`bsr runner start`, up and asking for work."""
    process = runner.start("scraper_backend.cli", "runner", "start")
    until(lambda: status(runner).get("state") == "working")
    return process


def status(runner: House) -> dict[str, Any]:
    try:
        return knock(runner.folder, "status")
    except Exception:
        return {}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_fleet(request: pytest.FixtureRequest, tmp_path: Path, shop: Shop) -> Iterator[Fleet]:
    """On each database in turn."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres_url")
    with Fleet(House(tmp_path, url), shop) as fleet:
        yield fleet


@pytest.fixture
def fleet(tmp_path: Path, sqlite_url: str, shop: Shop) -> Iterator[Fleet]:
    with Fleet(House(tmp_path, sqlite_url), shop) as opened:
        yield opened


def test_a_job_is_done_by_who_waits_for_work(any_fleet: Fleet) -> None:
    any_fleet.site()
    garage = any_fleet.runner("garage")
    process = start(garage)

    job = any_fleet.job(SKUS)
    until(any_fleet.has_ended(job))
    process.send_signal(signal.SIGTERM)

    assert 0 == process.wait(60)
    assert Counter(found=24) == Counter(line["outcome"] for line in any_fleet.export(job))
    assert {1} == set(any_fleet.asked().values())
    assert ("completed", 24) == (any_fleet.show(job)["status"], any_fleet.show(job)["counts"]["found"])


def test_a_job_that_is_cancelled_stops_at_once(any_fleet: Fleet) -> None:
    """What is in hand is finished; nothing else begins."""
    any_fleet.site()
    any_fleet.shop.pause_s = 0.4
    start(any_fleet.runner("garage"))
    job = any_fleet.job([f"{n:05}" for n in range(1, 150)])
    until(lambda: len(any_fleet.asked()) >= 2)

    any_fleet.office.told("job", "cancel", job)
    asked = any_fleet.asked()

    assert len(any_fleet.asked_at_rest()) - len(asked) < 12
    assert "cancelled" == any_fleet.show(job)["status"]


def test_a_job_that_is_paused_goes_on_when_it_is_resumed(fleet: Fleet) -> None:
    fleet.site()
    fleet.shop.pause_s = 0.2
    start(fleet.runner("garage"))
    job = fleet.job(SKUS)
    until(lambda: len(fleet.asked()) >= 2)

    fleet.office.told("job", "pause", job)
    asked = fleet.asked()
    paused = fleet.asked_at_rest()
    fleet.office.told("job", "resume", job)

    assert len(paused) - len(asked) < 12
    until(fleet.has_ended(job))
    assert Counter(found=24) == Counter(line["outcome"] for line in fleet.export(job))


def test_the_urgent_job_goes_first(fleet: Fleet) -> None:
    fleet.site()
    usual, urgent = fleet.job(SKUS[:12]), fleet.job(SKUS[12:], "--priority", "9")

    start(fleet.runner("garage", RUNNER_WORKERS="1"))
    until(fleet.has_ended(usual))

    assert set(fleet.shop.searched[:10]) <= set(SKUS[12:])
    assert "completed" == fleet.show(urgent)["status"]


def test_two_runners_share_the_rate_of_a_host(any_fleet: Fleet) -> None:
    """Eight requests a second, whoever asks."""
    any_fleet.site(rate={"per_second": 8, "concurrency": 4})
    both = [any_fleet.runner(name) for name in ("garage", "attic")]
    for runner in both:
        start(runner)

    job = any_fleet.job(SKUS)
    until(any_fleet.has_ended(job))

    assert all(status(runner)["done"] for runner in both)
    assert busiest(any_fleet.shop.moments, 3.0) <= 8 * 3 + 2
    assert Counter(found=24) == Counter(line["outcome"] for line in any_fleet.export(job))


def test_old_and_new_runners_work_on_the_same_job(any_fleet: Fleet) -> None:
    """One knows the contract alone, the other takes tasks."""
    any_fleet.site()
    any_fleet.shop.pause_s = 0.1
    old, new = any_fleet.runner("old"), any_fleet.runner("new", RUNNER_WORKERS="1")
    process = start(new)
    job = any_fleet.job([f"{n:05}" for n in range(1, 50)])
    until(lambda: len(any_fleet.asked()) >= 1)

    ran = old.bsr("runner", "run", "--job-id", job)
    until(any_fleet.has_ended(job))
    process.terminate()

    assert 0 == ran.returncode, ran.stderr
    assert Counter(found=49) == Counter(line["outcome"] for line in any_fleet.export(job))
    assert 0 == any_fleet.office.bsr("db", "check").returncode


def test_a_runner_that_is_stopped_while_it_waits_leaves_nothing_behind(fleet: Fleet) -> None:
    """The next one gets the work at once, and not after a lease has run out."""
    fleet.site()
    gone = start(fleet.runner("gone"))
    time.sleep(0.5)
    gone.terminate()
    assert 0 == gone.wait(60)

    start(fleet.runner("garage"))
    job = fleet.job(SKUS[:3])

    until(fleet.has_ended(job), within=40)


def test_a_runner_that_drains_gives_back_what_it_did_not_begin(fleet: Fleet) -> None:
    fleet.site()
    fleet.shop.pause_s = 0.3
    garage = fleet.runner("garage")
    process = start(garage)
    job = fleet.job([f"{n:05}" for n in range(1, 60)])
    until(lambda: len(fleet.asked()) >= 2)

    garage.told("runner", "drain")

    assert 0 == process.wait(60)
    done = fleet.show(job)["counts"]["found"]
    assert 0 < done < 20
    fleet.shop.pause_s = 0.0
    start(fleet.runner("attic"))
    until(fleet.has_ended(job))
    assert {1} == set(fleet.asked().values())


def test_a_site_that_blocks_everybody_is_paused(fleet: Fleet) -> None:
    """No more than the proof of it is asked for, and its tasks wait for a person."""
    fleet.site()
    fleet.shop.forbidden = True
    for name in ("garage", "attic"):
        start(fleet.runner(name))

    job = fleet.job([f"{n:05}" for n in range(1, 100)])
    until(lambda: fleet.office.told("scraper", "list")[0]["paused_at"])
    asked = sum(fleet.asked_at_rest().values())

    assert asked < 99
    assert "running" == fleet.show(job)["status"]


def test_whoever_is_killed_nothing_is_lost_or_doubled(tmp_path: Path, sqlite_url: str, shop: Shop) -> None:
    """kill -9 of the coordinator and of both runners in turn; what the shop was asked for is our ledger."""
    skus = [f"{n:05}" for n in range(1, 90)]
    shop.pause_s = 0.1
    town = Town(tmp_path, sqlite_url)
    town.open(coordinators=1, runners=2, environment={"RUNNER_ALLOW_PRIVATE_HOSTS": "127.0.0.1"})
    try:
        place = tmp_path / "shop.json"
        place.write_text(json.dumps({**shop.scraper(), "options": {}}))
        town.office.told("scraper", "import", place)
        listed = "\n".join(skus)
        made = town.office.told("job", "create", "--sku-file", "-", "--scraper", "shop", stdin=listed)
        job = str(made["job_id"])
        town.live_through(job, every=1.2, within=80, chance=random.Random(4), calm_after=8)
        answered = Counter(line["sku"] for line in town.office.lines("job", "export", job))
    finally:
        town.close()

    assert Counter(skus) == answered
    assert set(skus) == set(shop.searched)
    assert 0 == town.office.bsr("db", "check").returncode
    assert min(keeper.deaths for keeper in town.everybody) > 0
