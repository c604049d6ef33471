"""Codes and brands beside their labels, as shops print them for people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scraping.extract.pages import read, values

TITLE = "<title>Hand Drill | Zorro</title><meta property='og:site_name' content='Zorro Tools'>"


def shown(body: str) -> dict[str, Any]:
    """The values of a page that sells a hand drill and has this on it."""
    sells = "<p class='price'>$19.00</p><button>Add to cart</button>"
    return values(f"{TITLE}<main><h1>Hand Drill</h1>{body}{sells}</main>")


@pytest.mark.parametrize(
    "line",
    [
        "<p>Zorro #: G3124187</p>",
        "<p>Zorro Part Number <b>G3124187</b></p>",
        "<p>kod Zorro: G3124187</p>",
        "<dl><dt>Zorro No.</dt><dd>G3124187</dd></dl>",
        "<p>Zorro # G3124187 • MFR # HD-22</p>",
    ],
)
def test_a_number_that_goes_by_the_shops_name_is_its_sku(line: str) -> None:
    assert "G3124187" == shown(line)["sku"]


def test_a_number_that_goes_by_another_name_is_none() -> None:
    assert "sku" not in shown("<p>Phone #: 1800555</p><p>Hotline No: 77123456</p>")


@pytest.mark.parametrize(
    "line",
    ["<p>Size 0.1 oz • ITEM 2345678</p>", "<p>Código 2345678</p>", "<p>Product ID 2345678</p>"],
)
def test_a_code_needs_no_colon_behind_a_word_that_asks_for_it(line: str) -> None:
    assert "2345678" == shown(line)["sku"]


@pytest.mark.parametrize("line", ["<p>Item 12 of 30</p>", "<p>Style 2024 edition</p>", "<p>Item 4 left</p>"])
def test_a_count_is_no_code(line: str) -> None:
    assert "sku" not in shown(line)


def test_a_code_may_be_the_last_of_the_breadcrumbs() -> None:
    crumbs = (
        "<nav class='Breadcrumbs'><ol><li><a href='/t'>Tools</a></li><li>SKU: <i>W00412</i></li></ol></nav>"
    )

    assert "W00412" == shown(crumbs)["sku"]


@pytest.mark.parametrize(
    "label", ["Mfr. Model", "Hst.-Teile-Nr.", "Výrobní číslo", "Produsentens varenummer", "Manufacturer Part"]
)
def test_the_makers_number_has_many_names(label: str) -> None:
    assert "HD-22" == shown(f"<dl><dt>{label}</dt><dd>HD-22</dd></dl>")["mpn"]


@pytest.mark.parametrize(
    "link",
    ["<a href='/brands/mercer'>Mercer</a>", "<p>by <a href='/b1' data-at='brand_name'>Mercer</a></p>"],
)
def test_a_link_to_all_of_a_makers_products_is_the_brand(link: str) -> None:
    assert "Mercer" == shown(link)["brand"]


def test_an_invitation_to_a_brands_shop_is_no_brand() -> None:
    assert "brand" not in shown("<a href='/brands/mercer'>Shop all Mercer</a>")


def test_a_code_without_any_offer_makes_no_product_page() -> None:
    """A recall of heaters and a forum have codes with labels too."""
    recall = "<h1>Recall of 12,000 heaters</h1><table><tr><th>UPC</th><td>036000291452</td></tr></table>"

    assert not read(recall).is_product_page
    assert read(f"{recall}<p>Price on request</p>").is_product_page


def test_a_heading_that_says_that_the_page_is_missing_is_told_once() -> None:
    why = read("<title>Page not found</title><h1>Page not found</h1><p>SKU: A-1</p>").why

    assert 1 == sum("not there" in said for said in why)


def test_what_stands_in_brackets_says_what_a_number_is() -> None:
    both = shown("<p>Fasten Part No. (SKU): 1129876</p><p>Manufacturer Part No. (MPN): HX-38</p>")

    assert ("1129876", "HX-38") == (both["sku"], both["mpn"])


@pytest.mark.parametrize(
    ("line", "sku"),
    [
        ("<p>Zorro# 09876543</p>", "09876543"),
        ("<li>쿠팡상품번호: 7182736455 - 19922334455</li>", "7182736455 - 19922334455"),
        ("<p>I/N: 0123456</p>", "0123456"),
        ("<p><b>Ident-Nr.</b> C10552</p>", "C10552"),
    ],
)
def test_labels_of_shops_around_the_world(line: str, sku: str) -> None:
    assert sku == shown(line)["sku"]


def test_an_empty_label_does_not_take_the_next_line() -> None:
    assert "sku" not in shown("<p class='sku'><span>SKU:</span></p><p>Ships in 2 days</p>")


@pytest.mark.parametrize("heading", ["Best drills of 2024", "Top 10 drills", "Akkuschrauber im Vergleich"])
def test_a_choice_of_several_is_no_product_page(heading: str) -> None:
    page = f"<title>{heading}</title><h1>{heading}</h1><p class='price'>$129.00</p><button>Buy now</button>"

    assert not read(page).is_product_page
