"""When to try again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from scraper_backend.scraping.fetch.retry import backoff, is_passing, is_retried, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Foo 2026", None),
    ],
)
def test_retry_after_in_seconds_and_dates(text: str, seconds: float | None) -> None:
    assert seconds == retry_after({"retry-after": text}, NOW)


def test_a_date_is_read_by_the_servers_own_clock() -> None:
    headers = {"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}

    assert 30.0 == retry_after(headers, NOW + timedelta(days=400))


def test_waits_grow_and_are_never_longer_than_eight_seconds() -> None:
    rng = random.Random(1)
    longest = [max(backoff(attempt, rng) for _ in range(500)) for attempt in range(8)]

    assert 0.4 < longest[0] <= 0.5
    assert 3 < longest[3] <= 4
    assert 7 < longest[7] <= 8


def test_causes_that_pass() -> None:
    assert all(is_passing(reason) for reason in ("connect", "reset", "timeout", "truncated"))
    assert not any(is_passing(reason) for reason in ("tls", "too_large", "private_address", "not_text"))
    assert [500, 502, 503, 429, 408] == [
        s for s in (500, 502, 503, 429, 408, 404, 403, 400, 501) if is_retried(s)
    ]
