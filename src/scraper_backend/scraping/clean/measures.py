"""Numbers that are not money: counts, ratings, weights, yes and no."""

from __future__ import annotations

from decimal import Decimal


def number(raw: object, *, locale: str | None = None) -> Decimal | None:
    """The only number in the text, negative ones too; None when there is none."""
    del raw, locale
    return None


def integer(raw: object, *, locale: str | None = None) -> int | None:
    """The same, when it is whole."""
    del raw, locale
    return None


def boolean(raw: object) -> bool | None:
    """yes/no, true/false, 1/0, on/off and their like in the major European languages."""
    del raw
    return None


def rating(raw: object, *, best: object = None, worst: object = None) -> Decimal | None:
    """On a scale of 5: `4.5`, `4,5 von 5`, `9/10` with best 10 → 4.5, `90%` → 4.5, class `star-rating Four`."""
    del raw, best, worst
    return None


def reviews_count(raw: object) -> int | None:
    """`(1,234 reviews)` → 1234; a bare number; None for "Be the first to review"."""
    del raw
    return None


def weight(raw: object) -> str | None:
    """`12.5 kg`: value and unit, normalised; None when there is no unit of weight."""
    del raw
    return None
