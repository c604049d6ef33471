"""One value a field, of all that the strategies say.

A configured selector that yields a valid value is believed.  Else structured data in the order JSON-LD,
microdata, RDFa, OpenGraph, embedded JSON, look of the page; but where two strategies agree against one
that stands alone, they win.  How far independent strategies agree is told with each value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from scraper_backend.scraping import clean
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.types import Claim, Field, Product, Provenance, Strategy

CONFIDENCE: Final[Mapping[str, float]] = {
    "selector": 0.95, "json_ld": 0.9, "microdata": 0.88, "rdfa": 0.85, "opengraph": 0.8,
    "embedded_json": 0.75, "visible": 0.6, "url": 0.7, "preset": 0.9,
}  # fmt: skip
"""How often each strategy is right when it stands alone."""

_RAW_LENGTH: Final = 200
_VOTED: Final = frozenset(("price", "currency", "availability", "sku", "gtin"))


class Reading(NamedTuple):
    """What one strategy reads for one field, cleaned."""

    value: object
    strategy: Strategy
    claim: Claim


def read(name: str, products: Sequence[Product], contexts: Mapping[Strategy, Context]) -> Field | None:
    """The value of a standard field by the products that the strategies claim, best strategy first."""
    readings = list(readings_of(name, products, contexts))
    if not readings:
        return None
    sold_at = _sold_at(readings, products, contexts) if name == "price" else None
    return told(sold_at or _elected(name, readings), readings)


def _sold_at(
    readings: Sequence[Reading], products: Sequence[Product], contexts: Mapping[Strategy, Context]
) -> Reading | None:
    """Where the data has a span of prices only, the one inside of it that the page shows is the price."""
    shown = next((one for one in readings if one.strategy == "visible"), None)
    if shown is None or not readings[0].claim.selector.endswith(".lowPrice"):
        return None
    owner = next(one for one in products if one.strategy == readings[0].strategy)
    end = owner.claims.get("price_to")
    most = cleaned("price", end.raw, contexts[owner.strategy]) if end is not None else None
    least = readings[0].value
    values = (least, shown.value, most)
    is_inside = all(isinstance(one, Decimal) for one in values) and least < shown.value <= most  # type: ignore[operator]
    return shown if is_inside else None


def readings_of(
    name: str, products: Sequence[Product], contexts: Mapping[Strategy, Context]
) -> list[Reading]:
    """What each strategy reads, unreadable claims left out."""
    found = []
    for product in products:
        claim = product.claims.get(name)
        value = cleaned(name, claim.raw, contexts[product.strategy]) if claim is not None else None
        if value is not None and claim is not None:
            found.append(Reading(value, product.strategy, claim))
    return found


def cleaned(name: str, raw: object, context: Context) -> object | None:
    """A raw value by the type of its field.  A brand called `N/A` or `-` is none, as a code is."""
    if name == "brand" and isinstance(raw, str) and clean.code(raw) is None:
        return None
    return clean.value(clean.STANDARD_FIELD_TYPES.get(name, "text"), raw, context)


def _elected(name: str, readings: Sequence[Reading]) -> Reading:
    """The first, unless it stands alone against two that agree; a price of nothing needs a second.

    What a page tells search engines of its product is cut short; the whole text elsewhere is better.
    """
    first = readings[0]
    if name == "description" and first.strategy == "opengraph":
        return max(readings, key=lambda one: len(str(one.value)))
    if name not in _VOTED or len(readings) == 1:
        return first
    if name == "price" and first.value == Decimal(0):
        return next((one for one in readings if one.value != Decimal(0)), first)
    if any(same(name, first.value, other.value) for other in readings[1:]):
        return first
    for one in readings[1:]:
        if sum(same(name, one.value, other.value) for other in readings) > 1:
            return one
    return first


def same(name: str, one: object, other: object) -> bool:
    """Whether two strategies say the same of a field."""
    if isinstance(one, str) and isinstance(other, str):
        mine, theirs = squeezed(one), squeezed(other)
        if name == "gtin":
            return clean.same_gtin(one, other)
        return mine == theirs or (name in ("title", "description") and (mine in theirs or theirs in mine))
    if isinstance(one, list) and isinstance(other, list):
        return bool(set(map(str, one)) & set(map(str, other)))
    return one == other


def told(chosen: Reading, readings: Sequence[Reading]) -> Field:
    """The chosen value with its provenance."""
    if len(readings) == 1:
        return _believed(chosen, (), 0)
    name = chosen.claim.selector.rpartition(".")[2]
    agrees = tuple(
        one.strategy
        for one in readings
        if one.strategy != chosen.strategy and same(name, chosen.value, one.value)
    )
    return _believed(chosen, agrees, len(readings) - 1 - len(agrees))


def _believed(chosen: Reading, agrees: tuple[str, ...], against: int) -> Field:
    return Field(chosen.value, Provenance(
        raw=raw_text(chosen.claim.raw),
        strategy=chosen.strategy,
        selector=chosen.claim.selector,
        agrees=agrees,
        confidence=_confidence(chosen.strategy, len(agrees), against),
    ))  # fmt: skip


@lru_cache(maxsize=256)
def _confidence(strategy: str, agrees: int, against: int) -> float:
    alone = CONFIDENCE.get(strategy, 0.5)
    doubt = (1 - alone) * 0.4**agrees
    return max(0.1, round((1 - doubt) * 0.85**against, 2))


def raw_text(raw: object) -> str:
    """A raw value as one short text, for people."""
    text = raw if isinstance(raw, str) else ", ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    return text if len(text) <= _RAW_LENGTH else f"{text[: _RAW_LENGTH - 1]}…"
