"""The description as it stands on the page."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.clean import Context, html_text
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract.visible import look

TEXT = "A heavy bowl that no dog pushes around."


def told(below: str) -> str | None:
    """The description of a page with this below its heading, price and button."""
    page = f"<main><h1>Dog Bowl</h1><b>$12.99</b><button>Add to cart</button>{below}</main>"
    seen = look(Document(f"<title>Dog Bowl</title>{page}"), Context("https://shop.example/p/1")).seen
    return html_text(seen["description"].raw) if "description" in seen else None


@pytest.mark.parametrize(
    "below",
    [
        f'<div itemprop="description">{TEXT}</div>',
        f'<div id="tab-description"><h2>Description</h2><p>{TEXT}</p></div>',
        f'<div class="product attribute description"><div class="value"><p>{TEXT}</p></div></div>',
        f'<div id="product_description"><h2>Product Description</h2></div><p>{TEXT}</p><h2>Specs</h2>',
        f'<p class="product-description"><p>{TEXT}</p></p>',
        f"<section><h3>Details</h3><p>{TEXT}</p></section><h3>Delivery</h3><p>Two days with any parcel.</p>",
        f"<dl><dt>Produktbeschreibung:</dt><dd>{TEXT}</dd><dt>Gewicht</dt><dd>2 kg</dd></dl>",
        f"<details><summary>Description</summary><div>{TEXT}</div></details>",
        f'<p class="short-description">No dog pushes it.</p><div class="full-description">{TEXT}</div>',
    ],
)
def test_a_description_stands_under_its_heading_or_in_an_element_named_so(below: str) -> None:
    assert TEXT == told(below)


@pytest.mark.parametrize(
    "below",
    [
        '<div class="shipping-description">Sent within two days from our own store.</div>',
        '<div class="description"><a href="/c/bowls">Bowls for dogs</a> <a href="/c/cats">and cats</a></div>',
        '<h2>Description</h2><form><input name="q"><p>Ask us about this product.</p></form>',
        '<h2>Related products</h2><ul><li><a href="/p/2"><img src="/2.jpg"><h3>Mat</h3></a>'
        '<p class="product-description">A mat that stays where it is put.</p></li></ul>',
        '<p class="description">Bowl</p>',
        "<h2>Reviews</h2><p>My dog loves to eat from this bowl.</p>",
    ],
)
def test_what_is_about_something_else_is_no_description(below: str) -> None:
    assert told(below) is None


def test_a_set_of_tabs_is_no_description_but_the_tab_of_that_name_is() -> None:
    tabs = (
        "<h3>Product information</h3><div class=tabs>"
        "<ul role=tablist><li><a href=#text>Description</a></li><li><a href=#more>Details</a></li></ul>"
        f"<div id=text class='product-description tab-pane'><p>{TEXT}</p></div>"
        "<div id=more class=tab-pane><dl><dt>SKU</dt><dd>DB-1</dd><dt>Width</dt><dd>100 mm</dd></dl></div>"
        "</div>"
    )

    assert TEXT == told(tabs)
