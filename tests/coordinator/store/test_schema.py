"""Migrations: applied once, in order, by whoever comes first; told apart when they do not fit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import asyncpg
import pytest

from scraper_backend.coordinator.store import migrate, open_store, schema
from scraper_backend.coordinator.store.engine import sqlite_path
from scraper_backend.coordinator.store.statements import words
from scraper_backend.core.errors import Mistake, UsageError

NAMES = [migration.name for migration in schema.migrations()]


async def tables_of(url: str) -> set[tuple[str, str]]:
    """Every column of our tables as (table, column)."""
    if url.startswith("sqlite"):
        connection = apsw.Connection(str(sqlite_path(url)))
        return set(
            connection.execute(
                "SELECT m.name, c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c "
                "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
            )
        )
    server = await asyncpg.connect(url)
    try:
        rows = await server.fetch(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        return {(row[0], row[1]) for row in rows}
    finally:
        await server.close()


async def test_a_new_sqlite_file_migrates_itself(sqlite_url: str) -> None:
    async with await open_store(sqlite_url):
        applied = await migrate(sqlite_url)

    assert [] == applied


async def test_migrating_tells_what_it_applied_once(sqlite_url: str) -> None:
    assert NAMES == await migrate(sqlite_url)
    assert [] == await migrate(sqlite_url)


@pytest.mark.postgres
async def test_postgresql_is_migrated_by_a_person_only(empty_postgres_url: str) -> None:
    with pytest.raises(Mistake, match="run `bsr db migrate` first"):
        await open_store(empty_postgres_url)

    assert NAMES == await migrate(empty_postgres_url)
    async with await open_store(empty_postgres_url) as store:
        await store.ping()


@pytest.mark.postgres
async def test_two_processes_migrate_postgresql_once(empty_postgres_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_postgres_url) for _ in range(4)))

    assert sorted([NAMES, [], [], []]) == sorted(applied)


async def test_two_processes_migrate_sqlite_once(sqlite_url: str) -> None:
    applied = await asyncio.gather(*(migrate(sqlite_url) for _ in range(4)))

    assert sorted([NAMES, [], [], []]) == sorted(applied)


@pytest.mark.postgres
async def test_both_databases_have_the_same_tables(sqlite_url: str, postgres_url: str) -> None:
    await migrate(sqlite_url)

    assert await tables_of(sqlite_url) == await tables_of(postgres_url)


async def test_the_schema_is_all_migrations_replayed(sqlite_url: str, tmp_path: Path) -> None:
    """A file that was migrated step by step is the file that was made today."""
    await migrate(sqlite_url)
    stepwise = apsw.Connection(str(tmp_path / "stepwise.db"))
    stepwise.execute(schema.JOURNAL)
    for migration in schema.migrations():
        stepwise.execute(words(migration.text, "sqlite")).fetchall()

    query = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    made = apsw.Connection(str(sqlite_path(sqlite_url))).execute(query).fetchall()
    assert stepwise.execute(query).fetchall() == made


async def test_a_database_of_a_newer_version_is_refused_with_what_to_do(database_url: str) -> None:
    await migrate(database_url)
    await _journal(database_url, "INSERT INTO schema_migrations VALUES (9999, '9999_future', 'x', 0)")

    with pytest.raises(Mistake, match=r"9999_future.*update this program"):
        await open_store(database_url)


async def test_a_migration_that_was_changed_afterwards_is_refused(database_url: str) -> None:
    await migrate(database_url)
    await _journal(database_url, "UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")

    with pytest.raises(Mistake, match=r"0001_first.*was changed after"):
        await open_store(database_url)


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///"])
async def test_an_address_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"write sqlite:///file\.db or postgresql://"):
        await open_store(url)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("buy dog food\n" * 100)

    with pytest.raises(Mistake, match="is not a SQLite database"):
        await open_store(str(tmp_path / "notes.txt"))


async def _journal(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        apsw.Connection(str(sqlite_path(url))).execute(statement)
        return
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
