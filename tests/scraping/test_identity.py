"""The gate: which product does a page show?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper_backend.core.options import Identity
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.extract import extract
from scraper_backend.scraping.identity import Arrival, Proof, alike, prove, sizes
from scraper_backend.scraping.page import Page
from tests.scraping.shop import card, product, related

URL = "https://s.test/p/leash"


def proof(
    text: str,
    sku: str = "DOG-1",
    *,
    url: str = URL,
    arrival: Arrival | None = None,
    rule: Identity | None = None,
) -> Proof:
    """What a page proves."""
    config = parse_value(
        {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}"}, source="test"
    )
    page = Page(url, url, 200, {}, text, datetime.now(UTC))
    return prove(page, extract(page, config, sku), Asked(sku), rule or Identity(), arrival or Arrival())


@pytest.mark.parametrize(
    ("page", "by"),
    [
        (product("Leash", sku="DOG-1"), "sku"),
        (product("Leash", sku="4711", mpn="DOG-1"), "mpn"),
        (product("Leash", label="Artikelnummer: DOG-1"), "sku"),
        (product("Leash", label="<b>UPC</b> <span>DOG-1</span>"), "gtin"),
        (product("Leash", more="<div data-product-sku='DOG-1'></div>"), "sku"),
        (product("Leash", sku="4711", label="Mfr. Part #: DOG-1"), "mpn"),
    ],
)
def test_a_declared_code_proves(page: str, by: str) -> None:
    seen = proof(page)

    assert ("same", by) == (seen.verdict, seen.by)
    assert "DOG-1" in seen.evidence[0]


@pytest.mark.parametrize(
    "page",
    [
        product("Leash", sku="DOG-10"),
        product("Leash", label="SKU: DOG-10"),
        product("Leash", label="UPC: DECOY-1"),
        product("Leash DOG-1", sku="DOG-10"),
    ],
)
def test_a_declared_other_code_refuses(page: str) -> None:
    seen = proof(page)

    assert "other" == seen.verdict
    assert seen.found


def test_a_upc_against_a_shops_own_number() -> None:
    """They are about different things: the shop's number neither proves nor refuses."""
    assert "unproven" == proof(product("Treats", sku="T-99"), "012345678905").verdict
    assert "other" == proof(product("Treats", gtin12="070000001000"), "012345678905").verdict
    assert "same" == proof(product("Treats", label="EAN: 0012345678905"), "012345678905").verdict


@pytest.mark.parametrize(
    "more",
    [
        related(card("/p/x", "Other", more="<p>SKU: DOG-1</p>", attributes="data-sku='DOG-1'")),
        "<p>Pairs with DOG-1.</p>",
        "<div class='customer-reviews'><p>SKU: DOG-1</p></div>",
        "<footer><p>SKU: DOG-1</p></footer>",
        "<ul>" + card("/p/x", "Other", more="<p>SKU: DOG-1</p>") + "</ul>",
    ],
)
def test_a_neighbours_code_proves_nothing(more: str) -> None:
    assert "unproven" == proof(product("Bowl", more=more)).verdict


def test_only_the_codes_that_count() -> None:
    """`identity.by` says which of the page's codes are asked."""
    page = product("Leash", sku="4711", mpn="DOG-1")

    assert "other" == proof(page, rule=Identity(by=("sku",))).verdict
    assert "same" == proof(page, rule=Identity(by=("mpn",))).verdict
    assert "unproven" == proof(product("Leash DOG-1"), rule=Identity(by=("sku", "url"))).verdict


def test_the_title_and_the_address() -> None:
    assert "title" == proof(product("Leash DOG-1 red")).by
    assert "url" == proof(product("Leash"), url="https://s.test/p/dog-1").by


def test_an_echo_proves_nothing() -> None:
    echo = Arrival(is_echo=True)

    assert "unproven" == proof(product("Results for DOG-1"), arrival=echo).verdict
    assert "unproven" == proof(product("Leash"), url="https://s.test/search/DOG-1", arrival=echo).verdict


def test_an_echo_with_the_pages_own_address() -> None:
    page = product("Leash", head='<link rel="canonical" href="/p/dog-1">')

    assert "url" == proof(page, url="https://s.test/search?q=DOG-1", arrival=Arrival(is_echo=True)).by


