"""One site while we visit it."""

from __future__ import annotations

from typing import Any

import pytest

from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.polite import Limits
from scraper_backend.scraping.fetch.site import accept_language, pace_of
from tests.scraping.fetch.shops import site


@pytest.mark.parametrize(
    ("is_named", "options", "pace"),
    [
        (False, {}, Limits(0.5, 2)),
        (False, {"rate": {"per_second": 0.1}}, Limits(10.0, 2)),
        (False, {"rate": {"per_second": 50, "concurrency": 9}}, Limits(0.02, 9)),
        (True, {}, Limits()),
        (True, {"rate": {"per_second": 10}}, Limits(0.1, 2)),
    ],
)
def test_the_pace_of_a_host(is_named: bool, options: dict[str, Any], pace: Limits) -> None:
    url = parse("http://shop.example/")
    allow = AllowList.from_text("shop.example" if is_named else "other.example")
    assert url is not None

    assert pace == pace_of(site("http://shop.example", **options), url, 0.0, allow)


@pytest.mark.parametrize(
    ("is_named", "options", "interval"),
    [
        (False, {}, 4.0),
        (False, {"rate": {"per_second": 0.1}}, 10.0),
        (True, {}, 0.0),
        (True, {"robots": True}, 4.0),
        (True, {"robots": {"obey": True}}, 4.0),
        (True, {"rate": {"per_second": 10}}, 0.1),
    ],
)
def test_a_crawl_delay_of_four_seconds(is_named: bool, options: dict[str, Any], interval: float) -> None:
    url = parse("http://shop.example/")
    allow = AllowList.from_text("shop.example" if is_named else "other.example")
    assert url is not None

    assert interval == pace_of(site("http://shop.example", **options), url, 4.0, allow).interval


def test_a_locale_becomes_the_language_we_ask_for() -> None:
    assert "de-AT,de;q=0.9,en;q=0.5" == accept_language("de_AT")
    assert "en-GB,en;q=0.9" == accept_language("en-GB")
    assert "fr,en;q=0.5" == accept_language("fr")
