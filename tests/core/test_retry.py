"""How long we wait before we ask again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core.errors import Unreachable
from scraper_backend.core.retry import Retry, retry_after

NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("0", 0.0), (" 120 ", 120.0), ("-5", None), ("1.5", None),
        ("Mon, 15 Jan 2024 10:30:30 GMT", 30.0), ("Mon, 15 Jan 2024 10:29:00 GMT", 0.0),
        ("Mon, 15 Jan 2024 12:31:00 +0200", 60.0), ("99999999999999999999", 999999999.0),
    ],
)  # fmt: skip
def test_retry_after_has_two_forms(header: str | None, seconds: float | None) -> None:
    assert seconds == retry_after(header, NOW)


@given(st.text(max_size=40))
def test_any_header_is_read_without_harm(header: str) -> None:
    asked = retry_after(header, NOW)

    assert asked is None or asked >= 0


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True), st.floats(0, 100))
def test_a_pause_is_between_what_was_asked_and_the_cap_above_it(
    failures: int, chance: float, asked: float
) -> None:
    pause = Retry(chance=lambda: chance).pause(failures, asked)

    assert asked <= pause <= asked + 20.0


def test_at_the_cap_the_pauses_are_still_spread() -> None:
    """Two runners that failed for an hour must not fall into step."""
    assert Retry(chance=lambda: 0.1).pause(50) != Retry(chance=lambda: 0.9).pause(50)


def test_a_total_ends_it_before_the_tries_do() -> None:
    clock = iter(range(0, 1000, 25))
    tries: list[int] = []

    def attempt() -> None:
        tries.append(1)
        raise Unreachable("no")

    with pytest.raises(Unreachable, match="tried 3 times"):
        Retry(total=60, clock=lambda: float(next(clock)), sleep=lambda _: None, chance=lambda: 0.0).run(
            attempt
        )

    assert 3 == len(tries)
