"""Product data that no shape gives away: it has no name in it.

Lists of sizes, WooCommerce's variations, Shopify's `meta`, Magento's `jsonConfig`, BigCommerce's `BCData`.
Called by `embedded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from scraper_backend.scraping.extract.keys import Item, flattened, one
from scraper_backend.scraping.extract.schema import built
from scraper_backend.scraping.extract.shapes import claims_in, objects, title_in, variants_in
from scraper_backend.scraping.extract.types import Claim, Product

_MAX_VARIANTS: Final = 500
_MAY_BE_CENTS: Final = 1_000
_CURRENCY = re.compile(
    r"""currency(?:Code)?["']?\s*(?:[:=]|,)\s*(?:\{\s*["']?active["']?\s*:\s*)?["'](?P<code>[A-Z]{3})["']"""
)


def products(states: Iterable[tuple[str, Any]]) -> Iterator[Product]:
    """What the platforms' own data say of the page's product."""
    for name, value in states:
        if isinstance(value, list) and "data-product_variations" in name:
            yield from _woocommerce(value, name)
        elif isinstance(value, list):
            yield from _nameless(value, name)
        elif isinstance(value, Mapping):
            yield from _known(value, name)


def _known(value: Item, name: str) -> Iterator[Product]:
    product = value.get("product")
    if isinstance(product, Mapping) and _is_shopify_meta(product):
        item = flattened(product)
        yield _with_first_price(claims_in(item, f"{name}.product"), item, f"{name}.product")
    if isinstance(value.get("product_attributes"), Mapping):
        yield _bigcommerce(value["product_attributes"], f"{name}.product_attributes")
    if "optionPrices" in value or any(_is_magento(part) for part in value.values()):
        yield from _magento(value, name)


def currency(texts: Iterable[str]) -> str | None:
    """The first currency that any script names; a page's shop has one."""
    for text in texts:
        match = _CURRENCY.search(text)
        if match:
            return match["code"]
    return None


def _woocommerce(variations: list[Any], name: str) -> Iterator[Product]:
    variants = []
    for index, variation in enumerate(variations[:_MAX_VARIANTS]):
        if isinstance(variation, Mapping):
            selector = f"{name}[{index}]"
            item = flattened(
                {key: value for key, value in variation.items() if key != "display_regular_price"}
            )
            claims = claims_in(item, selector)
            if variation.get("display_price"):
                claims["price"] = Claim(variation["display_price"], f"{selector}.display_price")
            variants.append(built("embedded_json", selector, claims))
    if variants:
        yield built("embedded_json", name, {}, variants)


def _nameless(several: list[Any], name: str) -> Iterator[Product]:
    """A list of sizes, each with its code and its price, such as themes put beside their buy button."""
    items = [one for one in several[:_MAX_VARIANTS] if isinstance(one, Mapping)]
    if (
        not items
        or len(items) != len(several[:_MAX_VARIANTS])
        or any(title_in(flattened(one)) for one in items)
    ):
        return
    is_square = all({"onSale", "salePrice", "price"} <= one.keys() for one in items)
    if is_square:
        items = [one if one["onSale"] else {**one, "salePrice": None} for one in items]
    elif any(isinstance(one.get("price"), int) and one["price"] >= _MAY_BE_CENTS for one in items):
        return
    variants = tuple(variants_in({"variants": items}, name, in_cents=is_square))
    if variants and all(one.price is not None and one.skus for one in variants):
        yield built("embedded_json", name, {}, variants)


def _is_shopify_meta(product: Item) -> bool:
    variants = product.get("variants")
    return (
        isinstance(variants, list)
        and bool(variants)
        and isinstance(variants[0], Mapping)
        and "public_title" in variants[0]
    )


def _with_first_price(claims: dict[str, Claim], item: Item, selector: str) -> Product:
    variants = list(variants_in(item, selector, in_cents=True))
    if len(variants) == 1:
        for name in ("price", "sku", "gtin"):
            if name in variants[0].claims:
                claims[name] = variants[0].claims[name]
    elif variants and "price" in variants[0].claims:
        claims["price"] = variants[0].claims["price"]
    return built("embedded_json", selector, claims, variants)


def _bigcommerce(attributes: Item, selector: str) -> Product:
    item = flattened(attributes)
    claims = claims_in({key: value for key, value in item.items() if key != "price"}, selector)
    prices = attributes.get("price")
    if isinstance(prices, Mapping):
        for key in ("sale_price_with_tax", "sale_price_without_tax", "with_tax", "without_tax"):
            money = prices.get(key)
            if isinstance(money, Mapping) and money.get("value") is not None:
                claims["price"] = Claim(money["value"], f"{selector}.price.{key}.value")
                if one(money.get("currency")):
                    claims["currency"] = Claim(money["currency"], f"{selector}.price.{key}.currency")
                break
    return built("embedded_json", selector, claims)


def _is_magento(part: object) -> bool:
    """`{"[data-role=swatch-options]": {"Magento_Swatches/…": {"jsonConfig": …}}}`."""
    return isinstance(part, Mapping) and any(
        isinstance(inner, Mapping) and ("jsonConfig" in inner or "spConfig" in inner)
        for inner in part.values()
    )


def _magento(value: Item, name: str) -> Iterator[Product]:
    """`optionPrices` and `sku` of a configurable product, by the ids of its simple ones."""
    for place in objects(value, name):
        prices = place.item.get("optionPrices")
        if not isinstance(prices, Mapping) or not prices:
            continue
        selector = place.selector
        codes: Item = next(
            (place.item[key] for key in ("sku", "skus") if isinstance(place.item.get(key), Mapping)), {}
        )
        salable = _salable(place.item.get("salable"))
        variants = [
            _magento_variant(number, price, codes.get(number), salable, f"{selector}.optionPrices.{number}")
            for number, price in list(prices.items())[:_MAX_VARIANTS]
            if isinstance(price, Mapping)
        ]
        own = flattened({"price": _magento_price(place.item.get("prices"))})
        yield built("embedded_json", selector, claims_in(own, selector), variants)
        return


def _magento_variant(
    number: str, price: Item, code: object, salable: frozenset[str], selector: str
) -> Product:
    claims = claims_in(flattened({"price": _magento_price(price)}), selector)
    if code:
        claims["sku"] = Claim(code, f"{selector}.sku")
    if salable:
        claims["availability"] = Claim(
            "InStock" if number in salable else "OutOfStock", f"{selector}.salable"
        )
    return built("embedded_json", selector, claims)


def _salable(options: object) -> frozenset[str]:
    """The ids of the simple products that can be had: `{"93": {"49": ["412"]}}`, by attribute and option."""
    by_option = (
        [one for one in options.values() if isinstance(one, Mapping)] if isinstance(options, Mapping) else []
    )
    lists = (ids for one in by_option for ids in one.values() if isinstance(ids, list))
    return frozenset(str(number) for ids in lists for number in ids)


def _magento_price(prices: object) -> object:
    if not isinstance(prices, Mapping):
        return None
    final = prices.get("finalPrice")
    return final.get("amount") if isinstance(final, Mapping) else None
