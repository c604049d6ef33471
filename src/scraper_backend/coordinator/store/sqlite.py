"""SQLite: one writer thread with group commit, a pool of readers that cannot write.

The writer takes up to `GROUP` waiting rules into one `BEGIN IMMEDIATE … COMMIT`, each in a savepoint
of its own, and answers all of them after the COMMIT, failures included: a failure may have been
caused by a neighbour's row, and must not be told before that row is durable.  `synchronous=FULL`,
because NORMAL loses acknowledged commits in a power cut.  The writer does every checkpoint.
Why group commit, and why FULL: docs/decisions/0010-group-commit.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import random
import threading
import time
from collections.abc import Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, cast

import apsw
import structlog

from scraper_backend.coordinator.store.protocol import Row, Rule, T, Topic
from scraper_backend.coordinator.store.statements import spelled
from scraper_backend.coordinator.store.watch import Watch
from scraper_backend.core.errors import StoreBusy

log = structlog.get_logger(__name__)

GROUP: Final = 256
"""Rules in one commit."""
LOCK_WAIT_S: Final = 10.0
"""How long we wait for another process's transaction."""
NOTICE_S: Final = 0.25
"""How often we look whether another process wrote."""
READERS: Final = 4
CHECKPOINT_PAGES: Final = 1000
DISK: Final = (
    apsw.BusyError, apsw.CantOpenError, apsw.FullError, apsw.IOError, apsw.LockedError, apsw.ReadOnlyError,
)  # fmt: skip
"""What a full or failing disk, or another process, does to us; it may pass."""


class SqliteTransaction:
    """The statements of one rule; nothing here ever waits, so one step runs a rule to its end."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.topics: set[Topic] = set()

    async def all(self, kind: type[Row], statement: str, /, **parameters: Any) -> list[Row]:
        """Every row as a `kind`."""
        return _as(kind, self._execute(statement, parameters).fetchall())

    async def one(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row | None:
        """The first row as a `kind`."""
        rows = _as(kind, self._execute(statement, parameters).fetchall()[:1])
        return rows[0] if rows else None

    async def sole(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row:
        """The one row there must be."""
        (row,) = await self.all(kind, statement, **parameters)
        return row

    async def scalar(self, statement: str, /, **parameters: Any) -> Any:
        """The first column of the first row."""
        rows = self._execute(statement, parameters).fetchall()
        return rows[0][0] if rows else None

    async def run(self, statement: str, /, **parameters: Any) -> int:
        """Rows changed."""
        self._execute(statement, parameters).fetchall()
        return self._connection.changes()

    def announce(self, *topics: Topic) -> None:
        """Wake these topics after the COMMIT."""
        self.topics.update(topics)

    def _execute(self, statement: str, parameters: dict[str, Any]) -> apsw.Cursor:
        return self._connection.execute(*spelled(statement, "sqlite").bound(parameters))


def _as(kind: type[Row], rows: list[tuple[Any, ...]]) -> list[Row]:
    """Rows as values.  They are all as wide as the first, so that the others need not be measured."""
    row: Any = kind
    if rows:
        row._make(rows[0])
    return list(map(partial(tuple.__new__, kind), rows))


@dataclass(slots=True)
class _Waiting:
    """A rule in the queue, and the caller who waits for its answer."""

    rule: Rule[Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None
    topics: set[Topic] = field(default_factory=set)


class SqliteStore:
    """The `Store` on one SQLite file."""

    def __init__(self, path: Path, *, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self._watch = Watch()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closing = False
        self._writer = _Writer(open_writer(path, lock_wait_s), self._queue, self._watch)
        self._readers: queue.SimpleQueue[apsw.Connection] = queue.SimpleQueue()
        for _ in range(READERS):
            self._readers.put(_open_reader(path))
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._thread = threading.Thread(target=self._writer.work, name="store-writer", daemon=True)
        self._thread.start()

    async def write(self, rule: Rule[T]) -> T:
        """Queue the rule; its value after the group's COMMIT."""
        if self._closing:
            raise StoreBusy("the database is being closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put(_Waiting(rule, future))
        return cast(T, await future)

    async def read(self, question: Rule[T]) -> T:
        """Step the question on a reader's snapshot, in a thread."""
        return cast(T, await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, question))

    def version(self, topic: Topic) -> int:
        """See `Store.version`."""
        return self._watch.version(topic)

    async def changed(self, topic: Topic, since: int, timeout: float) -> int:  # noqa: ASYNC109
        """See `Store.changed`."""
        return await self._watch.changed(topic, since, timeout)

    async def ping(self) -> None:
        """Read one row."""

        async def question(tx: Any) -> Any:
            return await tx.scalar("ping")

        await self.read(question)

    async def close(self) -> None:
        """Commit what was accepted, then close every connection."""
        if self._closing:
            return
        self._closing = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._pool.shutdown)
        while not self._readers.empty():
            self._readers.get().close()
        self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _ask(self, question: Rule[T]) -> T:
        connection = self._readers.get()
        try:
            connection.execute("BEGIN")
            try:
                return _step(question, SqliteTransaction(connection))
            finally:
                connection.execute("ROLLBACK")
        except DISK as error:
            raise as_trouble(error) from error
        finally:
            self._readers.put(connection)


