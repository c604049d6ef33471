"""Microdata and RDFa as shops write them, which is not quite as the standards do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.scraping.extract.pages import read, values

SCOPE = 'itemscope itemtype="https://schema.org/Product"'
OFFER = 'itemprop="offers" itemscope itemtype="http://schema.org/Offer"'


@pytest.mark.parametrize(
    "price",
    [
        '<span itemprop="price">29.99</span>',
        '<span itemprop="price" content="29.99">$29.99 each</span>',
        '<meta itemprop="price" content="29.99">',
        '<data itemprop="price" value="29.99">twenty-nine ninety-nine</data>',
        '<input itemprop="price" value="29.99">',
        '<div itemprop="priceSpecification" itemscope><meta itemprop="price" content="29.99"></div>',
    ],
)
def test_a_price_is_read_in_every_element(price: str) -> None:
    markup = f'<div {SCOPE}><h1 itemprop="name">Feeder</h1><div {OFFER}>{price}</div></div>'

    assert values(markup)["price"] == Decimal("29.99")


def test_nested_items_links_and_pictures_are_read() -> None:
    markup = f"""<div {SCOPE}><h1 itemprop="name">Feeder <b>XL</b></h1>
        <a itemprop="brand" href="/brands/birdbarn">Birdbarn</a>
        <img itemprop="image" src="data:x" data-src="/feeder.jpg">
        <div {OFFER}><meta itemprop="priceCurrency" content="EUR"><span itemprop="price">12,50</span>
        <link itemprop="availability" href="https://schema.org/OutOfStock"></div>
        <div itemprop="aggregateRating" itemscope><span itemprop="ratingValue">4.1</span></div></div>"""

    found = values(markup)

    assert found["title"] == "Feeder XL"
    assert found["brand"] == "Birdbarn"
    assert found["images"] == ["https://shop.example/feeder.jpg"]
    assert (found["price"], found["currency"]) == (Decimal("12.50"), "EUR")
    assert found["availability"] == "out_of_stock"
    assert found["rating"] == Decimal("4.1")


def test_properties_elsewhere_on_the_page_are_pulled_in_by_itemref() -> None:
    markup = f"""<p id="codes">SKU <span itemprop="sku">BF-1</span></p>
        <div {SCOPE} itemref="codes price"><h1 itemprop="name">Feeder</h1></div>
        <div id="price" {OFFER}><span itemprop="price">7</span></div>"""

    found = values(markup)

    assert (found["sku"], found["price"]) == ("BF-1", Decimal(7))


def test_an_offer_beside_the_only_product_is_its_own() -> None:
    markup = f"""<div {SCOPE}><h1 itemprop="name">Feeder</h1></div>
        <div itemscope itemtype="http://schema.org/Offer"><span itemprop="price">7</span></div>"""

    assert values(markup)["price"] == Decimal(7)


def test_properties_outside_of_every_item_are_taken_together() -> None:
    markup = '<h1 itemprop="name">Feeder</h1><b itemprop="price" content="7">$7</b><i itemprop="sku">BF-1</i>'

    found = values(markup)

    assert (found["title"], found["price"], found["sku"]) == ("Feeder", Decimal(7), "BF-1")


def test_a_card_with_microdata_is_not_the_page() -> None:
    card = f'<li {SCOPE}><b itemprop="name">Other {{}}</b><span itemprop="price">{{}}</span></li>'
    cards = "".join(card.format(at, at) for at in range(1, 5))
    markup = f'<ul>{cards}</ul><div {SCOPE}><h1 itemprop="name">Feeder</h1><i itemprop="price">29</i></div>'

    assert values(markup)["price"] == Decimal(29)
    assert not read(f"<h1>Feeders</h1><ul>{cards}</ul>").is_product_page


def test_rdfa_is_read_by_the_same_rules() -> None:
    markup = """<div vocab="https://schema.org/" typeof="Product"><h1 property="name">Feeder</h1>
        <span property="brand" typeof="Brand"><i property="name">Birdbarn</i></span>
        <div property="schema:offers" typeof="schema:Offer">
        <b property="schema:price" content="9.90">9,90 €</b>
        <meta property="priceCurrency" content="EUR"></div></div>"""

    extraction = read(markup)

    assert extraction.value("price") == Decimal("9.90")
    assert extraction.value("brand") == "Birdbarn"
    assert extraction.fields["price"].provenance.strategy == "rdfa"


def test_an_old_price_inside_of_the_price_is_not_the_price() -> None:
    price = '<span itemprop="price"><del>$20.00</del> <ins>$15.<sup>50</sup></ins></span>'
    markup = f'<div {SCOPE}><h1 itemprop="name">Feeder</h1><div {OFFER}>{price}</div></div>'

    assert values(markup)["price"] == Decimal("15.50")
