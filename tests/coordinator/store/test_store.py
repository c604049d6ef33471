"""What every store keeps to, whichever database it is on."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import pytest

from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.store import Store, Transaction, open_store
from tests.coordinator.office import MONDAY, Office

NOW: datetime = MONDAY


async def add(tx: Transaction, name: str) -> str:
    """A rule that leaves one row."""
    return (await keys.create(tx, name, now=NOW)).key.name


async def add_and_fail(tx: Transaction, name: str) -> None:
    """A rule that changes its mind after it wrote."""
    await add(tx, name)
    raise LookupError(name)


async def names(store: Store) -> list[str]:
    return [key.name for key in await store.read(keys.every)]


async def test_what_a_rule_wrote_is_there_for_the_next_question(store: Store) -> None:
    assert "mac" == await store.write(lambda tx: add(tx, "mac"))

    assert ["mac"] == await names(store)


async def test_a_rule_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(LookupError, match="ghost"):
        await store.write(lambda tx: add_and_fail(tx, "ghost"))

    assert [] == await names(store)


async def test_a_failing_rule_does_not_hurt_its_neighbours(store: Store) -> None:
    """On SQLite these share commits; still each stands or falls alone."""
    rules = [add_and_fail if n % 3 == 0 else add for n in range(60)]
    answers = await asyncio.gather(
        *(store.write(lambda tx, rule=rule, n=n: rule(tx, f"key-{n}")) for n, rule in enumerate(rules)),  # type: ignore[misc]
        return_exceptions=True,
    )

    assert [n % 3 == 0 for n in range(60)] == [isinstance(answer, LookupError) for answer in answers]
    assert sorted(f"key-{n}" for n in range(60) if n % 3) == sorted(await names(store))


async def test_a_database_fault_in_one_rule_is_its_own(store: Store) -> None:
    async def breaks_a_constraint(tx: Transaction) -> None:
        await tx.run("key_touch", id=1, before=0, now=0)
        await tx.run("job_input_insert", job_id="no such job", skus="[]")

    answers = await asyncio.gather(
        store.write(lambda tx: add(tx, "left")),
        store.write(breaks_a_constraint),
        store.write(lambda tx: add(tx, "right")),
        return_exceptions=True,
    )

    assert isinstance(answers[1], Exception)
    assert ["left", "right"] == sorted(await names(store))


async def test_a_question_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?\s?only"):
        await store.read(lambda tx: add(tx, "sneak"))

    assert [] == await names(store)


async def test_a_question_sees_one_moment(store: Store) -> None:
    """What is committed while a question is being answered does not show up half way."""

    async def twice(tx: Transaction) -> tuple[int, int]:
        before = len(await keys.every(tx))
        task = asyncio.run_coroutine_threadsafe(store.write(lambda t: add(t, "between")), loop)
        deadline = time.monotonic() + 5
        while not task.done() and time.monotonic() < deadline:
            if asyncio._get_running_loop() is loop:
                await asyncio.sleep(0.01)
        assert task.done()
        return before, len(await keys.every(tx))

    loop = asyncio.get_running_loop()

    assert (0, 0) == await store.read(twice)
    assert ["between"] == await names(store)


async def test_an_announcement_wakes_who_waits_for_it(office: Office) -> None:
    store = office.store
    seen = store.version("jobs")
    sleeper = asyncio.create_task(store.changed("jobs", seen, 20))
    await asyncio.sleep(0.05)

    await office.job()

    assert seen < await asyncio.wait_for(sleeper, 2)


async def test_who_missed_the_announcement_need_not_wait(office: Office) -> None:
    store = office.store
    seen = store.version("jobs")
    await office.job()

    assert seen < await asyncio.wait_for(store.changed("jobs", seen, 20), 1)


async def test_waiting_ends_when_nothing_happens(store: Store) -> None:
    await asyncio.sleep(0.2)  # a listener that has just connected wakes everybody once
    await store.changed("runners", store.version("runners"), 0.3)
    seen = store.version("runners")

    assert seen == await store.changed("runners", seen, 0.05)


async def test_a_server_notices_within_a_second_what_another_process_wrote(database_url: str) -> None:
    async with await open_store(database_url) as server, await open_store(database_url) as command_line:
        await server.changed("keys", server.version("keys"), 0.6)  # PostgreSQL is listening by now
        seen = server.version("keys")
        await command_line.write(lambda tx: add(tx, "new"))
        started = time.monotonic()

        now = await server.changed("keys", seen, 5)

        assert now > seen
        assert time.monotonic() - started < 1


async def test_closing_finishes_what_was_accepted(database_url: str) -> None:
    store = await open_store(database_url)
    writes = [asyncio.create_task(store.write(lambda tx, n=n: add(tx, f"k{n}"))) for n in range(20)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await store.close()
    done = await asyncio.gather(*writes, return_exceptions=True)

    async with await open_store(database_url) as again:
        kept = set(await names(again))
    assert {name for name in done if isinstance(name, str)} == kept


async def test_a_store_answers_a_ping(store: Store) -> None:
    await store.ping()
