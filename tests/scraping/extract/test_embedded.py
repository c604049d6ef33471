"""The product in the data of a shop's own scripts, by platform and by shape."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.scraping.extract.pages import read, values

FEEDER: dict[str, Any] = {
    "sku": "BF-1",
    "name": "Bird Feeder",
    "price": 29.99,
    "currency": "USD",
    "inStock": True,
    "image": "https://cdn.example/bf.jpg",
    "ean": "4006381333931",
}
TEXT = json.dumps(FEEDER)
OTHER = {**FEEDER, "sku": "OT-1", "name": "Suet Cage", "price": 4.5}
HEADING = "<h1>Bird Feeder</h1>"


def data(value: object, **attributes: str) -> str:
    """A script of JSON."""
    said = "".join(f' {name}="{text}"' for name, text in attributes.items())
    return f'<script type="application/json"{said}>{json.dumps(value)}</script>'


def code(text: str) -> str:
    """A script of code."""
    return f"<script>{text}</script>"


def enqueued(piece: str) -> str:
    """A piece of React Router's stream."""
    return code(f"window.__reactRouterContext.streamController.enqueue({json.dumps(piece)});")


WHERE = [
    ("Next's data", data({"props": {"pageProps": {"product": FEEDER}}}, id="__NEXT_DATA__")),
    ("an assignment", code(f"window.__INITIAL_STATE__ = {json.dumps({'pdp': {'product': FEEDER}})};")),
    ("a variable between others", code(f"var a=1, product = {json.dumps(FEEDER)}; if (a) {{ go({{}}); }}")),
    ("an object literal", code("x = {p: {sku: 'BF-1', name: 'Bird Feeder', price: 29.99}}")),
    ("a parsed string", code(f"window.S = JSON.parse({json.dumps(json.dumps(FEEDER))})")),
    ("a percent-encoded string", code(f'S = decodeURIComponent("{TEXT.replace(chr(34), "%22")}")')),
    ("an Apollo cache", code(f"window.__APOLLO_STATE__={json.dumps({'P:1': FEEDER, 'P:2': OTHER})}")),
    ("an edge of a graph", data({"data": {"edges": [{"node": FEEDER}]}})),
    (
        "Nuxt's call",
        code(
            'window.__NUXT__=(function(a,b){return {data:[{product:{sku:"BF-1",name:a,price:b}}]}}'
            '("Bird Feeder",29.99));'
        ),
    ),
    (
        "Nuxt's flat list",
        data([{"data": 1}, {"p": 2}, {"sku": 3, "name": 4, "price": 5}, "BF-1", "Bird Feeder", 29.99]),
    ),
    (
        "Next's stream in pieces",
        code("self.__next_f.push([1," + json.dumps('7:["$","div",null,{"product":' + TEXT[:40]) + "])")
        + code("self.__next_f.push([1," + json.dumps(TEXT[40:] + "}]\n") + "])"),
    ),
    (
        "React Router's stream in pieces",
        enqueued('[{"_1":2},"product",["P",2]]\n')
        + enqueued('P2:[{"_4":5,"_6":7,"_8":9},"sku","BF-1","name","Bird Feeder","price",29.99]\n'),
    ),
    (
        "TanStack's and Solid's values, each with its place",
        code(
            '$_TSR.router=($R=>$R[0]={matches:$R[1]=[$R[2]={i:"/p",l:$R[3]={product:$R[4]='
            '{sku:"BF-1",name:"Bird Feeder",price:29.99,at:new Date("2026-01-01"),seen:!0}}}],'
            'last:$R[2]})($R["tsr"])'
        ),
    ),
    (
        "an island of Astro",
        "<astro-island props='"
        + json.dumps({"product": [0, {key: [0, value] for key, value in FEEDER.items()}], "tags": [1, []]})
        + "'></astro-island>",
    ),
    (
        "a data layer",
        code(
            "dataLayer.push({event:'view_item',ecommerce:{currency:'USD',items:"
            "[{item_id:'BF-1',item_name:'Bird Feeder',price:29.99}]}})"
        ),
    ),
    (
        "a tag manager's lists of one",
        code("var u={product_id:['BF-1'],product_name:['Bird Feeder'],product_price:['29.99']}"),
    ),
    ("a data attribute", f"<div data-product='{json.dumps(FEEDER)}'></div>"),
    ("halves apart", data({"p": {"productInfo": {"sku": "BF-1", "name": "Bird Feeder"}, "price": 29.99}})),
]


@pytest.mark.parametrize("markup", [row[1] for row in WHERE], ids=[row[0] for row in WHERE])
def test_a_product_is_found_in_the_data_of_scripts(markup: str) -> None:
    extraction = read(f"{HEADING}{markup}")

    assert extraction.value("title") == "Bird Feeder"
    assert extraction.value("price") == Decimal("29.99")
    assert extraction.value("sku") == "BF-1"
    assert extraction.fields["price"].provenance.strategy == "embedded_json"


