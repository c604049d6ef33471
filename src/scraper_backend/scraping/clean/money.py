"""Prices and currencies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and, when it could be told, its ISO 4217 currency.

    is_from: the low end of "from $5" or of "$10 – $20".  raw: the characters that were read.
    """

    amount: Decimal
    currency: str | None = None
    is_from: bool = False
    raw: str = ""


def price(
    raw: object, *, locale: str | None = None, currency: str | None = None, machine: bool = False
) -> Money | None:
    """What a customer pays now, or None.

    locale: of the page (`de-DE`).  currency: ISO code the page or configuration states; a currency written
    in `raw` wins.  machine: `raw` comes from JSON-LD or the like, where a dot is the decimal point.
    """
    del raw, locale, currency, machine
    return None


def currency(raw: object, *, locale: str | None = None) -> str | None:
    """ISO 4217 code of the first currency in the text: code, symbol or name; `$` and `kr` by locale."""
    del raw, locale
    return None
