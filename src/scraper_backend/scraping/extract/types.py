"""What reading a page yields: fields with their provenance, and the products the page claims.

Frozen values, made by this package alone; read by the walk, the panel and `bsr scrape --explain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

Strategy = Literal[
    "selector", "json_ld", "microdata", "rdfa", "opengraph", "embedded_json", "visible", "preset", "url"
]
"""Who read a value: a configured selector, a kind of structured data, or the look of the page."""


class Provenance(NamedTuple):
    """Where a value came from.

    raw: the text as it stood on the page.  selector: the CSS, XPath or path that found it, such as
    `json-ld[0].offers[1].price`.  agrees: other strategies that read the same value independently.
    """

    raw: str
    strategy: Strategy
    selector: str
    agrees: tuple[str, ...] = ()
    confidence: float = 1.0

    def as_json(self) -> dict[str, object]:
        """The provenance as it stands in an outcome's `detail`."""
        return {
            "raw": self.raw,
            "strategy": self.strategy,
            "selector": self.selector,
            "agrees": list(self.agrees),
            "confidence": round(self.confidence, 2),
        }


class Field(NamedTuple):
    """One value, cleaned and typed, and where it came from.  Prices are Decimal."""

    value: object
    provenance: Provenance


class Claim(NamedTuple):
    """One raw value that a strategy read, before it is cleaned."""

    raw: object
    selector: str


@dataclass(frozen=True, slots=True)
class Product:
    """One product that structured data claims the page (or a part of it) shows.

    `claims` holds raw values by standard field name; `variants` the sizes or colours it is sold in, each
    with its own codes and price.  `selector` is where it stands, such as `json-ld[0]`.
    """

    strategy: Strategy
    selector: str
    claims: Mapping[str, Claim] = field(default_factory=dict)
    skus: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    mpns: tuple[str, ...] = ()
    name: str = ""
    brand: str = ""
    url: str = ""
    price: Decimal | None = None
    currency: str | None = None
    variants: tuple[Product, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that the product goes by, its variants' not included."""
        return (*self.skus, *self.gtins, *self.mpns)


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one page.

    products: every product that structured data claims, the main one included; none on a page that is no
    product's.  main: the one the page is about, as the asked variant where there is one (`variant`).
    missing_required: configured fields marked `required` whose selectors found nothing.
    why: evidence for `is_product_page`, in words.
    """

    fields: Mapping[str, Field]
    products: tuple[Product, ...] = ()
    main: Product | None = None
    variant: Product | None = None
    missing_required: tuple[str, ...] = ()
    is_product_page: bool = False
    why: tuple[str, ...] = ()

    def value(self, name: str) -> object:
        """The value of a field, or None."""
        found = self.fields.get(name)
        return found.value if found else None
