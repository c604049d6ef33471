"""What runners log: kept once, however often it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import orjson

from scraper_backend.coordinator.rules import directives, keys, results
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.store import Transaction, fleet
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.wire import LogEvent, LogsAnswer, LogsBatch

MAX_FACTS: Final = 8 * 1024
"""Bytes of one event's facts; what is longer is named and left out."""


async def keep(tx: Transaction, body: LogsBatch, key: Key, *, now: datetime) -> LogsAnswer:
    """Store the events that are new.  Raises `Forbidden` for another's name."""
    await keys.ensure_may_speak_for(tx, key, body.runner_name, now=now)
    events = [_line(event) for event in body.events]
    stored = await fleet.store_logs(tx, body.runner_name, events, now=to_ms(now)) if events else 0
    if stored:
        tx.announce("jobs")
    found = await directives.for_runner(tx, body.runner_name, now=now)
    return LogsAnswer(stored=stored, directives=found)


def _line(event: LogEvent) -> fleet.NewLog:
    facts = orjson.dumps(results.clean(event.facts))
    if len(facts) > MAX_FACTS:
        facts = orjson.dumps({"left_out": sorted(event.facts)[:50]})
    job_id = event.job_id.replace("\x00", "") if event.job_id else None
    return fleet.NewLog(
        event.seq, to_ms(event.at), event.level, event.event.replace("\x00", ""), job_id, facts.decode()
    )
