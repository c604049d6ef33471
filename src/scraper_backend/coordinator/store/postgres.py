"""PostgreSQL through asyncpg: a pool, transactions that retry, NOTIFY only to wake sleepers.

A rule runs under READ COMMITTED and locks the rows it decides on (`{lock}`), jobs before tasks and
each in order; what still collides is undone and run again.  NOTIFY takes a lock over the whole
database at COMMIT, so it is never part of a rule: a connection of its own sends what was announced,
at most ten times a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator
from typing import Any, Final, Self, cast, get_args

import asyncpg
import structlog

from scraper_backend.coordinator.store.protocol import Row, Rule, T, Topic
from scraper_backend.coordinator.store.statements import spelled
from scraper_backend.coordinator.store.watch import Watch
from scraper_backend.core.errors import StoreBusy

log = structlog.get_logger(__name__)

TRIES: Final = 8
"""How often a transaction that collided is run again."""
WAIT_S: Final = 10.0
"""How long we wait for a connection."""
CHANNEL: Final = "bsr"
NOTIFY_S: Final = 0.1
LISTEN_CHECK_S: Final = 5.0

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
_COLLISIONS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.OperatorInterventionError,
)


class PostgresTransaction:
    """The statements of one rule on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.topics: set[Topic] = set()

    async def all(self, kind: type[Row], statement: str, /, **parameters: Any) -> list[Row]:
        """Every row as a `kind`."""
        make = cast(Any, kind)._make
        return [make(row) for row in await self._fetch(statement, parameters)]

    async def one(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row | None:
        """The first row as a `kind`."""
        rows = await self._fetch(statement, parameters)
        return cast(Any, kind)._make(rows[0]) if rows else None

    async def sole(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row:
        """The one row there must be."""
        (row,) = await self.all(kind, statement, **parameters)
        return row

    async def scalar(self, statement: str, /, **parameters: Any) -> Any:
        """The first column of the first row."""
        rows = await self._fetch(statement, parameters)
        return rows[0][0] if rows else None

    async def run(self, statement: str, /, **parameters: Any) -> int:
        """Rows changed, from the command's tag."""
        sql, values = spelled(statement, "postgres").bound(parameters)
        tag = await self._connection.execute(sql, *values)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def announce(self, *topics: Topic) -> None:
        """Wake these topics after the COMMIT."""
        self.topics.update(topics)

    async def _fetch(self, statement: str, parameters: dict[str, Any]) -> list[Any]:
        sql, values = spelled(statement, "postgres").bound(parameters)
        return await self._connection.fetch(sql, *values)


class PostgresStore:
    """The `Store` on a PostgreSQL server; several coordinators may share one."""

    def __init__(self, pool: asyncpg.Pool, url: str) -> None:
        self._pool = pool
        self._watch = Watch()
        self._bell = _Bell(url, self._watch)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and begin to listen."""
        try:
            pool = await connect_pool(url)
        except _AWAY as error:
            raise StoreBusy(f"PostgreSQL does not answer: {error}") from error
        return cls(pool, url)

    async def write(self, rule: Rule[T]) -> T:
        """Run the rule until it does not collide."""
        for tries in range(TRIES):
            try:
                async with self._connection() as connection:
                    transaction = PostgresTransaction(connection)
                    async with connection.transaction():
                        value = await rule(transaction)
            except _COLLISIONS as collision:
                log.info("store.collision", tries=tries, error=str(collision))
                await asyncio.sleep(random.uniform(0, 0.01 * 2**tries))
            else:
                self._bell.ring(transaction.topics)
                return value
        raise StoreBusy(f"the write collided with others {TRIES} times")

    async def read(self, question: Rule[T]) -> T:
        """Run the question on one snapshot."""
        async with (
            self._connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await question(PostgresTransaction(connection))

    def version(self, topic: Topic) -> int:
        """See `Store.version`."""
        return self._watch.version(topic)

    async def changed(self, topic: Topic, since: int, timeout: float) -> int:  # noqa: ASYNC109
        """See `Store.changed`."""
        self._bell.listen()
        return await self._watch.changed(topic, since, timeout)

    async def ping(self) -> None:
        """Read one row."""

        async def question(tx: Any) -> Any:
            return await tx.scalar("ping")

        await self.read(question)

    async def close(self) -> None:
        """Send what was announced, let go of the connections."""
        await self._bell.close()
        try:
            async with asyncio.timeout(WAIT_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.acquire(timeout=WAIT_S) as connection:
                yield connection
        except _AWAY as error:
            raise StoreBusy(f"PostgreSQL does not answer: {error or type(error).__name__}") from error


class _Bell:
    """Tells other processes what changed here, and hears what changed there.

    It connects at the first announcement or the first sleeper, and again whenever the connection is
    lost; after a loss every topic may have changed.
    """

    def __init__(self, url: str, watch: Watch) -> None:
        self._url = url
        self._watch = watch
        self._name = secrets.token_hex(4)
        self._due: set[Topic] = set()
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def ring(self, topics: set[Topic]) -> None:
        """These changed here."""
        if topics:
            self._watch.bump(topics)
            self._due |= topics
            self._rung.set()
            self.listen()

    def listen(self) -> None:
        """Be connected from now on."""
        if self._task is None and not self._closing:
            self._task = asyncio.create_task(self._live(), name="store-bell")

    async def close(self) -> None:
        """Send what is due, then hang up."""
        self._closing = True
        self._rung.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await asyncio.gather(self._task, return_exceptions=True)

    async def _live(self) -> None:
        while not self._closing:
            try:
                await self._converse()
            except (*_AWAY, asyncpg.PostgresError) as error:
                log.warning("store.listen_lost", error=str(error))
                await asyncio.sleep(random.uniform(0.2, 1.0))

    async def _converse(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=WAIT_S)
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self._watch.bump()
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LISTEN_CHECK_S):
                        await self._rung.wait()
                self._rung.clear()
                due, self._due = self._due, set()
                if due:
                    await connection.execute(
                        "SELECT pg_notify($1, $2)", CHANNEL, ",".join([self._name, *sorted(due)])
                    )
                if self._closing:
                    return
                if not due:
                    await connection.execute("SELECT 1")
                await asyncio.sleep(NOTIFY_S)
        finally:
            with contextlib.suppress(*_AWAY):
                await connection.close(timeout=2)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        name, *topics = str(payload).split(",")
        if name != self._name:
            self._watch.bump(cast(list[Topic], [topic for topic in topics if topic in get_args(Topic)]))


async def connect_pool(url: str) -> asyncpg.Pool:
    """A pool that opens connections as they are needed."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=10,
        timeout=WAIT_S,
        command_timeout=60,
        statement_cache_size=300,
        reset=_left_as_found,
        server_settings={"application_name": "baystate-scraper"},
    )


async def _left_as_found(_connection: object) -> None:
    """Rules leave nothing behind on a connection but what asyncpg rolls back by itself, so that no question
    to the server is needed before another rule may have it."""


@contextlib.asynccontextmanager
async def connection_to(url: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection outside any pool, for migrations."""
    try:
        connection = await asyncpg.connect(url, timeout=WAIT_S)
    except (*_AWAY, asyncpg.PostgresError) as error:
        raise StoreBusy(f"PostgreSQL does not answer: {error}") from error
    try:
        yield connection
    finally:
        await connection.close()