PRICES: list[tuple[str, dict[str, Any], str]] = [
    ("a sale price", {"price": 40, "salePrice": 29.99}, "29.99"),
    ("a sale price of nothing", {"price": 29.99, "salePrice": 0}, "29.99"),
    ("a special price above the price", {"price": 29.99, "specialPrice": 99}, "29.99"),
    ("list beside current", {"price": {"list": 40, "current": 29.99}}, "29.99"),
    ("current with a currency", {"price": {"current": {"value": 29.99, "currency": "GBP"}}}, "29.99"),
    ("text", {"price": "$29.99"}, "29.99"),
    ("cents", {"price": {"centAmount": 2999, "currencyCode": "EUR", "fractionDigits": 2}}, "29.99"),
    (
        "an info object",
        {"price": None, "priceInfo": {"wasPrice": {"price": 40}, "currentPrice": {"price": 29.99}}},
        "29.99",
    ),
    (
        "a range",
        {
            "price": None,
            "priceRange": {"minVariantPrice": {"amount": "29.99"}, "maxVariantPrice": {"amount": 80}},
        },
        "29.99",
    ),
]


@pytest.mark.parametrize(("rest", "price"), [row[1:] for row in PRICES], ids=[row[0] for row in PRICES])
def test_the_price_is_what_one_pays_in_every_shape(rest: dict[str, Any], price: str) -> None:
    assert values(HEADING + data({"product": {**FEEDER, **rest}}))["price"] == Decimal(price)


@pytest.mark.parametrize(
    "key", ["recommendations", "relatedProducts", "recentlyViewed", "cart", "crossSells"]
)
def test_other_products_are_not_the_product(key: str) -> None:
    state = {key: {"items": [OTHER, {**OTHER, "sku": "OT-2"}]}, "page": {"product": FEEDER}}

    assert values(HEADING + data(state))["price"] == Decimal("29.99")
    assert "price" not in values(HEADING + data({key: {"items": [OTHER]}}))


SHOPIFY = {
    "id": 1,
    "title": "Bird Feeder",
    "handle": "feeder",
    "vendor": "Birdbarn",
    "price": 2400,
    "price_varies": True,
    "available": True,
    "variants": [
        {
            "id": 11,
            "option1": "S",
            "sku": "BF-S",
            "price": 2400,
            "available": True,
            "barcode": "036000291452",
        },
        {"id": 12, "option1": "L", "sku": "BF-L", "price": 3600, "available": False},
    ],
}


@pytest.mark.parametrize(
    ("sku", "price", "stock"),
    [("BF-S", "24", "in_stock"), ("BF-L", "36", "out_of_stock"), ("", "24", "in_stock")],
)
def test_shopifys_cents_and_variants_are_understood(sku: str, price: str, stock: str) -> None:
    found = values(HEADING + data(SHOPIFY) + code('Shopify.currency = {"active":"CAD","rate":"1.0"};'), sku)

    assert (found["price"], found["currency"]) == (Decimal(price), "CAD")
    assert found["availability"] == stock
    assert found["brand"] == "Birdbarn"


def in_size(size: str, amount: str, *, can_be_had: bool = True) -> dict[str, Any]:
    """A variant as Shopify's storefront API answers it."""
    return {
        "sku": f"BF-{size}",
        "title": size,
        "selectedOptions": [{"name": "Size", "value": size}],
        "availableForSale": can_be_had,
        "price": {"amount": amount, "currencyCode": "USD"},
        "product": {"title": "Bird Feeder", "handle": "feeder"},
    }


SIZES = [in_size("S", "24"), in_size("M", "24", can_be_had=False), in_size("L", "36")]
HYDROGEN: list[tuple[str, dict[str, Any]]] = [
    (
        "shown, neighbours and first of each option",
        {
            "selectedOrFirstAvailableVariant": SIZES[0],
            "adjacentVariants": SIZES[1:2],
            "options": [{"name": "Size", "optionValues": [{"firstSelectableVariant": one} for one in SIZES]}],
        },
    ),
    ("nodes", {"variants": {"nodes": SIZES}}),
    ("edges", {"variants": {"edges": [{"node": one} for one in SIZES]}}),
]


