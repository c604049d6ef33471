"""Guessing a password gets slower, and only for the guesser."""

from __future__ import annotations

import time

from scraper_backend.coordinator.throttle import Throttle


async def test_guessing_gets_slower_and_nobody_is_locked_out() -> None:
    throttle = Throttle(longest=0.3)
    for _ in range(20):
        throttle.failed("from 203.0.113.9")
    began = time.monotonic()

    await throttle.wait("from 203.0.113.9")
    guesser = time.monotonic() - began
    await throttle.wait("from 198.51.100.7")

    assert guesser >= 0.29
    assert time.monotonic() - began - guesser < 0.1
    throttle.succeeded("from 203.0.113.9")
    began = time.monotonic()
    await throttle.wait("from 203.0.113.9")
    assert time.monotonic() - began < 0.1


def test_a_throttle_forgets_what_was_longest_ago() -> None:
    throttle = Throttle(size=100)
    for number in range(1000):
        throttle.failed(f"from {number}")

    assert 100 == len(throttle._failures)
