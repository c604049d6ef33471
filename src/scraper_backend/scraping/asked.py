"""The SKU that was asked for, and every form in which a shop may write it.

`DOG-1` is `dog 1` and `DOG1`, but never `DOG-10` and never a part of `DOG-1-L`; a UPC is the same code
as an EAN-13 or GTIN-14 with zeros in front.  Used by search (which link?) and identity (which product?).
Pure text; knows no page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from propcache.api import cached_property
from stdnum import ean

from scraper_backend.scraping.addresses import parts_of

_DASHES: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)
"""Every kind of dash is a dash; what has no width is nothing."""
_WIDTHLESS: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_SEPARATORS: Final = re.compile(r"[\s\-_./]+")
_LIGHT: Final = re.compile(r"[\s\-_]+")
_NO_SLUG: Final = re.compile(r"[\W_]+")
_EXTENSION: Final = re.compile(r"\.(?:html?|php|aspx?|jsp|do)$")

FOR_ANOTHER: Final = re.compile(
    r"""(?<!\w)(?:for|fits?|fitting|compatible|replac(?:es|ed|ement)|supersed(?:es|ed)|successor|pairs?|works?|
    similar|instead|like|see|für|fuer|passend|kompatibel|ersatz|ersetzt|nachfolger|statt|pour|remplacée?|
    remplace|per|para|compatible|sustituye|sustituido|reemplazado|sostituit[oa]|voor|vervangt|vervangen|dla|
    zamiennik|zastąpiony|pasuje|till|til|passar|passer|ersätter|ersatt|erstatter|sopii|korvaa|pro|náhrada|
    для)(?!\w)""",
    re.X | re.I,
)
"""Words before a code which say that the product goes with it, and is not it."""


def fold(text: str) -> str:
    """`text` as codes are compared: compatible forms, one kind of dash, no case, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES))
    return " ".join(plain.translate(_DASHES).casefold().split())


def _caseless(text: str) -> str:
    """`text` without case; folded as a whole only where something in it folds to other letters."""
    is_plain = text.isascii() or (unicodedata.is_normalized("NFKC", text) and not _WIDTHLESS.search(text))
    return text.casefold() if is_plain else fold(text)


