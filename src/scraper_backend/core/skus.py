"""What a SKU may look like, and what spreadsheets do to it.

SKUs are text: leading zeros, inner spaces and slashes survive.  Used wherever people hand SKUs over: files of
the command line, the panel's form and its uploads.
"""

from __future__ import annotations

import re
from typing import Final

MAX_LENGTH: Final = 200
NAMES: Final = (
    "sku", "upc", "gtin", "ean", "item", "barcode", "asin", "mpn", "item number", "product code", "code",
    "artikelnummer", "article",
)  # fmt: skip
"""Headings that name the column of SKUs, the likeliest first."""
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+\d+")
_EXCEL_TEXT = re.compile(r'^="([^"]*)"$')


def decode(data: bytes) -> str:
    """A text file as spreadsheets and editors write them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def bare(text: str) -> str:
    """Without what a spreadsheet puts around text that must stay text."""
    stripped = text.strip()
    match = _EXCEL_TEXT.match(stripped)
    if match:
        return match[1].strip()
    quoted = len(stripped) > 1 and stripped[0] == stripped[-1] == '"'
    return stripped[1:-1].replace('""', '"').strip() if quoted else stripped


def is_heading(text: str) -> bool:
    """Whether this cell names a column of SKUs."""
    return text.strip().strip('"').strip().casefold() in NAMES


def fault(sku: str) -> tuple[str, str] | None:
    """Why this is no SKU, and what to do about it."""
    if not sku:
        return "has no SKU", "write one, or remove the row"
    if len(sku) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters", "check the column"
    if _ROUNDED.fullmatch(sku):
        return f"found {sku}, a number that a spreadsheet rounded", "format the column as text and save again"
    if any(ord(letter) < 32 or ord(letter) == 127 or _is_half(letter) for letter in sku) or "\ufffd" in sku:
        return "has characters that no SKU has", "save the file as UTF-8 text"
    return None


def _is_half(letter: str) -> bool:
    """Half of a character outside the basic plane, which no text can keep."""
    return "\ud800" <= letter <= "\udfff"
