"""What each number on a line is there for: a price, a former one, an instalment, a count, a code.

By the words between a number and its neighbours, which `terms` lists.  Called by `money`, which says of
these readings what a customer pays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.scraping.clean import terms
from scraper_backend.scraping.clean.amounts import DEAREST, Amount, Symbol
from scraper_backend.scraping.clean.taxes import EXCLUDED, INCLUDED, is_tax, without_labels
from scraper_backend.scraping.clean.taxes import taxes as taxes_of
from scraper_backend.scraping.clean.words import pattern

Role = Literal["now", "plain", "list", "bare", "unit", "installment", "refused"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a line and what it is there for.  tax: 0 included, 1 unsaid, 2 excluded."""

    amount: Amount
    role: Role
    tax: int = 1
    is_from: bool = False


def readings(line: str, amounts: Sequence[Amount]) -> list[Reading]:
    """What each number is there for; a range makes its two ends alike."""
    phones = [match.span() for match in _PHONE.finditer(line)]
    taxes = taxes_of(line, amounts)
    found = []
    for index, amount in enumerate(amounts):
        before = line[amounts[index - 1].end if index else 0 : amount.start]
        after = line[amount.end : amounts[index + 1].start if index + 1 < len(amounts) else len(line)]
        role = "refused" if _inside(amount, phones) else _role(line, amounts, index, before, after)
        is_from = _last(_FROM, before) > max(_last(_NOW, before) - 40, -1)
        found.append(Reading(amount, role, taxes[index], is_from))
    return _ranges(line, found)


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
_PER_MONTH: Final = pattern(terms.PER_MONTH)
_COUNTED: Final = pattern(terms.COUNTED)
_CODED: Final = pattern(terms.CODED)
_UNIT_LEADS: Final = pattern(terms.UNIT_LEADS)
_UNIT: Final = pattern(terms.UNITS)
_PRICE: Final = pattern(terms.PRICE)
_REFUSED_FROM: Final = re.compile(
    "|".join(rf"(?:{labels.pattern})[\s:]*(?:{_FROM.pattern})" for labels in (_SHIPPING, _SAVE)),
    re.IGNORECASE,
)

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
    if index and amounts[index - 1].is_money:
        before = _without_period(before)
    is_last = index + 1 == len(amounts)
    if _MULTI.match(after.lstrip(" ")) or _last(_MULTI, before) >= max(_last(_NOW, before), 0):
        return "installment" if index == 0 else "refused"
    labelled = _label(before, after, is_last=is_last, is_followed_by_now=bool(_NOW.search(line, amount.end)))
    if labelled != "plain" or amount.is_money:
        return labelled
    return "bare" if _is_believable(line, amount, amounts) else "refused"


def _without_period(before: str) -> str:
    """`33,29 € mtl. 799 €`: the period right behind a number is that one's and not the next one's."""
    period = _PER_MONTH.match(before.lstrip(" "))
    return before.lstrip(" ")[period.end() :] if period else before


def _label(before: str, after: str, *, is_last: bool, is_followed_by_now: bool) -> Role:
    """By the label that stands nearest before the number; else by what stands right after it."""
    before = _BLANK_PERCENT.sub(" ", before)
    kinds: list[tuple[re.Pattern[str], Role, str]] = [
        (_NOW, "now", before),
        (_WAS, "refused", before),
        (_LIST, "list", before),
        (_SAVE, "refused", before),
        (_SHIPPING, "refused", without_labels(before)),
        (_FROM, "plain", _without_froms(before)),
    ]
    if is_followed_by_now:
        kinds.append((_WAS_IF_NOW, "refused", before))
    found = [(m.end(), -m.start(), role) for kind, role, where in kinds for m in kind.finditer(where)]
    if found:
        return max(found, key=lambda item: item[:2])[2]
    return _label_behind(after, is_last=is_last)


def _without_froms(before: str) -> str:
    """`dostawa od 8,99 zł`, `Save from $5`: what costs or saves at least that much is no price."""
    return _REFUSED_FROM.sub(lambda match: " " * len(match[0]), before)


def _label_behind(after: str, *, is_last: bool) -> Role:
    """`$5 off`, `4,90 € Versand`, `(UVP)`; a label right before the next number belongs to that one."""
    follows = re.sub(r"^[\s(*,;:+-]+", "", after)
    for labels, role in ((_SAVE, "refused"), (_SHIPPING, "refused"), (_WAS, "list"), (_LIST, "list")):
        match = labels.match(follows)
        if not match or is_tax(after.lstrip()) or is_tax(follows):
            continue
        rest = _FROM.sub("", follows[match.end() :]).strip(" :(")
        if is_last or (role == "refused" and rest):
            return role  # type: ignore[return-value]
    return "plain"


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
    unknown = unknown_words(line, amounts)
    if "(" in line[: amount.start] and not amount.has_decimals:
        return False
    return len(unknown) <= (2 if amount.has_decimals else 0) and sum(map(len, unknown)) <= 24


def unknown_words(line: str, amounts: Sequence[Amount]) -> list[str]:
    """What is on a line besides its numbers and words about prices."""
    for other in reversed(amounts):
        line = line[: other.start] + " " + line[other.end :]
    for known in (INCLUDED, EXCLUDED, _NOW, _WAS, _LIST, _FROM, _SHIPPING, _MULTI, _PRICE):
        line = known.sub(" ", line)
    return re.findall(r"\w+", line)


# ── Ranges ─────────────────────────────────────────────────────────────────────────────────────────

_TO: Final = re.compile(r"\s*(?:[-–~]|to|bis|à|a|až|do|tot|till|til|–\s*to)\s*", re.IGNORECASE)


def _ranges(line: str, readings: list[Reading]) -> list[Reading]:
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
            result[index] = Reading(_with(low.amount, symbols), role, low.tax, is_from=True)
            result[index + 1] = Reading(high.amount, "refused", high.tax)
        elif low.role == high.role == "bare":
            result[index] = Reading(low.amount, "bare", low.tax, is_from=True)
            result[index + 1] = Reading(high.amount, "refused", high.tax)
    return result


def _with(amount: Amount, symbols: tuple[Symbol, ...]) -> Amount:
    return Amount(
        amount.start, amount.end, amount.number, amount.digits, amount.digits_start, symbols,
        amount.has_decimals, amount.is_grouped,
    )  # fmt: skip
