"""schema.org offers: what a product costs now, whether it can be had, and which variant an offer is for.

Called by `schema` for JSON-LD, microdata and RDFa alike; items are plain objects with `@type`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.extract.types import Claim

Item = Mapping[str, Any]

_NOT_WHAT_ONE_PAYS: Final = ("list", "strikethrough", "srp", "msrp", "invoice", "regular", "was", "original")
_SECOND_HAND: Final = ("used", "refurbished", "damaged")
_MAX_OFFERS: Final = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer, its raw values by field name, and the codes of the variant that it sells."""

    claims: Mapping[str, Claim]
    item: Item
    selector: str
    second_hand: bool = False

    @property
    def price(self) -> Claim | None:
        """What one pays, raw."""
        return self.claims.get("price")


def types_of(item: Item) -> frozenset[str]:
    """The local names of an item's types: `http://schema.org/Product` and `schema:Product` are `Product`."""
    raw = item.get("@type") or item.get("type") or ()
    if isinstance(raw, str):
        return _named((raw,))
    return (
        _named(tuple(name for name in raw if isinstance(name, str)))
        if isinstance(raw, (list, tuple))
        else _NONE
    )


_NONE: Final[frozenset[str]] = frozenset()


@lru_cache(maxsize=256)
def _named(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        name.strip().rstrip("/").replace(":", "/").replace("#", "/").rpartition("/")[2] for name in names
    )


def in_lower_camel(item: Item) -> Item:
    """`Offers` and `Availability`, as some builders write them, are `offers` and `availability`."""
    if not _has_capitals(tuple(item)):
        return item
    lower = {key.lower() if key.isupper() else f"{key[:1].lower()}{key[1:]}": item[key] for key in item}
    return {**lower, **item}


@lru_cache(maxsize=256)
def _has_capitals(keys: tuple[object, ...]) -> bool:
    """Whether a key begins with one.  Remembered: the items of a site have the same keys on every page."""
    return any(key[:1].isupper() for key in keys if isinstance(key, str))


