"""Which type a field has, and how a raw value becomes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.core.scraper_config import FieldType, Replace, TextStep
from scraper_backend.scraping.clean.codes import code, gtin
from scraper_backend.scraping.clean.dates import date
from scraper_backend.scraping.clean.links import images, url
from scraper_backend.scraping.clean.measures import boolean, integer, number, rating, reviews_count, weight
from scraper_backend.scraping.clean.money import currency, price
from scraper_backend.scraping.clean.stock import availability
from scraper_backend.scraping.clean.text import category, html_text, text

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


def _price(raw: object, context: Context) -> object | None:
    found = price(raw, locale=context.locale, currency=context.currency, machine=context.machine)
    return None if found is None else found.amount


def _moment(raw: object, context: Context) -> object | None:
    found = date(raw, locale=context.locale)
    return None if found is None else found.isoformat(timespec="seconds").replace("+00:00", "Z")


_READERS: Final[Mapping[Kind, Callable[[object, Context], object | None]]] = {
    "text": lambda raw, context: text(raw),
    "html": lambda raw, context: html_text(raw),
    "category": lambda raw, context: category(raw),
    "number": lambda raw, context: number(raw, locale=context.locale),
    "integer": lambda raw, context: integer(raw, locale=context.locale),
    "boolean": lambda raw, context: boolean(raw),
    "price": _price,
    "currency": lambda raw, context: currency(raw, locale=context.locale, hint=context.currency),
    "availability": lambda raw, context: availability(raw),
    "url": lambda raw, context: url(raw, context.base_url),
    "gtin": lambda raw, context: gtin(raw),
    "code": lambda raw, context: code(raw),
    "date": _moment,
    "rating": lambda raw, context: rating(raw),
    "count": lambda raw, context: reviews_count(raw),
    "weight": lambda raw, context: weight(raw),
}


def value(kind: Kind, raw: object, context: Context) -> object | None:
    """Any value by its type; None when it cannot be read as that.

    A price or number is a Decimal, a date ISO text with Z, images a list of addresses.  `raw` may be a
    list: the first item that can be read, for images and categories all of them.
    """
    if kind == "image":
        return list(images(raw, context.base_url)) or None
    if isinstance(raw, (list, tuple)) and kind != "category":
        return next((found for item in raw if (found := value(kind, item, context)) is not None), None)
    return _READERS[kind](raw, context)


# ── options.normalize ──────────────────────────────────────────────────────────────────────────────


def normalize(text: str, steps: Sequence[TextStep | Replace], *, brand: str | None = None) -> str:
    """`options.normalize` of one field, step by step."""
    for step in steps:
        text = (
            re.sub(step.pattern, step.replacement, text)
            if isinstance(step, Replace)
            else _step(text, step, brand)
        )
    return text


def _step(text: str, step: TextStep, brand: str | None) -> str:
    if step == "remove_brand":
        return _without_brand(text, brand)
    return _STEPS[step](text)


_STEPS: Final[Mapping[str, Callable[[str], str]]] = {
    "strip": str.strip,
    "collapse": lambda text: " ".join(text.split()),
    "lower": str.lower,
    "upper": str.upper,
    "title_case": lambda text: re.sub(
        r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda word: word.group()[0].upper() + word.group()[1:].lower(), text
    ),
}


def _without_brand(text: str, brand: str | None) -> str:
    """The brand taken off the front of a title, or off its end after a dash or "by"."""
    if not brand or not brand.strip():
        return text
    name = r"\s+".join(re.escape(part) for part in brand.split())
    shorter = re.sub(rf"^\s*{name}(?!\w)[®™]?[\s:,|–-]*", "", text, count=1, flags=re.IGNORECASE)
    if shorter == text:
        shorter = re.sub(rf"\s*(?:[-–|,]|\bby)\s*{name}[®™]?\s*$", "", text, count=1, flags=re.IGNORECASE)
    return shorter if shorter.strip() else text