class _Writer:
    """The thread that writes.  It lives until it meets None in its queue."""

    def __init__(
        self, connection: apsw.Connection, waiting: queue.SimpleQueue[_Waiting | None], watch: Watch
    ) -> None:
        self._connection = connection
        self._queue = waiting
        self._watch = watch
        self._wal_pages = 0
        self._seen_version = self._data_version()
        self._looked_at = time.monotonic()
        connection.set_wal_hook(self._on_commit)

    def work(self) -> None:
        """Groups, one after another; between them a look at what other processes wrote."""
        while True:
            group = self._next_group()
            if group is None:
                return
            if group:
                self._commit(group)
                self._answer(group)
                self._checkpoint()
            self._notice_others()

    def close(self) -> None:
        """Let go of the file; the last one out checkpoints the whole log, if the disk has room for it."""
        with contextlib.suppress(*DISK):
            self._connection.close()

    def _next_group(self) -> list[_Waiting] | None:
        """What is waiting, at most `GROUP`; [] when nothing came for a while, None at the end."""
        group: list[_Waiting] = []
        try:
            first = self._queue.get(timeout=NOTICE_S)
            while first is not None:
                group.append(first)
                if len(group) == GROUP:
                    return group
                first = self._queue.get_nowait()
        except queue.Empty:
            return group
        if group:
            self._queue.put(None)  # finish these first, then meet the end again
            return group
        return None

    def _commit(self, group: Sequence[_Waiting]) -> None:
        """Run the group in one transaction; if that fails as a whole, everyone in it is told so."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for waiting in group:
                if not waiting.future.cancelled():
                    self._run(waiting)
            self._connection.execute("COMMIT")
        except Exception as error:
            with contextlib.suppress(apsw.Error):
                self._connection.execute("ROLLBACK")
            log.warning("store.commit_failed", error=str(error), rules=len(group))
            for waiting in group:
                waiting.topics.clear()
                waiting.error = as_trouble(error)

    def _run(self, waiting: _Waiting) -> None:
        """One rule in its savepoint; what it raises undoes its own changes and nothing else."""
        transaction = SqliteTransaction(self._connection)
        self._connection.execute("SAVEPOINT rule")
        try:
            waiting.value = _step(waiting.rule, transaction)
            waiting.topics = transaction.topics
        except BaseException as error:
            waiting.error = as_trouble(error) if isinstance(error, DISK) else error
            if not self._connection.in_transaction:  # a full disk undoes the whole group
                raise
            self._connection.execute("ROLLBACK TO rule")
        self._connection.execute("RELEASE rule")

    def _answer(self, group: Sequence[_Waiting]) -> None:
        topics = set[Topic]().union(*(waiting.topics for waiting in group))
        if topics:
            self._watch.bump(topics)
        for loop in {waiting.future.get_loop() for waiting in group}:
            mine = [waiting for waiting in group if waiting.future.get_loop() is loop]
            with contextlib.suppress(RuntimeError):  # its loop is closed: nobody waits there any more
                loop.call_soon_threadsafe(_settle, mine)

    def _on_commit(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """After the answers, so that nobody waits for it.  On a full disk the log keeps what it has."""
        if self._wal_pages < CHECKPOINT_PAGES:
            return
        self._wal_pages = 0
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            pass
        except DISK as error:
            log.warning("store.checkpoint_failed", error=str(error))

    def _notice_others(self) -> None:
        """`data_version` moves when another connection committed, and only then."""
        if time.monotonic() - self._looked_at < NOTICE_S:
            return
        self._looked_at = time.monotonic()
        version = self._data_version()
        if version != self._seen_version:
            self._seen_version = version
            self._watch.bump()

    def _data_version(self) -> int:
        return int(self._connection.pragma("data_version"))


def open_writer(path: Path, lock_wait_s: float = LOCK_WAIT_S) -> apsw.Connection:
    """A connection that may write, creating the file if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # others on the machine have no business in it
    connection = apsw.Connection(str(path), statementcachesize=300)
    # Without this promise a statement is planned anew whenever a value bound to it might make another partial
    # index usable: a third of what a claim costs.  No statement of ours wants another plan for another value.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.set_busy_handler(_Patience(lock_wait_s))
    for pragma, value in (
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("wal_autocheckpoint", 0),
        ("trusted_schema", "OFF"),
        ("mmap_size", 0),
        ("cache_size", -16_000),  # KiB; each commit looks through all of it once (0013)
        ("temp_store", "MEMORY"),
        ("journal_size_limit", 67_108_864),
    ):
        connection.execute(f"PRAGMA {pragma} = {value}").fetchall()
    return connection


def _open_reader(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, statementcachesize=300)
    connection.set_busy_handler(_Patience(LOCK_WAIT_S))
    for pragma, value in (("query_only", "ON"), ("trusted_schema", "OFF"), ("temp_store", "MEMORY")):
        connection.execute(f"PRAGMA {pragma} = {value}").fetchall()
    return connection


class _Patience:
    """Waits for the lock in short, uneven steps.

    SQLite's own handler sleeps up to 100 ms and then hardly ever meets the moment between two
    groups of a busy server; a command line beside it would starve.
    """

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._until = 0.0

    def __call__(self, tries: int) -> bool:
        if tries == 0:
            self._until = time.monotonic() + self._wait_s
        if time.monotonic() > self._until:
            return False
        time.sleep(random.uniform(0.0002, 0.004))
        return True


def _step(rule: Rule[T], transaction: SqliteTransaction) -> T:
    """Run a coroutine that never really waits."""
    coroutine = cast(Coroutine[Any, Any, T], rule(transaction))
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    coroutine.close()
    raise RuntimeError("a rule awaited something that is not its transaction")


def _settle(group: Iterable[_Waiting]) -> None:
    for waiting in group:
        if waiting.future.done():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.value)


def as_trouble(error: Exception) -> Exception:
    """What callers are told of an error of the database's own."""
    if isinstance(error, apsw.BusyError):
        return StoreBusy("another process holds the database, and did not let go of it in time")
    if isinstance(error, apsw.Error):
        return StoreBusy(f"the database did not take the write: {error}")
    return error
