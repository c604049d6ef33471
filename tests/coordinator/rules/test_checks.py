"""`bsr db check` finds what must not be."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.store.engine import is_postgres, sqlite_path
from tests.coordinator.fleet import FleetRunner, faults
from tests.coordinator.office import Office, product


async def damage(url: str, statement: str) -> None:
    """Somebody has been at the database by hand."""
    if is_postgres(url):
        import asyncpg

        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()
    else:
        import apsw

        apsw.Connection(str(sqlite_path(url))).execute(statement)


async def test_a_database_in_use_has_no_faults(office: Office) -> None:
    job_id = await office.job()
    await FleetRunner(office).claim(2)
    await office.report(job_id, "completed", {"A": {"amazon": product("a")}})

    assert [] == await faults(office)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE jobs SET found_n = found_n - 1, open_n = open_n + 1", "the counters differ from the tasks"),
        ("UPDATE jobs SET ended_at = NULL, state = 'running'", "no task is open, but the job goes on"),
        ("DELETE FROM results", "a task ended as found, its result says nothing"),
        ("UPDATE results SET outcome = 'blocked'", "a task ended as found, its result says blocked"),
    ],
)
async def test_damage_is_found(office: Office, database_url: str, statement: str, fault: str) -> None:
    job_id = await office.job(["A"], ["amazon"])
    await office.report(job_id, "completed", {"A": {"amazon": product("a")}})

    await damage(database_url, statement)

    assert (job_id, fault) in await faults(office)
