"""A coordinator on SQLite for the tests of its panel, and one Chromium for all of them.

A browser belongs to the event loop that started it, so these tests share one loop; a fixture of theirs that
awaits something says `loop_scope="session"`, or it would wait for a loop that stands still.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.coordinator.live import Live, live
from tests.coordinator.panel.browser import started

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """One loop for whatever is awaited here."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    """A live coordinator."""
    async with live(sqlite_url) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Any]:
    """The Chromium of this machine, started by the first who needs one."""
    async with started() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Any) -> AsyncIterator[Any]:
    """A browser that nobody has used: all windows of the test before are closed."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
