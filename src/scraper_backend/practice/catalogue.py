"""What the practice shop sells, and what a right answer about it is.

`catalogue.csv` holds the products.  A storefront's habits (what it does instead of a plain answer)
are the `Quirk`s below, by SKU; `truth` says what a careful runner must report for any SKU.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Literal

Shop = Literal["pets", "garden"]
CURRENCY: Mapping[Shop, str] = {"pets": "USD", "garden": "EUR"}


@dataclass(frozen=True, slots=True)
class Offer:
    """What one storefront asks for a product; `price` is None when it is only told on request."""

    price: Decimal | None
    availability: str


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the catalogue, with an offer for each storefront that sells it."""

    sku: str
    gtin: str
    brand: str
    title: str
    title_de: str
    category: str
    grams: int
    picture: str
    offers: Mapping[Shop, Offer]

    def title_in(self, shop: Shop) -> str:
        """The name it has there, in the storefront's language."""
        return self.title if shop == "pets" else self.title_de

    @property
    def slug(self) -> str:
        """The product's place in an address: its English title in lower case, then its SKU."""
        words = "".join(c if c.isalnum() and c.isascii() else " " for c in self.title.lower()).split()
        code = "".join(c if c.isalnum() else "-" for c in self.sku.lower())
        return "-".join([*words, code])


class Quirk(Enum):
    """What a storefront does with one SKU instead of answering plainly."""

    SLOW = "its product page takes a second and a half"
    FLAKY = "its product page fails with 503 every other time"
    CAPTCHA = "the search asks whether you are a human"
    REPLACED = "the search leads to the product that came after it"
    FORBIDDEN = "its page stands under a path that robots.txt closes"


QUIRKS: Mapping[tuple[Shop, str], Quirk] = {
    ("pets", "SW-9001"): Quirk.SLOW,
    ("garden", "FP-9100"): Quirk.FLAKY,
    ("garden", "CK-9200"): Quirk.CAPTCHA,
    ("pets", "PB-1990"): Quirk.REPLACED,
    ("garden", "PB-1990"): Quirk.REPLACED,
    ("pets", "CL-0090"): Quirk.FORBIDDEN,
}
SUCCESSORS: Mapping[str, str] = {"PB-1990": "PB-2000"}

FAMILIES: Mapping[str, tuple[str, ...]] = {"TH-210": ("TH-210-S", "TH-210-M", "TH-210-L")}
"""Sizes that share one page; no page is about one of them alone."""

DEMO_SKUS = (
    "TW-1001", "TW-1002", "TW-1010", "TW-1030", "TW-1040", "TW-1050", "TW-1070", "MM-2001", "MM-2010",
    "MM-2030", "MM-2050", "FF-3001", "FF-3002", "FF-3010", "FF-3020", "FF-3040", "AQ-4010", "AQ-4030",
    "BU-5001", "BU-5010", "007310", "LN 40/2", "TH-210-M", "KW-30", "KW-301", "KW-310", "WB-6001",
    "WB-6030", "HG-7001", "HG-7040", "RC-8001", "RC-8040", "PR-9300", "SW-9001", "FP-9100", "CK-9200",
    "CL-0090", "PB-1990", "PB-2000", "ZZ-0000",
)  # fmt: skip
"""A job that meets every habit once; `KW-30` is only the start of other SKUs, `ZZ-0000` is nothing."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What must be reported for one SKU at one storefront; all but `outcomes` only when it is found.

    titles: one size of an article may be called by its own name or by that of the article.
    """

    outcomes: frozenset[str]
    titles: frozenset[str] = frozenset()
    price: Decimal | None = None
    availability: str = ""


def truth(shop: Shop, sku: str) -> Truth:
    """The right answer, for tests and for `bsr demo --once` to compare with."""
    quirk = QUIRKS.get((shop, sku))
    if quirk in (Quirk.CAPTCHA, Quirk.FORBIDDEN):
        return Truth(frozenset({"blocked"}))
    if quirk is Quirk.REPLACED:
        return Truth(frozenset({"mismatch", "not_found"}))
    product = products().get(sku)
    if product is None or shop not in product.offers:
        return Truth(frozenset({"not_found", "mismatch", "ambiguous"} if hits(shop, sku) else {"not_found"}))
    offer = product.offers[shop]
    return Truth(frozenset({"found"}), _titles(product, shop), offer.price, offer.availability)


def _titles(product: Product, shop: Shop) -> frozenset[str]:
    title = product.title_in(shop)
    is_size = any(product.sku in sizes for sizes in FAMILIES.values())
    return frozenset({title, title.partition(",")[0]} if is_size else {title})


@cache
def products() -> Mapping[str, Product]:
    """The whole catalogue by SKU, in its own order."""
    text = files(__package__).joinpath("catalogue.csv").read_text(encoding="utf-8")
    return {row["sku"]: _product(row) for row in csv.DictReader(text.splitlines())}


def sold_by(shop: Shop) -> list[Product]:
    """What one storefront has on its shelves."""
    return [product for product in products().values() if shop in product.offers]


def shelves(shop: Shop) -> dict[str, list[Product]]:
    """The same, by category."""
    by_category: dict[str, list[Product]] = {}
    for product in sold_by(shop):
        by_category.setdefault(product.category, []).append(product)
    return by_category


def hits(shop: Shop, query: str) -> list[Product]:
    """What the shop's search finds: codes that start with the query, or titles with all its words."""
    wanted = query.strip().lower()
    if not wanted:
        return []
    return [product for product in sold_by(shop) if _matches(product, shop, wanted)]


def _matches(product: Product, shop: Shop, wanted: str) -> bool:
    codes = (product.sku.lower(), product.gtin, product.gtin.lstrip("0"))
    text = f"{product.brand} {product.title_in(shop)}".lower()
    return any(code.startswith(wanted) for code in codes) or all(word in text for word in wanted.split())


def _product(row: Mapping[str, str]) -> Product:
    offers: dict[Shop, Offer] = {}
    if row["stock_pets"]:
        offers["pets"] = Offer(_price(row["price_usd"]), row["stock_pets"])
    if row["stock_garden"]:
        offers["garden"] = Offer(_price(row["price_eur"]), row["stock_garden"])
    texts = {key: row[key] for key in ("sku", "gtin", "brand", "title", "title_de", "category", "picture")}
    return Product(**texts, grams=int(row["grams"]), offers=offers)


def _price(text: str) -> Decimal | None:
    return None if text == "ask" else Decimal(text)
