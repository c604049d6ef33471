"""The walk, in real shops: the right product or none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from aiohttp import web

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.sku import scrape
from tests.scraping.shop import (
    Shop,
    card,
    encoded,
    ending,
    fetcher,
    frame,
    html,
    listing,
    moved,
    open_shop,
    product,
    related,
    results,
    told,
)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """An empty shop; each test lays out its own pages."""
    async with open_shop() as opened:
        yield opened


# ── Found ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_search_a_link_a_product(shop: Shop) -> None:
    """The common walk: two requests, every field with its provenance."""
    shop.search = lambda query: results(query, card("/p/leash", "Short Leash"))
    shop.pages["/p/leash"] = product("Short Leash", sku="DOG-1", price="12.50")

    outcome = await shop.scrape("DOG-1")

    assert "found" == outcome.outcome
    assert ("Short Leash", 12.5, "USD", "in_stock") == tuple(
        outcome.data[name] for name in ("title", "price", "currency", "availability")
    )
    assert f"{shop.root}/p/leash" == outcome.data["url"]
    assert str(outcome.data["scraped_at"]).endswith("Z")
    assert "json_ld" == told(outcome, "provenance", "price", "strategy")
    assert "sku" == told(outcome, "identity", "by")
    assert ["/search?q=DOG-1", "/p/leash"] == shop.visited


async def test_an_address_that_is_none_stands_in_nobodys_way(shop: Shop) -> None:
    """A template's `https://[shop]/` is left in many a page: as a link, as canonical, in its data."""
    broken = "https://[shop]/p/DOG-1"
    shop.search = lambda query: results(
        query,
        card("/p/leash", "Short Leash"),
        card(broken, "DOG-1"),
        more=f"<a href='{broken}?sku=DOG-1'>x</a>",
    )
    head = f"<link rel='canonical' href='{broken}'><meta property='og:url' content='{broken}'>"
    shop.pages["/p/leash"] = product("Short Leash", sku="DOG-1", price="12.50", head=head, url=broken)

    outcome = await shop.scrape("DOG-1")

    assert ("found", 12.5, f"{shop.root}/p/leash") == (
        outcome.outcome,
        outcome.data["price"],
        outcome.data["url"],
    )


async def test_a_search_that_redirects_to_the_product(shop: Shop) -> None:
    shop.search = lambda query: moved("/p/leash")
    shop.pages["/p/leash"] = product("Short Leash", sku="DOG-1", more=related(card("/p/x", "Other leash")))

    outcome = await shop.scrape("DOG-1")

    assert ("found", "Short Leash") == (outcome.outcome, outcome.data["title"])
    assert ["/search?q=DOG-1", "/p/leash"] == shop.visited