@pytest.mark.parametrize("held", [row[1] for row in HYDROGEN], ids=[row[0] for row in HYDROGEN])
@pytest.mark.parametrize(
    ("sku", "price", "stock"),
    [("BF-S", "24", "in_stock"), ("BF-M", "24", "out_of_stock"), ("BF-L", "36", "in_stock")],
)
def test_variants_are_found_wherever_a_storefront_holds_them(
    held: dict[str, Any], sku: str, price: str, stock: str
) -> None:
    product = {"title": "Bird Feeder", "handle": "feeder", "vendor": "Birdbarn", **held}

    found = values(HEADING + data({"loaderData": {"routes/products.$handle": {"product": product}}}), sku)

    assert (found["sku"], found["price"], found["availability"]) == (sku, Decimal(price), stock)
    assert (found["title"], found["brand"]) == ("Bird Feeder", "Birdbarn")


def test_a_variant_goes_by_the_name_of_its_product() -> None:
    """Hydrogen's form for the basket holds the variant that is shown; its own title is `S`."""
    form = json.dumps({"inputs": {"lines": [{"quantity": 1, "selectedVariant": SIZES[0]}]}})
    markup = f"<input type=hidden name=cartFormInput value='{form}'>"

    found = values(HEADING + markup)

    assert (found["title"], found["sku"], found["price"]) == ("Bird Feeder", "BF-S", Decimal(24))


@pytest.mark.parametrize("key", ["relatedProducts", "products", "recommendations"])
def test_a_variant_of_a_related_product_is_none_of_this_one(key: str) -> None:
    other = {"title": "Suet Cage", "selectedVariant": {"sku": "OT-1", "price": {"amount": "4.50"}}}
    product = {**FEEDER, "selectedVariant": SIZES[0], key: [other]}

    found = values(HEADING + data({"product": product}), "OT-1")

    assert found.get("sku") != "OT-1"
    assert found.get("price") != Decimal("4.50")


def test_a_warranty_does_not_go_by_the_name_of_its_product() -> None:
    warranty = {"name": "Two years of care", "sku": "W-2", "price": 4.5, "product": {"name": "Bird Feeder"}}

    found = values(HEADING + data({"extras": [warranty]}) + "<b>$29.99</b><button>Add to cart</button>")

    assert (found["title"], found["price"]) == ("Bird Feeder", Decimal("29.99"))


def test_shopifys_text_prices_are_no_cents() -> None:
    plain = {**SHOPIFY, "price": "24.00", "variants": [{"sku": "BF-S", "option1": "S", "price": "24.00"}]}

    assert values(HEADING + data(plain), "BF-S")["price"] == Decimal("24.00")


@pytest.mark.parametrize(
    ("attribute", "several"),
    [
        ("data-variants", [{"id": 1, "sku": "BF-S", "price": {"amount": "19.5"}, "in_stock": True},
                           {"id": 2, "sku": "BF-L", "price": {"amount": "29.5"}, "in_stock": False}]),
        ("data-variants", [{"sku": "BF-S", "price": 1950, "salePrice": 0, "onSale": False, "qtyInStock": 3},
                           {"sku": "BF-L", "price": 3950, "salePrice": 2950, "onSale": True,
                            "qtyInStock": 0}]),
        (":options", [{"sku": "BF-S", "price": 19.5, "available": True},
                      {"sku": "BF-L", "price": 29.5, "available": False}]),
    ],
)  # fmt: skip
def test_a_list_of_sizes_without_a_name_is_of_the_product(attribute: str, several: list[Any]) -> None:
    markup = f"{HEADING}<b>$19.50</b><div {attribute}='{json.dumps(several)}'></div>"

    found = values(f"<title>Bird Feeder</title>{markup}<button>Add to cart</button>", "BF-L")

    assert ("BF-L", Decimal("29.5"), "out_of_stock") == tuple(
        map(found.get, ("sku", "price", "availability"))
    )


def test_whole_numbers_that_may_be_cents_are_not_believed() -> None:
    several = [{"sku": "BF-S", "price": 1950}, {"sku": "BF-L", "price": 2950}]
    markup = f"{HEADING}<b>$19.50</b><div data-sizes='{json.dumps(several)}'></div>"

    found = values(f"<title>Bird Feeder</title>{markup}<button>Add to cart</button>", "BF-L")

    assert found.get("price") != Decimal(2950)


def test_woocommerces_variations_are_variants() -> None:
    variations = [
        {"sku": "HF-5", "display_price": 14.9, "display_regular_price": 14.9, "is_in_stock": True},
        {"sku": "HF-15", "display_price": 37.9, "display_regular_price": 42.9, "is_in_stock": False},
    ]
    escaped = json.dumps(variations).replace('"', "&quot;")
    head = '<meta property="og:type" content="product">'
    markup = f'{head}{HEADING}<form data-product_variations="{escaped}"></form>'

    found = values(markup, "HF-15")

    assert (found["price"], found["availability"], found["sku"]) == (Decimal("37.9"), "out_of_stock", "HF-15")


