"""Generic extraction on the corpus of pages: how good it is may not fall."""

from __future__ import annotations

import functools
import time

import pytest

from tests.pages.score import FIELDS, Score, corpus, read, scores, table

LEAST = {
    "price": 0.97,
    "currency": 0.97,
    "availability": 0.95,
    "title": 0.95,
    "sku": 0.95,
    "gtin": 0.95,
    "brand": 0.95,
}


@functools.cache
def scored() -> dict[str, Score]:
    return scores(list(corpus()))


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_read_right_on_pages_of_unknown_shops(field: str) -> None:
    assert scored()[field].f1 >= LEAST[field], table(scored())


def test_no_product_is_claimed_on_news_lists_and_forms() -> None:
    claimed = [one.name for one in corpus() if not one.is_product and read(one).is_product_page]

    assert claimed == []


def test_every_product_page_is_taken_for_one() -> None:
    missed = [one.name for one in corpus() if one.is_product and not read(one).is_product_page]

    assert missed == []


def test_the_corpus_has_many_shops_and_pages_that_are_no_product() -> None:
    pages = list(corpus())

    assert sum(one.is_product for one in pages) >= 40
    assert sum(not one.is_product for one in pages) >= 12


def test_a_page_is_read_in_milliseconds() -> None:
    pages = list(corpus())
    started = time.process_time()

    for one in pages:
        read(one)

    assert (time.process_time() - started) / len(pages) < 0.05
