"""Shops that tell by their pages which platform they run on are asked for the code itself.

Used when the configured search shows nothing certain: one or two more requests, of the addresses that
each platform documents for its own storefront, robots.txt respected like for any other.  What they answer
are candidates with the exact code; their pages are then visited and judged like any other.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from scraper_backend.scraping.addresses import address
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.links import Anchors, product_links
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.search import weighed

Get = Callable[[str], Awaitable[Page | NoPage]]

Ask = Callable[[str, Asked, Get], Awaitable[list[Candidate]]]

_STATED: Final = 100
_MOST_HANDLES: Final = 3


@dataclass(frozen=True, slots=True)
class Platform:
    """How a platform gives itself away, and how it is asked."""

    name: str
    sign: re.Pattern[str]
    ask: Ask


async def ask(page: Page, asked: Asked, get: Get) -> list[Candidate]:
    """The candidates that the page's platform knows by this code; none for unknown platforms."""
    platform = recognised(page)
    if platform is None:
        return []
    parts = urlsplit(page.url)
    return await platform.ask(f"{parts.scheme}://{parts.netloc}", asked, get)


def recognised(page: Page) -> Platform | None:
    """The platform that a page's markup or headers name."""
    if "x-shopid" in page.headers or "x-shopify-stage" in page.headers:
        return PLATFORMS[0]
    return next((one for one in PLATFORMS if one.sign.search(page.text)), None)


# ── Shopify ────────────────────────────────────────────────────────────────────────────────────────


async def _shopify(root: str, asked: Asked, get: Get) -> list[Candidate]:
    """The suggestions for the code, then each one's variants: only there the SKUs stand."""
    fields = quote("variants.sku,variants.barcode,title,product_type", safe="")
    query = f"q={quote(asked.text, safe='')}&resources[type]=product&resources[options][fields]={fields}"
    answer = _json(await get(f"{root}/search/suggest.json?{query}"))
    suggested = _list_at(answer, "resources", "results", "products")[:_MOST_HANDLES]
    found: list[Candidate] = []
    for one in suggested:
        url = address(str(one.get("url") or ""), root)
        if not url:
            continue
        plain = url.partition("?")[0]
        product = _json(await get(f"{plain}.js"))
        if isinstance(product, Mapping):
            found.extend(_shopify_variants(product, plain, asked))
    return found


def _shopify_variants(product: Mapping[str, Any], url: str, asked: Asked) -> Iterator[Candidate]:
    variants = _list_at(product, "variants")
    for variant in variants:
        code = next((str(variant[key]) for key in ("sku", "barcode") if _is(asked, variant.get(key))), "")
        if code:
            price = variant.get("price")
            cents = Decimal(price) / 100 if isinstance(price, int) and not isinstance(price, bool) else None
            several = len(variants) > 1
            address_of_it = f"{url}?variant={variant.get('id')}" if several else url
            why = f"Shopify's product data has the SKU as variant {variant.get('id')}"
            title = str(product.get("title") or "")
            yield Candidate(address_of_it, title, code, _STATED, (why,), price=cents, variant=several)


# ── WooCommerce ────────────────────────────────────────────────────────────────────────────────────


async def _woocommerce(root: str, asked: Asked, get: Get) -> list[Candidate]:
    answer = _json(await get(f"{root}/wp-json/wc/store/v1/products?sku={quote(asked.text, safe='')}"))
    found = []
    for one in answer if isinstance(answer, list) else []:
        if isinstance(one, Mapping) and _is(asked, one.get("sku")):
            url = address(str(one.get("permalink") or ""), root)
            variant = one.get("type") == "variation" or bool(one.get("parent"))
            if url:
                why = ("WooCommerce's product data has the SKU",)
                title = str(one.get("name") or "")
                found.append(
                    Candidate(
                        url, title, str(one["sku"]), _STATED, why, price=_woo_price(one), variant=variant
                    )
                )
    return found


def _woo_price(product: Mapping[str, Any]) -> Decimal | None:
    prices = product.get("prices")
    if not isinstance(prices, Mapping):
        return None
    try:
        return Decimal(str(prices.get("price"))).scaleb(-int(prices.get("currency_minor_unit", 2)))
    except (InvalidOperation, ValueError, TypeError):
        return None


# ── Magento ────────────────────────────────────────────────────────────────────────────────────────


async def _magento(root: str, asked: Asked, get: Get) -> list[Candidate]:
    """GraphQL by GET, as its own storefronts ask it."""
    value = asked.text.replace("\\", "\\\\").replace('"', '\\"')
    query = (
        f'{{products(filter:{{sku:{{eq:"{value}"}}}}){{items{{sku name url_key url_suffix canonical_url}}}}}}'
    )
    answer = _json(await get(f"{root}/graphql?query={quote(query, safe='')}"))
    found = []
    for one in _list_at(answer, "data", "products", "items"):
        key = one.get("canonical_url") or f"{one.get('url_key') or ''}{one.get('url_suffix') or ''}"
        url = address(str(key), f"{root}/") if key else ""
        if url and _is(asked, one.get("sku")):
            why = ("Magento's product data has the SKU",)
            found.append(Candidate(url, str(one.get("name") or ""), str(one["sku"]), _STATED, why))
    return found


# ── Others, by their own search ────────────────────────────────────────────────────────────────────


def _searching(path: str) -> Ask:
    """A platform whose search stands at a known address and lists codes or leads to the product."""

    async def ask_search(root: str, asked: Asked, get: Get) -> list[Candidate]:
        page = await get(f"{root}{path}{quote(asked.text, safe='')}")
        if isinstance(page, NoPage) or page.status >= 400:
            return []
        listed = (weighed(link, asked, is_chosen=False) for link in product_links(Anchors(page)))
        return [one for one in listed if one is not None and one.is_certain]

    return ask_search


_SIGNS: Final = {
    "Shopify": r"cdn\.shopify\.com|Shopify\.(?:theme|shop)\b|/cdn/shop/|shopify-section",
    "WooCommerce": r"/plugins/woocommerce/|woocommerce-(?:page|no-js|js)|wc-block|wc_add_to_cart",
    "Magento": r"Magento_[A-Z]\w+|text/x-magento-init|/static/version\d+/frontend/",
    "BigCommerce": r"cdn\d*\.bigcommerce\.com|stencil-utils|data-stencil",
}
_ASKS: Final[Mapping[str, Ask]] = {
    "Shopify": _shopify,
    "WooCommerce": _woocommerce,
    "Magento": _magento,
    "BigCommerce": _searching("/search.php?section=product&search_query="),
}
PLATFORMS: Final = tuple(Platform(name, re.compile(_SIGNS[name]), ask) for name, ask in _ASKS.items())


# ── JSON ───────────────────────────────────────────────────────────────────────────────────────────


def _json(page: Page | NoPage) -> object:
    """What an address answered, when it was JSON and no error."""
    if isinstance(page, NoPage) or page.status >= 400:
        return None
    try:
        return orjson.loads(page.text)
    except ValueError:
        return None


def _list_at(value: object, *keys: str) -> list[Mapping[str, Any]]:
    """The objects in the list at a path."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _is(asked: Asked, code: object) -> bool:
    return isinstance(code, (str, int)) and asked.is_code(str(code))
