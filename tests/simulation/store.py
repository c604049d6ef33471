"""The rules' store in memory: the product's own SQLite transaction, and a coordinator that dies at COMMIT.

One rule, one transaction, at once: nothing here awaits, so that a rule, a chore or a whole round of chores
is stepped to its end in the turn of one event.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, Literal, TypeVar, cast

import apsw

from scraper_backend.coordinator.store import schema
from scraper_backend.coordinator.store.protocol import Rule, Topic
from scraper_backend.coordinator.store.sqlite import SqliteTransaction
from scraper_backend.coordinator.store.statements import words

T = TypeVar("T")
Death = Literal["before", "after"] | None


class CoordinatorDied(BaseException):
    """The process is gone; whoever waited for an answer gets none."""


class MemoryStore:
    """The coordinator's database, which outlives its process."""

    def __init__(self, death: Callable[[], Death], committed: Callable[[Any], None]) -> None:
        self.connection = _emptied()
        self.commits = 0
        self.acknowledges_early = False
        self._death, self._committed = death, committed
        self.on_change: Callable[[set[Topic]], None] = lambda _: None

    async def write(self, rule: Rule[T]) -> T:
        """Run the rule, COMMIT, look at what it did, die if it is time."""
        death = self._death()
        transaction = SqliteTransaction(self.connection)
        self.connection.execute("BEGIN")
        try:
            value: T = step(rule, transaction)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        if death == "before":
            self.connection.execute("ROLLBACK")
            if self.acknowledges_early:
                return value
            raise CoordinatorDied
        self.connection.execute("COMMIT")
        self.commits += 1
        self._committed(value)
        if death == "after":
            raise CoordinatorDied
        if transaction.topics:
            self.on_change(transaction.topics)
        return value

    async def read(self, question: Rule[T]) -> T:
        """Look at what is there."""
        answer: T = step(question, SqliteTransaction(self.connection))
        return answer

    def rows(self, sql: str, *values: object) -> list[Any]:
        """For the oracle, which asks with SQL of its own."""
        return self.connection.execute(sql, values).fetchall()


def step(rule: Callable[..., Any], *arguments: object) -> Any:
    """Run a coroutine that never waits."""
    coroutine = cast(Coroutine[Any, Any, Any], rule(*arguments))
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise RuntimeError("something waited")


def _emptied() -> apsw.Connection:
    """The database as it is before anything happened.  One for all worlds: its statements are prepared."""
    connection, tables = _migrated()
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in tables:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@cache
def _migrated() -> tuple[apsw.Connection, tuple[str, ...]]:
    """A migrated database, and the tables that are empty in it."""
    connection = apsw.Connection(":memory:", statementcachesize=400)
    connection.execute(schema.JOURNAL)
    for migration in schema.migrations():
        connection.execute(words(migration.text, "sqlite")).fetchall()
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migrations'"
    tables = [str(row[0]) for row in connection.execute(named).fetchall()]
    return connection, tuple(t for t in tables if not connection.execute(f"SELECT 1 FROM {t}").fetchall())
