"""Every address has its own door, however often and in whatever order they are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.coordinator.live import HEALTH, NOBODY, Live, live


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    async with live(sqlite_url) as opened:
        yield opened


async def test_an_address_that_was_found_is_found_again(office: Live) -> None:
    machine = await office.machine()

    answers = [await machine.get(HEALTH) for _ in range(3)]

    assert [200, 200, 200] == [answer.status_code for answer in answers]
    assert answers[0].headers.keys() == answers[2].headers.keys()


async def test_who_may_enter_is_asked_every_time(office: Live) -> None:
    machine = await office.machine()

    async with office.caller() as nobody:
        met = [await caller.get(HEALTH) for caller in (machine, nobody, machine, nobody)]

    assert [200, 401, 200, 401] == [answer.status_code for answer in met]


async def test_one_address_is_another_door_for_another_method(office: Live) -> None:
    async with office.caller() as nobody:
        asked = ["GET", "POST", "GET", "HEAD", "DELETE", "POST", "DELETE"]
        met = [await nobody.request(method, "/login") for method in asked]

    assert [200, 403, 200, 200, 405, 403, 405] == [answer.status_code for answer in met]
    assert "GET, HEAD, POST" == met[-1].headers["allow"]


async def test_a_name_in_an_address_is_not_remembered_for_another(office: Live) -> None:
    person, job_id = await office.person(), await office.new_job()

    met = [await person.get(f"/jobs/{name}") for name in (job_id, "new", NOBODY, job_id, "new")]

    assert [200, 200, 404, 200, 200] == [answer.status_code for answer in met]
    assert met[0].text != met[1].text
