"""Prices: of all the numbers beside each other in a shop, the one a customer pays now.

Built on price-parser's reading of numbers; what is ours is to say which number it is, and to say None
rather than take a neighbour's.  `amounts` finds the numbers, `terms` knows the words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from scraper_backend.scraping.clean import terms
from scraper_backend.scraping.clean.amounts import Amount, Symbol, find_amounts, find_symbols, fold
from scraper_backend.scraping.clean.currencies import CODES, SHARED, WITHOUT_DECIMALS, of_locale
from scraper_backend.scraping.clean.words import pattern

DEAREST: Final = Decimal(10) ** 10
"""Nothing in a shop costs ten billion of anything: such a number is a code."""


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
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _stated(str(raw), locale, currency)
    if not isinstance(raw, str):
        return None
    if machine and _MACHINE.fullmatch(raw.strip()):
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

Role = Literal["now", "plain", "list", "bare", "unit", "installment", "refused"]
_ORDER: Final[dict[Role, int]] = {
    "now": 0, "plain": 1, "list": 2, "bare": 3, "unit": 4, "installment": 5, "refused": 9,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reading:
    """One number of a line and what it is there for.  tax: 0 included, 1 unsaid, 2 excluded."""

    amount: Amount
    role: Role
    tax: int = 1
    is_from: bool = False


@lru_cache(maxsize=2048)
def _written(line: str, locale: str | None, currency: str | None) -> Money | None:
    """The price on a folded line.  Remembered: a page says the same price many times."""
    amounts = find_amounts(line, currency=currency or of_locale(locale))
    readings = [_Reading(amounts[0], "plain")] if _is_bare_money(line, amounts) else _readings(line, amounts)
    chosen = _choose(readings)
    if chosen is None:
        return (
            Money(Decimal(0), currency or of_locale(locale), raw=line) if _is_free(line, readings) else None
        )
    amount = chosen.amount
    code = _code(amount.symbols, locale, currency)
    if code == "JPY" and amount.has_decimals and amount.number % 1 and _says(amount, "¥"):
        code = "CNY"
    return Money(_tidy(amount.number), code, chosen.is_from, line[amount.start : amount.end])


def _is_bare_money(line: str, amounts: Sequence[Amount]) -> bool:
    """Most prices are a number and its currency and nothing else: no need to look for words."""
    if len(amounts) != 1 or not amounts[0].is_money or amounts[0].number >= DEAREST:
        return False
    return re.search(r"[\w%-]", line[: amounts[0].start] + line[amounts[0].end :]) is None and "-" not in line


def _says(amount: Amount, written: str) -> bool:
    return any(symbol.written == written for symbol in amount.symbols)


def _readings(line: str, amounts: Sequence[Amount]) -> list[_Reading]:
    """What each number is there for; a range makes its two ends alike."""
    phones = [match.span() for match in _PHONE.finditer(line)]
    taxes = _tax_labels(line, amounts)
    readings = []
    for index, amount in enumerate(amounts):
        before = line[amounts[index - 1].end if index else 0 : amount.start]
        after = line[amount.end : amounts[index + 1].start if index + 1 < len(amounts) else len(line)]
        role = "refused" if _inside(amount, phones) else _role(line, amounts, index, before, after)
        is_from = _last(_FROM, before) > max(_last(_NOW, before) - 40, -1)
        readings.append(_Reading(amount, role, taxes[index], is_from))
    return _ranges(line, readings)


def _inside(amount: Amount, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= amount.digits_start < end for start, end in spans)


_NOW: Final = pattern(terms.NOW)
_WAS: Final = pattern(terms.WAS)
_WAS_IF_NOW: Final = pattern(terms.WAS_IF_NOW)
_LIST: Final = pattern(terms.LIST)
_FROM: Final = pattern(terms.FROM)
_SAVE: Final = pattern(terms.SAVE)
_SHIPPING: Final = pattern(terms.SHIPPING)
_MULTI: Final = pattern(terms.MULTI)
_COUNTED: Final = pattern(terms.COUNTED)
_CODED: Final = pattern(terms.CODED)
_INCL: Final = pattern(terms.INCL)
_EXCL: Final = pattern(terms.EXCL)
_UNIT_LEADS: Final = pattern(terms.UNIT_LEADS)
_UNIT: Final = pattern(terms.UNITS)
_PRICE: Final = pattern(terms.PRICE)

_PHONE: Final = re.compile(
    r"\+\d[\d ()./-]{6,20}\d|\(\d{2,5}\)[ -]?\d{3}[\d -]{2,10}|\b\d{3,5}[-/ ]\d{3}[-]\d{4}\b|\b\d{3}-\d{4}\b"
)
_PER: Final = re.compile(
    r"\s*\(?\s*(?:/|per|pro|je|par|por|al|alla|za|pr\.?|à|im|for)\s*(?:\d{1,4}(?:[.,]\d+)?\s*)?", re.I
)
_PERCENT: Final = re.compile(r"\s?%")
_GLUE: Final = re.compile(r"[A-Za-z_\u00c0-\u05ff]")
_BLANK_PERCENT: Final = re.compile(r"^\s?%\s*(?:off|\w+\.?)?", re.IGNORECASE)
_MULTIBUY: Final = re.compile(
    r"(?<![\d.,])(?:[2-9]|[1-9]\d)\s*(?:for|für|pour|por|per|voor|för|for kun|za|за|db)\s*$", re.IGNORECASE
)
_EQUALS: Final = re.compile(r"=\s*$")


def _last(labels: re.Pattern[str], text: str) -> int:
    """Where the last label of a kind ends in `text`; -1 when there is none."""
    return max((match.end() for match in labels.finditer(text)), default=-1)


def _role(line: str, amounts: Sequence[Amount], index: int, before: str, after: str) -> Role:
    """What one number is there for, from the words between it and its neighbours."""
    amount = amounts[index]
    if _is_no_price(line, amount, before, after):
        return "refused"
    if _is_unit(line, amount, before):
        return "unit"
    is_last = index + 1 == len(amounts)
    if _MULTI.match(after.lstrip(" ")) or _last(_MULTI, before) >= max(_last(_NOW, before), 0):
        return "installment" if index == 0 else "refused"
    labelled = _label(before, after, is_last=is_last, is_followed_by_now=bool(_NOW.search(line, amount.end)))
    if labelled != "plain" or amount.is_money:
        return labelled
    return "bare" if _is_believable(line, amount, amounts) else "refused"


def _label(before: str, after: str, *, is_last: bool, is_followed_by_now: bool) -> Role:
    """By the label that stands nearest before the number; else by what stands right after it."""
    before = _BLANK_PERCENT.sub(" ", before)
    kinds: list[tuple[re.Pattern[str], Role, str]] = [
        (_NOW, "now", before),
        (_WAS, "refused", before),
        (_LIST, "list", before),
        (_SAVE, "refused", before),
        (_SHIPPING, "refused", _before_taxes(before)),
        (_FROM, "plain", before),
    ]
    if is_followed_by_now:
        kinds.append((_WAS_IF_NOW, "refused", before))
    found = [(m.end(), -m.start(), role) for kind, role, where in kinds for m in kind.finditer(where)]
    if found:
        return max(found, key=lambda item: item[:2])[2]
    return _label_behind(after, is_last=is_last)


def _label_behind(after: str, *, is_last: bool) -> Role:
    """`$5 off`, `4,90 € Versand`, `(UVP)`; a label right before the next number belongs to that one."""
    follows = re.sub(r"^[\s(*,;:+-]+", "", after)
    for labels, role in ((_SAVE, "refused"), (_SHIPPING, "refused"), (_WAS, "list"), (_LIST, "list")):
        match = labels.match(follows)
        if not match or _is_tax(after.lstrip()) or _is_tax(follows):
            continue
        if is_last or (role == "refused" and follows[match.end() :].strip(" :(")):
            return role  # type: ignore[return-value]
    return "plain"


def _before_taxes(before: str) -> str:
    """`incl. VAT` before a number says nothing about shipping or taxes being that number."""
    return _EXCL.sub(lambda m: " " * len(m[0]), _INCL.sub(lambda m: " " * len(m[0]), before))


def _is_tax(text: str) -> bool:
    return bool(_INCL.match(text) or _EXCL.match(text))


def _is_no_price(line: str, amount: Amount, before: str, after: str) -> bool:
    """Percentages, discounts, codes, dates, counts, ratings and absurd numbers."""
    if amount.number >= DEAREST or len(amount.digits) > 12 or _PERCENT.match(after):
        return True
    if _is_negative(line, amount) or _is_joined(line, amount) or _MULTIBUY.search(line[: amount.start]):
        return True
    return not amount.is_money and (_is_code(before, amount) or _is_measured(line, amount, before, after))


def _is_code(before: str, amount: Amount) -> bool:
    """`SKU: 12345`, `Item #7`, `0123`."""
    if amount.digits.startswith("0") and len(amount.digits) > 1:
        return True
    return _last(_CODED, before[-30:]) >= len(before[-30:].rstrip(" :.#-")) - 1 > -1


def _is_measured(line: str, amount: Amount, before: str, after: str) -> bool:
    """`12 reviews`, `5 kg`, `12:30`, `99¢`, `% 20`."""
    written = line[amount.digits_start : amount.end].rstrip(":-–")
    if ":" in written or after.lstrip().startswith("¢") or re.search(r"%\s?$", before):
        return True
    return bool(_COUNTED.match(after.lstrip(" -(")) or _UNIT.match(after.lstrip(" -")))


def _is_negative(line: str, amount: Amount) -> bool:
    """`-5 €`, `$-5`, `(-$5)`; not the dash of a range, nor one that a blank sets apart."""
    head = line[: amount.digits_start]
    dash = re.search(r"(?:^|([^-–]))-[^\w\s-]{0,3}$", head)
    if dash is None:
        return False
    lead = head[: dash.start()] + (dash[1] or "")
    return not re.search(r"\d\s*(?:\S{1,3}\s*)?$", lead)


def _is_joined(line: str, amount: Amount) -> bool:
    """Glued to letters or to more numbers: a code, a date, a telephone number, a version."""
    before, after = line[: amount.start][-2:], line[amount.end : amount.end + 2]
    if re.match(r"[.,:]\d", after) or re.search(r"\d[.,:]$", before):
        return True
    if amount.is_money:
        return False
    if (before and _GLUE.match(before[-1])) or (after and _GLUE.match(after[0])):
        return True
    dashed = re.match(r"[-/]\d", after) or re.search(r"\d[-/]$", before)
    return bool(dashed) and not amount.has_decimals


def _is_unit(line: str, amount: Amount, before: str) -> bool:
    """`$0.42 / oz`, `(12,50 €/100 g)`, `1 kg = 12,50 €`, `Grundpreis 3,10 €`."""
    behind = line[amount.end : amount.end + 24]
    per = _PER.match(behind)
    if per and _UNIT.match(behind, per.end()):
        return True
    return bool(_EQUALS.search(before)) or _last(_UNIT_LEADS, before) >= len(before.rstrip(" :(=")) > 0


def _is_believable(line: str, amount: Amount, amounts: Sequence[Amount]) -> bool:
    """Whether a number without currency can be a price: nothing but words about prices is beside it."""
    if len(amount.digits) > 7 and not amount.is_grouped and not amount.has_decimals:
        return False
    unknown = _unknown_words(line, amounts)
    if "(" in line[: amount.start] and not amount.has_decimals:
        return False
    return len(unknown) <= (2 if amount.has_decimals else 0) and sum(map(len, unknown)) <= 24


def _unknown_words(line: str, amounts: Sequence[Amount]) -> list[str]:
    """What is on a line besides its numbers and words about prices."""
    for other in reversed(amounts):
        line = line[: other.start] + " " + line[other.end :]
    for known in (_INCL, _EXCL, _NOW, _WAS, _LIST, _FROM, _SHIPPING, _MULTI, _PRICE):
        line = known.sub(" ", line)
    return re.findall(r"\w+", line)


def is_price_alone(raw: str) -> bool:
    """Whether a text is one amount of money (or two, was and now), and no more than words about prices."""
    line = fold(raw)
    amounts = find_amounts(line)
    return any(amount.is_money for amount in amounts) and not _unknown_words(line, amounts)


# ── Which one ──────────────────────────────────────────────────────────────────────────────────────


def _tax_labels(line: str, amounts: Sequence[Amount]) -> list[int]:
    """For each number 0 (tax included), 1 (unsaid) or 2 (excluded).

    Labels stand before their numbers or after them, on one line always the same way; before a colon's.
    """
    line = _PERCENTAGE.sub(lambda m: " " * len(m[0]), line)
    labels = sorted(
        [(match.start(), match.end(), 0) for match in _INCL.finditer(line)]
        + [(match.start(), match.end(), 2) for match in _EXCL.finditer(line)]
    )
    taxes = [1] * len(amounts)
    if not labels or not amounts:
        return taxes
    lead = labels[0][0] < amounts[0].start
    for place, end, tax in labels:
        if lead or _COLON_AFTER.match(line, end):
            index = next((i for i, amount in enumerate(amounts) if amount.start > place), None)
        else:
            index = next((i for i in reversed(range(len(amounts))) if amounts[i].start < place), None)
        if index is not None and taxes[index] == 1:
            taxes[index] = tax
    return taxes


_PERCENTAGE: Final = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?\s?%")
_COLON_AFTER: Final = re.compile(r"\s*[:：]\s*\D{0,4}\d")
_TO: Final = re.compile(r"\s*(?:[-–~]|to|bis|à|a|až|do|tot|till|til|–\s*to)\s*", re.IGNORECASE)


def _ranges(line: str, readings: list[_Reading]) -> list[_Reading]:
    """`$10 – $20` and `26 to 50 €`: the low end is flagged and the high end is no candidate."""
    result = list(readings)
    for index in range(len(readings) - 1):
        low, high = result[index], result[index + 1]
        gap = line[low.amount.end : high.amount.start]
        if not _TO.fullmatch(gap) or low.amount.number > high.amount.number:
            continue
        if high.role in ("plain", "now", "list") and low.role in ("plain", "now", "list", "bare", "refused"):
            if low.role == "refused" and (low.amount.is_money or len(low.amount.digits) > 6):
                continue
            symbols: tuple[Symbol, ...] = low.amount.symbols or high.amount.symbols
            role = low.role if low.amount.is_money and low.role != "refused" else "plain"
            result[index] = _Reading(_with(low.amount, symbols), role, low.tax, is_from=True)
            result[index + 1] = _Reading(high.amount, "refused", high.tax)
        elif low.role == high.role == "bare":
            result[index] = _Reading(low.amount, "bare", low.tax, is_from=True)
            result[index + 1] = _Reading(high.amount, "refused", high.tax)
    return result


def _with(amount: Amount, symbols: tuple[Symbol, ...]) -> Amount:
    return Amount(
        amount.start, amount.end, amount.number, amount.digits, amount.digits_start, symbols,
        amount.has_decimals, amount.is_grouped,
    )  # fmt: skip


def _choose(readings: Sequence[_Reading]) -> _Reading | None:
    """The price: now before was, with a currency before without, taxes included before excluded."""
    candidates = [reading for reading in readings if reading.role != "refused"]
    if any(reading.amount.is_money for reading in readings):
        candidates = [reading for reading in candidates if reading.amount.is_money or reading.role != "bare"]
    return min(candidates, key=lambda reading: (_ORDER[reading.role], reading.tax), default=None)


_FREE: Final = pattern(terms.FREE)


def _is_free(line: str, readings: Sequence[_Reading]) -> bool:
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
