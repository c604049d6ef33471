"""Moments in UTC, and no guess where day and month cannot be told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.clean import date


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2025-03-04", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025-03-04T10:20:30Z", datetime(2025, 3, 4, 10, 20, 30, tzinfo=UTC)),
        ("2025-03-04T10:20:30+02:00", datetime(2025, 3, 4, 8, 20, 30, tzinfo=UTC)),
        ("20250304T102030Z", datetime(2025, 3, 4, 10, 20, 30, tzinfo=UTC)),
        ("Tue, 04 Mar 2025 10:20:30 GMT", datetime(2025, 3, 4, 10, 20, 30, tzinfo=UTC)),
        (1741083630, datetime(2025, 3, 4, 10, 20, 30, tzinfo=UTC)),
        (1741083630000, datetime(2025, 3, 4, 10, 20, 30, tzinfo=UTC)),
        ("04.03.2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("25/12/2025", datetime(2025, 12, 25, tzinfo=UTC)),
        ("12/25/2025", datetime(2025, 12, 25, tzinfo=UTC)),
        ("4 March 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("March 4th, 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("4. März 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("4 mars 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("4 de marzo de 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("Erscheint am 4. Dezember 2025", datetime(2025, 12, 4, tzinfo=UTC)),
        ("4 grudnia 2025", datetime(2025, 12, 4, tzinfo=UTC)),
        ("2025年3月4日", datetime(2025, 3, 4, tzinfo=UTC)),
        ("Mar 4, 2025 2:05 pm", datetime(2025, 3, 4, 14, 5, tzinfo=UTC)),
        ("Nov. 24, 2026", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_the_ways_people_write_it(raw: object, expected: datetime) -> None:
    assert expected == date(raw)


def test_two_small_figures_are_read_only_where_the_locale_tells_which_is_the_month() -> None:
    assert date("03/04/2025") is None
    assert datetime(2025, 3, 4, tzinfo=UTC) == date("03/04/2025", locale="en-US")
    assert datetime(2025, 4, 3, tzinfo=UTC) == date("03/04/2025", locale="en-GB")
    assert datetime(2025, 4, 3, tzinfo=UTC) == date("03/04/2025", locale="fr")


@pytest.mark.parametrize(
    "raw", ["", "soon", "2025-13-45", "99/99/2025", "4 foo 2025", None, True, -5, 1e30, [], "1.2.3"]
)
def test_what_is_no_date_is_none(raw: object) -> None:
    assert date(raw) is None


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2090, 1, 1)), st.integers(-12, 14))
def test_iso_dates_of_any_zone_come_back_in_utc(naive: datetime, hours: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))

    assert moment == date(moment.isoformat())


@given(st.text(max_size=100))
def test_any_text_is_read_without_a_crash(raw: str) -> None:
    date(raw)
