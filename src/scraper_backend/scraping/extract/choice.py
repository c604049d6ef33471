"""Which of the products that a page claims it is about, and which of its variants was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from scraper_backend.scraping.addresses import address, parts_of
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.schema import built, is_gone
from scraper_backend.scraping.extract.types import Product

_CERTAIN: Final = 4
_MANY: Final = 3
_OF_THE_OFFER: Final = ("price", "currency", "availability", "sku", "gtin", "mpn", "images", "weight", "url")


def main_of(
    products: Sequence[Product], *, titles: Sequence[str], url: str, asked: Asked | None
) -> Product | None:
    """The product that the page is about; None when several claim it and nothing tells them apart.

    The asked SKU only tips the scale: a page that merely mentions the asked product among others is
    not its page.
    """
    if len(products) == 1:
        return products[0]
    titles = () if _are_of_category(products, titles) else titles
    scored = [
        (_score(one, titles, url, asked), not is_gone(one.claims), -index)
        for index, one in enumerate(products)
    ]
    if not scored:
        return None
    best, _, place = max(scored)
    distinct = {squeezed(one.name) for one in products if one.name}
    if best < _CERTAIN and len(distinct) > 2:
        return None
    return products[-place]


def with_twins(product: Product, products: Sequence[Product]) -> Product:
    """The product, with what its other claims on the page add; two plugins may each claim half of it."""
    claims = dict(product.claims)
    variants = product.variants
    for other in products:
        if other is not product and other.name and squeezed(other.name) == squeezed(product.name):
            claims = {**other.claims, **claims}
            variants = variants or other.variants
    if len(claims) == len(product.claims) and variants is product.variants:
        return product
    return built(product.strategy, product.selector, claims, variants, gtins=product.gtins)


def _score(product: Product, titles: Sequence[str], url: str, asked: Asked | None) -> float:
    score = 0.0
    if fits_title(product.name, titles):
        score += 5
    if product.url and same_address(product.url, url):
        score += 4
    if product.price is not None or any(one.price is not None for one in product.variants):
        score += 2
    if product.skus or product.gtins:
        score += 0.5
    if asked is not None and carries(product, asked):
        score += 1
    return score


def _are_of_category(products: Sequence[Product], titles: Sequence[str]) -> bool:
    """Whether the title is a word of many names, at many prices: `Boat Shoes` lists `Boat Shoes Sebago`."""
    named = {squeezed(one.name): one.price for one in products if fits_title(one.name, titles)}
    longer = {name: price for name, price in named.items() if not any(name in title for title in titles)}
    return len(longer) == len(named) >= _MANY and len(set(longer.values())) >= _MANY


def fits_title(name: str, titles: Sequence[str]) -> bool:
    """Whether a product's name stands in one of the page's titles, or one of them in it."""
    plain = squeezed(name)
    return len(plain) > 2 and any(plain in title or (len(title) > 5 and title in plain) for title in titles)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses lead to the same page, whatever their query."""
    mine, theirs = parts_of(address(one, other)), parts_of(other)
    return (mine.netloc.removeprefix("www."), mine.path.rstrip("/")) == (
        theirs.netloc.removeprefix("www."),
        theirs.path.rstrip("/"),
    ) and mine.path not in ("", "/")


def carries(product: Product, asked: Asked) -> bool:
    """Whether the asked SKU is one of the product's codes, or of a variant of it."""
    return any(asked.is_code(code) for code in product.codes) or variant_of(product, asked) is not None


def variant_of(product: Product, asked: Asked | None) -> Product | None:
    """The variant that carries the asked SKU."""
    if asked is None:
        return None
    for variant in product.variants:
        if any(asked.is_code(code) for code in variant.codes):
            return variant
    return None


def variant_at(product: Product, url: str) -> Product | None:
    """The only variant that has this very address, `?variant=41` included."""
    found = [one for one in product.variants if one.url and _leads_to(address(one.url, url), url)]
    return found[0] if len(found) == 1 else None


def _leads_to(its: str, url: str) -> bool:
    """Whether `its` address is that of the page; what else is in the page's query does not matter."""
    asked, here = set(parse_qsl(parts_of(its).query)), set(parse_qsl(parts_of(url).query))
    return same_address(its, url) and asked <= here


def shown_variant(product: Product) -> Product | None:
    """The variant that a page shows by itself: the first that can be had."""
    priced = [one for one in product.variants if one.price is not None]
    return next((one for one in priced if not is_gone(one.claims)), priced[0] if priced else None)


def laid_over(product: Product, variant: Product) -> Product:
    """The product as this variant of it: the variant's own codes, price and stock, the rest shared."""
    own = {name: claim for name, claim in variant.claims.items() if name in _OF_THE_OFFER}
    if _is_fuller(variant.name, product.name):
        own["title"] = variant.claims["title"]
    shared = {name: claim for name, claim in product.claims.items() if name not in ("sku", "gtin", "mpn")}
    if "currency" not in own and "currency" in product.claims:
        own["currency"] = product.claims["currency"]
    return replace(
        product,
        claims={**shared, **own},
        name=variant.name if "title" in own else product.name,
        skus=variant.skus,
        gtins=variant.gtins,
        mpns=variant.mpns,
        price=variant.price if variant.price is not None else product.price,
        currency=variant.currency or product.currency,
    )


def _is_fuller(own: str, shared: str) -> bool:
    """`Trail Harness, Medium` says more than `Trail Harness`; `Medium / Red` by itself says less."""
    mine, theirs = squeezed(own), squeezed(shared)
    return len(mine) > len(theirs) > 0 and theirs in mine


def with_default(product: Product) -> Product:
    """The product, with what the variant that the page shows says where it says nothing itself.

    The codes of one of several variants are not the product's, unless its price is taken as well.
    """
    shown = shown_variant(product) or next(iter(product.variants), None)
    if shown is None or (product.price is not None and len(product.variants) > 1):
        return product
    claims = {**shown.claims, **product.claims}
    if product.price is None and "price" in shown.claims:
        claims |= {name: shown.claims[name] for name in ("price", "availability") if name in shown.claims}
    return replace(
        product,
        claims=claims,
        skus=product.skus or shown.skus,
        gtins=product.gtins or shown.gtins,
        mpns=product.mpns or shown.mpns,
        price=product.price if product.price is not None else shown.price,
        currency=product.currency or shown.currency,
    )
