"""Opening and migrating a database, whichever engine its address names.

    sqlite:///relative/file.db, sqlite:////absolute/file.db, or a plain path
    postgresql://user:password@host/database

SQLite is migrated on opening.  A PostgreSQL database may be shared by coordinators that are updated
one after another, so there a person decides when: `bsr db migrate`.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from scraper_backend.coordinator.store import schema
from scraper_backend.coordinator.store.protocol import Store
from scraper_backend.coordinator.store.sqlite import DISK, SqliteStore, as_trouble, open_writer
from scraper_backend.coordinator.store.statements import words
from scraper_backend.core.errors import Mistake, UsageError

_LOCK = 7_206_411_735
"""PostgreSQL's advisory lock that one migrating process holds."""


async def open_store(url: str) -> Store:
    """The store at `url`.  Raises `Mistake` when its schema does not fit, `StoreBusy` when it is away."""
    if is_postgres(url):
        return await _open_postgres(url)
    path = sqlite_path(url)
    await asyncio.to_thread(_migrate_sqlite, path)
    try:
        return await asyncio.to_thread(SqliteStore, path)
    except DISK as error:
        raise as_trouble(error) from error


async def migrate(url: str) -> list[str]:
    """Apply what is missing; the names of what was applied.  Two processes at once do it once."""
    if is_postgres(url):
        return await _migrate_postgres(url)
    return await asyncio.to_thread(_migrate_sqlite, sqlite_path(url))


def is_postgres(url: str) -> bool:
    """Whether the address names a PostgreSQL server."""
    return url.startswith(("postgresql://", "postgres://"))


def sqlite_path(url: str) -> Path:
    """The file an address names."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Path(url).expanduser()
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        raise UsageError(
            f"{scheme}://… is no database address; write sqlite:///file.db or postgresql://user@host/name"
        )
    return Path(rest[1:]).expanduser()


def _migrate_sqlite(path: Path) -> list[str]:
    connection = _sqlite_connection(path)
    try:
        if not _sqlite_missing(connection):
            return []
        connection.execute("BEGIN IMMEDIATE")
        try:
            absent = _sqlite_missing(connection)
            connection.execute(schema.JOURNAL)
            for migration in absent:
                connection.execute(words(migration.text, "sqlite")).fetchall()
                connection.execute(
                    "INSERT INTO schema_migrations VALUES (?, ?, ?, ?)", _journal_row(migration)
                )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has undone it already
                connection.execute("ROLLBACK")
            raise
        return [migration.name for migration in absent]
    except DISK as error:
        raise as_trouble(error) from error
    finally:
        with suppress(*DISK):  # on a full disk the log keeps what the file has no room for
            connection.close()


def _sqlite_connection(path: Path) -> apsw.Connection:
    try:
        return open_writer(path)
    except (apsw.CantOpenError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise Mistake(
            f"the database {path} cannot be opened: {why}; "
            "set BSR_DATA_DIR to a folder that you may write to, or DATABASE_URL"
        ) from error
    except apsw.NotADBError as error:
        raise Mistake(f"{path} is not a SQLite database; set DATABASE_URL") from error
    except DISK as error:
        raise as_trouble(error) from error


def _sqlite_missing(connection: apsw.Connection) -> tuple[schema.Migration, ...]:
    has_journal = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"
    ).fetchall()
    rows = connection.execute("SELECT number, name, checksum FROM schema_migrations") if has_journal else ()
    return schema.missing([schema.Applied._make(row) for row in rows])


def _journal_row(migration: schema.Migration) -> tuple[int, str, str, int]:
    return migration.number, migration.name, migration.checksum, int(time.time() * 1000)


async def _open_postgres(url: str) -> Store:
    from scraper_backend.coordinator.store.postgres import PostgresStore, connection_to

    async with connection_to(url) as connection:
        absent = await _postgres_missing(connection)
    if absent:
        raise schema.too_old(absent)
    return await PostgresStore.open(url)


async def _migrate_postgres(url: str) -> list[str]:
    from scraper_backend.coordinator.store.postgres import connection_to

    async with connection_to(url) as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        absent = await _postgres_missing(connection)
        await connection.execute(schema.JOURNAL)
        for migration in absent:
            await connection.execute(words(migration.text, "postgres"))
            await connection.execute(
                "INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)", *_journal_row(migration)
            )
    return [migration.name for migration in absent]


async def _postgres_missing(connection: Any) -> tuple[schema.Migration, ...]:
    if not await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL"):
        return schema.missing([])
    rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations")
    return schema.missing([schema.Applied._make(row) for row in rows])
