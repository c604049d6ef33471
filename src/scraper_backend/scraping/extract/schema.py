"""schema.org items -> products, whichever syntax they were written in.

JSON-LD, microdata and RDFa hand their items over as plain objects with `@type`; what a Product, a
ProductGroup and their offers mean is told here once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.extract.offers import (
    Item,
    Offer,
    in_lower_camel,
    many,
    offers_of,
    text_of,
    types_of,
)
from scraper_backend.scraping.extract.types import Claim, Product, Strategy

PRODUCT_TYPES: Final = frozenset(
    ("product", "productmodel", "individualproduct", "someproducts", "productgroup", "vehicle", "car",
     "motorcycle", "dietarysupplement", "drug")
)  # fmt: skip
_VEHICLES: Final = frozenset(("vehicle", "car", "motorcycle"))
SOLD_TYPES: Final = frozenset(
    ("book", "movie", "musicalbum", "musicrelease", "videogame", "game", "creativework", "thing", "audiobook")
)
"""Things that are products where somebody offers them, and not otherwise."""

_GTIN_KEYS: Final = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "ean", "ean13", "upc", "barcode", "isbn")
_CODE_KINDS: Final = {
    "sku": "sku", "mpn": "mpn", "upc": "gtin", "ean": "gtin", "gtin": "gtin", "isbn": "gtin", "jan": "gtin",
    "asin": "sku", "item": "sku", "model": "mpn",
}  # fmt: skip
_MAX_VARIANTS: Final = 500


def is_product(item: Item) -> bool:
    """Whether an item is something that one buys."""
    types = {name.lower() for name in types_of(item)}
    return bool(types & PRODUCT_TYPES) or bool(
        types & SOLD_TYPES and (item.get("offers") or item.get("Offers"))
    )


def product_of(item: Item, strategy: Strategy, selector: str, currency: str | None = None) -> Product:
    """The product that an item describes, with its variants."""
    item = in_lower_camel(item)
    offers = offers_of(item, selector)
    variants = _variants(item, strategy, selector, offers)
    claims = _own_claims(item, selector)
    offer = _chosen(offers)
    if offer is not None:
        for name, claim in offer.claims.items():
            if name in ("price", "price_to", "currency", "availability"):
                claims[name] = claim
            elif name == "url" or (name in ("sku", "mpn") and len(offers) == 1):
                claims.setdefault(name, claim)
    gtins = _gtins(item)
    if len(offers) == 1 and not gtins and (gtins := _gtins(offers[0].item)):
        claims.setdefault("gtin", Claim(gtins[0], f"{offers[0].selector}.gtin"))
    return built(strategy, selector, claims, variants, currency=currency, gtins=gtins)


def built(
    strategy: Strategy,
    selector: str,
    claims: Mapping[str, Claim],
    variants: Iterable[Product] = (),
    *,
    currency: str | None = None,
    gtins: Iterable[object] = (),
) -> Product:
    """A product from its raw claims; its codes and price are cleaned here, once."""
    raw = {name: claim.raw for name, claim in claims.items()}
    stated = clean.currency(raw.get("currency")) or currency
    money = clean.price(raw.get("price"), currency=stated, machine=True) if "price" in raw else None
    return Product(
        strategy=strategy,
        selector=selector,
        claims=dict(claims),
        skus=_codes(raw.get("sku")),
        gtins=clean.gtins([*gtins, *many(raw.get("gtin"))]),
        mpns=_codes(raw.get("mpn")),
        name=clean.text(raw.get("title")) or "",
        brand=clean.text(raw.get("brand")) or "",
        url=text_of(raw.get("url")),
        price=money.amount if money else None,
        currency=money.currency if money else None,
        variants=tuple(variants),
    )


def _codes(raw: object) -> tuple[str, ...]:
    read = (clean.code(one) for one in many(raw))
    return tuple(dict.fromkeys(code for code in read if code))


def _chosen(offers: list[Offer]) -> Offer | None:
    """The offer that a page shows by itself: the first new one with a price that can be had."""
    priced = [offer for offer in offers if offer.price is not None]
    new = [offer for offer in priced if not offer.second_hand] or priced or offers
    return next((offer for offer in new if not is_gone(offer.claims)), new[0] if new else None)


def is_gone(claims: Mapping[str, Claim]) -> bool:
    """Whether raw claims say that a thing cannot be had."""
    claim = claims.get("availability")
    said = text_of(claim.raw).lower() if claim else ""
    return any(word in said for word in ("outofstock", "soldout", "discontinued", "out of stock", "sold out"))


def _own_claims(item: Item, selector: str) -> dict[str, Claim]:
    """What the item itself says, offers aside."""
    claims: dict[str, Claim] = {}

    def say(name: str, key: str, value: object) -> None:
        if name not in claims and value not in (None, "", [], {}):
            claims[name] = Claim(value, f"{selector}.{key}")

    for name, key, read in _SAID:
        if key in item:
            say(name, key, read(item[key]))
    say("mpn", "model", _model(item))
    for name, key, value in _coded(item):
        say(name, key, value)
    _say_rating(item, say)
    return claims


def _model(item: Item) -> str:
    """A model's number, where it is one: `SB13-512S`, not `Roadster` nor a year's model of a car."""
    model = item.get("model")
    if not isinstance(model, str) or not re.fullmatch(r"(?=.*\d)[\w./+-]{3,40}", model.strip()):
        return ""
    return "" if {name.lower() for name in types_of(item)} & _VEHICLES else model.strip()


def _say_rating(item: Item, say: Any) -> None:
    rating = next((one for one in many(item.get("aggregateRating")) if isinstance(one, Mapping)), None)
    if rating is None:
        return
    value, best = text_of(rating.get("ratingValue")), text_of(rating.get("bestRating"))
    if value:
        say(
            "rating",
            "aggregateRating.ratingValue",
            f"{value}/{best}" if best not in ("", "5", "5.0") else value,
        )
    for key in ("reviewCount", "ratingCount"):
        say("reviews_count", f"aggregateRating.{key}", text_of(rating.get(key)))


def _coded(item: Item) -> Iterator[tuple[str, str, str]]:
    """Codes said in a roundabout way: `productID: "upc:…"`, `identifier`, `additionalProperty`."""
    said = text_of(item.get("productID"))
    kind, _, code = said.partition(":")
    if code and kind.lower() in _CODE_KINDS:
        yield _CODE_KINDS[kind.lower()], "productID", code.strip()
    elif said and not code:
        yield "sku", "productID", said
    for key in ("identifier", "additionalProperty"):
        for one in many(item.get(key))[:200]:
            if isinstance(one, Mapping):
                label = (text_of(one.get("propertyID")) or text_of(one.get("name"))).lower()
                label = label.rpartition("/")[2].rstrip("0123456789 :#.")
                if label in _CODE_KINDS and (value := text_of(one.get("value"))):
                    yield _CODE_KINDS[label], key, value


def _gtins(item: Item) -> list[object]:
    return [text_of(item[key]) for key in _GTIN_KEYS if item.get(key)]


def _images(value: object) -> Iterator[str]:
    for one in many(value):
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            keys = ("contentUrl", "contentURL", "url", "@id", "thumbnail", "thumbnailUrl")
            yield from _images(next((one[key] for key in keys if one.get(key)), None))
        elif isinstance(one, list):
            yield from _images(one)


def _category(value: object) -> object:
    names = [text_of(one) for one in many(value)]
    return names[0] if len(names) == 1 else [name for name in names if name]


def _quantity(value: object) -> str:
    """`{"value": 12, "unitCode": "KGM"}` as `12 KGM`."""
    one = next(iter(many(value)), None)
    if not isinstance(one, Mapping):
        return text_of(one)
    unit = text_of(one.get("unitText")) or text_of(one.get("unitCode"))
    return f"{text_of(one.get('value'))} {unit}".strip()


_SAID: Final[tuple[tuple[str, str, Callable[[object], object]], ...]] = (
    ("title", "name", text_of),
    ("title", "title", text_of),
    ("description", "description", text_of),
    ("brand", "brand", text_of),
    ("brand", "manufacturer", text_of),
    ("images", "image", lambda value: list(_images(value))),
    ("url", "url", text_of),
    ("url", "mainEntityOfPage", text_of),
    ("sku", "sku", text_of),
    ("mpn", "mpn", text_of),
    *(("gtin", key, text_of) for key in _GTIN_KEYS),
    ("category", "category", _category),
    ("weight", "weight", _quantity),
)
"""Which field each property of an item is, the better of two for one field first, and how it is read."""


# ── Variants ───────────────────────────────────────────────────────────────────────────────────────


def _variants(item: Item, strategy: Strategy, selector: str, offers: list[Offer]) -> list[Product]:
    found: list[Product] = []
    for key in ("hasVariant", "model"):
        for index, one in enumerate(many(item.get(key))[:_MAX_VARIANTS]):
            if isinstance(one, Mapping) and (is_product(one) or one.get("offers")):
                found.append(product_of(one, strategy, f"{selector}.{key}[{index}]"))
    if len(offers) > 1:
        found.extend(_variant_of(offer, strategy) for offer in offers if _tells_apart(offer))
    return found


def _tells_apart(offer: Offer) -> bool:
    """Whether an offer says which variant it sells."""
    inside = offer.item.get("itemOffered")
    return (
        any(offer.item.get(key) for key in ("sku", "mpn", "url", *_GTIN_KEYS)) or isinstance(inside, Mapping)
    ) and offer.price is not None


def _variant_of(offer: Offer, strategy: Strategy) -> Product:
    inside = offer.item.get("itemOffered")
    own = _own_claims(offer.item, offer.selector)
    if isinstance(inside, Mapping):
        own = {**own, **_own_claims(inside, f"{offer.selector}.itemOffered")}
    gtins = [*_gtins(offer.item), *(_gtins(inside) if isinstance(inside, Mapping) else [])]
    return built(strategy, offer.selector, {**own, **offer.claims}, gtins=gtins)
