"""Which link of a results page leads to the product."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping import search
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.search import Listing
from tests.scraping.shop import card, frame, related, results

URL = "https://s.test/search?q=X-1"


def read(text: str, sku: str = "X-100", *, url: str = URL, **options: object) -> Listing:
    """What a results page lists for a SKU."""
    plain = {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}"}
    config = parse_value({**plain, "options": options}, source="test")
    return search.read(Page(url, url, 200, {}, text, datetime.now(UTC)), config, Asked(sku))


def paths(listing: Listing) -> list[str]:
    """The candidates' paths, best first."""
    return [one.url.removeprefix("https://s.test") for one in listing.candidates]


def test_the_frame_of_the_page_lists_nothing() -> None:
    """Menus, the cart, the footer, facets and sorting are no candidates."""
    facets = "".join(f"<a href='?q=X-1&{more}'>{more}</a>" for more in ("page=2", "sort=price", "brand=acme"))

    listing = read(results("X-1", card("/p/1", "Leash"), more=facets))

    assert ["/p/1"] == paths(listing)


def test_the_lists_own_order_where_it_states_no_codes() -> None:
    listing = read(results("X-1", *(card(f"/p/{n}", f"Leash {n}") for n in (3, 1, 2))))

    assert (["/p/3", "/p/1", "/p/2"], False) == (paths(listing), listing.states_codes)


def test_every_link_to_one_product_is_one_candidate() -> None:
    more = '<a href="/p/1#reviews">3 reviews</a><a href="/p/1?ref=search">Details</a>'

    listing = read(results("X-1", card("/p/1", "Leash", more=more)))

    assert ["/p/1"] == paths(listing)
    assert "Leash" == listing.candidates[0].title


def test_a_card_with_another_code_is_no_candidate() -> None:
    listing = read(
        results(
            "X-1",
            card("/p/1", "One", more="<i>SKU: X-1000</i>"),
            card("/p/2", "Two", more="<i>SKU: X-100</i>"),
        )
    )

    assert (["/p/2"], ["X-1000"]) == (paths(listing), [one.code for one in listing.others])
    assert "the list states sku X-100" in listing.candidates[0].why[0]


@pytest.mark.parametrize(
    ("best", "other"),
    [
        (card("/p/1", "Leash", attributes="data-sku='X-100'"), card("/p/x-100", "Leash")),
        (card("/p/x-100", "Leash"), card("/p/2", "Leash X-100")),
        (card("/p/1", "Leash X-100"), card("/p/2", "Leash for X-100")),
        (card("/p/1", "Leash for X-100"), card("/p/2", "Leash")),
    ],
)
def test_evidence_in_order(best: str, other: str) -> None:
    """A stated code, then the address, then the title, then a mention, then nothing."""
    for cards in ((best, other), (other, best)):
        listing = read(results("X-1", *cards))

        assert listing.candidates[0].score > listing.candidates[1].score
        assert listing.candidates[0].url.removeprefix("https://s.test") in best


def test_a_sister_that_only_begins_the_same() -> None:
    listing = read(results("X-1", card("/p/x-1000", "Leash X-1000"), card("/p/x-100-l", "Leash X-100-L")))

    assert not listing.certain
    assert [0] == sorted({one.score for one in listing.candidates} - {35})


def test_recommendations_are_no_results() -> None:
    page = results("X-1", heading="Nothing", more=related(card("/p/1", "Popular")))

    assert [] == paths(read(page))


def test_product_pages_behind_one_script() -> None:
    """OpenCart has one address for everything; the id makes the product."""
    url = "https://s.test/index.php?route=product/search&search=X-1"
    cards = (
        card(f"/index.php?route=product/product&product_id={n}&search=X-1", f"Leash {n}") for n in (40, 41)
    )
    sorting = "<a href='/index.php?route=product/search&search=X-1&sort=price'>Price</a>"

    listing = read(results("X-1", *cards, more=sorting), url=url)

    assert 2 == len(listing.candidates)
    assert all("product_id=4" in one.url for one in listing.candidates)


def test_a_brands_link_on_the_card_is_not_the_products() -> None:
    more = "<a href='/maker/acme'>Acme</a><i>SKU: X-100</i>"

    listing = read(
        results("X-1", card("/p/1", "Leash", more=more), card("/p/2", "Bowl", more="<i>SKU: X-2</i>"))
    )

    assert ["/p/1"] == paths(listing)


def test_a_plain_list_of_links() -> None:
    links = "".join(f"<p><a href='/produkt/{name}'>{name}</a></p>" for name in ("leine", "napf"))

    assert ["/produkt/leine", "/produkt/napf"] == paths(read(frame(f"<h1>Suche</h1>{links}")))


def test_other_peoples_shops_are_no_candidates() -> None:
    listing = read(
        results("X-1", card("https://other.test/p/1", "Leash"), card("https://www.s.test/p/2", "Leash"))
    )

    assert ["https://www.s.test/p/2"] == [one.url for one in listing.candidates]


def test_a_table_of_results() -> None:
    rows = "".join(
        f"<tr><td>{code}</td><td><a href='/item/{n}'>Bolt {n}</a></td><td>$1.{n}0</td></tr>"
        for n, code in enumerate(("X-10", "X-100", "X-1000"))
    )

    listing = read(frame(f"<h1>Results</h1><table>{rows}</table>"))

    assert "/item/1" == paths(listing)[0]
    assert "the result names the SKU" in listing.candidates[0].why


