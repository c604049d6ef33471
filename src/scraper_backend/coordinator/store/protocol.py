"""What a rule may ask of a database, whichever it is, and what the house may ask of a store.

A rule is an `async def` that awaits nothing but its `Transaction`.  PostgreSQL runs it on the event
loop; SQLite's writer thread steps the same coroutine to its end inside a savepoint of the current
group, so that many rules share one commit.  Because of that a rule may be run more than once (after
a serialization failure) and must change nothing but the database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, Protocol, Self, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])
T = TypeVar("T")

Topic = Literal["work", "jobs", "scrapers", "runners", "keys"]
"""What a write can announce: ready tasks, jobs and results, configurations, runners, keys."""

Rule = Callable[["Transaction"], Awaitable[T]]


class Transaction(Protocol):
    """One transaction.  Statements are named in `store/sql/*.sql`; rows come back as frozen values."""

    async def all(self, kind: type[Row], statement: str, /, **parameters: Any) -> list[Row]:
        """Every row, each as a `kind` (a NamedTuple with the columns in the statement's order)."""

    async def one(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row | None:
        """The first row, or None."""

    async def sole(self, kind: type[Row], statement: str, /, **parameters: Any) -> Row:
        """The one row there must be (of an INSERT … RETURNING, say)."""

    async def scalar(self, statement: str, /, **parameters: Any) -> Any:
        """The first column of the first row, or None."""

    async def run(self, statement: str, /, **parameters: Any) -> int:
        """Run a statement that answers nothing; how many rows it changed."""

    def announce(self, *topics: Topic) -> None:
        """Once this transaction is durable, wake whoever waits for one of these topics."""


class Store(Protocol):
    """A database with our schema.  Open one with `open_store`, close it with `close` or `async with`."""

    async def write(self, rule: Rule[T]) -> T:
        """Run `rule` in a transaction of its own; return its value after a durable COMMIT.

        Raises what the rule raises, having undone its changes, and `StoreBusy` when the database
        was locked or away for longer than we wait.
        """

    async def read(self, question: Rule[T]) -> T:
        """Run `question` on one consistent snapshot that cannot be written to."""

    def version(self, topic: Topic) -> int:
        """A number that rises whenever `topic` may have changed, here or in another process."""

    async def changed(self, topic: Topic, since: int, timeout: float) -> int:  # noqa: ASYNC109
        """Wait until `version(topic)` is past `since` or `timeout` seconds are over; the version then."""

    async def ping(self) -> None:
        """Raise if the database does not answer."""

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


Parameters = dict[str, Any]
Many = Sequence[Sequence[Any]]
"""The rows of an `{each}` parameter: one sequence of plain values a row."""
