"""Codes that a page declares by its look."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.labels import (
    Declared,
    contradicts,
    in_attributes,
    in_text,
    is_bracketed,
    is_elsewhere,
)


def declared(markup: str, sku: str = "X-1") -> list[tuple[str, str]]:
    """Every (kind, code) on a page."""
    root = Document(f"<body>{markup}</body>").tree.root
    assert root is not None
    return [(one.kind, one.code) for one in (*in_text(root, Asked(sku)), *in_attributes(root, Asked(sku)))]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>SKU: 123-4</p>", [("sku", "123-4")]),
        ("<table><tr><th>UPC</th><td>070000001000</td></tr></table>", [("gtin", "070000001000")]),
        ("<li><b>Art.-Nr.:</b> 4711</li>", [("sku", "4711")]),
        ("<p>Item #12345 | Model: ZX-9</p>", [("sku", "12345"), ("mpn", "ZX-9")]),
        ("<dl><dt>EAN / GTIN</dt><dd>4006381333931</dd></dl>", [("gtin", "4006381333931")]),
        ("<span>Mfr. Part #</span><span>AB-77</span>", [("mpn", "AB-77")]),
        ("<p>Référence : RF-22</p>", [("sku", "RF-22")]),
        ("<p>Kód produktu: K-5, skladem</p>", [("sku", "K-5")]),
        ("<p>Nr kat.: 77-A</p>", [("sku", "77-A")]),
        ("<p>Codice prodotto: IT 9</p>", []),
        ("<p data-sku='Q-1' data-gtin13='4006381333931'></p>", [("sku", "Q-1"), ("gtin", "4006381333931")]),
        ("<p>Gencod : 3 701234 567891</p>", [("gtin", "3701234567891")]),
        ("<p>Acme item number 4711-B in blue</p>", [("sku", "4711-B")]),
        ("<p>JANコード：4901234567894</p>", [("gtin", "4901234567894")]),
        ("<p>Model: Large</p><p>SKU: n/a</p>", []),
        ("<p>Pairs with MATE-9 and 012345678905</p>", []),
        ("<script>SKU: 5</script>", []),
    ],
)  # fmt: skip
def test_what_is_declared(markup: str, found: list[tuple[str, str]]) -> None:
    assert found == declared(markup)


def test_a_code_with_blanks_is_read_whole_when_it_was_asked_for() -> None:
    assert [("sku", "AB/12 #7+8&9")] == declared("<p>SKU: <b>AB/12 #7+8&amp;9</b></p>", "AB/12 #7+8&9")


@pytest.mark.parametrize(
    "names", ["related-products", "recommendations", "product-upsells", "cross-sell", "reviews", "mini-cart"]
)
def test_parts_of_a_page_that_are_about_something_else(names: str) -> None:
    node = Document(f"<main><div class='{names}'><p id='x'>SKU: 1</p></div></main>").first("#x")
    assert node is not None
    assert is_elsewhere(node)


@pytest.mark.parametrize("names", ["product featured has-reviews", "product-main", "carousel gallery"])
def test_parts_of_a_page_that_are_about_its_product(names: str) -> None:
    node = Document(f"<main><div class='{names}'><p id='x'>SKU: 1</p></div></main>").first("#x")
    assert node is not None
    assert not is_elsewhere(node)


def test_a_barcode_does_not_contradict_a_shops_number() -> None:
    upc, own = Declared("gtin", "070000001000", ""), Declared("sku", "4711", "")

    assert contradicts(Asked("DOG-1"), own)
    assert not contradicts(Asked("DOG-1"), upc)
    assert not contradicts(Asked("012345678905"), own)
    assert contradicts(Asked("012345678905"), upc)


@pytest.mark.parametrize(
    "label", ["Internal Reference", "Variant SKU", "Item", "Style", "Supplier SKU", "Code", "Product ID"]
)
def test_labels_of_other_shops(label: str) -> None:
    page = Document(f"<main><p>{label}: ZX-4417</p></main>")

    assert ["ZX-4417"] == [one.code for one in in_text(page.css("main")[0], Asked("ZX-4417"))]


@pytest.mark.parametrize(
    "said", ["Item: 2 of 5", "Product ID: 8814", "Style: A-12 cut", "Code: SAVE10", "Product: Bowl 2"]
)
def test_a_label_of_many_things_declares_no_other_code(said: str) -> None:
    page = Document(f"<main><p>{said}</p></main>")

    assert [] == list(in_text(page.css("main")[0], Asked("ZX-4417")))


def test_a_code_in_brackets_stands_behind_a_name() -> None:
    lamp = Asked("LMP-100")

    assert is_bracketed(lamp, "Desk Lamp (LMP-100)")
    assert is_bracketed(lamp, "Desk Lamp [lmp 100] ")
    for text in ("(LMP-100)", "Desk Lamp (LMP-1001)", "Shade (for LMP-100)"):
        assert not is_bracketed(lamp, text)


@pytest.mark.parametrize("said", ["Zorro #: ZX-4417", "Acme Depot Code ZX-4417", "Depot No. ZX-4417"])
def test_any_words_that_ask_for_a_number_confirm_the_asked_one(said: str) -> None:
    root = Document(f"<main><p>{said}</p></main>").css("main")[0]

    assert ["ZX-4417"] == [one.code for one in in_text(root, Asked("ZX-4417"))]
    assert [] == list(in_text(root, Asked("ZX-4418")))


@pytest.mark.parametrize("said", ["Replaced by item number: ZX-4417", "Refill for item no. ZX-4417"])
def test_the_number_of_another_product_confirms_nothing(said: str) -> None:
    root = Document(f"<main><p>{said}</p></main>").css("main")[0]

    assert [] == list(in_text(root, Asked("ZX-4417")))


def test_the_beginning_of_a_code_with_blanks_is_not_that_code() -> None:
    root = Document("<main><p>Artikelnummer: AB 100</p></main>").css("main")[0]

    assert [] == list(in_text(root, Asked("ab")))
    assert ["AB 100"] == [one.code for one in in_text(root, Asked("ab 100"))]
