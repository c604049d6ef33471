"""What a page keeps back without its scripts, and when a browser's page is whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.ending import Reading
from scraper_backend.scraping.extract import extract
from scraper_backend.scraping.identity import Arrival, prove
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.ready import is_whole, lacking

CODE = "<p>SKU: <span class=sku>A-1</span></p><button>Add to cart</button>"
WORDS = "<p>A leash for the long walk, of waxed cotton, with a brass hook at its end.</p>" * 5


def reading(main: str, *, rendered: bool = False, scripts: str = "<script src=/a.js></script>") -> Reading:
    config = ScraperConfig(name="s", base_url="https://s.example", search_url_template="/s?q={sku}")
    text = f"<!doctype html><title>Leash</title><body>{main}{WORDS}{scripts}"
    at = "https://s.example/p/leash"
    page = Page(at, at, 200, {}, text, datetime.now(UTC), rendered=rendered)
    extraction = extract(page, config, "A-1")
    return Reading(
        page, extraction, prove(page, extraction, Asked("A-1"), config.options.identity, Arrival())
    )


@pytest.mark.parametrize(
    "price", ["$--.--", "", "EUR –", "Loading…", "€", "…"], ids=lambda text: text or "nothing"
)
def test_an_empty_place_for_a_price_is_kept_back(price: str) -> None:
    main = f"<h1>Leash</h1><p class=price>{price}</p>{CODE}"

    assert "the place for its price is empty" == lacking(reading(main))
    assert "" == lacking(reading(main, scripts=""))
    assert not is_whole(reading(main, rendered=True))


@pytest.mark.parametrize(
    "main",
    [
        f"<h1>Leash</h1><p class=price>$5.00</p>{CODE}",
        f"<h1>Leash</h1><p class=price>Price on request</p>{CODE}",
        f"<h1>Leash</h1><p>Out of stock</p><p class=price></p>{CODE}",
        f"<h1>Leash</h1>{CODE}<ul class=related><li><a href=/p/2>Lead</a><p class=price></p></ul>",
        "<h1>Leash</h1><p class=price>$5.00</p><button>Add to cart</button>",
    ],
    ids=["whole", "on request", "not for sale", "a neighbour's", "without a code"],
)
def test_what_scripts_would_not_bring_is_not_waited_for(main: str) -> None:
    assert "" == lacking(reading(main))


def test_a_place_for_a_code_that_is_empty_is_kept_back() -> None:
    main = (
        "<h1>Leash</h1><p class=price>$5.00</p><p>SKU: <span id=sku></span></p><button>Add to cart</button>"
    )

    assert "nothing on it tells which product it is" == lacking(reading(main))


def test_another_number_does_not_stand_in_for_a_price_that_is_to_come() -> None:
    sizes = "<label><input type=radio name=size> 2 lb <span>$0.99</span></label>"
    main = f"<h1>Leash</h1><div class=skeleton>$--.--</div>{sizes}{CODE}"

    assert "the place for its price is empty" == lacking(reading(main))
    assert not is_whole(reading(main, rendered=True))


@pytest.mark.parametrize(
    ("main", "whole"),
    [
        ("<p class=skeleton>Loading…</p>", False),
        (f"<h1>Leash</h1>{CODE}", False),
        (f"<h1>Leash</h1><p class=price>$5.00</p>{CODE}", True),
        ("<h1>Leash</h1><p class=price>$5.00</p><p>SKU: B-2</p><button>Add to cart</button>", True),
        (f"<h1>Leash</h1><p class=price>$5.00</p><p aria-busy=true></p>{CODE}", False),
        ("<h1>We can’t find that page</h1>", False),
    ],
    ids=["loading", "no price", "whole", "another product", "half built", "gone"],
)
def test_a_page_in_a_browser_is_whole_with_its_price(main: str, whole: bool) -> None:
    assert whole == is_whole(reading(main, rendered=True))


def test_a_price_is_waited_for_where_its_selector_says() -> None:
    """What another strategy finds meanwhile may be the price before the script took the discount off."""
    shown = reading(f"<h1>Leash</h1><p class=price>$12.50</p>{CODE}", rendered=True)

    assert is_whole(shown)
    assert is_whole(shown, {"title"})
    assert not is_whole(shown, {"price"})