def test_the_results_list_may_speak_for_a_page_without_a_code() -> None:
    stated = Candidate(URL, "Leash, 6 ft", "DOG-1", 100, ("the list states sku DOG-1",))

    assert "list" == proof(product("Leash, 6 ft"), arrival=Arrival(stated)).by
    assert "other" == proof(product("Leash, 4 ft"), arrival=Arrival(stated)).verdict
    assert "other" == proof(product("Water bowl"), arrival=Arrival(stated)).verdict
    assert "other" == proof(product("Leash, 6 ft", sku="DOG-2"), arrival=Arrival(stated)).verdict


def test_trust_in_the_search() -> None:
    trusting = Identity(trust_search=True)

    assert "same" == proof(product("Leash"), arrival=Arrival(is_alone=True), rule=trusting).verdict
    assert "unproven" == proof(product("Leash"), arrival=Arrival(), rule=trusting).verdict
    assert "unproven" == proof(product("Leash"), arrival=Arrival(is_alone=True)).verdict


def test_a_row_of_variants_with_its_own_price() -> None:
    def page(price: str) -> str:
        rows = "".join(f"<li>SKU: DOG-{n} <span>${n}9.99</span></li>" for n in (1, 2, 3))
        return product("Leash", price=price, more=f"<ul>{rows}</ul>")

    assert ("other", "variant") == (proof(page("29.99")).verdict, proof(page("29.99")).by)
    assert "same" == proof(page("19.99")).verdict


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grain Free Dog Food, 4 lb", "Northpaw Grain Free Dog Food 4 lbs"),
        ("Very Long Name of a Thin…", "Very Long Name of a Thing That Goes On"),
        ("猫のおもちゃ", "猫のおもちゃ"),
    ],
)
def test_titles_of_one_product(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dog Food, 4 lb", "Dog Food, 15 lb"), ("Leash", "Bowl"), ("Seed 500 g", "Seed 1 kg"), ("Leash", "")],
)
def test_titles_of_two(one: str, other: str) -> None:
    assert not alike(one, other)


def test_sizes() -> None:
    assert {("4", "lb"), ("6", "ft")} == sizes("Leash 6-ft, 4 pounds")
    assert frozenset() == sizes("Model 500 X")


@pytest.mark.parametrize(
    ("heading", "sku", "verdict"),
    [
        ("Onyx Hammock (4712)", "4712", "same"),
        ("Nails (100)", "100", "unproven"),
        ("Nails (1000)", "1000", "unproven"),
        ("Calendar (2025)", "2025", "unproven"),
        ("Onyx Hammock 4712", "4712", "unproven"),
    ],
)
def test_a_bare_number_behind_a_name_proves_where_the_search_led_to_it_alone(
    heading: str, sku: str, verdict: str
) -> None:
    page = product(heading)

    assert verdict == proof(page, sku, arrival=Arrival(is_alone=True)).verdict
    assert "unproven" == proof(page, sku, arrival=Arrival()).verdict


def shown(body: str) -> str:
    """A page that says nothing to machines."""
    return f"<title>Leash</title><main>{body}<b class='price'>$9.99</b><button>Add to cart</button></main>"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Leash</h1><p>DOG-1</p>",
        "<div><h1>Leash</h1></div><div><small>DOG-1</small></div>",
        "<h1>Leash</h1><div><p>Soft and long.</p><p class='code'>DOG-1</p></div>",
        "<h1>Leash</h1><div><p>Soft and long.</p><p class='art-nr'>DOG-1</p></div>",
    ],
)
def test_the_code_alone_beside_the_heading_or_in_an_element_named_so_proves(body: str) -> None:
    seen = proof(shown(body))

    assert ("same", "sku") == (seen.verdict, seen.by)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Leash</h1><div><span>DOG-1</span><span>DOG-2</span></div>",
        "<h1>Bracket</h1><p>Fits <b>DOG-1</b></p>",
        "<h1>Leash</h1><p>DOG-10</p>",
        "<h1>Leash</h1><h1>Collar</h1><p>DOG-1</p>",
    ],
)
def test_a_choice_of_codes_or_what_it_goes_with_proves_nothing(body: str) -> None:
    assert "same" != proof(shown(body)).verdict


def test_a_bare_number_in_an_address_may_be_the_shops_own() -> None:
    """One product's number is another one's place in the shop's database."""
    page = shown("<h1>Leash</h1>")
    several = Arrival(Candidate("https://s.test/p/471155"), is_echo=False, is_alone=False)
    alone = Arrival(Candidate("https://s.test/p/471155"), is_echo=False, is_alone=True)

    assert "unproven" == proof(page, "471155", url="https://s.test/p/471155", arrival=several).verdict
    assert "same" == proof(page, "471155", url="https://s.test/p/471155", arrival=alone).verdict