def test_codes_in_the_pages_data() -> None:
    data = """<script type="application/ld+json">{"@type":"ItemList","itemListElement":[
      {"@type":"ListItem","item":{"@type":"Product","sku":"X-1000","url":"/p/1"}},
      {"@type":"ListItem","item":{"@type":"Product","sku":"X-100","url":"/p/2"}}]}</script>"""

    listing = read(results("X-1", card("/p/1", "One"), card("/p/2", "Two"), head=data))

    assert ("/p/2", True) == (paths(listing)[0], listing.candidates[0].is_certain)


def test_a_variants_code_leads_to_its_parents_page() -> None:
    data = """<script>window.state = {"items": [{"title": "Leash", "url": "/p/leash",
      "variants": [{"sku": "X-100"}, {"sku": "X-200"}]}]};</script>"""

    assert "/p/leash" == paths(read(frame(f"<h1>Search</h1>{data}")))[0]


def test_what_was_typed_is_no_code() -> None:
    """The search box, an analytics call and links back to the search repeat the SKU."""
    echo = """<script>dataLayer.push({"search_term": "X-100", "url": "/p/1"})</script>
    <a href="/p/1?q=X-100"><img></a>"""

    listing = read(results("X-100", card("/p/1", "One"), more=echo))

    assert not listing.hinted


def test_configured_links() -> None:
    page = results(
        "X-1", card("/p/1", "One"), card("/p/2", "Two"), more="<div class='go' data-href='/p/3'></div>"
    )

    assert ["/p/1", "/p/2"] == paths(read(page, product_link=".product-card h3 a"))
    assert ["/p/1", "/p/2"] == paths(read(page, product_link="//li//h3/a/@href"))
    assert ["/p/3"] == paths(read(page, product_link=[".nope", ".go"]))
    assert ["/p/1", "/p/2"] == paths(read(page, product_link=".product-card"))


def glance(text: str, sku: str, product_link: str | None) -> Listing:
    """What the first look at a results page lists, with a configured link or none."""
    config = parse_value(
        {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}",
         "options": {"product_link": product_link} if product_link else {}},
        source="test",
    )  # fmt: skip
    return search.glance(Page(URL, URL, 200, {}, text, datetime.now(UTC)), config, Asked(sku))


def test_of_many_chosen_links_the_one_that_names_the_sku_is_enough() -> None:
    """Its card is all around it up to the next link, whatever the code stands in."""
    cards = "".join(
        f"<div class='tile'><h3><a href='/p/{n}'>Leash {n}</a></h3><p>SKU: X-{n}</p></div>"
        for n in range(100, 130)
    )

    listing = glance(f"<main><div>{cards}</div></main>", "X-117", ".tile h3 a")

    assert (["/p/117"], True) == (paths(listing), listing.is_configured)
    assert listing.candidates[0].is_certain


def test_a_chosen_link_is_not_its_neighbours() -> None:
    """The selector finds every other product; the code of one that it left out is nobody's."""
    cards = "".join(
        f"<div class='tile'><a href='/p/{n}'>Leash {n}</a><p>SKU: X-{n}</p></div>" for n in range(100, 106)
    )

    listing = glance(f"<main><div>{cards}</div></main>", "X-103", ".tile:nth-child(odd) a")

    assert [] == [one for one in listing.candidates if one.is_certain]


def test_a_first_look_sees_what_a_whole_one_sees() -> None:
    """Two cards with the code are two candidates, also when links were chosen."""
    cards = "".join(f"<li><a href='/p/{n}'>Leash</a><p>SKU: X-100</p></li>" for n in (1, 2))

    listing = glance(f"<main><ul>{cards}</ul></main>", "X-100", "li a")

    assert ["/p/1", "/p/2"] == paths(listing) == paths(read(f"<main><ul>{cards}</ul></main>", "X-100"))


def test_the_next_page() -> None:
    pager = '<p class="pagination"><a href="?q=X-1&page=1">‹</a> <a href="?q=X-1&page=3">Weiter</a></p>'

    assert (
        "https://s.test/search?q=X-1&page=3" == read(results("X-1", card("/p/1", "One"), more=pager)).next_url
    )
    assert "" == read(results("X-1", card("/p/1", "One"))).next_url


@pytest.mark.parametrize(
    "text", ["", "<", "<a href='http://['>x</a>", "<a href>" * 3000, "{" * 1000, "<base href='//['>"]
)
def test_hostile_pages_list_nothing(text: str) -> None:
    assert [] == paths(read(text))


def test_a_short_list_of_nothing_but_names_is_looked_at() -> None:
    names = "".join(
        f"<li><a href='/{name.replace(' ', '-')}'>{name}</a></li>" for name in ("red leash", "blue leash")
    )

    listing = read(f"<main><h1>Results</h1><ul>{names}</ul></main>")

    assert {"/red-leash", "/blue-leash"} == set(paths(listing))


def test_the_only_result_is_looked_at_whatever_the_list_says_of_it() -> None:
    """The list shows one of its codes, and its page may have the asked one beside it."""
    listing = read(results("X-1", card("/p/1", "Leash", more="<i>SKU: OTHER-7</i>")))

    assert ["/p/1"] == paths(listing)


def test_of_a_bare_number_that_is_only_named_the_first_look_sees_what_else_there_is() -> None:
    """`/product/200003` may be the third product of the shop's database, and nine others were found too."""
    cards = "".join(card(f"/product/{n}", f"Rope {n % 100} m") for n in range(200001, 200011))

    listing = glance(results("200003", cards), "200003", None)

    assert 10 == len(listing.candidates) + len(listing.others)
    assert not listing.is_of_one
