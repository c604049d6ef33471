"""Codes of a product: GTIN, MPN, SKU.

A code is text.  Nothing here turns one into a number, so leading zeros survive.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from stdnum import ean, isbn

from scraper_backend.scraping.clean.text import plain, unescape

LONGEST_CODE: Final = 80

_DIGITS: Final = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){7,13}(?![\w]|[.,]\d)")
_ISBN10: Final = re.compile(r"(?<!\w)\d(?:[ -]?\d){8}[ -]?[\dXx](?!\w)")
_LENGTHS: Final = (8, 12, 13, 14)


def gtin(raw: object) -> str | None:
    """The first GTIN-8/12/13/14 or ISBN with a right check digit, digits only, leading zeros kept."""
    found = gtins(raw)
    return found[0] if found else None


def gtins(raw: object) -> tuple[str, ...]:
    """Every GTIN in a text, in order, each once.  An ISBN-10 is given as its ISBN-13."""
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return tuple(code for code in _restored(raw) if _is_gtin(code))[:1]
    if isinstance(raw, (list, tuple)):
        return tuple(dict.fromkeys(code for one in raw[:200] for code in gtins(one)))
    if not isinstance(raw, str):
        return ()
    line = plain(unescape(raw[:2000]), longest=2000)
    found = [re.sub(r"\D", "", match.group()) for match in _DIGITS.finditer(line)]
    valid = [code for code in found if _is_gtin(code)]
    if not valid:
        valid = [isbn.to_isbn13(compact) for compact in _isbns(line)]
    return tuple(dict.fromkeys(valid))


def _restored(number: int) -> tuple[str, ...]:
    """What a JSON number was before its leading zeros were lost: UPC and EAN first."""
    digits = str(number)
    if len(digits) in (12, 13, 14):
        return (digits,)
    return tuple(digits.zfill(length) for length in _LENGTHS if len(digits) <= length)


@lru_cache(1024)
def _is_gtin(code: str) -> bool:
    """A right length and check digit; all zeros are no code.  Remembered: a page says its code many times."""
    return len(code) in _LENGTHS and ean.is_valid(code) and code.strip("0") != ""


def _isbns(line: str) -> list[str]:
    if "isbn" not in line.lower() and not _ISBN10.fullmatch(line):
        return []
    compact = (re.sub(r"[ -]", "", match.group()).upper() for match in _ISBN10.finditer(line))
    return [code for code in compact if isbn.is_valid(code)]


def same_gtin(one: str, other: str) -> bool:
    """Whether two GTINs name one product: equal once padded to 14 digits."""
    return one.isdigit() and other.isdigit() and one.zfill(14) == other.zfill(14)


_NAMES: Final = (
    r"sku|upc|ean(?: ?(?:code|13|8))?|gtin(?:-?\d+)?|mpn|isbn(?:-?1[03])?|asin|barcode"
    r"|part|item|model(?:l|[eo]|lo)?"
    r"|article|artikel|art(?:ikul|ykuł)?|product|produkt|produit|producto|prodotto"
    r"|manufacturer(?:'s)?|hersteller"
    r"|bestell|best|r[ée]f(?:[ée]rence|erencia|erentie)?|cod(?:e|ice|igo)?|c[óo]digo"
    r"|k[óo]d|code|symbol|indeks|style"
    r"|catalog(?:ue)?|katalog|varenummer|varenr|vare|tuote(?:numero|koodi)"
    r"|artikel(?:nummer|nr)|bestellnummer|id"
    r"|артикул|код|κωδικός|cikkszám|številka"
)
_MORE: Final = (
    r"number|num|no|nr|nummer|numer|n°|nº|№|id|code|kod|kód|part|sku|ean|upc|produktu"
    r"|produit|prodotto|producto"
    r"|article|artikel|nummer|cód|товара|výrobku|výrobce|výrobcu|producenta|fabricant"
    r"|fabricante|hersteller|ref"
    r"|proizvoda"
)
_LABEL: Final = re.compile(
    rf"^(?:(?:{_NAMES})(?: ?[-./]{{0,2}} ?(?:{_MORE})){{0,6}} ?\.? ?[:#=] ?#? ?"
    r"|(?:sku|upc|ean|gtin|mpn|isbn)\s+(?=\S*\d))",
    re.IGNORECASE,
)


def code(raw: object) -> str | None:
    """An SKU or MPN as text: label ("SKU:", "Art.-Nr.:") and whitespace taken off, zeros kept."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        return None
    line = plain(unescape(raw[: LONGEST_CODE * 8]), longest=LONGEST_CODE * 4)
    bare = _LABEL.sub("", line, count=1).strip(" :#\"'“”")
    bare = _BRACKETED.sub(r"\1", bare)
    if not re.search(r"[^\W_]", bare) or len(bare) > LONGEST_CODE or bare.casefold() in _NO_CODE:
        return None
    return bare


_BRACKETED: Final = re.compile(r"^\(([^()]+)\)$")
_NO_CODE: Final = frozenset(
    (
        "n/a",
        "na",
        "none",
        "null",
        "undefined",
        "nan",
        "n.a",
        "unknown",
        "does not apply",
        "not available",
        "sku",
        "false",
        "true",
    )
)
