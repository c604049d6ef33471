"""A house on each database, with the practice shop's scrapers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper_backend.practice.shop import write_material
from tests.coordinator.conftest import (
    database_url,
    empty_postgres_url,
    postgres_server,
    postgres_shelf,
    postgres_template,
    postgres_url,
    sqlite_url,
)
from tests.journeys.house import House, Shop, open_shop

__all__ = [
    "database_url", "empty_postgres_url", "postgres_server", "postgres_shelf", "postgres_template",
    "postgres_url", "sqlite_url",
]  # fmt: skip


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """A house on SQLite."""
    opened = House(tmp_path, sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def material(tmp_path: Path, shop: Shop) -> Path:
    """The configurations and the SKUs of the shop that is open."""
    write_material(tmp_path / "practice", shop.addresses)
    return tmp_path / "practice"
