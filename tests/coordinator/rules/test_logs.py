"""What runners log is kept once."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.rules import logs
from scraper_backend.coordinator.store import reads
from scraper_backend.core.errors import Forbidden
from scraper_backend.core.wire import LogEvent, LogsBatch
from tests.coordinator.office import MONDAY, Office


async def keep(office: Office, *events: LogEvent, runner: str = "pi") -> int:
    body, key = LogsBatch(runner_name=runner, events=list(events)), office.known_keys["fleet"]
    return (await office.store.write(lambda tx: logs.keep(tx, body, key, now=office.now))).stored


async def test_an_event_that_is_sent_again_is_kept_once(office: Office) -> None:
    job_id = await office.job()
    events = [
        LogEvent(seq=n, at=MONDAY, event="page.fetched\x00", job_id=job_id, facts={"n": n, "t": "a\x00"})
        for n in range(3)
    ]

    stored = [await keep(office, *events[:2]), await keep(office, *events)]
    kept = await office.store.read(lambda tx: reads.logs(tx, job_id))

    assert [2, 1] == stored
    assert [("page.fetched", f'{{"n":{n},"t":"a"}}') for n in range(3)] == [(r.event, r.facts) for r in kept]


async def test_facts_that_are_too_long_are_named_and_left_out(office: Office) -> None:
    job_id = await office.job()
    event = LogEvent(seq=1, at=MONDAY, event="page", job_id=job_id, facts={"body": "x" * 10_000})

    await keep(office, event)

    kept = await office.store.read(lambda tx: reads.logs(tx, job_id))
    assert ['{"left_out":["body"]}'] == [row.facts for row in kept]


async def test_nobody_logs_in_anothers_name(office: Office) -> None:
    await office.key("pi", bind="garage-pi")

    with pytest.raises(Forbidden):
        await keep(office, runner="garage-pi")
