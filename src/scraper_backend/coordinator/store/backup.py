"""A SQLite database copied while it is written to, and put back.

The copy is one snapshot: SQLite's own online backup, in one read transaction, which writers do not wait
for.  It gets its name only when it is whole, checked and on the disk.  Putting one back keeps what was
there under another name, and needs the database for itself.  PostgreSQL has tools of its own for this.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from scraper_backend.coordinator.store import schema
from scraper_backend.coordinator.store.engine import is_postgres, sqlite_path
from scraper_backend.coordinator.store.sqlite import DISK, as_trouble, open_writer
from scraper_backend.core.errors import Mistake, StoreBusy, UsageError

AT_ONCE: Final = -1
"""Pages a step: all of them, else a busy writer would make the copy begin again and again."""


class BackedUp(NamedTuple):
    """A copy that was read back and holds."""

    path: Path
    bytes: int


class Restored(NamedTuple):
    """What is there now, and where what was there before is kept (None: nothing was)."""

    path: Path
    kept: Path | None


def back_up(url: str, to: Path, *, replace: bool = False) -> BackedUp:
    """Copy the database at `url` to the file `to`.

    Raises `UsageError` for PostgreSQL and for a file that exists, `Mistake` when there is nothing to copy or
    the copy does not hold, `StoreBusy` when the disk does not take it.
    """
    source = _sqlite_file(url, 'pg_dump --format=custom --file=bsr.dump "$DATABASE_URL"')
    if not source.exists():
        raise Mistake(f"there is no database {source}; set DATABASE_URL")
    if to.exists() and not replace:
        raise UsageError(f"{to} exists; name another file, or say --force")
    with _disk(to), _beside(to) as part:
        _copy(source, part)
        _ensure_it_holds(part)
        _put(part, to)
    return BackedUp(to, to.stat().st_size)


def restore(url: str, copy: Path, *, now: datetime) -> Restored:
    """Put a copy in the place of the database at `url`.

    Raises `UsageError` for PostgreSQL and while somebody has the database open, `Mistake` for a copy that
    is none, does not hold or is newer than this program.
    """
    target = _sqlite_file(url, 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" bsr.dump')
    if not copy.exists():
        raise Mistake(f"there is no file {copy}")
    with _disk(target), _beside(target) as part:
        _copy(copy, part)
        _ensure_it_holds(part)
        _fold_in(target)
        kept = _set_aside(target, now)
        _put(part, target)
    return Restored(target, kept)


def _sqlite_file(url: str, instead: str) -> Path:
    if is_postgres(url):
        raise UsageError(f"PostgreSQL brings its own tool for this: {instead}")
    return sqlite_path(url)


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """What the disk may do to us, in our words."""
    try:
        yield
    except DISK as error:
        raise as_trouble(error) from error
    except OSError as error:
        raise StoreBusy(f"{path} cannot be written: {error}") from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file in the same folder that is gone afterwards, unless it got its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    part.touch(mode=0o600)
    try:
        yield part
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    """One snapshot of the source, in one file."""
    try:
        reading = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.CantOpenError as error:
        raise Mistake(f"{source} cannot be read: {error}") from error
    writing = apsw.Connection(str(part))
    try:
        with writing.backup("main", reading, "main") as backup:
            backup.step(AT_ONCE)
        writing.execute("PRAGMA journal_mode = DELETE").fetchall()
    except apsw.NotADBError as error:
        raise Mistake(f"{source} is not a SQLite database") from error
    finally:
        writing.close()
        reading.close()


def _ensure_it_holds(part: Path) -> None:
    """Read it back: whole, ours, and not newer than this program."""
    connection = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        answer = connection.pragma("integrity_check")
        strangers = connection.execute("PRAGMA foreign_key_check").fetchall()
        if answer != "ok" or strangers:
            raise Mistake(f"the copy does not hold: {answer if answer != 'ok' else strangers[:3]}")
        schema.missing(_applied(connection))
    finally:
        connection.close()


def _applied(connection: apsw.Connection) -> list[schema.Applied]:
    named = "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"
    if not connection.execute(named).fetchall():
        raise Mistake("this is a SQLite database, but not a coordinator's")
    rows = connection.execute("SELECT number, name, checksum FROM schema_migrations")
    return [schema.Applied._make(row) for row in rows]


def _fold_in(target: Path) -> None:
    """Bring the log into the file, which works for its only user and nobody else."""
    if not target.exists():
        return
    try:
        connection = open_writer(target, lock_wait_s=0.5)
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        finally:
            connection.close()
    except (apsw.BusyError, apsw.LockedError) as error:
        raise UsageError(f"{target} is in use; stop `bsr serve` first") from error


def _set_aside(target: Path, now: datetime) -> Path | None:
    """Nothing is deleted: what was restored may have been the wrong copy."""
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-{now:%Y%m%d-%H%M%S}")
    shutil.copy2(target, kept)
    return kept


def _put(part: Path, path: Path) -> None:
    """The name, once the bytes are on the disk; then the name is on the disk as well."""
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
