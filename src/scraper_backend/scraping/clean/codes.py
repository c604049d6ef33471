"""Codes of a product: GTIN, MPN, SKU."""

from __future__ import annotations

from scraper_backend.scraping.clean.text import text


def gtin(raw: object) -> str | None:
    """The first GTIN-8/12/13/14 or ISBN with a right check digit, digits only, leading zeros kept."""
    found = gtins(raw)
    return found[0] if found else None


def gtins(raw: object) -> tuple[str, ...]:
    """All of them."""
    del raw
    return ()


def same_gtin(one: str, other: str) -> bool:
    """Whether two GTINs name one product: equal once padded to 14 digits."""
    return one.zfill(14) == other.zfill(14)


def code(raw: object) -> str | None:
    """An SKU or MPN as text: label ("SKU:", "Art.-Nr.") and whitespace taken off, zeros kept."""
    return text(raw)
