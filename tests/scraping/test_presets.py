"""Platforms that tell themselves apart are asked for the code itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.scraping.shop import Shop, as_json, card, frame, open_shop, product, results, told


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop whose search knows titles only."""
    async with open_shop() as opened:
        opened.search = lambda query: results(query, heading="Search")
        yield opened


def on(platform: str) -> str:
    """An empty results page of a platform."""
    signs = {
        "Shopify": '<script src="//cdn.shopify.com/s/theme.js"></script>',
        "WooCommerce": '<link href="/wp-content/plugins/woocommerce/a.css">',
        "Magento": '<script type="text/x-magento-init">{}</script>',
        "BigCommerce": '<link href="https://cdn11.bigcommerce.com/s/theme.css">',
    }
    return results("X", head=signs[platform])


async def test_shopify_knows_its_variants(shop: Shop) -> None:
    shop.search = lambda query: on("Shopify")
    shop.pages["/search/suggest.json"] = as_json(
        {"resources": {"results": {"products": [{"title": "Leash", "url": "/products/leash?_pos=1"}]}}}
    )
    shop.pages["/products/leash.js"] = as_json(
        {"title": "Leash", "variants": [
            {"id": 1, "sku": "L-10", "price": 1000}, {"id": 2, "sku": "L-1", "barcode": None, "price": 1250}]}
    )  # fmt: skip
    shop.pages["/products/leash"] = lambda request: product(
        "Leash", price="12.50" if request.query.get("variant") == "2" else "10.00"
    )

    outcome = await shop.scrape("L-1")

    assert ("found", 12.5) == (outcome.outcome, outcome.data["price"])
    assert "/products/leash?variant=2" in shop.visited


async def test_a_page_that_shows_another_variant_than_the_platforms_data(shop: Shop) -> None:
    """The data says 12.50 for the SKU; a page that shows 10.00 shows its sister."""
    shop.search = lambda query: on("Shopify")
    shop.pages["/search/suggest.json"] = as_json(
        {"resources": {"results": {"products": [{"title": "Leash", "url": "/products/leash"}]}}}
    )
    shop.pages["/products/leash.js"] = as_json(
        {
            "title": "Leash",
            "variants": [{"id": 1, "sku": "L-10", "price": 1000}, {"id": 2, "sku": "L-1", "price": 1250}],
        }
    )
    shop.pages["/products/leash"] = product("Leash", price="10.00")

    outcome = await shop.scrape("L-1")

    assert ("mismatch", "other_variant") == (outcome.outcome, outcome.detail["reason"])


async def test_woocommerce_is_asked_by_sku(shop: Shop) -> None:
    shop.search = lambda query: on("WooCommerce")
    shop.pages["/wp-json/wc/store/v1/products"] = lambda request: as_json(
        [
            {
                "name": "Bowl",
                "sku": request.query["sku"],
                "permalink": f"{shop.root}/product/bowl/",
                "type": "simple",
            }
        ]
    )
    shop.pages["/product/bowl/"] = product("Bowl")

    outcome = await shop.scrape("B/7 #1")

    assert ("found", "list") == (outcome.outcome, told(outcome, "identity", "by"))


async def test_magento_is_asked_by_graphql(shop: Shop) -> None:
    barn = {"sku": "M-1", "name": "Barn", "url_key": "barn", "url_suffix": ".html"}
    shop.search = lambda query: on("Magento")
    shop.pages["/graphql"] = lambda request: as_json(
        {"data": {"products": {"items": [barn] if '"M-1"' in request.query["query"] else []}}}
    )
    shop.pages["/barn.html"] = product("Barn")

    assert "found" == (await shop.scrape("M-1")).outcome
    assert "not_found" == (await shop.scrape("M-2")).outcome


async def test_bigcommerce_has_a_search_of_its_own(shop: Shop) -> None:
    shop.search = lambda query: on("BigCommerce")
    shop.pages["/search.php"] = results("X", card("/barn/", "Barn", attributes='data-sku="M-1"'))
    shop.pages["/barn/"] = product("Barn", sku="M-1")

    assert "found" == (await shop.scrape("M-1")).outcome


@pytest.mark.parametrize("answer", ["<p>no</p>", "[1, null]", '{"resources": 5}', "{"])
async def test_a_platform_that_answers_nonsense(shop: Shop, answer: str) -> None:
    for platform in ("Shopify", "WooCommerce", "Magento"):
        shop.search = lambda query, platform=platform: on(platform)  # type: ignore[misc]
        for path in ("/search/suggest.json", "/wp-json/wc/store/v1/products", "/graphql"):
            shop.pages[path] = web.Response(text=answer, content_type="application/json")

        assert "not_found" == (await shop.scrape("M-1")).outcome


async def test_robots_txt_holds_for_platforms_too(shop: Shop) -> None:
    shop.search = lambda query: on("Magento")
    shop.pages["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /graphql")

    assert "not_found" == (await shop.scrape("M-1")).outcome
    assert ["/search?q=M-1"] == shop.visited


async def test_an_unknown_platform_is_asked_nothing_more(shop: Shop) -> None:
    shop.search = lambda query: frame("<h1>Search</h1><p>No results</p>")

    await shop.scrape("M-1")

    assert ["/search?q=M-1"] == shop.visited
