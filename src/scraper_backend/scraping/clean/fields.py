"""Which type a field has, and how a raw value becomes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.core.scraper_config import FieldType, Replace, TextStep

Kind = FieldType | Literal["code", "rating", "count", "weight", "category"]
"""The types a configuration may name, and the finer ones of standard fields."""

STANDARD_FIELD_TYPES: Final[Mapping[str, Kind]] = {
    "title": "text",
    "price": "price",
    "currency": "currency",
    "availability": "availability",
    "brand": "text",
    "description": "html",
    "images": "image",
    "url": "url",
    "sku": "code",
    "gtin": "gtin",
    "mpn": "code",
    "weight": "weight",
    "rating": "rating",
    "reviews_count": "count",
    "category": "category",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a value needs to know about where it stood.  machine: embedded data, not visible text."""

    base_url: str
    locale: str | None = None
    currency: str | None = None
    machine: bool = False


def value(kind: Kind, raw: object, context: Context) -> object | None:
    """Any value by its type, JSON-able but for Decimal (`price` answers the amount; `date` ISO text with Z;
    `image` a list of addresses).  `raw` may be a list: the first item that can be read, for images all."""
    del kind, raw, context
    return None


def normalize(text: str, steps: Sequence[TextStep | Replace], *, brand: str | None = None) -> str:
    """`options.normalize` of one field, step by step."""
    del steps, brand
    return text