def many(value: object) -> Sequence[Any]:
    """One thing or several, as a sequence; nothing is an empty one."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else (value,)


def text_of(value: object) -> str:
    """The text of a value that may be a number, a `{"@value": …}`, an item with a name, or a list."""
    if value is None or isinstance(value, str):  # nearly always
        return value.strip() if value else ""
    for one in many(value):
        if isinstance(one, bool):
            continue
        if isinstance(one, str) and one.strip():
            return one.strip()
        if isinstance(one, (int, float)):
            return repr(one) if isinstance(one, float) else str(one)
        if isinstance(one, Mapping):
            inner = text_of(one.get("@value") or one.get("name") or one.get("value") or one.get("@id"))
            if inner:
                return inner
    return ""


def offers_of(item: Item, selector: str) -> list[Offer]:
    """Every offer of an item, those inside of an AggregateOffer included, in the order of the page."""
    if not item.get("offers") and (_has(item, "price") or item.get("priceSpecification")):
        return [_offer(item, selector, {})]
    return list(islice(_walk(item.get("offers"), f"{selector}.offers", 0, {}), _MAX_OFFERS))


def _walk(value: object, selector: str, depth: int, outer: Mapping[str, Claim]) -> Iterator[Offer]:
    several = isinstance(value, list)
    for index, one in enumerate(many(value)):
        here = f"{selector}[{index}]" if several else selector
        if isinstance(one, list) and depth < 4:
            yield from _walk(one, here, depth + 1, outer)
        if not isinstance(one, Mapping):
            continue
        item = in_lower_camel(one)
        inner = item.get("offers")
        if inner and depth < 4:
            yield from _walk(inner, f"{here}.offers", depth + 1, {**outer, **_shared(item, here)})
        if not inner or item.get("lowPrice") not in (None, ""):
            yield _offer(item, here, outer)


def _shared(item: Item, selector: str) -> dict[str, Claim]:
    """What an AggregateOffer says for all the offers in it."""
    said = {
        name: Claim(text_of(item[key]) if isinstance(item[key], Mapping) else item[key], f"{selector}.{key}")
        for name, key in (("currency", "priceCurrency"), ("availability", "availability"))
        if item.get(key)
    }
    return {name: claim for name, claim in said.items() if claim.raw}


def _offer(item: Item, selector: str, outer: Mapping[str, Claim]) -> Offer:
    claims = dict(outer)
    claims.update(_shared(item, selector))
    price, currency = _price(item, selector)
    if price:
        claims["price"] = price
        if price.selector.endswith(".lowPrice") and _has(item, "highPrice"):
            claims["price_to"] = _claim(item, "highPrice", selector)
    if currency and (price is None or "currency" not in claims or "priceSpecification" in price.selector):
        claims["currency"] = currency
    if "availability" not in claims and (stock := _stock_level(item, selector)):
        claims["availability"] = stock
    for name, key in (("sku", "sku"), ("mpn", "mpn"), ("url", "url")):
        if item.get(key):
            claims[name] = Claim(item[key], f"{selector}.{key}")
    return Offer(claims, item, selector, _is_second_hand(item))


def _is_second_hand(item: Item) -> bool:
    condition = text_of(item.get("itemCondition")).lower()
    return any(word in condition for word in _SECOND_HAND)


def _stock_level(item: Item, selector: str) -> Claim | None:
    level = item.get("inventoryLevel")
    value = level.get("value") if isinstance(level, Mapping) else level
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Claim("InStock" if value > 0 else "OutOfStock", f"{selector}.inventoryLevel")
    return None


def _price(item: Item, selector: str) -> tuple[Claim | None, Claim | None]:
    """The price one pays and the currency that stands beside it."""
    specifications = [
        (spec, f"{selector}.priceSpecification[{index}]")
        for index, spec in enumerate(many(item.get("priceSpecification")))
        if isinstance(spec, Mapping)
    ]
    specifications.sort(key=lambda pair: _rank(pair[0]))
    if _has(item, "price") and not _is_reference(item) and not _is_on_sale(item, specifications):
        return _claim(item, "price", selector), None
    for spec, place in specifications:
        key = "price" if _has(spec, "price") else "minPrice"
        if _has(spec, key) and _rank(spec) < 3:
            code = spec.get("priceCurrency")
            return _claim(spec, key, place), Claim(code, f"{place}.priceCurrency") if code else None
    for key in ("lowPrice", "minPrice", "price", "highPrice"):
        if _has(item, key):
            return _claim(item, key, selector), None
    return None, None


def _is_on_sale(item: Item, specifications: Sequence[tuple[Item, str]]) -> bool:
    """Whether the first of the specifications is a sale's, and below the offer's own price."""
    spec = specifications[0][0] if specifications else {}
    if not spec or _rank(spec) != 0:
        return False
    sale, own = (clean.price(text_of(one.get("price")), machine=True) for one in (spec, item))
    return sale is not None and own is not None and 0 < sale.amount < own.amount


def _has(item: Item, key: str) -> bool:
    value = item.get(key)
    return not isinstance(value, bool) and bool(value or value == 0)


def _claim(item: Item, key: str, selector: str) -> Claim:
    value = item[key]
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("value") or value.get("price")
    return Claim(value[0] if isinstance(value, list) and value else value, f"{selector}.{key}")


def _rank(spec: Item) -> int:
    """0 sale, 1 plain, 2 for a unit of measure or for members, 3 what one does not pay."""
    kind = text_of(spec.get("priceType")).lower()
    if any(word in kind for word in _NOT_WHAT_ONE_PAYS) or "DeliveryChargeSpecification" in types_of(spec):
        return 3
    if spec.get("validForMemberTier") or spec.get("referenceQuantity") or spec.get("unitText"):
        return 2
    return 0 if "sale" in kind else 1


def _is_reference(item: Item) -> bool:
    """A `priceSpecification` that itself stands where an offer should."""
    return bool(item.get("priceType")) and _rank(item) == 3
