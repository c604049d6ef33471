"""Product objects in the data of shops we have never seen, told by their shape.

A name, a price, a code and a picture close to each other are a product; under `relatedProducts` or in a
list of twenty they are somebody else's.  Called by `embedded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from scraper_backend.scraping.extract import keys
from scraper_backend.scraping.extract.amounts import is_in_cents, price_in, stock_in
from scraper_backend.scraping.extract.keys import Item, flat, flattened, one, squeezed
from scraper_backend.scraping.extract.schema import built
from scraper_backend.scraping.extract.types import Claim, Product

MAX_NODES: Final = 30_000
_MAX_VARIANTS: Final = 300
_ENOUGH: Final = 6
_PRICED: Final = frozenset(keys.PRICES) | frozenset(keys.VARIANTS)
_CODED: Final = frozenset(keys.FIELDS["sku"]) | frozenset(keys.FIELDS["gtin"])
_WORTH: Final = {"price": 3, "sku": 2, "gtin": 2, "images": 1, "brand": 1, "description": 1, "currency": 1,
                 "availability": 1, "url": 1, "mpn": 1, "title": 1}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hints:
    """What else is known of the page, to tell its product from others.

    titles: squeezed.  path: of the page's address.  sku: asked for, squeezed.
    """

    titles: tuple[str, ...] = ()
    path: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An object, and the way to it."""

    item: Item
    above: Place | None
    key: str | int
    penalty: int

    @property
    def selector(self) -> str:
        """The way as text, such as `script#__NEXT_DATA__.props.product`."""
        if self.above is None:
            return str(self.key)
        step = f"[{self.key}]" if isinstance(self.key, int) else f".{self.key}"
        return f"{self.above.selector}{step}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that looks like a product, and how much."""

    score: int
    place: Place

    @property
    def product(self) -> Product:
        """The product that the object describes."""
        item = flattened(self.place.item)
        selector = self.place.selector
        claims = _claims(item, self.place)
        variants = list(variants_in(item, selector, in_cents=is_in_cents(item)))
        first = next((one for one in variants if "price" in one.claims), None)
        if "price" not in claims and first is not None:
            claims.update({k: v for k, v in first.claims.items() if k in ("price", "currency")})
        return built("embedded_json", selector, claims, variants)


def candidates(states: Iterable[tuple[str, Any]], hints: Hints) -> list[Candidate]:
    """The objects that look like products, best first."""
    found: list[Candidate] = []
    left = MAX_NODES
    for name, value in states:
        for place in objects(value, name):
            left -= 1
            if left < 0:
                break
            candidate = _judged(place, hints)
            if candidate is not None and candidate.score >= _ENOUGH:
                found.append(candidate)
    return sorted(found, key=lambda candidate: -candidate.score)


