"""What a daemon logs reaches the coordinator, and never makes anybody wait."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.errors import Unreachable
from scraper_backend.core.retry import Retry
from scraper_backend.runner.daemon.diary import AT_ONCE, KEPT, Diary
from scraper_backend.runner.stop import Stop
from tests.fake_coordinator import KEY, FakeCoordinator, Reply, Seen

log = logging.getLogger("scraper_backend.runner.daemon.somewhere")


def _diary(office: FakeCoordinator) -> tuple[Diary, list[Any]]:
    sent: list[Any] = []

    def take(seen: Seen) -> Reply | None:
        if not seen.path.endswith("/logs"):
            return None
        sent.append(seen.json)
        return Reply(200, {"stored": len(seen.json["events"]), "directives": {}})

    office.handler = take

    def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
        return ScraperAPIClient(office.url, KEY, "garage-pi", timeout, retry=retry)

    return Diary(connect, Stop()), sent


def test_events_go_in_batches_with_rising_numbers(office: FakeCoordinator) -> None:
    diary, sent = _diary(office)
    diary.open()
    try:
        for number in range(AT_ONCE + 5):
            log.warning({"event": "worker.died", "how": "SIGSEGV", "number": number, "job_id": "j"})
        diary.send()
    finally:
        diary.shut()

    events = [event for batch in sent for event in batch["events"]]
    assert [AT_ONCE, 5] == [len(batch["events"]) for batch in sent]
    assert len(events) == len({event["seq"] for event in events})
    assert ("worker.died", "warning", "j") == tuple(events[0][key] for key in ("event", "level", "job_id"))
    assert {"how": "SIGSEGV", "number": 0} == events[0]["facts"]


def test_no_key_leaves_in_a_diary(office: FakeCoordinator) -> None:
    diary, sent = _diary(office)
    diary.emit(
        logging.LogRecord("x", logging.ERROR, "", 0, {"event": "e", "why": "bsr_" + "a" * 49}, (), None)
    )

    diary.send()

    assert "a" * 10 not in str(sent)


def test_of_too_many_the_oldest_give_way(office: FakeCoordinator) -> None:
    diary, sent = _diary(office)
    for number in range(KEPT + 10):
        diary.emit(logging.LogRecord("x", logging.INFO, "", 0, {"event": "e", "n": number}, (), None))

    diary.send()

    assert KEPT == sum(len(batch["events"]) for batch in sent)
    assert 10 == sent[0]["events"][0]["facts"]["n"]


def test_what_did_not_arrive_is_sent_again(office: FakeCoordinator) -> None:
    diary, sent = _diary(office)
    diary.emit(logging.LogRecord("x", logging.INFO, "", 0, {"event": "e"}, (), None))
    office.next_answers(Reply(503, {"error": "busy"}))
    with pytest.raises(Unreachable):
        diary.send()

    diary.send()
    diary.send()

    assert 1 == len(sent)
