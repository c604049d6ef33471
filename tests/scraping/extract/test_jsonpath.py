"""Paths into JSON: what is written leads where one expects, and nonsense is told in words."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.extract.jsonpath import compiled

SHOP = {
    "product": {
        "name": "Feeder",
        "odd-key": 1,
        "dotted.key": 2,
        "offers": [{"price": 5, "sku": "A", "new": True}, {"price": 7, "sku": "B", "seller": {"name": "X"}}],
        "images": ["1.jpg", "2.jpg", "3.jpg"],
        "none": None,
    },
    "other": {"price": 9},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("product.name", ["Feeder"]),
        ("$.product.name", ["Feeder"]),
        ("$['product']['odd-key']", [1]),
        ('product["dotted.key"]', [2]),
        ("product.odd-key", [1]),
        ("product.offers[0].price", [5]),
        ("product.offers[-1].price", [7]),
        ("product.offers.price", [5, 7]),
        ("product.offers[*].sku", ["A", "B"]),
        ("product.offers.*.sku", ["A", "B"]),
        ("product.images[0:2]", ["1.jpg", "2.jpg"]),
        ("product.images[1:]", ["2.jpg", "3.jpg"]),
        ('product.offers[?(@.sku == "B")].price', [7]),
        ("product.offers[?(@.sku != 'B')].price", [5]),
        ("product.offers[?@.price > 5].sku", ["B"]),
        ("product.offers[?(@.new)].sku", ["A"]),
        ("product.offers[?(@.new == true)].sku", ["A"]),
        ("product.offers[?(@.seller.name == 'X')].sku", ["B"]),
        ("$..price", [5, 7, 9]),
        ("..seller.name", ["X"]),
        ("product.none", []),
        ("product.missing.deeper", []),
        ("product.images[9]", []),
        ("other[0].price", [9]),
    ],
)
def test_a_path_leads_where_one_expects(path: str, found: list[object]) -> None:
    assert compiled(path).find(SHOP) == found


@pytest.mark.parametrize("path", ["product[", "a..", "a[?", "a b[", "[']", "product.[x"])
def test_a_path_that_cannot_be_read_is_told_in_words(path: str) -> None:
    with pytest.raises(ValueError, match="write such as"):
        compiled(path)


def test_any_depth_comes_to_an_end() -> None:
    deep: dict[str, object] = {"price": 1}
    for _ in range(5_000):
        deep = {"inner": deep, "price": 2}

    assert len(compiled("$..price").find(deep)) == 1_000
