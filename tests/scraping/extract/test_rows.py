"""The asked size, where a page lists several for people to choose from."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract import extract
from scraper_backend.scraping.extract.visible import read, variant
from scraper_backend.scraping.page import Page

TABLE = (
    "<form><table><tr><th>SKU</th><th>Size</th><th>Stock</th><th>Price</th></tr>"
    "<tr><td>DJ-S</td><td>Small</td><td>In stock</td><td>$29.00</td><td><input name=qty></td></tr>"
    "<tr><td>DJ-M</td><td>Medium</td><td>Out of stock</td><td><s>$33.00</s> $31.00</td>"
    "<td><input name=qty></td></tr>"
    "</table></form>"
)


def row(body: str, *known: str) -> tuple[Decimal | None, object]:
    """The price and the availability of DJ-M on a page with this on it."""
    page = f"<title>Dog Jacket</title><main><h1>Dog Jacket</h1><b>$29.00</b>{body}</main>"
    found = variant(Document(page), Context("https://shop.example/p/1"), Asked("DJ-M"), known)
    if found is None:
        return None, None
    stock = found.claims.get("availability")
    return found.price, (stock.raw or None) if stock else None


@pytest.mark.parametrize(
    ("body", "stock"),
    [
        (TABLE, "out_of_stock"),
        (
            "<select><option data-sku='DJ-S' data-price='29.00'>Small</option>"
            "<option data-sku='DJ-M' data-price='31.00'>Medium</option></select>",
            None,
        ),
        (
            "<select><option value='DJ-S'>Small - $29.00</option>"
            "<option value='DJ-M' disabled>Medium - $31.00</option></select>",
            "out_of_stock",
        ),
        (
            "<ul><li><b>DJ-S</b> <i>$29.00</i></li>"
            "<li><b>Item # DJ-M</b> <i>$31.00</i> <i>In stock</i></li></ul>",
            "in_stock",
        ),
        (
            "<form><table><tr><td><input type=radio name=v></td><td>Small (DJ-S)</td><td>$29.00</td></tr>"
            "<tr><td><input type=radio name=v></td><td>Medium (DJ-M)</td><td>$31.00 was: $33.00</td></tr>"
            "</table></form>",
            None,
        ),
        (
            "<label><input type=radio data-variant-sku='DJ-S'>S $29.00</label>"
            "<label><input type=radio data-variant-sku='DJ-M'>M $31.00</label>",
            None,
        ),
        (
            "<select><option>Small - $29.00 (SKU DJ-S)</option>"
            "<option>Medium 2 L - $31.00 (SKU DJ-M)</option></select>",
            None,
        ),
        (
            "<div><div class=v><b>DJ-S</b> <i>$29.00</i></div>"
            "<div class=v><b>DJ-M</b> <i>$31.00</i> <i>Backorder</i></div></div>",
            "back_order",
        ),
        (TABLE.replace("<s>$33.00</s> $31.00", "List $33.00 <b>Your price $31.00</b>"), "out_of_stock"),
        (
            "<table><tr><th>SKU</th><th>Ex VAT</th><th>Inc VAT</th></tr>"
            "<tr><td>DJ-S</td><td>$25.00</td><td>$29.00</td></tr>"
            "<tr><td>DJ-M</td><td>$27.00</td><td>$31.00</td></tr></table>",
            None,
        ),
        (
            "<table><tr><th>SKU</th><th>1-9</th><th>10+</th></tr>"
            "<tr><td>DJ-S</td><td>$29.00</td><td>$25.00</td></tr>"
            "<tr><td>DJ-M</td><td>$31.00</td><td>$27.00</td></tr></table>",
            None,
        ),
        (
            "<ul><li id='variation-DJ-S'>$29.00</li><li id='variation-DJ-M' style='display:none'>"
            "<span class='old-price'>$33.00</span> <span class='price'>$31.00</span></li></ul>",
            None,
        ),
    ],
)
def test_the_price_is_that_of_the_row_which_has_the_code(body: str, stock: str | None) -> None:
    assert (Decimal("31.00"), stock) == row(body)


@pytest.mark.parametrize(
    "body",
    [
        TABLE.replace("<td>DJ-M</td>", "<td><a href='/p/dj-m'>DJ-M</a></td>"),
        TABLE.replace("<s>$33.00</s> $31.00", "<i>$31.00</i> <i>$25.00</i>"),
        TABLE.replace("DJ-M", "DJ-ML"),
        TABLE.replace("Medium", "Zip pull with cord, silver"),
        f"<div class='related-products'>{TABLE}</div>",
        f"<h2>Accessories</h2>{TABLE}",
        "<select><option data-sku='DJ-S' data-price='2900'>S</option>"
        "<option data-sku='DJ-M' data-price='3100'>M</option></select>",
    ],
)
def test_a_row_of_something_else_or_with_a_doubtful_price_is_none(body: str) -> None:
    assert (None, None) == row(body)


def test_a_table_without_the_products_own_code_is_of_spare_parts() -> None:
    assert (None, None) == row(TABLE, "FEEDER-1")
    assert row(TABLE, "DJ-S")[0] == Decimal("31.00")


@pytest.mark.parametrize(
    ("heading", "is_product"), [("Dog Jacket", True), ("Your cart", False), ("Order received", False)]
)
def test_a_page_of_nothing_but_a_table_is_the_asked_sizes(heading: str, *, is_product: bool) -> None:
    found = read(Document(f"<h1>{heading}</h1>{TABLE}"), Context("https://s.test/p"), Asked("DJ-M"))

    assert is_product is (found is not None)
    if found is not None:
        assert ("Dog Jacket", ("DJ-M",), Decimal("31.00")) == (found.name, found.skus, found.price)


@pytest.mark.parametrize(
    "many",
    [
        "<table>" + "<tr><td>DJ-M</td><td>$5</td><td>$6</td></tr>" * 5_000 + "</table>",
        "<div class=r><b>DJ-M</b><i>$5</i></div>" * 5_000,
        "<button>DJ-M</button>" * 20_000,
    ],
)
def test_a_thousand_rows_with_the_code_take_bounded_time(many: str) -> None:
    document = Document(f"<title>Dog Jacket</title><h1>Dog Jacket</h1>{many}")

    started = time.process_time()
    found = read(document, Context("https://s.test/p"), Asked("DJ-M"))

    assert found is None or found.price is None
    assert time.process_time() - started < 2


def test_whether_another_size_can_be_had_says_nothing_of_this_one() -> None:
    sizes = "<select><option value='DJ-S'>S $29.00</option><option value='DJ-M'>M $31.00</option></select>"
    page = f"<title>Jacket</title><h1>Jacket</h1><b>$29.00</b>{sizes}<p>In stock</p><button>Buy</button>"
    config = parse_value(
        {"name": "s", "base_url": "https://s.test", "search_url_template": "/?q={sku}"}, source="test"
    )
    found = extract(
        Page("https://s.test/p", "https://s.test/p", 200, {}, page, datetime.now(UTC)), config, "DJ-M"
    )

    assert (Decimal("31.00"), None, "DJ-M") == tuple(map(found.value, ("price", "availability", "sku")))
