"""OpenGraph and its cousins: what a page's `<meta>` and `<link>` elements say of it.

`og:`, `product:` (Facebook's), `twitter:` labels, the plain description, the canonical address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract.schema import built
from scraper_backend.scraping.extract.types import Claim, Product

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("og:title", "twitter:title"),
    "description": ("og:description", "twitter:description", "description"),
    "url": ("canonical", "og:url"),
    "price": ("product:sale_price:amount", "product:price:amount", "og:price:amount", "product:price",
              "og:product:price:amount", "og:price"),
    "currency": ("product:sale_price:currency", "product:price:currency", "og:price:currency",
                 "og:product:price:currency"),
    "availability": ("product:availability", "og:availability", "og:product:availability"),
    "brand": ("product:brand", "og:brand", "og:product:brand"),
    "sku": ("product:retailer_item_id", "product:sku", "og:sku", "product:retailer_part_no"),
    "mpn": ("product:mfr_part_no",),
    "gtin": ("product:upc", "product:ean", "product:gtin", "og:upc", "og:ean", "og:isbn", "product:isbn"),
    "category": ("product:category", "og:product:category"),
    "weight": ("product:weight",),
    "rating": ("og:rating", "product:rating:value"),
}  # fmt: skip
_KEYS: Final = tuple((name, key) for name, keys in _FIELDS.items() for key in keys)
_LABELS: Final = {
    "price": "price", "preis": "price", "prix": "price", "precio": "price", "prezzo": "price",
    "prijs": "price", "pris": "price", "cena": "price", "availability": "availability",
    "verfügbarkeit": "availability", "disponibilité": "availability", "brand": "brand", "marke": "brand",
    "marque": "brand", "sku": "sku",
}  # fmt: skip
_MAX_METAS: Final = 500


@dataclass(frozen=True, slots=True)
class Metas:
    """The page's metas by lower-case name, first one wins; and its images in order."""

    by_name: Mapping[str, str]
    images: tuple[str, ...] = ()
    canonical: str = ""
    kinds: frozenset[str] = field(default_factory=frozenset)

    @property
    def says_product(self) -> bool:
        """Whether the page calls itself a product, or states a product's price."""
        named = any(kind in ("product", "og:product", "product.item", "products") for kind in self.kinds)
        return named or any(name in self.by_name for name in _FIELDS["price"])

    @property
    def says_article(self) -> bool:
        """Whether the page calls itself an article."""
        return any(kind in ("article", "blog", "video.other", "profile") for kind in self.kinds)


def read(document: Document) -> Metas:
    """What the metas of a page claim."""
    by_name: dict[str, str] = {}
    images: list[str] = []
    for node in document.css("meta[content]")[:_MAX_METAS]:
        name = (node.attr("property") or node.attr("name") or "").strip().lower()
        content = (node.attr("content") or "").strip()
        if name and content:
            by_name.setdefault(name, content)
            if name in ("og:image", "og:image:secure_url", "og:image:url") and content not in images:
                images.append(content)
    canonical = _canonical(document)
    if canonical:
        by_name["canonical"] = canonical
    return Metas(
        by_name,
        tuple(images),
        canonical,
        frozenset(by_name.get("og:type", "").lower().split()),
    )


def _canonical(document: Document) -> str:
    node = document.first('link[rel~="canonical" i][href]')
    return (node.attr("href") or "").strip() if node is not None else ""


def product(metas: Metas) -> Product | None:
    """The product that the metas claim, when they claim anything."""
    by_name = metas.by_name
    claims: dict[str, Claim] = {}
    for name, key in _KEYS:
        if key in by_name and name not in claims:
            claims[name] = Claim(by_name[key], f"meta[{key}]" if key != "canonical" else "link[canonical]")
    for index in ("1", "2", "3"):
        label = by_name.get(f"twitter:label{index}", "").strip().lower()
        data = by_name.get(f"twitter:data{index}")
        if data and label in _LABELS:
            claims.setdefault(_LABELS[label], Claim(data, f"meta[twitter:data{index}]"))
    if metas.images:
        claims["images"] = Claim(list(metas.images), "meta[og:image]")
    return built("opengraph", "meta", claims) if claims else None
