"""A coordinator on SQLite for the tests of the admin API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.coordinator.live import Live, live


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    """A live coordinator."""
    async with live(sqlite_url) as opened:
        yield opened
