"""Metas: OpenGraph, Facebook's product tags, Twitter's labels, the canonical address."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.scraping.extract.pages import linked, product, read, values


def metas(**pairs: str) -> str:
    """Metas by property; `__` stands for a colon."""
    return "".join(f'<meta property="{k.replace("__", ":")}" content="{v}">' for k, v in pairs.items())


def test_product_metas_alone_are_a_product() -> None:
    head = metas(
        og__type="product",
        og__title="Feeder",
        og__image="/f.jpg",
        product__price__amount="29.99",
        product__price__currency="USD",
        product__availability="in stock",
        product__brand="Birdbarn",
        product__retailer_item_id="BF-1",
    )

    found = values(f"{head}<h1>Feeder</h1>")

    assert found["title"] == "Feeder"
    assert (found["price"], found["currency"]) == (Decimal("29.99"), "USD")
    assert found["availability"] == "in_stock"
    assert (found["brand"], found["sku"]) == ("Birdbarn", "BF-1")
    assert found["images"] == ["https://shop.example/f.jpg"]


def test_the_sale_price_is_the_price_and_the_pretax_price_is_not() -> None:
    head = metas(
        og__title="Feeder",
        product__pretax_price__amount="20.00",
        product__price__amount="29.99",
        product__sale_price__amount="24.99",
    )

    assert values(head)["price"] == Decimal("24.99")


def test_labels_of_twitter_cards_are_read() -> None:
    head = metas(og__title="Feeder", og__type="product") + (
        '<meta name="twitter:label1" content="Price"><meta name="twitter:data1" content="£29.99">'
        '<meta name="twitter:label2" content="Availability"><meta name="twitter:data2" content="In stock">'
    )

    found = values(head)

    assert (found["price"], found["currency"], found["availability"]) == (Decimal("29.99"), "GBP", "in_stock")


@pytest.mark.parametrize(
    ("title", "heading", "read_as"),
    [
        ("Oak Board — Oak &amp; Co", "Oak Board", "Oak Board"),
        ("Oak Board | Shop", "Oak Board", "Oak Board"),
        ("Oak Board - Large", "Oak Board - Large", "Oak Board - Large"),
        ("Oak Board", "", "Oak Board"),
    ],
)
def test_the_shops_name_is_taken_off_the_title(title: str, heading: str, read_as: str) -> None:
    assert values(metas(og__type="product", og__title=title) + f"<h1>{heading}</h1>")["title"] == read_as


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        ("/p/feeder-xl", "https://shop.example/p/feeder-xl"),
        ("https://www.shop.example/p/feeder-xl", "https://www.shop.example/p/feeder-xl"),
        ("https://staging.example/p/feeder", "https://shop.example/p/feeder"),
        ("https://shop.example/", "https://shop.example/p/feeder"),
        ("", "https://shop.example/p/feeder"),
    ],
)
def test_the_address_is_the_canonical_one_when_it_is_of_this_shop(canonical: str, address: str) -> None:
    markup = f'<link rel="canonical" href="{canonical}">{linked(product())}'

    assert values(markup)["url"] == address


def test_two_strategies_that_agree_are_told() -> None:
    head = metas(product__price__amount="29.99", og__title="Bird Feeder")

    price = read(head + linked(product())).fields["price"]

    assert price.provenance.strategy == "json_ld"
    assert price.provenance.agrees == ("opengraph",)
    assert price.provenance.confidence > 0.95


def test_two_strategies_that_agree_outvote_one_that_stands_alone() -> None:
    head = metas(product__price__amount="24.99", og__title="Bird Feeder")
    body = '<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Bird Feeder</b>' + (
        '<i itemprop="price" content="24.99">$24.99</i></div>'
    )

    price = read(head + linked(product()) + body).fields["price"]

    assert price.value == Decimal("24.99")
    assert price.provenance.strategy == "microdata"


def test_a_price_of_nothing_in_json_ld_is_a_placeholder_where_another_says_more() -> None:
    head = metas(product__price__amount="24.99", og__title="Bird Feeder")
    free = product(offers={"@type": "Offer", "price": "0.00", "priceCurrency": "USD"})

    assert values(head + linked(free))["price"] == Decimal("24.99")
    assert values(linked(free))["price"] == Decimal(0)
