"""Copies of a database in use, and putting one back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from scraper_backend.coordinator.rules import checks, jobs
from scraper_backend.coordinator.store import open_store
from scraper_backend.coordinator.store.backup import BackedUp, back_up, restore
from scraper_backend.core.errors import Mistake, StoreBusy, UsageError
from tests.coordinator.fleet import FleetRunner
from tests.coordinator.office import MONDAY, Office


async def _work(office: Office, name: str) -> None:
    runner = FleetRunner(office, name)
    while (claimed := await runner.claim(5)).lease is not None:
        await runner.deliver(*(runner.item(task) for task in claimed.tasks))


async def test_a_copy_made_while_runners_deliver_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    async with await open_store(sqlite_url) as store:
        office = await Office(store).open()
        await office.job([f"SKU-{n}" for n in range(200)])
        working = asyncio.gather(*(_work(office, f"pi-{n}") for n in range(3)))
        copies: list[BackedUp] = []
        while not working.done():
            copies.append(await asyncio.to_thread(back_up, sqlite_url, tmp_path / f"copy-{len(copies)}.db"))
            await asyncio.sleep(0.01)
        await working

    assert len(copies) > 1
    for copy in (copies[0], copies[-1]):
        async with await open_store(str(copy.path)) as there:
            assert [] == await there.read(checks.check)
            assert 1 == len(await there.read(jobs.every))


async def test_what_is_put_back_is_what_was_copied(sqlite_url: str, tmp_path: Path) -> None:
    async with await open_store(sqlite_url) as store:
        office = await Office(store).open()
        await office.job()
        back_up(sqlite_url, tmp_path / "copy.db")
        await office.job()

    restored = restore(sqlite_url, tmp_path / "copy.db", now=MONDAY)

    async with await open_store(sqlite_url) as store:
        assert 1 == len(await store.read(jobs.every))
    assert restored.kept == tmp_path / "office.db.before-20260302-090000"
    async with await open_store(str(restored.kept)) as before:
        assert 2 == len(await before.read(jobs.every))


async def test_nothing_is_put_back_under_a_running_coordinator(sqlite_url: str, tmp_path: Path) -> None:
    async with await open_store(sqlite_url) as store:
        await Office(store).open()
        back_up(sqlite_url, tmp_path / "copy.db")

        with pytest.raises(UsageError, match="stop `bsr serve` first"):
            restore(sqlite_url, tmp_path / "copy.db", now=MONDAY)

        assert await Office(store).job()
    assert [] == [path.name for path in tmp_path.glob(".*")]


async def test_a_copy_that_is_there_is_not_overwritten_unasked(sqlite_url: str, tmp_path: Path) -> None:
    async with await open_store(sqlite_url):
        pass
    (tmp_path / "copy.db").write_text("last year's")

    with pytest.raises(UsageError, match="--force"):
        back_up(sqlite_url, tmp_path / "copy.db")

    assert "last year's" == (tmp_path / "copy.db").read_text()
    assert back_up(sqlite_url, tmp_path / "copy.db", replace=True).bytes > 100_000


async def test_what_is_no_coordinators_database_is_not_put_back(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("not a database, but long enough to be looked at" * 30)
    apsw.Connection(str(tmp_path / "other.db")).execute("CREATE TABLE birds (name TEXT)")

    with pytest.raises(Mistake, match="not a SQLite database"):
        restore(sqlite_url, tmp_path / "words.db", now=MONDAY)
    with pytest.raises(Mistake, match="not a coordinator's"):
        restore(sqlite_url, tmp_path / "other.db", now=MONDAY)

    assert not (tmp_path / "office.db").exists()


def test_postgresql_is_copied_by_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pg_dump"):
        back_up("postgresql://bsr@db/bsr", tmp_path / "copy.db")


async def test_a_folder_that_cannot_be_written_is_trouble_and_leaves_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with await open_store(sqlite_url):
        pass
    (tmp_path / "file").touch()

    with pytest.raises(StoreBusy, match="cannot be written"):
        back_up(sqlite_url, tmp_path / "file" / "copy.db")

    with suppress(FileNotFoundError):
        assert [] == list(tmp_path.glob(".*"))
