"""The file itself: opened once a process, shared by its threads, every write durable before it returns.

FULL, because with less a power cut loses rows that were acknowledged to the scraping side; WAL, so that
`bsr runner check` may read while a run writes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any, Final, Self

import apsw

from scraper_backend.core import logs
from scraper_backend.core.environment import data_folder
from scraper_backend.core.errors import StoreBusy
from scraper_backend.runner.switches import made

log = logs.named(__name__)

WAIT_MS: Final = 10_000
Row = tuple[Any, ...]
_DISK: Final = (apsw.FullError, apsw.IOError, apsw.BusyError, apsw.LockedError, apsw.ReadOnlyError)
"""What the disk or another process does to a write, and what may pass."""


def default_path() -> Path:
    """Where this machine's outbox is."""
    return data_folder() / "outbox.db"


class File:
    """One connection behind a lock, and one thought a transaction."""

    def __init__(
        self, path: Path, connection: apsw.Connection, clock: Callable[[], float] = time.time
    ) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; the write-ahead log is folded in by the last one out, if the disk has room for it."""
        with self._lock, suppress(*_DISK):
            self._connection.close()

    def now(self) -> int:
        """Milliseconds since 1970, for a person who asks how long something has waited."""
        return int(self._clock() * 1000)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One durable transaction.  Raises `StoreBusy` when the disk is full, fails or is locked."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except _DISK as error:
                self._roll_back()
                raise StoreBusy(f"{self.path} cannot be written: {error}") from error
            except BaseException:
                self._roll_back()
                raise

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """One statement and all of its rows."""
        with self._lock:
            return list(self._connection.execute(sql, values))

    def run_many(self, sql: str, rows: Sequence[dict[str, Any]]) -> None:
        """One statement for each row."""
        with self._lock:
            self._connection.executemany(sql, rows)

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, or None."""
        rows = self.run(sql, values)
        return rows[0][0] if rows else None

    def _roll_back(self) -> None:
        if not self._connection.get_autocommit():
            self._connection.execute("ROLLBACK")


def open_file(path: Path | None = None, *, clock: Callable[[], float] = time.time) -> File:
    """The outbox at `path`, made when there is none; a broken one is moved aside and said so.

    Raises `StoreBusy` when the disk is full or fails.
    """
    place = default_path() if path is None else path
    made(place.parent)
    try:
        return File(place, _connect(place), clock)
    except (apsw.NotADBError, apsw.CorruptError) as error:
        aside = _set_aside(place, clock)
        log.exception("outbox.broken", moved_to=str(aside), why=str(error))
        return File(place, _connect(place), clock)


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(WAIT_MS)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute(resources.files(__package__).joinpath("schema.sql").read_text("utf-8"))
        path.chmod(0o600)
    except BaseException as error:
        with suppress(*_DISK):
            connection.close()
        if isinstance(error, _DISK):
            raise StoreBusy(f"{path} cannot be opened: {error}") from error
        raise
    return connection


def _set_aside(path: Path, clock: Callable[[], float]) -> Path:
    """Nothing is deleted: a person may still get rows out of it."""
    aside = path.with_name(f"{path.name}.broken-{int(clock())}-{os.getpid()}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside
