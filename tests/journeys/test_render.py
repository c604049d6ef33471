"""A shop whose pages are empty until their scripts run: all products right, no page asked for twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.fetch.auto import AutoFetcher, can_render
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.sku import scrape
from tests.journeys.house import House
from tests.scraping.shop import Shop, as_json, card, open_shop, product, results

needs_chromium = pytest.mark.skipif(not can_render(), reason="no Chromium here: apt-get install -y chromium")
pytestmark = pytest.mark.browser

# As real storefronts are: words while it loads, a title and a code before there is a price, "no results"
# before there are any, and a wall over the first page when it is asked for.
APP = """<!doctype html><html lang=en><head><title>Loading…</title></head><body><div id=root></div><script>
const root = document.getElementById('root'), asked = new URLSearchParams(location.search);
const api = (path) => fetch('/api' + path).then((r) => r.json());
const show = (html) => root.innerHTML = `<a href="/">Client Shop</a><main>${html}</main>`;
const wall = () => document.body.insertAdjacentHTML('beforeend', `
  <div role=dialog style="position:fixed;inset:0">We value your privacy.
  <button onclick="document.cookie='ok=1'; this.parentNode.remove(); go()">Accept all</button></div>`);
async function search() {
  show('<p>No products found.</p>');
  const items = await api('/search?q=' + encodeURIComponent(asked.get('q')));
  if (!items.length) return;
  show(`<h1>${items.length} results</h1><ul>` + items.map((i) => `<li class=card data-sku="${i.sku}">
    <a href="${i.path}"><h3>${i.title}</h3></a></li>`).join('') + '</ul>');
}
async function product() {
  show('<p aria-busy=true>Loading…</p>');
  const p = await api('/product' + location.pathname);
  if (!p) return show('<h1>We can’t find that page</h1>');
  const draw = (price, stock) => show(`<h1>${p.title}</h1><p class=price>${price}</p>
    <p class=stock>${stock}</p><p>SKU: <span class=sku>${p.sku}</span></p><button>Add to cart</button>`);
  draw('$--.--', '');
  const now = await api('/price' + location.pathname);
  draw(now.price, now.stock);
}
const go = () => location.pathname === '/search' ? search() : product();
asked.has('wall') && !document.cookie.includes('ok=1') ? wall() : go();
</script></body></html>"""

PRODUCTS: dict[str, tuple[str, str, str, str]] = {
    "CS-1": ("Copper Kettle", "$54.00", "In stock", "/p/kettle"),
    "CS-10": ("Iron Pan", "$1,020.50", "Sold out", "/p/pan"),
    "CS-11": ("Oak Board", "$18.25", "Only a few left", "/p/board"),
    "007": ("Tea Towel", "$7.00", "In stock", "/p/towel"),
}


def client_shop(shop: Shop, delay: float = 0.0) -> None:
    """The storefront, its programming interface, and so much patience before every answer of it."""
    shop.pages = dict.fromkeys(["/search", *(one[3] for one in PRODUCTS.values()), "/p/gone"], APP)
    shop.pages["/robots.txt"] = lambda request: web.Response(text="User-agent: *\nDisallow: /private")

    def slow(value: object) -> Any:
        async def answer(request: web.Request) -> web.Response:
            await asyncio.sleep(delay)
            return as_json(value(request) if callable(value) else value)

        return answer

    def found(request: web.Request) -> list[dict[str, str]]:
        query = request.query["q"]
        return [
            {"sku": sku, "title": one[0], "path": one[3]}
            for sku, one in PRODUCTS.items()
            if sku.startswith(query) and query
        ] + ([{"sku": "GONE-1", "title": "A Ghost", "path": "/p/gone"}] if query == "GONE-1" else [])

    shop.pages["/api/search"] = slow(found)
    shop.pages["/api/product/p/gone"] = slow(None)
    for sku, (title, price, stock, path) in PRODUCTS.items():
        shop.pages["/api/product" + path] = slow({"sku": sku, "title": title})
        shop.pages["/api/price" + path] = slow({"price": price, "stock": stock})


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as opened:
        client_shop(opened, 0.1)
        yield opened


@pytest.fixture
async def fetch(shop: Shop) -> AsyncIterator[AutoFetcher]:
    allow = AllowList.from_text(shop.root.partition("://")[2])
    async with AutoFetcher(HttpFetcher(allow_private=allow), tabs=2) as made:
        yield made


def read(outcome: Outcome) -> tuple[object, ...]:
    return (outcome.outcome, *(outcome.data.get(name) for name in ("title", "price", "availability")))


RIGHT: list[tuple[object, ...]] = [
    ("found", "Copper Kettle", 54.0, "in_stock"),
    ("found", "Iron Pan", 1020.5, "out_of_stock"),
    ("found", "Oak Board", 18.25, "limited_availability"),
    ("found", "Tea Towel", 7.0, "in_stock"),
    ("not_found", None, None, None),
    ("not_found", None, None, None),
]


@needs_chromium
@pytest.mark.parametrize("options", [{}, {"render": "browser"}], ids=["auto", "browser"])
@pytest.mark.parametrize("template", ["/search?q={sku}", "/search?q={sku}&wall=1"], ids=["plain", "wall"])
async def test_every_product_is_right_and_nothing_is_asked_for_twice(
    shop: Shop, fetch: AutoFetcher, template: str, options: dict[str, str]
) -> None:
    shop.template = template
    config = shop.config(options=options)

    outcomes = [await scrape(config, sku, fetch) for sku in (*PRODUCTS, "CS", "GONE-1")]

    pages = [path for path in shop.visited if not path.startswith("/api")]
    assert RIGHT == [read(outcome) for outcome in outcomes]
    assert 1 == fetch.browser_starts
    assert len(set(pages)) == len(pages)


@needs_chromium
async def test_a_slow_shop_is_waited_for(shop: Shop, fetch: AutoFetcher) -> None:
    """It says that it has nothing, or shows no price, for seconds: neither is its answer."""
    client_shop(shop, 2.5)

    outcomes = await asyncio.gather(*(scrape(shop.config(), sku, fetch) for sku in ("CS-11", "007")))

    assert RIGHT[2:4] == [read(outcome) for outcome in outcomes]


@needs_chromium
async def test_a_shop_that_never_answers_is_no_shop_without_the_product(
    shop: Shop, fetch: AutoFetcher
) -> None:
    client_shop(shop, 6)
    outcome = await scrape(shop.config(options={"timeout": 3}), "CS-1", fetch)

    assert ("failed", "timeout") == (outcome.outcome, outcome.detail["reason"])


async def test_a_shop_that_needs_no_browser_gets_none(shop: Shop, fetch: AutoFetcher) -> None:
    """Whatever is missing on it: a product, a code, a price of what is sold out."""
    shop.pages["/search"] = lambda request: results(
        request.query["q"], card("/p/1", "Leash"), card("/p/2", "Lead")
    )
    shop.pages["/p/1"] = product("Leash", sku="DOG-1")
    shop.pages["/p/2"] = product("Lead", sku="")

    outcomes = [await scrape(shop.config(), sku, fetch) for sku in ("DOG-1", "DOG-2", "CAT-1")]

    assert "found" == outcomes[0].outcome
    assert 0 == fetch.browser_starts


async def test_without_a_browser_the_outcome_says_what_to_install(
    house: House, shop: Shop, tmp_path: Path
) -> None:
    house.extra["BSR_CHROMIUM"] = str(tmp_path / "none")
    told = []
    for render in ("auto", "browser"):
        config = {
            "name": "client", "base_url": shop.root, "search_url_template": "/search?q={sku}",
            "options": {"render": render},
        }  # fmt: skip
        (tmp_path / "client.json").write_text(json.dumps(config))
        answer = await asyncio.to_thread(house.bsr, "scrape", tmp_path / "client.json", "CS-1", "--json")
        told.append(json.loads(answer.stdout))

    assert ["failed", "failed"] == [one["outcome"] for one in told]
    assert ["needs_browser", "no_browser"] == [one["detail"]["reason"] for one in told]
    assert "browser" in told[0]["detail"]["message"]
    assert "BSR_CHROMIUM" in told[1]["detail"]["message"]
