"""Which coordinator a command is for, and its desk, open while the command works."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from scraper_backend.cli.desk import Desk

T = TypeVar("T")
NAMED: Final[ContextVar[str | None]] = ContextVar("coordinator", default=None)
"""What was written as `bsr --coordinator URL`, or BSR_COORDINATOR."""


def ask(command: str, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do `work` at the desk this command is for, and close it."""
    import asyncio

    async def whole() -> T:
        async with _opened(command) as desk:
            return await work(desk)

    return asyncio.run(whole())


def _opened(command: str) -> AbstractAsyncContextManager[Desk]:
    from scraper_backend.cli import logins

    login = logins.chosen(NAMED.get(), os.environ)
    if login is None:
        from scraper_backend.cli import here

        return here.at_own_desk(command)
    from scraper_backend.cli import there

    return there.at_desk_of(login)
