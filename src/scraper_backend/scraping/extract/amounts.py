"""What one pays and whether it can be had, in the data of shops we have never seen.

Called by `shapes` and `platforms` with objects whose keys are flat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from scraper_backend.scraping.extract import keys
from scraper_backend.scraping.extract.keys import Item, flattened, one
from scraper_backend.scraping.extract.types import Claim


def is_in_cents(item: Item) -> bool:
    """Shopify's own product objects: whole numbers are cents there, text is not."""
    variants = item.get("variants")
    first = variants[0] if isinstance(variants, list) and variants else None
    if not isinstance(first, Mapping) or not isinstance(first.get("price"), int):
        return False
    marks = {"pricevaries", "compareatpricemin", "gid", "pricemin", "compareatprice"}
    return bool(item.keys() & marks or first.keys() & {"public_title", "compare_at_price", "option1"})


def price_in(
    item: Item, selector: str, *, in_cents: bool = False, order: Sequence[str] = keys.PRICES, depth: int = 0
) -> tuple[Claim, Claim | None] | None:
    """What one pays, by an object whose keys are flat, and the currency beside it."""
    for key in order:
        value = item.get(key)
        if value is None or value == "" or isinstance(value, bool):
            continue
        place = f"{selector}.{key}"
        if isinstance(value, list) and value:
            value, place = value[0], f"{place}[0]"
        if isinstance(value, Mapping):
            inner = _price_inside(value, place, in_cents, depth)
            if inner is not None:
                return inner
        elif _is_amount(value) and not (key != "price" and _is_dearer(value, item.get("price"))):
            raw = _from_cents(value, item) if in_cents or key == "centamount" else value
            return Claim(raw, place), _currency_beside(item, selector)
    return None


def _price_inside(value: Item, place: str, in_cents: bool, depth: int) -> tuple[Claim, Claim | None] | None:
    if depth > 3:
        return None
    inside = flattened(value)
    found = price_in(
        inside, place, in_cents=in_cents, order=(*keys.INSIDE_PRICE, *keys.PRICES), depth=depth + 1
    )
    if found is not None and found[1] is None:
        return found[0], _currency_beside(inside, place)
    return found


def _currency_beside(item: Item, selector: str) -> Claim | None:
    for key in keys.FIELDS["currency"]:
        value = item.get(key)
        text = one(value) if not isinstance(value, Mapping) else one(value.get("code") or value)
        if text:
            return Claim(text, f"{selector}.{key}")
    return None


def _is_amount(value: object) -> bool:
    if isinstance(value, (int, float)):
        return value > 0
    return isinstance(value, str) and 0 < len(value) < 40 and any(char in "123456789" for char in value)


def _is_dearer(value: object, price: object) -> bool:
    """A "special price" above the price is something else: a fee, an old value, a bundle."""
    mine, plain = _decimal(value), _decimal(price)
    return mine is not None and plain is not None and mine > plain > 0


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value).strip()) if isinstance(value, (int, float, str)) else None
    except InvalidOperation:
        return None


def _from_cents(value: object, item: Item) -> object:
    digits = item.get("fractiondigits", 2)
    if isinstance(value, int) and isinstance(digits, int) and 0 <= digits <= 4:
        return str(Decimal(value).scaleb(-digits))
    return value


def stock_in(item: Item, selector: str) -> Claim | None:
    """Whether it can be had: by a word, by a yes or no, by a count."""
    for key in keys.STOCK_WORDS:
        text = one(item.get(key))
        if text and not text.isdigit():
            return Claim(text, f"{selector}.{key}")
    for names, yes in ((keys.STOCK_YES, "InStock"), (keys.STOCK_NO, "OutOfStock")):
        no = "OutOfStock" if yes == "InStock" else "InStock"
        for key in names:
            if isinstance(item.get(key), bool):
                return Claim(yes if item[key] else no, f"{selector}.{key}")
    for key in keys.STOCK_COUNTS:
        count = item.get(key)
        if isinstance(count, int) and not isinstance(count, bool):
            return Claim("InStock" if count > 0 else "OutOfStock", f"{selector}.{key}")
    return None
