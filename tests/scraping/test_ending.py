"""Outcomes are made without a second look at what we made ourselves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.ending import Asking

WHEN = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        {"title": "Bowl", "price": Decimal("4.20"), "images": ("https://s.test/1", "https://s.test/2")},
        {"title": "half a \ud83d letter, a \0 and a 😀", "codes": [2**60, float("nan"), None, True]},
        {"options": {1: {"deep": [[["x"]]]}}},
    ],
)
def test_an_outcome_is_what_its_validation_would_make_of_it(data: dict[str, object]) -> None:
    """Whatever a page said, the outcome is valid as it stands and travels as it would."""
    outcome = Asking("S-1", "shop", WHEN).outcome("found", {"evidence": ["“S-1”"], "empty": []}, data)

    again = Outcome.model_validate(outcome.model_dump())

    assert again == outcome
    assert again.as_bytes() == outcome.as_bytes()
    assert {"evidence": ["“S-1”"]} == outcome.detail
