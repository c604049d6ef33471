"""A configuration's selectors: every form a person may write, and what it yields."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.scraping.extract.pages import linked, product, read, values

PAGE = """<meta name="code" content="BF-1"><h1 class="title">  Bird
 <b>Feeder</b> </h1><span class="price" data-amount="29.99">Now <i>$24.99</i></span>
<img class="pic" src="/s.jpg" data-zoom-image="/big.jpg" alt="A feeder"><img class="pic" src="/2.jpg">
<a class="more" href="/p/feeder#x">More</a><ul><li>Wood</li><li>Steel</li></ul><input id="sku" value="BF-1">
<select id="size"><option>S</option><option selected>L</option></select><p id="d">One<br>two <b>three</b></p>
<p class="code">Item no. BF-1 (new)</p><table><tr><th>UPC</th><td>036000291452</td></tr></table>"""


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("h1", "Bird Feeder"),
        ("h1.title::text", "Bird Feeder"),
        ("//h1", "Bird Feeder"),
        ("//h1/b/text()", "Feeder"),
        ("span.price@data-amount", "29.99"),
        ("span.price::attr(data-amount)", "29.99"),
        ("//span/@data-amount", "29.99"),
        ({"selector": ".price", "attribute": "data-amount"}, "29.99"),
        ("meta[name=code]", "BF-1"),
        ("#sku", "BF-1"),
        ("#size", "L"),
        ("img", "A feeder"),
        ({"selector": "h1", "attribute": "textContent"}, "Bird Feeder"),
        ({"selector": "h1", "attribute": "innerText"}, "Bird Feeder"),
        ({"selector": "#d", "attribute": "innerHTML"}, "One<br>two <b>three</b>"),
        ({"selector": "li", "multiple": True}, ["Wood", "Steel"]),
        ({"selector": "li", "join": ", "}, "Wood, Steel"),
        ({"selector": ".code", "regex": r"no\. (\S+)"}, "BF-1"),
        ({"selector": ".code", "regex": r"[A-Z]+-\d"}, "BF-1"),
        ({"selector": ".code", "regex": r"none"}, None),
        ([".nothing", "h1"], "Bird Feeder"),
        ([{"selector": ".code", "regex": "none"}, "#sku"], "BF-1"),
        ({"selector": ".price", "type": "price"}, Decimal("24.99")),
        ({"selector": "li", "type": "price"}, None),
        ("//th[.='UPC']/following-sibling::td", "036000291452"),
        ("(//li)[2]", "Steel"),
        (".nothing", None),
    ],
)
def test_a_selector_yields_its_value(selector: Any, value: object) -> None:
    assert values(PAGE, selectors={"mine": selector}).get("mine") == value


@pytest.mark.parametrize(
    ("field", "selector", "value"),
    [
        ("images", {"selector": ".pic", "multiple": True}, ["https://shop.example/big.jpg", "https://shop.example/2.jpg"]),
        ("images", ".pic", ["https://shop.example/big.jpg"]),
        ("url", ".more", "https://shop.example/p/feeder"),
        ("price", ".price", Decimal("24.99")),
        ("gtin", "td", "036000291452"),
        ("description", "#d", "One\ntwo three"),
    ],
)  # fmt: skip
def test_a_standard_field_takes_what_is_natural_for_it(field: str, selector: Any, value: object) -> None:
    assert values(PAGE, selectors={field: selector})[field] == value


def test_a_configured_selector_is_believed_before_structured_data() -> None:
    found = read(linked(product()) + PAGE, selectors={"price": ".price"})

    assert found.value("price") == Decimal("24.99")
    assert found.fields["price"].provenance.strategy == "selector"
    assert found.fields["price"].provenance.selector == ".price"
    assert found.value("sku") == "BF-1"


def test_a_selector_without_a_valid_value_leaves_the_field_to_structured_data() -> None:
    found = read(linked(product()) + PAGE, selectors={"price": "li"})

    assert found.value("price") == Decimal("29.99")
    assert found.missing_required == ()


def test_a_required_selector_that_finds_nothing_is_named() -> None:
    found = read(
        linked(product()), selectors={"price": {"selector": ".gone", "required": True}, "title": ".gone"}
    )

    assert found.missing_required == ("price",)


def test_the_currency_beside_a_selected_price_is_taken() -> None:
    found = values("<b class=p>£12.50</b>" + linked({**product(), "offers": None}), selectors={"price": ".p"})

    assert (found["price"], found["currency"]) == (Decimal("12.50"), "GBP")


STATE = {"props": {"product": {"codes": {"ean": "4006381333931"}, "tags": ["a", "b"], "price": 12.5}}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("props.product.codes.ean", "4006381333931"),
        ("__NEXT_DATA__.props.product.codes.ean", "4006381333931"),
        ("#__NEXT_DATA__.props.product.codes.ean", "4006381333931"),
        ("$..ean", "4006381333931"),
        ("offers.availability", "InStock"),
        ("$.@graph[0].sku", "BF-1"),
        ("window.__STATE__.cart.id", "77"),
        ("cart.id", "77"),
        ("nothing.at.all", None),
    ],
)
def test_a_json_path_leads_into_the_pages_json(path: str, value: object) -> None:
    item = product(offers={"@type": "Offer", "availability": "InStock"})
    markup = (
        linked({"@graph": [item]})
        + f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(STATE)}</script>'
        + '<script>window.__STATE__ = {"cart": {"id": "77", "product": 1}};</script>'
    )

    assert values(markup, selectors={"mine": {"json_path": path}}).get("mine") == value


def test_a_json_path_to_a_list_is_all_of_it_where_several_are_wanted() -> None:
    markup = f'<script type="application/json">{json.dumps(STATE)}</script>'
    path = "props.product.tags"

    assert values(markup, selectors={"mine": {"json_path": path, "multiple": True}})["mine"] == ["a", "b"]
    assert values(markup, selectors={"mine": {"json_path": path, "join": "/"}})["mine"] == "a/b"
    assert values(markup, selectors={"mine": {"json_path": path}})["mine"] == "a"


@pytest.mark.parametrize("selector", ["td[[", "//td[", {"json_path": "a[?"}])
def test_a_selector_that_cannot_be_read_is_told_and_the_next_one_tried(selector: Any) -> None:
    found = read(PAGE, selectors={"mine": [selector, "h1"]})

    assert found.value("mine") == "Bird Feeder"
    assert any("selectors.mine" in reason for reason in found.why)


def test_a_regular_expression_that_never_ends_is_given_up() -> None:
    started = time.process_time()

    found = values(
        f"<p>{'a' * 5_000}!</p><h1>Feeder</h1>",
        selectors={"mine": [{"selector": "p", "regex": r"(a+)+$"}, "h1"]},
    )

    assert found["mine"] == "Feeder"
    assert time.process_time() - started < 3


def test_text_is_changed_as_configured_wherever_it_came_from() -> None:
    item = product(name="BIRDBARN bird feeder - new", brand="Birdbarn")
    steps = {"title": ["remove_brand", {"replace": " - new$", "with": ""}, "title_case"]}

    assert values(linked(item), options={"normalize": steps})["title"] == "Bird Feeder"


@pytest.mark.parametrize("attribute", [None, "text"])
@pytest.mark.parametrize(
    ("price", "amount"),
    [
        ("12<sup>99</sup> €", "12.99"),
        ("€<b>12</b><sup>.99</sup>", "12.99"),
        ("<del>20,00 €</del> <ins>12,99 €</ins>", "12.99"),
        ("<span class='old-price'>$20.00</span><span>$12.99</span>", "12.99"),
        ("<del>20,00 €</del>", "20.00"),
        ("<span hidden>$1.00</span><span aria-hidden=true>$12</span><small>99</small>", "12.99"),
    ],
)
def test_a_selected_price_is_read_as_a_person_reads_it(
    price: str, amount: str, attribute: str | None
) -> None:
    selector = {"selector": "#p"} if attribute is None else {"selector": "#p", "attribute": attribute}

    assert Decimal(amount) == values(f"<div id=p>{price}</div>", selectors={"price": selector})["price"]


@pytest.mark.parametrize(
    "logo",
    [
        '<a href="/b"><img alt="Acme" src="a.svg"></a>',
        '<a href="/b"><svg><title>Acme</title></svg></a>',
        '<a href="/b" aria-label="Acme"><i></i></a>',
    ],
)
def test_a_logo_says_what_it_says_to_those_who_cannot_see_it(logo: str) -> None:
    assert "Acme" == values(f"<p id=b>{logo}</p>", selectors={"brand": "#b a"})["brand"]


def test_an_expression_that_speaks_of_lines_is_given_lines() -> None:
    specs = "<div id=s><p>Brand: Acme Pets</p><p>Life stage: Adult</p><ul><li>Size: L</li></ul></div>"
    selectors = {
        "brand": {"selector": "#s", "regex": r"Brand:\s*([^\n]+)"},
        "size": {"selector": "#s", "attribute": "text", "regex": r"Size:\s*([^\n]+)"},
    }

    found = values(specs, selectors=selectors)

    assert ("Acme Pets", "L") == (found["brand"], found["size"])
