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


# ── Witnesses ──────────────────────────────────────────────────────────────────────────────────────

WHOLE = product(
    brand="Tidepool",
    description="Holds a kilo of seeds.",
    image="/feeder.jpg",
    gtin12="012345678905",
    category="Garden",
    aggregateRating={"ratingValue": 4.5, "reviewCount": 12},
    offers=offer("29.99", availability="https://schema.org/InStock"),
)
MARKUP = (
    '<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Bird Feeder</b>'
    '<i itemprop="sku">BF-1</i><div itemprop="offers" itemscope><b itemprop="price">24.99</b></div></div>'
)


def metas(price: str) -> str:
    named = '<meta property="og:title" content="Bird Feeder">'
    return f'{named}<meta property="product:price:amount" content="{price}">'


def test_a_page_that_says_all_in_its_json_ld_is_not_asked_for_its_markup_as_well() -> None:
    said = read(linked(WHOLE) + MARKUP + metas("29.99"), sku="BF-1").fields["price"]

    assert said.value == Decimal("29.99")
    assert said.provenance.agrees == ("opengraph",)


def test_where_the_metas_have_another_price_the_markup_decides() -> None:
    said = read(linked(WHOLE) + MARKUP + metas("24.99"), sku="BF-1").fields["price"]

    assert said.value == Decimal("24.99")
    assert said.provenance.strategy == "microdata"


@pytest.mark.parametrize(
    "open_field", ["brand", "description", "image", "gtin12", "category", "aggregateRating"]
)
def test_what_its_json_ld_leaves_open_is_looked_for_in_the_markup(open_field: str) -> None:
    most = {name: value for name, value in WHOLE.items() if name != open_field}

    assert "microdata" in read(linked(most) + MARKUP, sku="BF-1").fields["title"].provenance.agrees


def test_the_words_of_customers_are_nobodys_fields() -> None:
    reviews = (
        '<div itemprop="review" itemscope itemtype="https://schema.org/Review"><b itemprop="name">Poor</b>'
        '<i itemprop="author" itemscope><b itemprop="name">Kim</b></i><i itemprop="price">1.00</i></div>'
    )
    inside = MARKUP.removesuffix("</div>") + reviews * 30 + "</div>"

    assert values(inside, sku="BF-1") | {"url": ""} == values(MARKUP, sku="BF-1") | {"url": ""}


@pytest.mark.parametrize(("sku", "price"), [("DJ-S", "29.00"), ("DJ-L", "35.00")])
def test_a_selected_price_of_another_size_gives_way(sku: str, price: str) -> None:
    """The page shows what the first size costs; its data has each one's price."""
    sizes = [
        {"@type": "Product", "sku": code, "offers": {"@type": "Offer", "price": cost, "priceCurrency": "USD"}}
        for code, cost in (("DJ-S", "29.00"), ("DJ-L", "35.00"))
    ]
    group = {"@type": "ProductGroup", "name": "Dog Jacket", "hasVariant": sizes}
    markup = linked(group, heading="Dog Jacket") + '<b class="price">From $29.00</b>'

    found = values(markup, sku, selectors={"price": ".price"})

    assert Decimal(price) == found["price"]


def test_a_selected_price_that_no_size_has_is_believed() -> None:
    markup = linked(product(), heading="Bird Feeder") + '<b class="price">$17.00</b>'

    assert Decimal("17.00") == values(markup, selectors={"price": ".price"})["price"]


def test_a_missing_page_is_no_product_whatever_it_recommends() -> None:
    assert not read(linked(product(), heading="Page not found")).is_product_page
    assert read(linked(product(name="Not Found, a novel"), heading="Not Found, a novel")).is_product_page


def test_a_category_whose_name_all_its_products_begin_with_is_about_none_of_them() -> None:
    several = [
        {"@type": "Product", "name": f"Boat Shoes {maker}", "offers": offer(price)}
        for maker, price in (("Sebago", 109), ("Etro", 225), ("Tbs", 108))
    ]
    assert not read(linked(several, heading="Boat Shoes")).is_product_page


def test_colours_of_one_product_at_one_price_are_about_it() -> None:
    several = [
        {"@type": "Product", "name": f"Oak Stool {colour}", "offers": offer(49)}
        for colour in ("Red", "Green", "Blue")
    ]
    assert read(linked(several, heading="Oak Stool")).is_product_page


@pytest.mark.parametrize("path", ["", "/", "/fr/", "/en-gb", "/index.html", "/fr/index.php"])
def test_the_front_page_of_a_language_is_a_front_page(path: str) -> None:
    markup = linked(product(name="Walnut"), heading="Source of fine woods")
    assert any("front door" in reason for reason in read(markup, url=f"https://shop.example{path}").why)


def test_a_site_that_calls_every_page_a_product_is_not_believed() -> None:
    metas = '<meta property="og:type" content="product"><meta property="og:title" content="{}">'
    assert not read(f"<head>{metas.format('Shop.Example')}</head><h1>Log in</h1>").is_product_page
    assert read(f"<head>{metas.format('Oak Stool')}</head><h1>Oak Stool</h1>").is_product_page


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Plump Serum - Dewline | Duskbeauty", "Dewline Plump Serum"),
        ("Dewline Plump Serum", "Dewline Plump Serum"),
        ("Plump Serum", "Plump Serum"),
    ],
)
def test_a_title_for_other_sites_with_the_headings_words_turned_is_the_heading(said: str, title: str) -> None:
    head = f'<meta property="og:type" content="product"><meta property="og:title" content="{said}">'

    assert title == values(f"<head>{head}</head><h1>Dewline Plump Serum</h1><b class=price>$9</b>")["title"]
