"""The product in the data that a shop's own scripts work with.

`__NEXT_DATA__`, `__NUXT__`, Apollo and Redux states, Shopify's and WooCommerce's objects, data layers of
analytics: found by platform where it tells itself apart, by shape everywhere else.  The costliest of the
structured strategies, so `fields` asks for it only when the others leave something open.
"""

from __future__ import annotations

from dataclasses import replace

from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract import caches, platforms, scripts, shapes
from scraper_backend.scraping.extract.schema import built
from scraper_backend.scraping.extract.scripts import Scripts
from scraper_backend.scraping.extract.shapes import Hints
from scraper_backend.scraping.extract.types import Product


def read(document: Document, inline: Scripts, hints: Hints) -> Product | None:
    """The product of this page, by its embedded data."""
    states = [(name, caches.resolved(value)) for name, value in scripts.states(document, inline)]
    if not states:
        return None
    by_platform = list(platforms.products(states))
    by_shape = shapes.candidates(states, hints)
    best = by_shape[0].product if by_shape else None
    product = _joined([*([best] if best else []), *by_platform])
    if product is None or product.currency or product.price is None:
        return product
    code = platforms.currency(text for _, text in (*inline.code, *inline.data))
    return replace(product, currency=code) if code else product


def _joined(products: list[Product]) -> Product | None:
    """One product of what several places say: the first to say a thing is believed."""
    if not products:
        return None
    first = products[0]
    claims = dict(first.claims)
    for other in products[1:]:
        for name, claim in other.claims.items():
            claims.setdefault(name, claim)
    variants = max((one.variants for one in products), key=_told_apart)
    return built(first.strategy, first.selector, claims, variants)


def _told_apart(variants: tuple[Product, ...]) -> int:
    return sum(1 for one in variants if one.codes and one.price is not None)
