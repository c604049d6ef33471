"""Prices: of all the numbers beside each other in a shop, the one a customer pays now.

Built on price-parser's reading of numbers; what is ours is to say which number it is, and to say None
rather than take a neighbour's.  `amounts` finds the numbers, `roles` tells what each is there for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from scraper_backend.scraping.clean import terms
from scraper_backend.scraping.clean.amounts import (
    DEAREST,
    LONGEST_LINE,
    Amount,
    Symbol,
    find_amounts,
    find_symbols,
    fold,
)
from scraper_backend.scraping.clean.currencies import CODES, SHARED, WITHOUT_DECIMALS, of_locale
from scraper_backend.scraping.clean.roles import Reading, Role, unknown_words
from scraper_backend.scraping.clean.roles import readings as readings_of
from scraper_backend.scraping.clean.words import pattern


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and, when it could be told, its ISO 4217 currency.

    is_from: the low end of "from $5" or of "$10 – $20".  is_partial: it is for a unit of measure, or one of
    several instalments, and what the thing costs was not there.  raw: the characters that were read.
    """

    amount: Decimal
    currency: str | None = None
    is_from: bool = False
    raw: str = ""
    is_partial: bool = False


def price(
    raw: object, *, locale: str | None = None, currency: str | None = None, machine: bool = False
) -> Money | None:
    """What a customer pays now, or None.

    locale: of the page (`de-DE`).  currency: ISO code the page or configuration states; a currency written
    in `raw` wins.  machine: `raw` comes from JSON-LD or the like, where a dot is the decimal point.
    """
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _stated(str(raw), locale, currency)
    if not isinstance(raw, str):
        return None
    if _CENTS.fullmatch(raw) or (machine and _MACHINE.fullmatch(raw.strip())):
        return _stated(raw.strip(), locale, currency)
    line = fold(raw)
    if "p" in line and (currency or of_locale(locale)) == "GBP":
        line = _PENCE.sub(lambda match: f"£0.{match[1]:0>2}", line)
    return _written(line, locale, currency)


_PENCE: Final = re.compile(r"(?<![\w.,£])(\d{1,2})p(?!\w)")
"""British grocers price what costs less than a pound as `95p`."""


def currency(raw: object, *, locale: str | None = None, hint: str | None = None) -> str | None:
    """ISO 4217 code of the first currency in the text: code, symbol or name.

    hint: what the page states; it decides between the currencies that share a symbol, as `locale` does.
    """
    if not isinstance(raw, str):
        return None
    line = fold(raw)
    if line.upper() in CODES:
        return line.upper()
    found = sorted(find_symbols(line), key=lambda symbol: (symbol.is_shared, symbol.start))
    return next((code for symbol in found if (code := _code((symbol,), locale, hint))), None)


# ── Numbers that a machine wrote ───────────────────────────────────────────────────────────────────

_CENTS: Final = re.compile(r"(?:0|[1-9]\d{0,5})\.\d\d", re.ASCII)
"""Whoever wrote it, in whatever language: two digits after the only mark are cents."""
_MACHINE: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?")
_GROUPED_DOT: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def _stated(written: str, locale: str | None, currency: str | None) -> Money | None:
    """A plain number; in a currency without decimals one group of three digits is still thousands."""
    code = currency or of_locale(locale)
    if code in WITHOUT_DECIMALS and _GROUPED_DOT.fullmatch(written):
        written = written.replace(".", "")
    try:
        amount = Decimal(written)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < DEAREST:
        return None
    return Money(_tidy(amount), code, raw=written)


def _tidy(amount: Decimal) -> Decimal:
    """Without an exponent: `1E+3` is 1000, `-0` is 0."""
    return Decimal(f"{abs(amount):f}")


# ── Numbers that a page shows ──────────────────────────────────────────────────────────────────────

_ORDER: Final[dict[Role, int]] = {
    "now": 0, "plain": 1, "list": 2, "bare": 3, "unit": 4, "installment": 5, "refused": 9,
}  # fmt: skip


