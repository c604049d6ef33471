"""A large result set in parts: nothing lost, nothing doubled, nothing too large."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core.parts import cut

LIMIT = 3000
ITEMS = st.dictionaries(
    st.text(max_size=8),
    st.dictionaries(
        st.sampled_from(["amazon", "chewy"]),
        st.fixed_dictionaries({"title": st.text(max_size=400)}),
        min_size=1,
    ),
    max_size=12,
)


@given(data=ITEMS, outcomes=ITEMS)
def test_the_parts_together_are_the_whole(data: Any, outcomes: Any) -> None:
    results = {"skus_processed": 3, "scrapers_run": ["amazon"], "data": data, "outcomes": outcomes}

    parts = cut(results, LIMIT)

    for kind in ("data", "outcomes"):
        together: dict[str, dict[str, Any]] = {}
        for part in parts:
            for sku, scrapers in part.get(kind, {}).items():
                assert not together.get(sku, {}).keys() & scrapers.keys(), "nothing travels twice"
                together.setdefault(sku, {}).update(scrapers)
        assert results[kind] == together
    assert all(len(orjson.dumps(part)) <= LIMIT for part in parts)
    assert all(["amazon"] == part["scrapers_run"] for part in parts)
    assert [3] == [part["skus_processed"] for part in parts if "skus_processed" in part]


def test_an_item_larger_than_a_part_travels_alone() -> None:
    data = {"A": {"x": {"t": "a"}}, "B": {"x": {"t": "b" * 5000}}, "C": {"x": {"t": "c"}}}

    assert [["A"], ["B"], ["C"]] == [list(part["data"]) for part in cut({"data": data}, LIMIT)]


def test_a_small_set_is_left_as_it_is() -> None:
    results = {"skus_processed": 0, "data": {}, "mine": 1}

    assert [results] == cut(results, LIMIT)
