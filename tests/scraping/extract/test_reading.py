"""What a page is, and what may be said of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scraper_backend.scraping.extract import extract
from tests.scraping.extract.pages import linked, offer, page, product, read, site, values


@pytest.mark.parametrize(
    "item",
    [
        {"@type": "NewsArticle", "headline": "Feeders cost $29.99 now"},
        {"@type": "BlogPosting", "headline": "Ten feeders"},
        {"@type": "Recipe", "name": "Suet at home"},
        {"@type": "Review", "itemReviewed": product()},
        {
            "@type": "CollectionPage",
            "mainEntity": {"@type": "ItemList", "itemListElement": [product(), product()]},
        },
        {"@type": "Organization", "name": "Shop"},
    ],
)
def test_an_article_or_a_list_is_no_product(item: object) -> None:
    extraction = read(linked(item, heading="Feeders cost $29.99 now"))

    assert not extraction.is_product_page
    assert extraction.main is None
    assert extraction.products == ()
    assert dict(extraction.fields) == {}


def test_an_article_with_a_product_in_it_is_an_article() -> None:
    article = {"@type": "NewsArticle", "headline": "Bird Feeder review"}

    extraction = read(linked(article, product(), heading="Bird Feeder review"))

    assert not extraction.is_product_page
    assert any("NewsArticle" in reason for reason in extraction.why)


def test_a_list_of_products_is_about_none_of_them() -> None:
    several = [product(name=f"Feeder {i}", url=f"/p/{i}", offers=offer(i)) for i in range(1, 9)]

    assert not read(linked(several, heading="Feeders")).is_product_page


def test_selected_fields_are_told_even_of_a_page_that_is_no_product() -> None:
    found = read("<h1>Nothing here</h1>", selectors={"title": "h1"})

    assert not found.is_product_page
    assert found.value("title") == "Nothing here"


def test_a_page_with_a_product_that_cannot_be_bought_is_a_product_page() -> None:
    extraction = read(linked(product(offers=None)))

    assert extraction.is_product_page
    assert extraction.value("price") is None


@pytest.mark.parametrize("markup", ["", " ", "<", "\x00", "<html>", "{}", "plain text $5", "<script>"])
def test_a_page_of_nothing_is_nothing(markup: str) -> None:
    extraction = read(markup, "BF-1")

    assert not extraction.is_product_page
    assert dict(extraction.fields) == {}


def test_the_language_of_the_page_tells_how_numbers_are_written() -> None:
    head = '<html lang="de"><meta property="og:type" content="product"><meta property="og:title" content="F">'

    assert values(f'{head}<meta property="product:price:amount" content="1.226 €">')["price"] == Decimal(1226)


def test_the_configured_currency_stands_in_for_one_that_the_page_does_not_say() -> None:
    item = product(offers={"@type": "Offer", "price": "12.50"})

    assert values(linked(item), options={"currency": "NZD"})["currency"] == "NZD"


def test_the_same_page_is_read_alike_twice() -> None:
    one = page(linked(product()))

    assert extract(one, site(), "BF-1") == extract(one, site(), "BF-1")