@lru_cache(maxsize=2048)
def _written(line: str, locale: str | None, currency: str | None) -> Money | None:
    """The price on a folded line.  Remembered: a page says the same price many times."""
    amounts = find_amounts(line, currency=currency or of_locale(locale))
    readings = [Reading(amounts[0], "plain")] if _is_bare_money(line, amounts) else readings_of(line, amounts)
    chosen = _choose(readings)
    if chosen is None:
        return (
            Money(Decimal(0), currency or of_locale(locale), raw=line) if _is_free(line, readings) else None
        )
    amount = chosen.amount
    code = _code(amount.symbols, locale, currency)
    if code == "JPY" and amount.has_decimals and amount.number % 1 and _says(amount, "¥"):
        code = "CNY"
    raw = line[amount.start : amount.end]
    return Money(_tidy(amount.number), code, chosen.is_from, raw, chosen.role in ("unit", "installment"))


def _is_bare_money(line: str, amounts: Sequence[Amount]) -> bool:
    """Most prices are a number and its currency and nothing else: no need to look for words."""
    if len(amounts) != 1 or not amounts[0].is_money or amounts[0].number >= DEAREST:
        return False
    return re.search(r"[\w%-]", line[: amounts[0].start] + line[amounts[0].end :]) is None and "-" not in line


def _says(amount: Amount, written: str) -> bool:
    return any(symbol.written == written for symbol in amount.symbols)


def is_price_alone(raw: str) -> bool:
    """Whether a text is one amount of money (or two, was and now), and no more than words about prices."""
    line = fold(raw)
    amounts = find_amounts(line)
    return any(amount.is_money for amount in amounts) and not unknown_words(line, amounts)


def role_in(before: str, raw: str, after: str, *, currency: str | None = None) -> tuple[Role | None, int]:
    """What the first amount of `raw` is there for in its sentence, and how many words tell of other things.

    `or 4 payments of` + `$9.00` is an instalment; `Pay` + `$74` + `after $25 off your purchase with a card` a
    price, with words enough to doubt it.
    """
    lead, line = fold(before), fold(raw)
    whole = f"{lead} {line} {fold(after)}"[:LONGEST_LINE]
    amounts = find_amounts(whole, currency=currency)
    told = sum(word.isalpha() for word in unknown_words(whole, amounts))
    readings = readings_of(whole, amounts)
    return next((one.role for one in readings if one.amount.start >= len(lead)), None), told


# ── Which one ──────────────────────────────────────────────────────────────────────────────────────


def _choose(readings: Sequence[Reading]) -> Reading | None:
    """The price: now before was, with a currency before without, taxes included before excluded."""
    candidates = [reading for reading in readings if reading.role != "refused"]
    if any(reading.amount.is_money for reading in readings):
        candidates = [reading for reading in candidates if reading.amount.is_money or reading.role != "bare"]
    return min(candidates, key=lambda reading: (_ORDER[reading.role], reading.tax), default=None)


_FREE: Final = pattern(terms.FREE)
_NOW: Final = pattern(terms.NOW)
_PRICE: Final = pattern(terms.PRICE)


def _is_free(line: str, readings: Sequence[Reading]) -> bool:
    """The line says that it costs nothing, and nothing else: `Free shipping` is not free."""
    if any(reading.amount.is_money for reading in readings) or len(line) > 40:
        return False
    rest = _NOW.sub(" ", _PRICE.sub(" ", _FREE.sub(" \0 ", line)))
    return "\0" in rest and not re.search(r"\w", rest)


def _code(symbols: Sequence[Symbol], locale: str | None, hint: str | None) -> str | None:
    """The ISO code of what is written beside a number; the page decides what a shared sign means."""
    certain = [symbol for symbol in symbols if not symbol.is_shared]
    shared = [symbol for symbol in symbols if symbol.is_shared]
    local = of_locale(locale)
    if shared:
        possible = SHARED.get(shared[0].written) or SHARED[shared[0].written.rstrip(".")]
        if certain and certain[0].code in possible:
            return certain[0].code
        if symbols[0] is shared[0]:
            return next((code for code in (hint, local) if code in possible), shared[0].code)
    if certain:
        return certain[0].code or hint
    return hint or local