def without_accents(text: str) -> str:
    """`text` as it is written in slugs."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(1024)
def is_gtin(text: str) -> bool:
    """Whether `text` is a GTIN-8/12/13/14 with the right check digit, perhaps without its leading zeros."""
    digits = _LIGHT.sub("", text)
    return digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14 and _checks(digits)


def _checks(digits: str) -> bool:
    return digits.strip("0") != "" and bool(ean.is_valid(digits.zfill(14)))


@dataclass(frozen=True)
class Asked:
    """One SKU, ready to be compared."""

    text: str

    @cached_property
    def folded(self) -> str:
        """The SKU as codes are compared."""
        return fold(self.text)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The SKU between its separators."""
        return tuple(part for part in _SEPARATORS.split(self.folded) if part)

    @cached_property
    def is_gtin(self) -> bool:
        """Whether what was asked for is a barcode's number."""
        return is_gtin(self.folded)

    @cached_property
    def is_distinctive(self) -> bool:
        """Whether it can hardly stand in a title or an address by chance."""
        has_digit, has_letter = any(map(str.isdigit, self.folded)), any(map(str.isalpha, self.folded))
        return has_digit and len(self.folded) >= (4 if has_letter else 6)

    @cached_property
    def is_unlike_an_id(self) -> bool:
        """Whether no shop's own numbering of its pages can be mistaken for it."""
        return self.is_distinctive and any(map(str.isalpha, self.folded))

    def may_stand_in(self, text: str) -> bool:
        """Whether a closer look is worth it: the longest part of the SKU is somewhere in `text`."""
        if not self.parts:
            return False
        small, capital = self._forms
        if small in text or capital in text:
            return True
        if small == capital and text.isascii():  # digits have no other form
            return False
        return small in _caseless(text)

    def places_in(self, text: str) -> Iterator[int]:
        """Where the longest part of the SKU stands in `text`, as nearly every shop writes it."""
        for form in dict.fromkeys(self._forms if self.parts else ()):
            at = text.find(form)
            while at >= 0:
                yield at
                at = text.find(form, at + 1)

    @cached_property
    def _longest(self) -> str:
        return max(self.parts, key=len, default="")

    @cached_property
    def _forms(self) -> tuple[str, str]:
        """Its longest part as nearly every shop writes it; looking for it costs no copy of the text."""
        return self._longest, self._longest.upper()

    def is_code(self, declared: str) -> bool:
        """Whether `declared` is this very code, however it is punctuated or padded."""
        if declared == self.text:
            return bool(self.folded)
        other = fold(declared)
        if not other or not self.folded:
            return False
        return other == self.folded or self._is_same_gtin(other) or self._is_repunctuated(other)

    def _is_same_gtin(self, other: str) -> bool:
        if not self.is_gtin:
            return False
        digits = _LIGHT.sub("", other)
        return is_gtin(digits) and digits.zfill(14) == _LIGHT.sub("", self.folded).zfill(14)

    def _is_repunctuated(self, other: str) -> bool:
        """`OC-004`, `OC 004` and `OC004` are one; `1-23` and `12-3` are not."""
        theirs = tuple(part for part in _SEPARATORS.split(other) if part)
        if theirs == self.parts:
            return len(theirs) > 0
        if 1 not in (len(theirs), len(self.parts)) or "".join(theirs) != "".join(self.parts):
            return False
        longer = other if len(theirs) > 1 else self.folded
        return len("".join(theirs)) >= (
            4 if len(_LIGHT.split(longer)) == len(_SEPARATORS.split(longer)) else 6
        )

    def stands_in(self, text: str) -> bool:
        """Whether `text` names this code as a whole word, as its own and not as what it goes with."""
        if not self.may_stand_in(text):
            return False
        found = self._in_text.search(fold(text))
        return found is not None and FOR_ANOTHER.search(fold(text)[: found.start()]) is None

    def is_mentioned_in(self, text: str) -> bool:
        """Whether `text` names this code as a whole word, in whatever sense."""
        return self.may_stand_in(text) and self._in_text.search(fold(text)) is not None

    def cut_from(self, text: str) -> str:
        """`text` without this code."""
        return self._in_text.sub(" ", fold(text))

    @cached_property
    def _in_text(self) -> re.Pattern[str]:
        """As a whole word; a dash, dot, slash or underscore joins it to what follows."""
        body = r"[\s\-_./]?".join(map(re.escape, self.parts)) or r"(?!)"
        return re.compile(rf"(?<![^\W_])(?<![^\W_][-_./]){body}(?![^\W_])(?![-_./][^\W_])")

    def names_address(self, url: str) -> bool:
        """Whether a path segment of `url` is this code, or a long number in it."""
        is_written_plainly = self._longest.isascii() and self._longest.isalnum()
        if not self.is_distinctive or (is_written_plainly and not self.may_stand_in(url)):
            return False
        segments = path_segments(url)
        if any(self._is_segment(segment) for segment in segments):
            return True
        joined = "".join(self.parts)
        return (
            joined.isdigit()
            and len(joined) >= 8
            and any(joined in re.split(r"[^0-9a-z]+", segment) for segment in segments)
        )

    @cached_property
    def _slugs(self) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """The parts of the SKU as slugs have them: with accents gone, without marks, and in one."""
        mine = tuple(without_accents(part) for part in self.parts)
        plain = _slug_words(" ".join(mine))
        return mine, plain, "".join(plain)

    def _is_segment(self, segment: str) -> bool:
        theirs = _slug_words(without_accents(fold(segment)))
        mine, plain, joined = self._slugs
        return theirs in (mine, plain) or (len(theirs) == 1 and theirs[0] == joined)

    def is_part_of_address(self, url: str) -> bool:
        """Whether the path of `url` has this code between other words: a hint, never a proof."""
        mine = " ".join(self._slugs[1])
        if not mine:
            return False
        words = " ".join(_slug_words(without_accents(fold(" ".join(path_segments(url))))))
        return f" {mine} " in f" {words} "


def _slug_words(text: str) -> tuple[str, ...]:
    return tuple(part for part in _NO_SLUG.split(text) if part)


@lru_cache(512)
def path_segments(url: str) -> tuple[str, ...]:
    """The decoded segments of the path of `url`, without a file extension."""
    path = (unquote(segment) for segment in parts_of(url).path.split("/"))
    return tuple(_EXTENSION.sub("", fold(segment)) for segment in path if segment)
