"""Pawprint Supply: the storefront that tells everything in JSON-LD.  English, dollars."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from scraper_backend.practice.catalogue import (
    FAMILIES,
    QUIRKS,
    Product,
    Quirk,
    Shop,
    products,
    shelves,
    sold_by,
)

SHOP: Shop = "pets"
NAME = "Pawprint Supply"
SEARCH, QUERY, PRODUCT, CATEGORY, PICTURE = "/search", "q", "/product/", "/category/", "/picture/"
CLOSED = "/clearance/"
ROBOTS = f"User-agent: *\nDisallow: {CLOSED}\nDisallow: /basket\n"
REDIRECTS_SINGLE_HIT = False
NOT_FOUND = "Page not found"
_WORDS = {"in_stock": "In stock", "out_of_stock": "Out of stock", "pre_order": "Pre-order"}
_SCHEMA = {"in_stock": "InStock", "out_of_stock": "OutOfStock", "pre_order": "PreOrder"}


def family_of(product: Product) -> str | None:
    """The name of the group of sizes a product belongs to."""
    return next((name for name, skus in FAMILIES.items() if product.sku in skus), None)


def path_of(product: Product) -> str:
    """Where its page stands; sizes of one article share a page."""
    if QUIRKS.get((SHOP, product.sku)) is Quirk.FORBIDDEN:
        return CLOSED + product.slug
    family = family_of(product)
    return PRODUCT + (f"trail-harness-{family.lower()}" if family else product.slug)


def home() -> str:
    """The front page: a welcome, and one shelf for each kind of animal."""
    rows = "".join(
        f'<section><h2><a href="{CATEGORY}{quote(name)}">{escape(name.title())}</a></h2>'
        f"{_grid(shelf[:4])}</section>"
        for name, shelf in shelves(SHOP).items()
    )
    return _page(
        "Everything for paws, fins and feathers",
        f'<div class="hero"><h1>Everything for paws, fins and feathers</h1>'
        f"<p>{len(sold_by(SHOP))} articles, all of them imaginary.</p></div>{rows}",
    )


def category(name: str) -> str | None:
    """One shelf, or None when there is none of this name."""
    shelf = shelves(SHOP).get(name)
    return None if shelf is None else _page(name.title(), f"<h1>{escape(name.title())}</h1>{_grid(shelf)}")


def results(query: str, hits: Sequence[Product]) -> str:
    """What the search says; it also knows to say that there is nothing."""
    if not hits:
        return _page(
            "No results",
            f'<div class="empty"><h1>No products found</h1><p>Nothing matches '
            f"“{escape(query)}”. Check the spelling or try a shorter word.</p></div>",
        )
    count = f"{len(hits)} product" + ("" if len(hits) == 1 else "s")
    return _page(f"Search: {query}", f"<h1>{count} for “{escape(query)}”</h1>{_grid(hits)}")


def product(item: Product) -> str:
    """A product's page, or that of all sizes of it."""
    family = family_of(item)
    sizes = [products()[sku] for sku in FAMILIES[family]] if family else []
    data = _group_ld(str(family), sizes) if sizes else _product_ld(item)
    title = item.title.partition(",")[0] if sizes else item.title
    offers = _sizes(sizes) if sizes else f'{_price(item)}<p class="stock">{_stock(item)}</p>'
    codes = "" if sizes else f"<p class='codes'>Item {escape(item.sku)} · UPC {item.gtin.lstrip('0')}</p>"
    body = f"""<nav class="trail"><a href="/">Home</a> / <a href="{CATEGORY}{quote(item.category)}">{
        escape(item.category.title())
    }</a></nav>
<article class="product"><img src="{PICTURE}{item.slug}" alt="{escape(title)}" width="400" height="400">
<div><p class="brand">{escape(item.brand)}</p><h1>{escape(title)}</h1>{codes}{offers}
<p><a class="button" href="/basket">Add to basket</a></p><p>{_description(item)}</p></div></article>
<section><h2>Customers also looked at</h2>{_grid(_neighbours(item))}</section>
<script type="application/ld+json">{_ld(data)}</script>"""
    return _page(title, body)


