"""A broken page ends in an outcome, in bounded time and memory.  `make fuzz` breaks more of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fuzz import GROWTH_MB, LONGEST, read, share
from tests.pages.score import corpus


@pytest.mark.parametrize("seed", [1, 2])
def test_broken_pages_are_read_without_a_fault(seed: int) -> None:
    told = share(seed, 60)

    assert 60 == told.read
    assert told.growth_mb < GROWTH_MB


@pytest.mark.parametrize(
    "markup",
    [
        f"<p itemprop='{'price name ' * 25_000}'>{'<b>x</b>' * 10_000}",
        "<div itemscope itemtype=http://schema.org/Product>"
        + "<div itemprop=name>" * 400
        + "<b>w</b>" * 20_000,
        "<span class=price>" * 400 + "<b>$x</b>" * 20_000,
    ],
    ids=["a property of 50,000 names", "properties in properties", "matches in matches"],
)
def test_a_page_that_repeats_itself_costs_little(markup: str) -> None:
    one = next(corpus())

    assert read(replace(one, page=replace(one.page, text=markup))) < LONGEST
