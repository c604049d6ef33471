"""Whether taxes are in a price: the labels of a line, each given to the number that it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from scraper_backend.scraping.clean import terms
from scraper_backend.scraping.clean.amounts import Amount
from scraper_backend.scraping.clean.words import pattern

INCLUDED: Final = pattern(terms.INCL)
EXCLUDED: Final = pattern(terms.EXCL)


def is_tax(text: str) -> bool:
    """Whether a text begins with such a label."""
    return bool(INCLUDED.match(text) or EXCLUDED.match(text))


def without_labels(text: str) -> str:
    """The text with blanks for its labels: `incl. VAT` says nothing about a number being the VAT."""
    return EXCLUDED.sub(lambda m: " " * len(m[0]), INCLUDED.sub(lambda m: " " * len(m[0]), text))


def taxes(line: str, amounts: Sequence[Amount]) -> list[int]:
    """For each number 0 (tax included), 1 (unsaid) or 2 (excluded).

    Labels stand before their numbers or after them, on one line always the same way; before a colon's.
    """
    line = _PERCENTAGE.sub(lambda m: " " * len(m[0]), line)
    labels = sorted(
        [(match.start(), match.end(), 0) for match in INCLUDED.finditer(line)]
        + [(match.start(), match.end(), 2) for match in EXCLUDED.finditer(line)]
    )
    found = [1] * len(amounts)
    if not labels or not amounts:
        return found
    lead = labels[0][0] < amounts[0].start
    for place, end, tax in labels:
        if lead or _COLON_AFTER.match(line, end):
            index = next((i for i, amount in enumerate(amounts) if amount.start > place), None)
        else:
            index = next((i for i in reversed(range(len(amounts))) if amounts[i].start < place), None)
        if index is not None and found[index] == 1:
            found[index] = tax
    return found


_PERCENTAGE: Final = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?\s?%")
_COLON_AFTER: Final = re.compile(r"\s*[:：]\s*\D{0,4}\d")
