"""Both databases, real ones: a SQLite file, and a PostgreSQL server of our own or `BSR_TEST_POSTGRES`.

`store` runs a test on each of them.  The PostgreSQL server is one a test run, also under xdist; every
test has an empty, migrated database to itself, from the shelf of its worker.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scraper_backend.coordinator.store import Store, migrate, open_store
from tests.coordinator.office import Office
from tests.coordinator.servers import PostgresServer
from tests.coordinator.shelf import Shelf, administer

TEMPLATE = "bsr_template"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server, up to the last `/`."""
    given = os.environ.get("BSR_TEST_POSTGRES")
    if given:
        yield given.rpartition("/")[0]
        return
    with PostgresServer.shared(tmp_path_factory) as server:
        yield server.address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated database that tests copy."""
    name = f"{TEMPLATE}_{uuid.uuid4().hex[:8]}"

    async def make() -> None:
        await administer(postgres_server, f"CREATE DATABASE {name}")
        await migrate(f"{postgres_server}/{name}")

    asyncio.run(make())
    return name


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str, postgres_template: str) -> Iterator[Shelf]:
    """Where this worker's databases are kept between two tests."""
    shelf = Shelf(postgres_server, postgres_template)
    yield shelf
    asyncio.run(shelf.clear())


@pytest.fixture
async def postgres_url(postgres_shelf: Shelf) -> AsyncIterator[str]:
    """A migrated, empty PostgreSQL database that nobody else has now."""
    url = await postgres_shelf.take()
    yield url
    await postgres_shelf.give_back(url)


@pytest.fixture
async def empty_postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """A PostgreSQL database without our schema."""
    name = f"bsr_{uuid.uuid4().hex[:12]}"
    await administer(postgres_server, f"CREATE DATABASE {name}")
    yield f"{postgres_server}/{name}"
    await administer(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/office.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open, empty store on each database in turn."""
    async with await open_store(database_url) as opened:
        yield opened


@pytest.fixture
async def office(store: Store) -> Office:
    """An office with two shops and a fleet key, on each database in turn."""
    return await Office(store).open()
