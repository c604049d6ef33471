"""Runners introduce themselves and are seen."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.rules import runners
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.rules.runners import Runner
from scraper_backend.core.errors import Forbidden
from scraper_backend.core.wire import Register
from tests.coordinator.office import MONDAY, Office


async def register(office: Office, name: str, key: Key | None = None, **metadata: str) -> Runner:
    body = Register(runner_name=name, metadata=metadata)  # type: ignore[arg-type]
    caller = key or office.known_keys["fleet"]
    return await office.store.write(lambda tx: runners.register(tx, body, caller, now=office.now))


async def listed(office: Office) -> list[Runner]:
    return await office.store.read(lambda tx: runners.every(tx, now=office.now))


async def test_registering_again_updates_and_keeps_the_first_day(office: Office) -> None:
    await register(office, "garage-pi", platform="Linux")
    office.later(days=1)

    again = await register(office, "garage-pi", platform="Linux", python="3.12")

    assert ({"platform": "Linux", "python": "3.12"}, MONDAY) == (again.metadata, again.registered_at)
    assert [again] == await listed(office)


async def test_a_silent_runner_is_shown_as_offline_until_it_is_seen_again(office: Office) -> None:
    await register(office, "garage-pi")
    office.later(minutes=5)
    silent = await listed(office)

    await office.store.write(lambda tx: runners.seen(tx, "garage-pi", now=office.now))

    assert ["offline"] == [runner.status for runner in silent]
    assert ["online"] == [runner.status for runner in await listed(office)]


async def test_a_callback_is_a_sign_of_life(office: Office) -> None:
    await register(office, "office-mac")
    office.later(hours=1)

    await office.report(await office.job(), "running", runner="office-mac")

    assert [office.now] == [runner.last_seen_at for runner in await listed(office)]


async def test_a_bound_key_registers_its_own_name_only(office: Office) -> None:
    bound = await office.key("pi", bind="garage-pi")

    assert "garage-pi" == (await register(office, "garage-pi", bound)).name
    with pytest.raises(Forbidden, match="bound to the runner `garage-pi`"):
        await register(office, "office-mac", bound)
    with pytest.raises(Forbidden, match="has a key of its own"):
        await register(office, "garage-pi")