def objects(value: object, name: str) -> Iterator[Place]:
    """Every object in a value, outer ones first, with a penalty where the way leads elsewhere."""
    root = Place(value if isinstance(value, Mapping) else {}, None, name, 0)
    if isinstance(value, Mapping):
        yield root
    stack: list[tuple[Place, object, int]] = [(root, value, 0)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        above, here, depth = stack.pop()
        inner: list[tuple[Place, object, int]] = []
        for key, inside, penalty in _children(here, above.penalty):
            place = Place(inside if isinstance(inside, dict) else {}, above, key, penalty)
            if isinstance(inside, dict):
                yield place
            if depth < 40:
                inner.append((place, inside, depth + 1))
        stack.extend(reversed(inner))


def _children(value: object, penalty: int) -> Iterator[tuple[str | int, object, int]]:
    """What holds more inside of `value`."""
    if isinstance(value, Mapping):
        event = str(value.get("event") or value.get("eventName") or "")
        away = 8 if any(word in event for word in keys.LIST_EVENTS) else 0
        for key, inside in value.items():
            if isinstance(inside, (dict, list)):
                elsewhere = 6 if keys.ELSEWHERE.search(str(key)) else 0
                yield key, inside, max(penalty, away, elsewhere)
    elif isinstance(value, list):
        objects_in_it = sum(1 for inside in value[:30] if isinstance(inside, dict))
        crowd = 2 if objects_in_it > 1 else 0
        for index, inside in enumerate(value[:500]):
            if isinstance(inside, (dict, list)):
                yield index, inside, penalty + crowd


def _judged(place: Place, hints: Hints) -> Candidate | None:
    item = flattened(place.item)
    if not (item.keys() & _PRICED or item.keys() & _CODED):
        return None
    title = title_in(item)
    if not title:
        return None
    says = {*_claims(item, place), *_said_of_variants(item)}
    score = sum(_WORTH.get(name, 0) for name in says) + _known(title, item, hints) - place.penalty
    return Candidate(score, place)


def _said_of_variants(item: Item) -> Iterator[str]:
    """A product of sizes says its price and code by them; else each of them would look more like one."""
    first = next(iter(_listed(item)), None)
    if first is not None:
        yield from ("price", "sku") if first.keys() & _PRICED and first.keys() & _CODED else ()


def title_in(item: Item) -> str:
    """The name of an object whose keys are flat; "" where it has none."""
    text = next((one(item[key]) for key in keys.FIELDS["title"] if one(item.get(key))), "")
    return text if 1 < len(text) < 400 else ""


def _known(title: str, item: Item, hints: Hints) -> int:
    """How well an object fits what is known of the page."""
    score = 0
    name = squeezed(title)
    if any(name in known or (known in name and len(known) > 8) for known in hints.titles):
        score += 5
    elif hints.titles:
        score -= 3
    slug = str(item.get("handle") or item.get("slug") or item.get("urlkey") or "").strip("/")
    if slug and slug in hints.path:
        score += 4
    if hints.sku and hints.sku in _codes_in(item):
        score += 4
    return score


def _codes_in(item: Item) -> set[str]:
    """An object's codes and its variants', squeezed."""
    names = (*keys.FIELDS["sku"], *keys.FIELDS["gtin"], *keys.FIELDS["mpn"])
    found = {squeezed(one(item.get(name))) for name in names}
    for inside in _listed(item):
        found |= {squeezed(one(inside.get(name))) for name in names}
    return found


# ── Raw values of one object ───────────────────────────────────────────────────────────────────────


def _claims(item: Item, place: Place) -> dict[str, Claim]:
    claims = claims_in(item, place.selector, in_cents=is_in_cents(item))
    if "currency" not in claims and (above := _currency_above(place)):
        claims["currency"] = above
    if "sku" not in claims and (code := _code_for_analytics(item, place)):
        claims["sku"] = code
    return claims


def _code_for_analytics(item: Item, place: Place) -> Claim | None:
    """In `ecommerce.detail.products[0]`, as the analytics of shops have it, `id` is the SKU."""
    code, above = one(item.get("id")), place.above
    for _ in range(4):
        if above is None or not code:
            return None
        if above.key == "ecommerce":
            return Claim(code, f"{place.selector}.id")
        above = above.above
    return None


def claims_in(item: Item, selector: str, *, in_cents: bool = False) -> dict[str, Claim]:
    """The raw values of an object whose keys are flat."""
    claims: dict[str, Claim] = {}
    for name, words in keys.FIELDS.items():
        key = next((word for word in words if word in item and _plain(item[word], name)), None)
        if key is not None:
            claims[name] = Claim(_plain(item[key], name), f"{selector}.{key}")
    price = price_in(item, selector, in_cents=in_cents)
    if price is not None:
        claims["price"] = price[0]
        if price[1] is not None:
            claims["currency"] = price[1]
    stock = stock_in(item, selector)
    if stock is not None:
        claims["availability"] = stock
    return claims


def _currency_above(place: Place) -> Claim | None:
    above = place.above
    for _ in range(4):
        if above is None:
            return None
        for key, value in above.item.items():
            if isinstance(value, str) and len(value) == 3 and flat(key) in keys.FIELDS["currency"]:
                return Claim(value, f"{above.selector}.{key}")
        above = above.above
    return None


def _plain(value: object, name: str) -> object:
    """The value in the form that cleaning expects; empty when it cannot be this field's."""
    if name == "images":
        return addresses(value)
    if name == "category" and isinstance(value, list):
        return [text for text in map(one, value) if text]
    text = one(value)
    return text if name not in ("sku", "gtin", "mpn") or len(text) < 60 else ""


def addresses(value: object, depth: int = 0) -> list[str]:
    """Every address of a picture in a value."""
    if isinstance(value, str):
        looks = len(value) < 2000 and re.search(r"/|\.(?:jpe?g|png|webp|avif|gif)", value)
        return [value] if looks else []
    if depth > 2:
        return []
    if isinstance(value, Mapping):
        names = ("url", "src", "originalSrc", "href", "large", "zoom", "full", "image", "imageUrl", "baseUrl")
        return next((found for key in names if (found := addresses(value.get(key), depth + 1))), [])
    if isinstance(value, list):
        return [address for inside in value[:40] for address in addresses(inside, depth + 1)]
    return []


def variants_in(item: Item, selector: str, *, in_cents: bool = False) -> Iterator[Product]:
    """The sizes and colours that an object is sold in."""
    key, parts = _list_of(item)
    for index, part in enumerate(parts):
        place = f"{selector}.{key}[{index}]"
        claims = claims_in(flattened(part), place, in_cents=in_cents)
        if claims.keys() & {"price", "sku", "gtin"}:
            yield built("embedded_json", place, claims)
    if not parts:
        yield from _scattered(item, selector, in_cents)


def _listed(item: Item) -> Iterator[dict[str, Any]]:
    """The variants in an object's list of them, their keys flat."""
    return (flattened(part) for part in _list_of(item)[1])


def _list_of(item: Item) -> tuple[str, list[Item]]:
    """The first list of variants, and the key it stands at."""
    for key in keys.VARIANTS:
        several = _several(item.get(key))
        if not isinstance(several, list):
            continue
        parts = [part for part in several[:_MAX_VARIANTS] if isinstance(part, Mapping)]
        if parts:
            return key, [_node(part) for part in parts]
    return "", []


def _node(part: Item) -> Item:
    """What an edge of a graph leads to; anything else itself."""
    inner = part.get("node")
    return inner if isinstance(inner, Mapping) else part


def _several(value: object) -> object:
    """The list at a key: itself, the `nodes` or `edges` of a connection, the values of an object by id."""
    if not isinstance(value, Mapping):
        return value
    listed = value.get("nodes") or value.get("edges")
    return listed if isinstance(listed, list) else list(value.values())


def _scattered(item: Item, selector: str, in_cents: bool) -> Iterator[Product]:
    """The variants that no list holds: the one that is shown, its neighbours, the first of each option."""
    known: set[str] = set()
    for place in islice(objects(item, selector), _MAX_VARIANTS):
        if not keys.OF_A_VARIANT.search(_last_name(place)) or _is_anothers(place):
            continue
        claims = claims_in(flattened(place.item), place.selector, in_cents=in_cents)
        code = one(claims["sku"].raw) if "sku" in claims else ""
        if code and "price" in claims and code not in known:
            known.add(code)
            yield built("embedded_json", place.selector, claims)


def _is_anothers(place: Place) -> bool:
    """Whether the way to a variant leads through other products, such as `relatedProducts[0].variant`."""
    here: Place | None = place
    while here is not None and here.above is not None:
        if isinstance(here.key, str) and (flat(here.key) == "products" or keys.ELSEWHERE.search(here.key)):
            return True
        here = here.above
    return False


def _last_name(place: Place) -> str:
    """The key that an object, or the list it is in, stands at; flat."""
    if isinstance(place.key, int) and place.above is not None:
        return _last_name(place.above)
    return flat(place.key)
