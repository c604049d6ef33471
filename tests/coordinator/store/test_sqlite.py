"""SQLite beside other processes, and across sudden death."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Generator
from pathlib import Path

import apsw
import pytest

from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.store import migrate, open_store
from scraper_backend.coordinator.store.engine import sqlite_path
from scraper_backend.coordinator.store.sqlite import CHECKPOINT_PAGES, SqliteStore, open_writer
from scraper_backend.core.errors import StoreBusy
from tests.coordinator.office import MONDAY


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process that runs `program`."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *arguments], stdout=subprocess.PIPE, text=True
    )


WRITER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from scraper_backend.coordinator.rules import keys
    from scraper_backend.coordinator.store import open_store

    async def write_for_ever(store, lane):
        n = 0
        while True:
            name = f"{lane}-{n}"
            await store.write(lambda tx: keys.create(tx, name, now=datetime.now(UTC)))
            print(name, flush=True)
            n += 1

    async def main():
        async with await open_store(sys.argv[1]) as store:
            await asyncio.gather(*(write_for_ever(store, lane) for lane in range(8)))

    asyncio.run(main())
"""


async def test_no_acknowledged_write_is_lost_when_the_process_is_killed(sqlite_url: str) -> None:
    writer = python(WRITER, sqlite_url)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip()]
    time.sleep(0.5)

    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    writer.wait()

    async with await open_store(sqlite_url) as store:
        kept = {key.name for key in await store.read(keys.every)}
    assert len(acknowledged) > 50
    assert set() == set(acknowledged) - kept


async def test_a_command_line_gets_its_turn_beside_a_busy_server(sqlite_url: str) -> None:
    writer = python(WRITER, sqlite_url)
    assert writer.stdout is not None
    writer.stdout.readline()
    try:
        started = time.monotonic()
        async with await open_store(sqlite_url) as store:
            await store.write(lambda tx: keys.create(tx, "from the command line", now=MONDAY))
        waited = time.monotonic() - started
    finally:
        writer.kill()
        writer.communicate()

    assert waited < 5


async def test_a_lock_that_is_not_given_back_ends_in_words(sqlite_url: str) -> None:
    await migrate(sqlite_url)
    async with SqliteStore(sqlite_path(sqlite_url), lock_wait_s=0.2) as store:
        other = apsw.Connection(str(sqlite_path(sqlite_url)))
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreBusy, match="another process holds the database"):
            await store.write(lambda tx: keys.create(tx, "late", now=MONDAY))

        other.execute("ROLLBACK")
        await store.write(lambda tx: keys.create(tx, "late", now=MONDAY))


async def test_many_writes_share_few_commits(sqlite_url: str) -> None:
    """A commit waits for the disk; a group of rules waits for it once."""
    async with await open_store(sqlite_url) as store:
        outside = apsw.Connection(str(sqlite_path(sqlite_url)))
        before = outside.pragma("data_version")
        commits = {before}

        async def count() -> None:
            while True:
                commits.add(outside.pragma("data_version"))
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        await asyncio.gather(
            *(store.write(lambda tx, n=n: keys.create(tx, f"k{n}", now=MONDAY)) for n in range(200))  # type: ignore[misc]
        )
        counting.cancel()

    assert len(commits) < 40


async def test_a_rule_that_waits_for_something_else_is_our_fault_and_harmless(sqlite_url: str) -> None:
    class Elsewhere:
        def __await__(self) -> Generator[None, None, None]:
            yield

    async def sleeps(_tx: object) -> None:
        await Elsewhere()

    async with await open_store(sqlite_url) as store:
        with pytest.raises(RuntimeError, match="awaited something that is not its transaction"):
            await store.write(sleeps)

        await store.write(lambda tx: keys.create(tx, "next", now=MONDAY))


async def test_the_database_is_as_durable_as_we_say(sqlite_url: str) -> None:
    connection = open_writer(sqlite_path(sqlite_url))

    assert "wal" == connection.pragma("journal_mode")
    assert 2 == connection.pragma("synchronous")
    assert 1 == connection.pragma("foreign_keys")


async def test_the_log_is_checkpointed_by_the_writer(sqlite_url: str) -> None:
    """Otherwise it would grow for as long as the server runs."""
    async with await open_store(sqlite_url) as store:
        for n in range(12):
            await asyncio.gather(
                *(
                    store.write(lambda tx, n=n, m=m: keys.create(tx, f"{n}-{m}-" + "x" * 80, now=MONDAY))  # type: ignore[misc]
                    for m in range(100)
                )
            )
        log = Path(f"{sqlite_path(sqlite_url)}-wal").stat().st_size

    assert log < 3 * CHECKPOINT_PAGES * 4096
