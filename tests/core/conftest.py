from __future__ import annotations

from collections.abc import Iterator

import pytest

from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import Retry
from tests.fake_coordinator import KEY, FakeCoordinator, coordinator


@pytest.fixture
def office() -> Iterator[FakeCoordinator]:
    with coordinator() as fake:
        yield fake


@pytest.fixture
def naps() -> list[float]:
    """How long the client slept between its tries."""
    return []


@pytest.fixture
def client(office: FakeCoordinator, naps: list[float]) -> Iterator[ScraperAPIClient]:
    retry = Retry(sleep=naps.append)
    with ScraperAPIClient(office.url, KEY, "office-mac", timeout=2.0, retry=retry) as line:
        yield line
