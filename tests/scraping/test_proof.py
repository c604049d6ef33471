"""Pages of shops nobody configured prove their own codes, and none that are nearly so."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.judge import judge
from tests.pages.score import Recorded, corpus


def judged(one: Recorded, sku: str) -> Outcome:
    """The outcome of a page, with nothing configured but its shop's address."""
    parts = urlsplit(one.page.url)
    root = f"{parts.scheme}://{parts.netloc}"
    config = {"name": "shop", "base_url": root, "search_url_template": "/search?q={sku}"}
    return judge(parse_value(config, source="test"), sku, one.page)


def codes(one: Recorded) -> list[str]:
    """What the page's product goes by."""
    said = [one.sku] if one.sku else [one.expected.get(name) for name in ("sku", "gtin", "mpn")]
    return [str(code) for code in said if code]


def products() -> Iterator[tuple[Recorded, str]]:
    """Every product page with each of its codes."""
    return ((one, code) for one in corpus() if one.is_product for code in codes(one))


def test_a_page_is_believed_by_each_code_that_it_shows() -> None:
    unproven = [(one.name, code) for one, code in products() if judged(one, code).outcome != "found"]

    assert [] == unproven


def test_a_page_is_never_believed_by_a_code_that_is_nearly_its_own() -> None:
    near = ((one, wrong) for one, code in products() for wrong in (code[:-1], f"{code}1", f"{code}-L"))
    believed = [
        (one.name, wrong) for one, wrong in near if len(wrong) > 3 and judged(one, wrong).outcome == "found"
    ]

    assert [] == believed


def test_no_news_list_or_form_is_believed_by_any_code() -> None:
    believed = [
        one.name for one in corpus() if not one.is_product and judged(one, "ZZ-4041").outcome == "found"
    ]

    assert [] == believed