@pytest.mark.parametrize(
    "forward",
    [
        '<meta http-equiv="refresh" content="0; url=/p/leash">',
        '<script>window.location.href = "/p/leash";</script>',
        "<script>location.replace('/p/leash')</script>",
    ],
)
async def test_a_search_that_forwards_without_a_redirect(shop: Shop, forward: str) -> None:
    """Some shops send the browser on with a refresh or a line of script."""
    shop.search = lambda query: f"<html><head>{forward}</head><body></body></html>"
    shop.pages["/p/leash"] = product("Short Leash", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome


async def test_a_search_page_that_is_the_product_page(shop: Shop) -> None:
    shop.search = lambda query: product("Short Leash", sku="DOG-1", more=related(card("/p/x", "Other leash")))

    outcome = await shop.scrape("DOG-1")

    assert ("found", "Short Leash") == (outcome.outcome, outcome.data["title"])
    assert ["/search?q=DOG-1"] == shop.visited


async def test_a_template_that_is_the_product_address(shop: Shop) -> None:
    shop.template = "/product/{sku}.html"
    shop.pages["/product/DOG-1.html"] = product("Short Leash", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome
    assert ("not_found", "page_not_found") == ending(await shop.scrape("DOG-2"))


@pytest.mark.parametrize("sku", ["AB/12 #7+8&9", "ÑAN-Ø1", "012345678905", "50% off?", "a b"])
async def test_skus_survive_the_address(shop: Shop, sku: str) -> None:
    """Slashes, hashes, blanks, leading zeros: the shop is asked for exactly what was written."""
    shop.search = lambda query: results(query, card("/p/it", "It") if query == sku else "")
    shop.pages["/p/it"] = product("It", sku=sku)

    assert "found" == (await shop.scrape(sku)).outcome
    assert f"/search?q={encoded(sku)}" == shop.visited[0]


async def test_a_upc_is_found_as_the_shops_gtin(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/t", "Treats"))
    shop.pages["/p/t"] = product("Treats", sku="T-99", gtin13="0012345678905")

    outcome = await shop.scrape("012345678905")

    assert ("found", "gtin") == (outcome.outcome, told(outcome, "identity", "by"))


# ── The link: identity, not position ───────────────────────────────────────────────────────────────


async def test_a_prefix_search_that_lists_ten(shop: Shop) -> None:
    """The list states the codes, so the right one is visited and no other."""
    cards = [card(f"/p/{n}", f"Can no. {n}", more=f"<small>SKU: OC-004{n}</small>") for n in range(9)]
    cards.insert(6, card("/p/right", "Can", more="<small>SKU: OC-004</small>"))
    shop.search = lambda query: results(query, *cards)
    shop.pages["/p/right"] = product("Can", sku="OC-004")

    outcome = await shop.scrape("OC-004")

    assert ("found", "Can") == (outcome.outcome, outcome.data["title"])
    assert ["/search?q=OC-004", "/p/right"] == shop.visited


async def test_ten_results_without_codes_are_looked_at_one_by_one(shop: Shop) -> None:
    shop.search = lambda query: results(query, *listing((f"/p/{n}", f"Can {n}") for n in range(10)))
    for n in range(10):
        shop.pages[f"/p/{n}"] = product(f"Can {n}", sku=f"OC-00{n}")

    outcome = await shop.scrape("OC-007")

    assert ("found", "Can 7") == (outcome.outcome, outcome.data["title"])
    assert len(shop.visited) == len(set(shop.visited)) == 9


@pytest.mark.parametrize(
    "attributes",
    [
        'data-sku="DOG-1"', 'data-product-code="dog 1"', 'data-id="DOG-1"',
        """data-gtm='{"name":"Leash","id":"DOG-1"}'""",
    ],
)  # fmt: skip
async def test_codes_that_are_only_in_attributes(shop: Shop, attributes: str) -> None:
    shop.search = lambda query: results(
        query,
        card("/p/100", "Leash hundred", attributes='data-sku="DOG-100"'),
        card("/p/10", "Leash ten", attributes='data-sku="DOG-10"'),
        card("/p/1", "Leash one", attributes=attributes),
    )
    shop.pages["/p/1"] = product("Leash one", more="<div></div>")

    outcome = await shop.scrape("DOG-1")

    assert ("found", "Leash one") == (outcome.outcome, outcome.data["title"])
    assert ["/search?q=DOG-1", "/p/1"] == shop.visited


async def test_results_that_are_only_in_embedded_json(shop: Shop) -> None:
    state = '{"props":{"hits":[{"sku":"DOG-10","url":"/p/ten"},{"sku":"DOG-1","url":"/p/one","name":"One"}]}}'
    shop.search = lambda query: frame(
        f'<h1>Search</h1><script id="__NEXT_DATA__" type="application/json">{state}</script>'
    )
    shop.pages["/p/one"] = product("One", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome
    assert ["/search?q=DOG-1", "/p/one"] == shop.visited


async def test_a_search_that_answers_json(shop: Shop) -> None:
    """The template may name the endpoint behind a search box."""
    shop.search = lambda query: web.json_response({"products": [{"code": "DOG-1", "link": "/p/one"}]})
    shop.pages["/p/one"] = product("One", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome


async def test_the_configured_link_is_followed_by_identity_too(shop: Shop) -> None:
    shop.search = lambda query: results(query, *listing([("/p/10", "Leash ten"), ("/p/1", "Leash one")]))
    shop.pages["/p/10"] = product("Leash ten", sku="DOG-10")
    shop.pages["/p/1"] = product("Leash one", sku="DOG-1")

    outcome = await shop.scrape("DOG-1", options={"product_link": "li.product-card h3 a"})

    assert ("found", "Leash one") == (outcome.outcome, outcome.data["title"])


async def test_the_next_page_of_a_list_that_states_codes(shop: Shop) -> None:
    first = [card(f"/p/{n}", f"Can {n}", more=f"SKU: OC-10{n}") for n in range(3)]
    shop.search = lambda query: results(
        query, *first, more='<a rel="next" href="/search?q=OC-1&page=2">Next</a>'
    )
    shop.pages["/search?q=OC-1&page=2"] = results("OC-1", card("/p/one", "Can", more="SKU: OC-1"))
    shop.pages["/p/one"] = product("Can", sku="OC-1")

    assert "found" == (await shop.scrape("OC-1")).outcome
    assert ["/search?q=OC-1", "/search?q=OC-1&page=2", "/p/one"] == shop.visited


async def test_a_missing_page_is_one_candidate_less(shop: Shop) -> None:
    shop.search = lambda query: results(query, *listing([("/p/gone", "Leash"), ("/p/1", "Leash")]))
    shop.pages["/p/1"] = product("Leash", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome


# ── The wrong product is worse than none ───────────────────────────────────────────────────────────


async def test_a_page_of_another_product(shop: Shop) -> None:
    shop.search = lambda query: moved("/p/ten")
    shop.pages["/p/ten"] = product("Leash ten", sku="DOG-10", label="SKU: DOG-10")

    outcome = await shop.scrape("DOG-1")

    assert ("mismatch", "other_product") == ending(outcome)
    assert {} == outcome.data
    assert "DOG-10" == told(outcome, "found", 0, "code")


async def test_a_search_that_ignores_the_sku(shop: Shop) -> None:
    """It lists what is popular, whatever one asks for."""
    popular = [(f"/p/{n}", f"Popular {n}") for n in range(20)]
    shop.search = lambda query: results(query, *listing(popular))
    for n in range(20):
        shop.pages[f"/p/{n}"] = product(f"Popular {n}", sku=f"POP-{n}")

    outcome = await shop.scrape("DOG-1")

    assert ("not_found", "not_listed") == ending(outcome)
    assert len(shop.visited) <= 6


async def test_a_long_list_of_pages_without_codes(shop: Shop) -> None:
    """Nothing speaks for any of them: they are no candidates, they are what the shop likes to show."""
    shop.search = lambda query: results(query, *listing((f"/p/{n}", f"Popular {n}") for n in range(20)))
    for n in range(20):
        shop.pages[f"/p/{n}"] = product(f"Popular {n}")

    assert ("not_found", "not_listed") == ending(await shop.scrape("DOG-1"))


async def test_a_neighbour_that_mentions_the_sku(shop: Shop) -> None:
    """`Pairs with MATE-9` is no proof, wherever it stands."""
    shop.search = lambda query: results(query, *listing([("/p/decoy", "Decoy Bowl")]))
    shop.pages["/p/decoy"] = product(
        "Decoy Bowl",
        sku="DECOY-1",
        description="Pairs with MATE-9 and 012345678905.",
        more="<p>Pairs with MATE-9 and 012345678905. Was $99.99</p>"
        + related(
            card("/p/mate", "Mate Bowl", more="<small>SKU: MATE-9</small>", attributes='data-sku="MATE-9"')
        ),
    )

    assert ("mismatch", "other_product") == ending(await shop.scrape("MATE-9"))


async def test_data_of_a_neighbour_on_the_page(shop: Shop) -> None:
    """A related product in JSON-LD of its own does not make the page its page."""
    other = """<script type="application/ld+json">{"@type":"Product","name":"Mate Bowl","sku":"MATE-9",
    "url":"/p/mate","offers":{"price":"6.50","priceCurrency":"USD"}}</script>"""
    shop.search = lambda query: moved("/p/decoy")
    shop.pages["/p/decoy"] = product("Decoy Dish", sku="DECOY-1", label="SKU: DECOY-1", head=other)

    outcome = await shop.scrape("MATE-9")

    assert "found" != outcome.outcome
    assert {} == outcome.data


async def test_a_page_that_only_echoes_what_was_typed(shop: Shop) -> None:
    """The box, the title and the address repeat the SKU; the product is another's."""
    bowl = '{"@type": "Product", "name": "Bowl", "offers": {"price": "5", "priceCurrency": "USD"}}'
    shop.search = lambda query: frame(
        f"<h1>Search results for {query}</h1>"
        + product("Bowl").partition("<main>")[2].partition("</main>")[0],
        title=f"Search results for {query}",
        query=query,
        head=f'<script type="application/ld+json">{bowl}</script>',
    )

    assert "found" != (await shop.scrape("DOG-1")).outcome


async def test_the_price_of_the_variant_that_carries_the_sku(shop: Shop) -> None:
    offers = [
        {"@type": "Offer", "sku": f"H-{size}", "price": price, "priceCurrency": "USD"}
        for size, price in (("S", "19.99"), ("M", "21.99"), ("L", "24.99"))
    ]
    shop.search = lambda query: results(query, card("/p/harness", "Harness"))
    shop.pages["/p/harness"] = product("Harness", sku="H", offers=offers)

    outcome = await shop.scrape("H-M")

    assert ("found", 21.99) == (outcome.outcome, outcome.data["price"])


async def test_a_parent_that_shows_the_price_of_another_variant(shop: Shop) -> None:
    """The table says 19.99 for what was asked; the page's own price is 24.99, and another size's."""
    rows = "".join(
        f"<tr><td>{size}</td><td>SKU: H-{size}</td><td>${price}</td></tr>"
        for size, price in (("S", "19.99"), ("L", "24.99"))
    )
    shop.search = lambda query: results(query, card("/p/harness", "Harness"))
    shop.pages["/p/harness"] = product("Harness", price="24.99", more=f"<table>{rows}</table>")

    small, large = await shop.scrape("H-S"), await shop.scrape("H-L")

    assert ("found", 19.99) == (small.outcome, (small.data or {}).get("price"))
    assert ("found", 24.99) == (large.outcome, (large.data or {}).get("price"))


async def test_a_row_whose_price_is_not_the_pages_and_cannot_be_told_is_a_mismatch(shop: Shop) -> None:
    rows = "".join(
        f"<li>SKU: H-{size} <span>${price}</span></li>" for size, price in (("S", "19.99"), ("L", "24.99"))
    )
    shop.search = lambda query: results(query, card("/p/harness", "Harness"))
    shop.pages["/p/harness"] = product("Harness", price="24.99", more=f"<ul>{rows}</ul>")

    assert ("mismatch", "other_variant") == ending(await shop.scrape("H-S"))


async def test_several_products_with_the_sku(shop: Shop) -> None:
    shop.search = lambda query: results(
        query,
        card("/p/new", "Bowl, new", attributes='data-sku="B-77"'),
        card("/p/used", "Bowl, used", attributes='data-sku="B-77"'),
    )
    shop.pages["/p/new"] = product("Bowl, new", sku="B-77", price="10")
    shop.pages["/p/used"] = product("Bowl, used", sku="B-77", price="6")

    outcome = await shop.scrape("B-77")

    assert ("ambiguous", "several") == ending(outcome)
    assert [("Bowl, new", 10), ("Bowl, used", 6)] == [
        (one["title"], one["price"]) for one in told(outcome, "candidates")
    ]


async def test_two_sellers_of_one_gtin(shop: Shop) -> None:
    """A marketplace has a page for each seller; what one of them asks is not what the thing costs."""
    cards = (card("/p/1", "Bowl"), card("/p/2", "Bowl"), card("/p/3", "Big Bowl"))
    shop.search = lambda query: results(query, *cards)
    for path, price in (("/p/1", "9.00"), ("/p/2", "11.00")):
        shop.pages[path] = product("Bowl", price=price, gtin13="4006381333931")

    several = await shop.scrape("4006381333931")
    shop.pages["/p/2"] = product("Bowl", price="9.00", gtin13="4006381333931")
    alike = await shop.scrape("4006381333931")

    assert ("ambiguous", "several") == ending(several)
    assert ("found", 9.0) == (alike.outcome, alike.data["price"])
    assert "/p/3" not in shop.visited


async def test_one_product_at_two_addresses_is_one(shop: Shop) -> None:
    shop.search = lambda query: results(
        query,
        card("/p/bowl", "Bowl", attributes='data-sku="B-77"'),
        card("/sale/bowl", "Bowl", attributes='data-sku="B-77"'),
    )
    shop.pages["/p/bowl"] = shop.pages["/sale/bowl"] = product(
        "Bowl", sku="B-77", head='<link rel="canonical" href="/p/bowl">'
    )

    assert "found" == (await shop.scrape("B-77")).outcome


# ── Pages without a code ───────────────────────────────────────────────────────────────────────────


async def test_a_page_without_a_code_is_not_believed(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/bowl", "Bowl"))
    shop.pages["/p/bowl"] = product("Bowl")

    outcome = await shop.scrape("B-77")

    assert ("ambiguous", "unproven") == ending(outcome)
    assert "Bowl" == told(outcome, "candidates", 0, "title")


async def test_unless_the_search_is_trusted_and_led_to_it_alone(shop: Shop) -> None:
    trusting = {"options": {"identity": {"trust_search": True}}}
    shop.search = lambda query: results(query, card("/p/bowl", "Bowl"))
    shop.pages["/p/bowl"] = product("Bowl")
    shop.pages["/p/dish"] = product("Dish")

    alone = await shop.scrape("B-77", **trusting)
    shop.search = lambda query: results(query, card("/p/bowl", "Bowl"), card("/p/dish", "Dish"))
    two = await shop.scrape("B-77", **trusting)

    assert ("found", "search") == (alone.outcome, told(alone, "identity", "by"))
    assert "ambiguous" == two.outcome


async def test_one_of_several_results_is_not_alone_although_its_title_mentions_the_code(shop: Shop) -> None:
    """The filter that fits a bowl is found beside the bowl itself."""
    trusting = {"options": {"identity": {"trust_search": True}}}
    cards = (card("/p/filter-for-b-77-bowls", "Filter for B-77 bowls"), card("/p/bowl", "Bowl"))
    shop.search = lambda query: results(query, *cards)
    shop.pages["/p/filter-for-b-77-bowls"] = product("Filter for B-77 bowls")
    shop.pages["/p/bowl"] = product("Bowl")

    assert "ambiguous" == (await shop.scrape("B-77", **trusting)).outcome


async def test_a_trusted_search_does_not_outweigh_another_code(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/bowl", "Bowl"))
    shop.pages["/p/bowl"] = product("Bowl", sku="B-78")

    assert "mismatch" == (await shop.scrape("B-77", options={"identity": {"trust_search": True}})).outcome


@pytest.mark.parametrize(
    ("path", "title"), [("/p/b-77", "Bowl"), ("/p/bowl", "Bowl B-77 blue"), ("/b-77.html", "Bowl")]
)
async def test_the_title_or_the_address_may_speak_for_it(shop: Shop, path: str, title: str) -> None:
    shop.search = lambda query: results(query, card(path, title))
    shop.pages[path] = product(title)

    assert "found" == (await shop.scrape("B-77")).outcome


@pytest.mark.parametrize(
    ("path", "title"),
    [("/p/b-77-lid", "Lid"), ("/p/lid", "Lid for B-77"), ("/p/x?ref=B-77", "Lid"), ("/p/x", "Bowl B-77-L")],
)
async def test_but_not_when_they_mean_something_else(shop: Shop, path: str, title: str) -> None:
    shop.search = lambda query: results(query, card(path, title))
    shop.pages[path.partition("?")[0]] = product(title)

    assert "found" != (await shop.scrape("B-77")).outcome


# ── Nothing there ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        "No products were found matching your selection.", "Found <strong>0</strong> results.",
        "Leider keine Treffer für Ihre Suche", "Aucun résultat pour votre recherche",
        "No se encontraron productos", "Nessun risultato trovato", "Geen resultaten gevonden",
        "Nie znaleziono produktów", "Inga träffar", "Nenhum resultado encontrado",
    ],
)  # fmt: skip
async def test_the_shop_says_that_it_found_nothing(shop: Shop, said: str) -> None:
    shop.search = lambda query: frame(f"<h1>Search</h1><p>{said}</p>", query=query)

    outcome = await shop.scrape("NOPE-1")

    assert ("not_found", "no_results") == ending(outcome)
    assert ["/search?q=NOPE-1"] == shop.visited


async def test_nothing_found_and_something_else_to_buy(shop: Shop) -> None:
    """`Did you mean` pages list other things; none of them is visited."""
    shop.search = lambda query: results(
        query,
        *listing([("/p/1", "Leash"), ("/p/2", "Bowl")]),
        heading=f"No results for “{query}”. Did you mean:",
    )

    assert ("not_found", "no_results") == ending(await shop.scrape("NOPE-1"))
    assert ["/search?q=NOPE-1"] == shop.visited


async def test_words_in_a_hidden_template_say_nothing(shop: Shop) -> None:
    shop.search = lambda query: results(
        query, card("/p/1", "Leash"), more="<div style='display: none'>No results found</div>"
    )
    shop.pages["/p/1"] = product("Leash", sku="DOG-1")

    assert "found" == (await shop.scrape("DOG-1")).outcome


@pytest.mark.parametrize("no_results", [{"text": "Sold elsewhere"}, {"selectors": ".empty-search"}])
async def test_the_configuration_says_how_nothing_looks(shop: Shop, no_results: dict[str, str]) -> None:
    shop.search = lambda query: results(
        query, card("/p/1", "Leash"), more="<div class='empty-search'>Sold elsewhere, sorry</div>"
    )

    assert ("not_found", "no_results") == ending(await shop.scrape("X-1", options={"no_results": no_results}))


async def test_a_soft_404(shop: Shop) -> None:
    shop.template = "/product/{sku}"
    shop.pages["/product/X-1"] = frame("<h1>Sorry, this page was not found</h1><p>Try our search.</p>")

    assert ("not_found", "page_not_found") == ending(await shop.scrape("X-1"))


@pytest.mark.parametrize("target", ["/", "/category/dogs"])
async def test_a_redirect_to_the_front_or_a_category(shop: Shop, target: str) -> None:
    """The product is gone; what the category lists instead is not ours."""
    shop.template = "/product/{sku}"
    shop.pages["/product/DOG-1"] = moved(target)
    shop.pages[target] = frame(
        "<h1>Welcome</h1><ul>" + "".join(listing([(f"/p/{n}", f"Leash {n}") for n in range(4)])) + "</ul>"
    )
    for n in range(4):
        shop.pages[f"/p/{n}"] = product(f"Leash {n}", sku=f"L-{n}")

    assert "not_found" == (await shop.scrape("DOG-1")).outcome
    assert len(shop.visited) <= 3


# ── Walls and trouble ──────────────────────────────────────────────────────────────────────────────

_CLOUDFLARE = "<title>Just a moment...</title><body><script>window._cf_chl_opt={}</script></body>"
_RECAPTCHA = (
    "<title>shop</title><body><p>Please confirm that you are human</p><div class='g-recaptcha'></div></body>"
)
_DATADOME = (
    "<title>shop</title><body><script src='https://geo.captcha-delivery.com/captcha/'></script></body>"
)
_PERIMETERX = "<title>Access to this page has been denied</title><body><div id='px-captcha'></div></body>"
_AKAMAI = (
    "<title>Access Denied</title><body><h1>Access Denied</h1>Reference #18.2 errors.edgesuite.net</body>"
)


@pytest.mark.parametrize("wall", [_CLOUDFLARE, _RECAPTCHA, _DATADOME, _PERIMETERX, _AKAMAI])
@pytest.mark.parametrize("status", [200, 403])
async def test_a_robot_check_whatever_its_status(shop: Shop, wall: str, status: int) -> None:
    shop.search = lambda query: html(wall, status)

    outcome = await shop.scrape("DOG-1", options={"retries": 0})

    assert "blocked" == outcome.outcome
    assert outcome.detail["reason"] in ("captcha", "forbidden")


async def test_a_robot_check_in_front_of_the_product(shop: Shop) -> None:
    """The search was fine; the third page is a captcha. Other results are left alone then."""
    shop.search = lambda query: results(query, *listing([("/p/1", "Leash one"), ("/p/2", "Leash two")]))
    shop.pages["/p/1"] = html(_CLOUDFLARE)
    shop.pages["/p/2"] = product("Leash two", sku="OTHER-2")

    assert ("blocked", "captcha") == ending(await shop.scrape("DOG-1"))
    assert ["/search?q=DOG-1", "/p/1"] == shop.visited


async def test_a_captcha_in_the_review_form_is_no_wall(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/1", "Leash"), more="<div class='g-recaptcha'></div>")
    shop.pages["/p/1"] = product("Leash", sku="DOG-1", more="<form><div class='g-recaptcha'></div></form>")

    assert "found" == (await shop.scrape("DOG-1")).outcome


async def test_a_login_wall(shop: Shop) -> None:
    shop.search = lambda query: moved("/account/login")
    shop.pages["/account/login"] = frame("<h1>Sign in</h1><form><input type='password'></form>")

    assert ("blocked", "login") == ending(await shop.scrape("DOG-1"))


async def test_a_cookie_wall(shop: Shop) -> None:
    shop.search = lambda query: "<title>Shop</title><p>We use cookies.</p><button>Accept all</button>"

    assert ("blocked", "cookie_wall") == ending(await shop.scrape("DOG-1"))


@pytest.mark.parametrize("status", [200, 503])
async def test_building_work(shop: Shop, status: int) -> None:
    shop.search = lambda query: html("<title>Be right back</title><h1>Down for maintenance</h1>", status)

    assert ("failed", "maintenance") == ending(await shop.scrape("DOG-1", options={"retries": 0}))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (403, ("blocked", "forbidden")), (429, ("blocked", "rate_limited")),
        (500, ("failed", "server_error")),
        (401, ("blocked", "login")), (418, ("failed", "http_error")),
    ],
)  # fmt: skip
async def test_statuses(shop: Shop, status: int, expected: tuple[str, str]) -> None:
    shop.search = lambda query: html("<p>no</p>", status)

    assert expected == ending(await shop.scrape("DOG-1", options={"retries": 0}))


async def test_robots_txt_forbids_the_search(shop: Shop) -> None:
    shop.pages["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /search")

    assert ("blocked", "robots") == ending(await shop.scrape("DOG-1"))
    assert [] == shop.visited


async def test_nobody_listens(shop: Shop) -> None:
    shop.root = "http://127.0.0.1:9"

    outcome = await shop.scrape("DOG-1", options={"retries": 0})

    assert "failed" == outcome.outcome
    assert outcome.detail["message"]


# ── Drift ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_required_field_that_no_longer_matches(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/1", "Leash"))
    shop.pages["/p/1"] = product("Leash", sku="DOG-1")

    outcome = await shop.scrape(
        "DOG-1", selectors={"price": {"selector": ".old-price-class", "required": True}, "title": "h1"}
    )

    assert ("drifted", "required_missing") == ending(outcome)
    assert ["price"] == outcome.detail["missing"]


# ── Our own faults ─────────────────────────────────────────────────────────────────────────────────


async def test_a_fault_of_ours_is_an_outcome_too(shop: Shop) -> None:
    class Broken:
        async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
            raise RuntimeError("a bug")

    outcome = await scrape(shop.config(), "DOG-1", Broken())

    assert ("failed", "internal") == ending(outcome)


async def test_an_empty_sku_is_asked_nowhere(shop: Shop) -> None:
    assert ("failed", "bad_sku") == ending(await shop.scrape("  "))
    assert [] == shop.log


# ── Rendering ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Rendering:
    """A fetcher whose browser sees what scripts would build: the page at the same path below /rendered."""

    http: HttpFetcher
    root: str
    asked: list[str]

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        return await self.http.get(url, site)

    async def render(self, url: str, site: ScraperConfig, ready: Callable[[Page], bool]) -> Page | NoPage:
        self.asked.append(url.removeprefix(self.root))
        got = await self.http.get(url.replace(self.root, f"{self.root}/rendered"), site)
        return (
            Page(url, url, got.status, {}, got.text, got.fetched_at, rendered=True)
            if isinstance(got, Page)
            else got
        )


_SHELL = "<title>Shop</title><body><div id='root'></div><script src='/a.js'></script></body>"


async def test_an_empty_page_is_shown_in_a_browser(shop: Shop) -> None:
    shop.search = lambda query: _SHELL
    shop.pages["/rendered/search"] = results("DOG-1", card("/p/1", "Leash", more="SKU: DOG-1"))
    shop.pages["/p/1"] = _SHELL
    shop.pages["/rendered/p/1"] = product("Leash", sku="DOG-1")

    async with fetcher(shop) as http:
        rendering = Rendering(http, shop.root, [])
        outcome = await scrape(shop.config(), "DOG-1", rendering)

    assert ("found", True) == (outcome.outcome, outcome.detail["rendered"])
    assert ["/search?q=DOG-1", "/p/1"] == rendering.asked


async def test_no_browser_where_http_suffices(shop: Shop) -> None:
    shop.search = lambda query: results(query, card("/p/1", "Leash"))
    shop.pages["/p/1"] = product("Leash", sku="DOG-1")

    async with fetcher(shop) as http:
        rendering = Rendering(http, shop.root, [])
        outcome = await scrape(shop.config(), "DOG-1", rendering)

    assert ("found", []) == (outcome.outcome, rendering.asked)


async def test_an_empty_page_and_no_browser(shop: Shop) -> None:
    shop.search = lambda query: _SHELL

    outcome = await shop.scrape("DOG-1")

    assert ("failed", "needs_browser") == ending(outcome)
    assert "browser" in str(outcome.detail["message"])


@pytest.mark.parametrize("leads", ["data-href='/p/bowl'", "onclick=\"location.href='/p/bowl'\""])
async def test_a_card_that_a_script_makes_a_link_of_is_followed(shop: Shop, leads: str) -> None:
    item = f"<div class='result' {leads}><img src='/1.jpg'><div>Bowl</div><div>Item #B-77</div></div>"
    shop.search = lambda query: results(query, item)
    shop.pages["/p/bowl"] = product("Bowl", sku="B-77")

    assert "found" == (await shop.scrape("B-77")).outcome
