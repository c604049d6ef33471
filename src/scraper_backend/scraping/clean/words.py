"""Vocabularies: lists of words and phrases as people read them, and the patterns made of them."""

from __future__ import annotations

import re
from functools import cache


def words(text: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text that lists them, separated by commas."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


@cache
def pattern(text: str, *, whole: bool = True) -> re.Pattern[str]:
    """One pattern for all phrases of `text`, longest first, any case, blanks any width.

    A phrase that ends in `*` is the beginning of a word (`versand*`); others stand as words of their
    own.  whole=False: anywhere inside a word.
    """
    listed = sorted(phrases(text), key=len, reverse=True)
    return re.compile("|".join(_phrase(phrase, whole=whole) for phrase in listed), re.IGNORECASE)


def _phrase(phrase: str, *, whole: bool) -> str:
    bare = phrase.removesuffix("*")
    body = r"\s+".join(re.escape(part) for part in bare.split())
    before = r"(?<!\w)" if whole and re.match(r"\w", bare) else ""
    after = r"(?!\w)" if whole and bare == phrase and re.search(r"\w$", bare) else ""
    return f"{before}{body}{after}"
