"""The one link whose address is the SKU is followed before the results page is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping import straight
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.page import Page
from tests.scraping.shop import Shop, card, html, open_shop, product, results, told

URL = "https://s.test/search?q=AB-117"


def link(body: str, sku: str = "AB-117", product_link: object = None) -> str | None:
    """The path of the link that is followed at once."""
    document = {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}"}
    options = {"options": {"product_link": product_link}} if product_link else {}
    page = Page(URL, URL, 200, {}, f"<html><body>{body}</body></html>", datetime.now(UTC))
    found = straight.link(page, parse_value({**document, **options}, source="test"), Asked(sku))
    return found.url.removeprefix("https://s.test") if found else None


@pytest.mark.parametrize(
    "written",
    [
        '<a class="x" href="/p/AB-117">',
        "<A title='a b' HREF = '/p/AB-117'>",
        "<a href=/p/AB-117>",
        '<a href="/p/AB-117?from=search&amp;pos=1#top"><img></a><a href="/p/AB-117">',
    ],
)
def test_however_the_link_is_written(written: str) -> None:
    found = link(f"<h1>Results for AB-117</h1><a href='/p/other'>x</a>{written}Leash</a>")

    assert found is not None
    assert "/p/AB-117" == found.partition("?")[0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<a href='/p/AB-117'>a</a><a href='/p/AB-117/red'>b</a>", "two addresses have it"),
        ("<a href='/p/leash'>AB-117</a>", "no address has it"),
        ("<a href='/p/AB-1170'>a</a>", "the address has another code"),
        ("<a href='/search?q=AB-117&page=2'>2</a>", "the search itself"),
        ("<a href='/cart/AB-117'>a</a>", "no product's address"),
        ("<a href='https://elsewhere.example/p/AB-117'>a</a>", "another shop's"),
        ("<!-- <a href='/p/AB-117'>a</a> -->", "a comment"),
        ("<script>x = \"<a href='/p/AB-117'>\"</script>", "a script"),
        ("<base href='/shop/'><a href='p/AB-117'>a</a>", "the page joins its addresses elsewhere"),
    ],
)
def test_what_is_left_to_a_look_at_the_whole_list(body: str, why: str) -> None:
    assert link(body) is None, why


@pytest.mark.parametrize("sku", ["100117", "7", "--"])
def test_a_number_may_be_the_shops_own_count_of_its_pages(sku: str) -> None:
    assert link(f"<a href='/p/{sku}'>a</a>", sku) is None


def test_a_short_code_that_is_everywhere_says_nothing() -> None:
    assert link("<i>117</i>" * 101 + "<a href='/p/AB-117'>a</a>") is None


def test_a_tag_without_an_end_costs_no_more_than_any() -> None:
    assert link("<a " + "AB-117 x" * 90 + "y " * 500_000) is None


def test_a_chosen_link_must_be_found_by_its_selector() -> None:
    body = "<aside><a href='/p/AB-117'>a</a></aside><main><a class='hit' href='/p/9'>b</a></main>"

    assert link(body, product_link="aside a") == "/p/AB-117"
    assert link(body, product_link="aside") == "/p/AB-117"
    assert link(body, product_link="aside a@href") == "/p/AB-117"
    assert link(body, product_link="main a.hit") is None
    assert link(body, product_link=["main a.hit", "aside a"]) is None


@pytest.mark.parametrize(
    "selector",
    ["//aside/a[last()]", "aside a:last-child", "aside:has(b) a", "aside a >> nth=-1", "a:not(:text('b'))"],
)
def test_a_selector_that_asks_for_what_comes_later_needs_the_whole_page(selector: str) -> None:
    assert link("<aside><a href='/p/AB-117'>a</a><b>c</b></aside>", product_link=selector) is None


MENU = "<nav><a class='hit' href='/p/1'>x</a></nav>"
HIT = "<a class='hit' href='/p/AB-117'>a</a>"


@pytest.mark.parametrize(
    ("body", "selector", "is_found"),
    [
        (f"{MENU}<ul id='hits'><li>{HIT}</ul>", "#hits a.hit", True),
        (f"{MENU}<ul id='hits'><li>{HIT}</ul>", "ul#hits > li > .hit", True),
        (f"<style>.hits {{}}</style>{MENU}<ul class='hits'><li>{HIT}</ul>", ".hits a", True),
        (f"<ul class='x hits'></ul><ul class='hits-2'><li>{HIT}</ul>", ".hits a", False),
        (f"<ul id='hits'></ul>{HIT}", "#hits a", False),
        (f"<table><tr class='hits'><td>{HIT}</table>", "table .hits a", True),
        (f"<script>x = '<div id=\"hits\">'</script>{HIT}", "#hits a", False),
        (f"<!-- <div id='hits'> -->{HIT}", "#hits a", False),
        (f"<a href='#hits'>skip</a><main>{HIT}</main>", "#hits a", False),
        (f"<p class='hits'>1</p><p>{HIT}</p>", ".hits + p a", True),
        (f"<p>0</p><p class='hits'>1</p><p>{HIT}</p>", ".hits ~ p:nth-child(3) a", True),
        (f"<p class='hits'>1</p><p>{HIT}</p>", ".hits ~ p:nth-child(3) a", False),
    ],
)
def test_a_part_of_the_page_decides_as_the_whole_does(body: str, selector: str, is_found: bool) -> None:
    assert is_found == (link(body, product_link=selector) is not None)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """An empty shop; each test lays out its own pages."""
    async with open_shop() as opened:
        yield opened


async def test_the_product_page_has_the_last_word(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/AB-117", "Leash"), card("/p/AB-118", "Lead"))
    shop.pages["/p/AB-117"] = product("Leash", sku="AB-117", price="12.50")

    outcome = await shop.scrape("AB-117")

    assert ("found", 12.5) == (outcome.outcome, outcome.data["price"])
    assert ["/search?q=AB-117", "/p/AB-117"] == shop.visited


async def test_where_that_page_says_nothing_the_list_is_read_and_nothing_fetched_again(shop: Shop) -> None:
    """The list states the code of a page without one, whose address alone would be a weaker proof."""
    shop.search = lambda query: results(
        query, card("/p/AB-117", "Short Leash", more="<p>SKU: AB-117</p>"), card("/p/AB-118", "Lead")
    )
    shop.pages["/p/AB-117"] = product("Short Leash", price="12.50")

    outcome = await shop.scrape("AB-117")

    assert ("found", "list") == (outcome.outcome, told(outcome, "identity", "by"))
    assert ["/search?q=AB-117", "/p/AB-117"] == shop.visited


async def test_where_it_is_another_product_the_list_still_finds_the_right_one(shop: Shop) -> None:
    shop.search = lambda query: results(
        query, card("/guides/AB-117", "How to use it"), card("/p/9", "Leash", more="<p>SKU: AB-117</p>")
    )
    shop.pages["/guides/AB-117"] = html("<h1>How to use your leash</h1><p>In three easy steps.</p>")
    shop.pages["/p/9"] = product("Leash", sku="AB-117", price="9.00")

    outcome = await shop.scrape("AB-117")

    assert ("found", 9.0) == (outcome.outcome, outcome.data["price"])
    assert ["/search?q=AB-117", "/guides/AB-117", "/p/9"] == shop.visited