def failure(title: str, text: str) -> str:
    """Any page that is no product: not found, the basket, a fault."""
    return _page(title, f'<div class="empty"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>')


def captcha() -> str:
    """The page that wants a human."""
    return failure("Are you a human?", "Please solve the captcha to continue.")


def _product_ld(item: Product) -> dict[str, Any]:
    offer = item.offers[SHOP]
    return {
        "@type": "Product",
        "name": item.title,
        "sku": item.sku,
        "gtin13": item.gtin,
        "brand": {"@type": "Brand", "name": item.brand},
        "description": _description(item),
        "category": item.category.title(),
        "image": [f"{PICTURE}{item.slug}"],
        "url": path_of(item),
        "weight": {"@type": "QuantitativeValue", "value": item.grams, "unitCode": "GRM"},
        "offers": {
            "@type": "Offer",
            "price": f"{offer.price:.2f}",
            "priceCurrency": "USD",
            "availability": f"https://schema.org/{_SCHEMA[offer.availability]}",
        },
    }


def _group_ld(family: str, sizes: Sequence[Product]) -> dict[str, Any]:
    return {
        "@type": "ProductGroup",
        "name": sizes[0].title.partition(",")[0],
        "productGroupID": family,
        "brand": {"@type": "Brand", "name": sizes[0].brand},
        "variesBy": ["https://schema.org/size"],
        "hasVariant": [_product_ld(size) for size in sizes],
    }


def _ld(data: dict[str, Any]) -> str:
    graph = {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": NAME}, data]}
    return json.dumps(graph, ensure_ascii=False).replace("</", "<\\/")


def _description(item: Product) -> str:
    return (
        f"{escape(item.title)} by {escape(item.brand)}. Weighs {item.grams / 1000:g} kg. "
        "Made up with care; it cannot be bought."
    )


def _neighbours(item: Product) -> list[Product]:
    shelf = [other for other in shelves(SHOP)[item.category] if path_of(other) != path_of(item)]
    return shelf[:4]


def _price(item: Product) -> str:
    return f'<p class="price">${item.offers[SHOP].price:,.2f}</p>'


def _stock(item: Product) -> str:
    offer = item.offers[SHOP]
    return f'<span class="{offer.availability}">{_WORDS[offer.availability]}</span>'


def _sizes(sizes: Sequence[Product]) -> str:
    rows = "".join(
        f"<tr><td>{escape(size.title.partition(', ')[2])}</td><td>{escape(size.sku)}</td>"
        f"<td>${size.offers[SHOP].price:,.2f}</td><td>{_stock(size)}</td></tr>"
        for size in sizes
    )
    return f'<table class="sizes"><tr><th>Size</th><th>Item</th><th>Price</th><th></th></tr>{rows}</table>'


def _grid(items: Sequence[Product]) -> str:
    cards = "".join(
        f'<li class="card"><a href="{path_of(item)}"><img src="{PICTURE}{item.slug}" alt="" '
        f'loading="lazy" width="200" height="200"><b>{escape(item.title)}</b></a>'
        f'<span class="codes">Item {escape(item.sku)}</span>{_price(item)}{_stock(item)}</li>'
        for item in items
    )
    return f'<ul class="grid">{cards}</ul>'


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en-US"><head><meta charset="utf-8"><title>{escape(title)} | {NAME}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,"></head><body class="pets">
<header><a class="logo" href="/">{NAME}</a><form action="{SEARCH}"><input name="{QUERY}" type="search"
aria-label="Search" placeholder="Name, item number or UPC"><button>Search</button></form></header>
<main>{body}</main>
<footer>A practice shop. It sells nothing, ships nothing and likes to be scraped.</footer></body></html>"""