def test_magentos_option_prices_are_variants() -> None:
    config = {
        "optionPrices": {
            "1": {"oldPrice": {"amount": 59.95}, "finalPrice": {"amount": 49.95}},
            "2": {"oldPrice": {"amount": 59.95}, "finalPrice": {"amount": 59.95}},
        },
        "prices": {"finalPrice": {"amount": 49.95}},
        "skus": {"1": "FT-ZW", "2": "FT-RD"},
        "salable": {"93": {"49": ["1"], "56": []}},
    }
    magento = {"[data-role=swatch-options]": {"Magento_Swatches/js/swatch-renderer": {"jsonConfig": config}}}
    markup = f'<script type="text/x-magento-init">{json.dumps(magento)}</script>'
    head = '<meta property="og:type" content="product">'

    assert values(head + HEADING + markup, "FT-RD")["price"] == Decimal("59.95")
    assert values(head + HEADING + markup, "FT-RD")["availability"] == "out_of_stock"
    assert values(head + HEADING + markup)["price"] == Decimal("49.95")


def test_bigcommerces_attributes_are_the_product() -> None:
    attributes = {
        "sku": "AQ-1",
        "upc": "036000291452",
        "instock": True,
        "price": {
            "without_tax": {"value": 119.99, "currency": "USD"},
            "sale_price_without_tax": {"value": 94.49, "currency": "USD"},
        },
    }
    markup = HEADING + code(f"var BCData = {json.dumps({'product_attributes': attributes})};")

    found = values('<meta property="og:type" content="product">' + markup)

    assert (found["price"], found["currency"], found["gtin"]) == (Decimal("94.49"), "USD", "036000291452")


@pytest.mark.parametrize(
    "script",
    [
        "a={price:" * 30_000,
        "price=[" * 100_000,
        "x=" + '{"price":"' * 50_000,
        "price" + "={a:1}" * 100_000,
        "f({price: function(){" * 20_000,
        "=" * 500_000 + "price",
        "JSON.parse('" * 50_000 + "price",
        'streamController.enqueue("[' + "[" * 100_000 + '")',
        "streamController.enqueue('[" + '{"_0":0},' * 50_000 + "0]')",
        "streamController.enqueue('" * 50_000,
    ],
)
def test_hostile_scripts_cost_bounded_time(script: str) -> None:
    started = time.process_time()

    read(f"{HEADING}<script>{script}</script>")

    assert time.process_time() - started < 5


def test_a_cache_of_references_is_put_together() -> None:
    cache = {
        "ROOT_QUERY": {'product({"id":"9"})': {"__ref": "Product:9"}},
        "Product:9": {
            "name": "Bird Feeder",
            "sku": "BF-9",
            "price": {"__ref": "Price:9"},
            "self": {"__ref": "Product:9"},
        },
        "Price:9": {"value": 29.99, "currency": "USD"},
        "Product:1": {"name": "Other", "sku": "OT", "price": {"__ref": "Price:1"}},
        "Price:1": {"value": 5, "currency": "USD"},
    }

    found = values(HEADING + code(f"window.__APOLLO_STATE__={json.dumps(cache)}"))

    assert (Decimal("29.99"), "USD", "BF-9") == (found["price"], found["currency"], found["sku"])


def test_what_a_discounted_price_is_called_and_the_chosen_sku() -> None:
    item = {
        "productDetails": {"displayName": "Bird Feeder", "brand": {"displayName": "Acme"}, "productId": "P4"},
        "currentSku": {"skuId": "2345", "isInStock": True},
        "price": {"sellingPrice": {"value": 249.9}, "discountedPrice": {"value": 199.9}, "currency": "TRY"},
    }

    found = values(HEADING + data({"page": {"product": item}}))

    assert ("2345", "Acme", Decimal("199.9")) == (found["sku"], found["brand"], found["price"])


@pytest.mark.parametrize("name", [":product", "data-ga4-item", "v-bind:initial", "data-whatever"])
def test_json_in_an_attribute_of_any_name_is_read(name: str) -> None:
    for held in (f"{name}='{TEXT}'", f'{name}="{TEXT.replace(chr(34), "&quot;")}"'):
        assert Decimal("29.99") == values(f"{HEADING}<product-page {held}></product-page>")["price"]


def test_in_the_data_of_analytics_an_id_is_the_sku() -> None:
    item = {"id": "UA-1", "name": "Bird Feeder", "price": "9.50"}
    layer = [{"ecommerce": {"currencyCode": "USD", "detail": {"products": [item]}}}]

    found = values(HEADING + code(f"dataLayer={json.dumps(layer)};"))

    assert ("UA-1", Decimal("9.50"), "USD") == (found["sku"], found["price"], found["currency"])
