"""JSON-LD in the shapes that shops write it: one product, its offers, its variants."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.scraping.extract.pages import linked, offer, product, read, values


def test_a_plain_product_is_read_whole() -> None:
    item = product(
        description="<p>Holds 2 lb.</p>",
        brand={"@type": "Brand", "name": "Birdbarn"},
        image=["/a.jpg", {"@type": "ImageObject", "url": "https://cdn.example/b.jpg"}],
        gtin12="036000291452",
        mpn="M-1",
        category="Garden > Birds",
        weight={"@type": "QuantitativeValue", "value": "2", "unitCode": "LBR"},
        aggregateRating={"@type": "AggregateRating", "ratingValue": "4.5", "reviewCount": "12"},
        offers=offer("29.99", availability="https://schema.org/InStock"),
    )

    found = values(linked(item))

    assert found["title"] == "Bird Feeder"
    assert found["price"] == Decimal("29.99")
    assert found["currency"] == "USD"
    assert found["availability"] == "in_stock"
    assert found["brand"] == "Birdbarn"
    assert found["description"] == "Holds 2 lb."
    assert found["images"] == ["https://shop.example/a.jpg", "https://cdn.example/b.jpg"]
    assert found["sku"] == "BF-1"
    assert found["gtin"] == "036000291452"
    assert found["mpn"] == "M-1"
    assert found["category"] == "Garden > Birds"
    assert found["weight"] == "2 lb"
    assert found["rating"] == Decimal("4.5")
    assert found["reviews_count"] == 12


OFFERS: list[tuple[str, Any, str | None]] = [
    ("a number", offer(29.99), "29.99"),
    ("text", offer("29.99"), "29.99"),
    ("text with thousands", offer("1,299.00"), "1299.00"),
    ("text with a symbol", offer("$29.99"), "29.99"),
    ("a list of one", [offer(29.99)], "29.99"),
    ("lists in a list", [[offer(29.99)]], "29.99"),
    ("an aggregate", {"@type": "AggregateOffer", "lowPrice": "19.00", "highPrice": "29.00"}, "19.00"),
    (
        "an aggregate of offers",
        {"@type": "AggregateOffer", "lowPrice": 19, "priceCurrency": "USD", "offers": [offer(19), offer(29)]},
        "19",
    ),
    (
        "a specification",
        {"@type": "Offer", "priceSpecification": {"price": 24.5, "priceCurrency": "USD"}},
        "24.5",
    ),
    (
        "a sale beside its list price",
        {
            "@type": "Offer",
            "priceSpecification": [
                {"priceType": "https://schema.org/ListPrice", "price": 42},
                {"priceType": "https://schema.org/SalePrice", "price": 34.5, "priceCurrency": "USD"},
            ],
        },
        "34.5",
    ),
    (
        "a price struck through",
        {
            "@type": "Offer",
            "priceSpecification": [
                {"priceType": "StrikethroughPrice", "price": 42},
                {"@type": "UnitPriceSpecification", "price": 36},
            ],
        },
        "36",
    ),
    (
        "a price a pound and a price for members",
        {
            "@type": "Offer",
            "priceSpecification": [
                {"price": 0.42, "referenceQuantity": {"value": 1, "unitCode": "LBR"}},
                {"price": 13.99, "validForMemberTier": {"name": "gold"}},
                {"price": 16.99},
            ],
        },
        "16.99",
    ),
    (
        "used before new",
        [offer(9, itemCondition="https://schema.org/UsedCondition"), offer(29, itemCondition="NewCondition")],
        "29",
    ),
    (
        "sold out before in stock",
        [offer(19, availability="OutOfStock"), offer(29, availability="InStock")],
        "29",
    ),
    (
        "a reference price alone",
        {"@type": "Offer", "priceSpecification": {"priceType": "MSRP", "price": 99}},
        None,
    ),
    ("nothing", {"@type": "Offer", "availability": "InStock"}, None),
    ("capital keys", {"@type": "Offer", "Price": "18", "PriceCurrency": "USD"}, "18"),
]


@pytest.mark.parametrize(("offers", "price"), [row[1:] for row in OFFERS], ids=[row[0] for row in OFFERS])
def test_the_price_is_what_one_pays(offers: Any, price: str | None) -> None:
    found = values(linked(product(offers=offers)))

    assert found.get("price") == (Decimal(price) if price else None)


WHERE: list[tuple[str, Any]] = [
    ("a list", [product()]),
    (
        "a graph",
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Shop"}, product()]},
    ),
    ("a page's main entity", {"@type": ["WebPage", "ItemPage"], "mainEntity": product()}),
    ("a type with http", product(**{"@type": "http://schema.org/Product"})),
    ("a type with a prefix", product(**{"@type": "schema:Product"})),
    ("several types", product(**{"@type": ["Product", "Thing"]})),
    ("a type in small letters", product(**{"@type": "product"})),
    ("an offer around it", {**offer(29.99), "itemOffered": product(offers=None)}),
    ("price on the product", product(offers=None, price="29.99", priceCurrency="USD")),
]


@pytest.mark.parametrize("item", [row[1] for row in WHERE], ids=[row[0] for row in WHERE])
def test_a_product_is_found_wherever_it_stands(item: Any) -> None:
    found = values(linked(item))

    assert (found["title"], found["price"], found["sku"]) == ("Bird Feeder", Decimal("29.99"), "BF-1")


def test_references_are_followed() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "mainEntity": {"@id": "#p"}},
            {
                "@id": "#p",
                "@type": "Product",
                "name": "Feeder",
                "brand": {"@id": "#b"},
                "offers": {"@id": "#o"},
            },
            {"@id": "#b", "@type": "Brand", "name": "Birdbarn"},
            {"@id": "#o", **offer("12.50")},
        ]
    }

    found = values(linked(graph))

    assert (found["title"], found["brand"], found["price"]) == ("Feeder", "Birdbarn", Decimal("12.50"))


def test_references_in_a_circle_come_to_an_end() -> None:
    one = {"@id": "#a", "@type": "Product", "name": "A", "isVariantOf": {"@id": "#g"}, "offers": offer(5)}
    group = {"@id": "#g", "@type": "ProductGroup", "name": "G", "hasVariant": [{"@id": "#a"}] * 200}

    assert read(linked([one, group]), "A").is_product_page


def test_related_products_are_not_the_product() -> None:
    related = [product(name=f"Other {i}", sku=f"O-{i}", offers=offer(i)) for i in range(1, 5)]
    item = product(isRelatedTo=related, isSimilarTo=related, isAccessoryOrSparePartFor=related[0])
    carousel = {
        "@type": "ItemList",
        "itemListElement": [{"@type": "ListItem", "item": one} for one in related],
    }

    extraction = read(linked(carousel, item))

    assert extraction.value("price") == Decimal("29.99")
    assert [one.name for one in extraction.products] == ["Bird Feeder"]


def test_of_two_products_the_one_in_the_heading_is_meant() -> None:
    accessory = product(name="Suet", sku="SU-1", offers=offer(4))

    assert values(linked(accessory, product(), heading="Bird Feeder"))["price"] == Decimal("29.99")
    assert values(linked(product(), accessory, heading="Suet"))["price"] == Decimal(4)


def test_two_halves_of_one_product_are_joined() -> None:
    stars = {
        "@type": "Product",
        "name": "Bird Feeder",
        "aggregateRating": {"ratingValue": 4, "reviewCount": 3},
    }

    found = values(linked(stars, product()))

    assert (found["price"], found["sku"], found["reviews_count"]) == (Decimal("29.99"), "BF-1", 3)


CODES: list[tuple[dict[str, Any], str, str]] = [
    ({"productID": "sku:X-1", "sku": None}, "sku", "X-1"),
    ({"productID": "upc:036000291452"}, "gtin", "036000291452"),
    ({"gtin13": "4006381333931"}, "gtin", "4006381333931"),
    ({"gtin": "00036000291452"}, "gtin", "00036000291452"),
    (
        {"identifier": {"@type": "PropertyValue", "propertyID": "UPC", "value": "036000291452"}},
        "gtin",
        "036000291452",
    ),
    ({"additionalProperty": [{"name": "MPN", "value": "ZZ-9"}]}, "mpn", "ZZ-9"),
    ({"isbn": "9780306406157"}, "gtin", "9780306406157"),
]


@pytest.mark.parametrize(("rest", "name", "code"), CODES)
def test_codes_are_found_in_every_place(rest: dict[str, Any], name: str, code: str) -> None:
    assert values(linked(product(**rest)))[name] == code


GROUP = {
    "@type": "ProductGroup",
    "name": "Collar",
    "brand": {"name": "Ridge"},
    "productGroupID": "77",
    "hasVariant": [
        {
            "@type": "Product",
            "name": f"Collar {size}",
            "sku": f"C-{size}",
            "gtin": gtin,
            "offers": offer(price, availability=stock, url=f"https://shop.example/p/feeder?variant={at}"),
        }
        for at, (size, gtin, price, stock) in enumerate(
            [
                ("S", "036000291452", 24, "OutOfStock"),
                ("M", "4006381333931", 26, "InStock"),
                ("L", "", 28, "InStock"),
            ]
        )
    ],
}


@pytest.mark.parametrize(
    ("sku", "price", "stock"),
    [
        ("C-S", 24, "out_of_stock"),
        ("c m", 26, "in_stock"),
        ("4006381333931", 26, "in_stock"),
        ("C-L", 28, "in_stock"),
    ],
)
def test_the_price_is_that_of_the_variant_that_carries_the_sku(sku: str, price: int, stock: str) -> None:
    extraction = read(linked(GROUP), sku)

    assert extraction.value("price") == Decimal(price)
    assert extraction.value("availability") == stock
    assert extraction.value("brand") == "Ridge"
    assert extraction.variant is not None


def test_without_an_asked_sku_the_address_names_the_variant() -> None:
    found = values(linked(GROUP), url="https://shop.example/p/feeder?variant=2&utm_source=x")

    assert (found["sku"], found["price"]) == ("C-L", Decimal(28))


def test_without_either_the_first_variant_that_can_be_had_is_shown() -> None:
    found = values(linked(GROUP))

    assert (found["price"], found["availability"]) == (Decimal(26), "in_stock")


def test_offers_with_their_own_sku_are_variants() -> None:
    item = product(
        sku=None, offers=[offer(9.5, sku="TAG-S"), offer(11.5, sku="TAG-L", availability="BackOrder")]
    )

    found = values(linked(item), "TAG-L")

    assert (found["sku"], found["price"], found["availability"]) == ("TAG-L", Decimal("11.5"), "back_order")


def test_the_path_of_a_value_is_told() -> None:
    field = read(linked({"@graph": [{"@type": "WebSite"}, product(offers=[offer(29.99)])]})).fields["price"]

    assert field.provenance.strategy == "json_ld"
    assert field.provenance.selector == "json-ld[0].@graph[1].offers[0].price"
    assert field.provenance.raw == "29.99"


def test_breadcrumbs_are_the_category_without_the_product_itself() -> None:
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "item": {"@id": "/", "name": "Garden"}},
            {"@type": "ListItem", "position": 2, "name": "Birds"},
            {"@type": "ListItem", "position": 3, "name": "Bird Feeder"},
        ],
    }

    assert values(linked(crumbs, product()))["category"] == "Garden > Birds"


def test_broken_json_ld_is_read_all_the_same() -> None:
    text = json.dumps(product()).replace('"sku"', '/* code */ "sku"')[:-1] + ",}"

    assert values(f'<script type="application/ld+json">//<![CDATA[\n{text}\n//]]></script>')["sku"] == "BF-1"


@pytest.mark.parametrize(
    "item", [None, 5, "x", [], {}, [None], {"@type": 5}, {"@graph": "x"}, {"@type": "Product"}]
)
def test_strange_json_ld_claims_nothing(item: object) -> None:
    assert not read(linked(item)).is_product_page


@pytest.mark.parametrize(
    "value", [None, [], {}, [[]], {"@value": None}, True, 1e400, "x" * 100_000, [{}] * 5_000]
)
def test_strange_values_of_a_product_cost_nothing_but_themselves(value: object) -> None:
    item = product(brand=value, image=value, gtin=value, category=value, weight=value, aggregateRating=value)

    found = values(linked(item))

    assert found["price"] == Decimal("29.99")


def test_what_an_action_acts_on_and_what_a_pages_offer_sells_is_the_product() -> None:
    item = product(sku="WK1", model="WK-1X")
    bought = {"@type": "BuyAction", "object": item, "expectsAcceptanceOf": {"@type": "Offer"}}
    sold = {
        "@type": "WebPageElement",
        "offers": offer(29.99, itemOffered=[{"@type": "Product", "name": "Bird Feeder"}]),
    }

    assert ("WK1", "WK-1X") == (values(linked(bought))["sku"], values(linked(bought))["mpn"])
    assert Decimal("29.99") == values(linked({"@type": "WebPage", "mainEntity": sold}))["price"]


def test_variants_that_name_their_group_are_its_variants() -> None:
    group = {"@type": "ProductGroup", "@id": "#coat", "name": "Coat", "brand": "Acme"}
    small = product(name="Small coat", sku="C-S", isVariantOf={"@id": "#coat"}, offers=offer(39))
    large = product(name="Large coat", sku="C-L", isVariantOf={"@id": "#coat"}, offers=offer(49))
    markup = linked([group, small, large], heading="Coat")

    assert ("Coat", "Acme", Decimal(39)) == tuple(
        values(markup)[name] for name in ("title", "brand", "price")
    )
    assert Decimal(49) == values(markup, "C-L")["price"]


def test_one_product_for_each_size_is_read_as_one_that_can_be_had() -> None:
    gone = product(name="Sweater", sku="S-1", offers=offer(30, availability="https://schema.org/OutOfStock"))
    here = product(name="Sweater", sku="S-2", offers=offer(30, availability="https://schema.org/InStock"))

    assert "in_stock" == values(linked([gone, here], heading="Sweater"))["availability"]


def test_a_word_for_nothing_is_no_brand_and_a_cars_model_no_number() -> None:
    item = product(brand={"name": "N/A"}, model="Roadster 2", **{"@type": "Car"})

    assert not {"brand", "mpn"} & values(linked(item)).keys()


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"Offers": {"Price": "7.00", "PriceCurrency": "USD"}, "SKU": "A1"}, "7.00"),
        ({"offers": offer(7, availability={"@id": "schema:BackOrder"}), "sku": "A1"}, "7"),
    ],
)
def test_keys_and_references_in_unusual_dress_are_read(price: dict[str, Any], code: str) -> None:
    found = values(linked({"@type": "Product", "name": "Bowl", **price}))

    assert ("A1", Decimal(code)) == (found["sku"], found["price"])


def test_a_span_of_prices_over_a_page_of_tiles_is_no_product() -> None:
    span = {"@type": "AggregateOffer", "lowPrice": "19", "highPrice": "99", "priceCurrency": "USD"}
    item = {"@type": "Product", "name": "Cat Trees", "offers": span}
    tiles = "".join(f'<li><a href="/p/{n}">Tree {n}</a> ${n}9</li>' for n in range(1, 13))
    markup = linked(item, heading="Cat Trees")

    assert read(markup).is_product_page
    assert not read(markup.replace("</body>", f"<ul>{tiles}</ul></body>")).is_product_page


@pytest.mark.parametrize("kind", ["MusicEvent", "JobPosting", "Hotel", "RealEstateListing", "Course"])
def test_what_is_sold_elsewise_is_no_product(kind: str) -> None:
    item = {"@type": kind, "name": "Rock Night", "offers": offer(45)}
    markup = linked(item, heading="Rock Night").replace(
        "</body>", '<p class="price">$45</p><button>Buy now</button>'
    )

    assert not read(markup).is_product_page


@pytest.mark.parametrize(
    ("own", "title"),
    [
        ("Trail Harness, Medium", "Trail Harness, Medium"),
        ("Medium / Red", "Trail Harness"),
        ("", "Trail Harness"),
    ],
)
def test_the_asked_variant_goes_by_its_own_name_where_that_says_more(own: str, title: str) -> None:
    variants = [product(name=own, sku="TH-M", offers=offer(20)), product(name="Trail Harness, L", sku="TH-L")]
    markup = linked(
        {"@type": "ProductGroup", "name": "Trail Harness", "hasVariant": variants}, heading="Trail Harness"
    )

    assert title == values(markup, "TH-M")["title"]


def test_a_sales_own_specification_is_below_the_offers_price() -> None:
    sale = {"@type": "UnitPriceSpecification", "priceType": "https://schema.org/SalePrice", "price": 8}
    item = product(offers=offer(10.0, priceSpecification=[{**sale, "priceCurrency": "USD"}]))

    assert Decimal(8) == values(linked(item))["price"]


def test_the_codes_of_the_only_offer_are_the_products() -> None:
    item = product(offers=[offer(10, gtin12="036000291452")])

    assert "036000291452" == values(linked(item))["gtin"]


def test_a_price_in_the_metas_and_a_buy_button_make_a_products_page() -> None:
    markup = (
        '<meta name="twitter:label1" content="Price"><meta name="twitter:data1" content="$22.00">'
        "<h1>Bowl</h1><button>Add to cart</button>"
    )

    assert Decimal(22) == values(markup)["price"]
    assert "price" not in values(markup.replace("Add to cart", "Read more"))


@pytest.mark.parametrize("prefix", ["schema:", "http://schema.org/", "https://schema.org/"])
def test_keys_may_have_a_prefix_or_be_whole_addresses(prefix: str) -> None:
    sold = {f"{prefix}price": [{"@value": "24.50"}], f"{prefix}priceCurrency": "USD"}
    item = {
        "@type": f"{prefix}Product",
        f"{prefix}name": "Tank Heater",
        f"{prefix}sku": [{"@value": "TH-100"}],
        f"{prefix}offers": [{**sold, f"{prefix}availability": [{"@id": f"{prefix}BackOrder"}]}],
    }

    found = values(linked([item]))

    assert (found["title"], found["sku"]) == ("Tank Heater", "TH-100")
    assert (found["price"], found["currency"]) == (Decimal("24.50"), "USD")
    assert found["availability"] == "back_order"


@pytest.mark.parametrize(
    ("shown", "price"), [("$129.00", "129"), ("From $99.00", "99"), ("$89.00", "99"), ("$150.00", "99")]
)
def test_of_a_span_of_prices_the_one_that_the_page_sells_at_is_the_price(shown: str, price: str) -> None:
    span = {"@type": "AggregateOffer", "lowPrice": "99", "highPrice": "149", "priceCurrency": "USD"}
    box = f"<p class=price>{shown}</p><button>Add to cart</button>"

    found = values(linked(product(offers=span), heading="Bird Feeder") + box)

    assert found["price"] == Decimal(price)
