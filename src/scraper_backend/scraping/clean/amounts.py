"""Numbers and currencies in a line of text, as they are written around the world.

`find_amounts` reads a line left to right and pairs each number with the currency beside it; which of
them is the price is for `money` to say.  Linear in the length of the line, which `fold` bounds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from price_parser.parser import parse_number

from scraper_backend.scraping.clean.currencies import (
    CODES,
    SHARED,
    SYMBOLS,
    WITH_THREE_DECIMALS,
    WITHOUT_DECIMALS,
    WORDY_CODES,
)
from scraper_backend.scraping.clean.text import plain
from scraper_backend.scraping.clean.words import phrases

LONGEST_LINE: Final = 600
"""Longer than this is prose, and its later numbers are not the price."""

DEAREST: Final = Decimal(10) ** 10
"""Nothing in a shop costs ten billion of anything: such a number is a code."""

# ── The alphabet ───────────────────────────────────────────────────────────────────────────────────

_FOLD: Final = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        "٫": ".", "٬": ",", "،": ",", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "′": "'",
        "−": "-", "﹣": "-", "‐": "-", "‑": "-", "‒": "–", "—": "–", "―": "–", "￥": "¥", "˙": "·",
    }
)  # fmt: skip
_SUPERSCRIPT: Final = re.compile(r"(?<=\d)\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]{2})(?![⁰¹²³⁴⁵⁶⁷⁸⁹])")
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FOREIGN_DIGIT: Final = re.compile(r"(?![0-9])\d")


def fold(raw: str, *, longest: int = LONGEST_LINE) -> str:
    """A plain line with ASCII digits and separators; raised cents become decimals."""
    line = plain(raw, longest=longest * 4)[:longest].translate(_FOLD)
    line = _SUPERSCRIPT.sub(lambda cents: "." + cents[1].translate(_SUPERSCRIPTS), line)
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), line)


# ── Currencies ─────────────────────────────────────────────────────────────────────────────────────

_ANY_CASE: Final = {
    symbol.casefold(): symbol
    for symbol in phrases(
        """kr, kr., Kč, zł, zl, lei, leu, euro, euros, руб, руб., рублей, рубля, рубль, грн, грн., лв, лв.,
        лева, TL, Rs, Rs., din, din., дин, дин., dinara, р, р., тг, тг., тенге, евро, korun, forint, Fr.,
        SFr., Rp, Rp., RM, US$, A$, AU$, C$, CA$, NZ$, HK$, S$, NT$, R$, MX$, yen, yuan, baht, won, NIS,
        FCFA, CFA, RMB, Dhs, Ksh, dollars, dollar, pounds, vnđ"""
    )
}
_LETTER: Final = r"[^\W\d_]"
_PARTED: Final = r"[^\W\d_\u0900-\uffff]"
"""A letter of the scripts that part words by blanks."""


def _is_sign(symbol: str) -> bool:
    return not symbol[0].isalpha() or any(char >= "\u0900" and char.isalnum() for char in symbol)


_CURRENCY: Final = re.compile(
    "|".join(map(re.escape, sorted(filter(_is_sign, SYMBOLS), key=len, reverse=True)))
    + rf"|{_PARTED}+(?:['\"״.]{_PARTED}+)*[.$£¥₵/]{{0,2}}"
)
"""A sign, or a word with what currencies have at their end: `US$`, `kr.`, `S/.`"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A currency as written, and where."""

    start: int
    end: int
    written: str
    code: str

    @property
    def is_shared(self) -> bool:
        """Whether other currencies are written the same way."""
        return self.written.rstrip(".") in SHARED or self.written in SHARED


def find_symbols(line: str) -> Iterator[Symbol]:
    """Every word and sign of the line that can be a currency."""
    position = 0
    while match := _CURRENCY.search(line, position):
        start, position = match.span()
        for written in _spellings(match.group()):
            known = written if written in SYMBOLS else _ANY_CASE.get(written.casefold(), "")
            if not known and _is_code(written) and _may_be_code(line, start, written):
                known = written.upper()
            if known:
                position = start + len(written)
                yield Symbol(start, position, known, SYMBOLS.get(known, known))
                break


def _spellings(word: str) -> Iterator[str]:
    """A word, then without what stands at its end: of `SGD$` the code, of `kr.inkl` the currency."""
    yield word
    bare = word
    while bare and bare[-1] in ".$£¥₵/":
        bare = bare[:-1]
        yield bare
    first, dot, _ = bare.partition(".")
    if dot:
        yield first + dot
        yield first


def _may_be_code(line: str, start: int, written: str) -> bool:
    """`299 TRY` is money; `TRY our 12 flavours` and `GEL 50 ml` are not."""
    if written.upper() not in WORDY_CODES:
        return True
    rest = line[:start] + line[start + len(written) :]
    return written.isupper() and not re.search(_LETTER, rest)


def _is_code(written: str) -> bool:
    return written.upper() in CODES and (written.isupper() or written.islower() or written == "Eur")


# ── Numbers ────────────────────────────────────────────────────────────────────────────────────────

_NUMBER: Final = re.compile(
    r"""
    (?:(?<![\w.,])[.,]{1,2}(?=\d{1,3}[.,]\d)|(?<!\d))(?:
        (?P<grouped>\d{1,3}(?P<group>[ .,'])\d{3}(?:(?P=group)\d{3})*(?!\d))
      | (?P<indian>\d{1,2}(?:,\d{2})+,\d{3}(?!\d))
      | (?P<whole>\d+)
      | (?<![\w.,])[.,]?(?=[.,]\d)
    )
    (?:
        (?P<point>[.,·])(?:[ ](?=\d\d(?!\d)))?(?P<decimals>\d+)
      | (?P<colon>:)(?P<minutes>\d\d)(?!\d)
      | [ ](?P<spaced>\d\d)(?!\d|[.,'·/-]\d|[ ]?%)
    )?
    (?P<dashes>(?:[.,:][ ]?[-–]{1,2}|[ ]?[,:.]?[–]{1,2}|(?<=\d)[-]{2})(?![ ]?(?:[$€£¥₹][ ]?)?\d))?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number on a line, with the currency that stands beside it.

    start, end: from the first character of number or currency to the last.  has_decimals: cents were
    written.  is_grouped: thousands were set apart.
    """

    start: int
    end: int
    number: Decimal
    digits: str
    digits_start: int
    symbols: tuple[Symbol, ...] = ()
    has_decimals: bool = False
    is_grouped: bool = False

    @property
    def is_money(self) -> bool:
        """Whether a currency stands beside it."""
        return bool(self.symbols)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """A number as it was spelt: its parts before anyone says which separator is the decimal point."""

    start: int
    end: int
    whole: str
    group: str
    point: str
    decimals: str
    has_colon: bool = False


def find_amounts(line: str, *, currency: str | None = None) -> list[Amount]:
    """All numbers of a folded line, left to right.  currency: what an unmarked number is in."""
    symbols = [one for one in find_symbols(line) if one.written not in _LITRES or currency in SHARED["L"]]
    numbers = [_spelt(match) for match in _NUMBER.finditer(line)]
    amounts: list[Amount] = []
    index = 0
    while index < len(numbers):
        spelt = numbers[index]
        beside = _beside(line, spelt, symbols, amounts[-1] if amounts else None)
        cents = _cents(line, spelt, beside, numbers[index + 1 : index + 2], symbols)
        index += 2 if cents else 1
        amounts.append(_amount(cents or spelt, beside, currency))
    return amounts


_LITRES: Final = ("L", "L.")
"""Lei and lempiras where those are paid; anywhere else `40 L` is how much is in it."""


def _spelt(match: re.Match[str]) -> _Spelt:
    parts = match.groupdict(default="")
    whole = parts["grouped"] or parts["indian"] or parts["whole"]
    decimals = parts["decimals"] or parts["minutes"] or parts["spaced"]
    point = parts["point"] or parts["colon"] or ("." if parts["spaced"] else "")
    group = parts["group"] or ("," if parts["indian"] else "")
    return _Spelt(match.start(), match.end(), whole, group, point, decimals, bool(parts["colon"]))


def _beside(line: str, spelt: _Spelt, symbols: list[Symbol], earlier: Amount | None) -> tuple[Symbol, ...]:
    """The currencies that touch a number, those before it first; what an earlier number has stays its own."""
    taken = earlier.end if earlier else 0
    before: list[Symbol] = []
    edge = spelt.start
    for symbol in reversed([s for s in symbols if s.start >= taken and s.end <= spelt.start]):
        if not _TOUCHES_BEFORE.fullmatch(line, symbol.end, edge):
            break
        before.insert(0, symbol)
        edge = symbol.start
    after: list[Symbol] = []
    edge = spelt.end
    for symbol in (s for s in symbols if s.start >= spelt.end):
        if not _TOUCHES.fullmatch(line, edge, symbol.start) or _opens_another(
            line, symbol, is_taken=bool(before)
        ):
            break
        after.append(symbol)
        edge = symbol.end
    return (*before, *after)


_TOUCHES: Final = re.compile(r"[ ]{0,2}[(*]?[ ]?")
_TOUCHES_BEFORE: Final = re.compile(r"[ ]{0,2}[:(*]?[ ]?-?[ ]?")


def _opens_another(line: str, symbol: Symbol, *, is_taken: bool) -> bool:
    """In `$ 281.40 $ 265.70` and in `12 $24.99` the sign belongs to the number behind it."""
    behind = line[symbol.end : symbol.end + 4]
    if is_taken:
        return re.match(r"[ ]?[.:]?[ ]?\d", behind) is not None
    return behind[:1].isdigit() and line[symbol.start - 1 : symbol.start] == " "


def _cents(
    line: str, spelt: _Spelt, beside: tuple[Symbol, ...], following: list[_Spelt], symbols: list[Symbol]
) -> _Spelt | None:
    """`12€99`, `12 € 99`: what stands after the sign is cents, unless it is another price."""
    if not beside or not following or spelt.point:
        return None
    sign, other = beside[-1], following[0]
    gap = line[sign.end : other.start]
    if sign.start < spelt.end or gap not in ("", " ") or len(other.whole) != 2 or other.point or other.group:
        return None
    rest = line[other.end : other.end + 2]
    if any(other.end <= s.start <= other.end + 1 for s in symbols) or re.match(r" ?%", rest):
        return None
    if re.match(r"\w| \w" if gap else r"\w", rest):
        return None
    return replace(spelt, end=other.end, point=".", decimals=other.whole)


def _amount(spelt: _Spelt, beside: tuple[Symbol, ...], currency: str | None) -> Amount:
    codes = {symbol.code for symbol in beside} or {currency or ""}
    decimals = "" if _is_thousands(spelt, codes) else spelt.decimals
    whole = spelt.whole + (spelt.decimals if spelt.decimals and not decimals else "")
    group = spelt.group
    if group and not spelt.point and _is_decimal_group(spelt, codes):
        whole, _, decimals = spelt.whole.partition(group)
        group = ""
    digits = re.sub(r"\D", "", whole)
    number = parse_number(f"{digits or '0'}.{decimals}" if decimals else digits, decimal_separator=".")
    return Amount(
        start=min([spelt.start, *(symbol.start for symbol in beside)]),
        end=max([spelt.end, *(symbol.end for symbol in beside)]),
        number=number if number is not None else Decimal(0),
        digits=digits,
        digits_start=spelt.start,
        symbols=beside,
        has_decimals=bool(decimals),
        is_grouped=bool(group),
    )


def _is_thousands(spelt: _Spelt, codes: set[str]) -> bool:
    """`1.234.567` was grouped; here a last group that the pattern took for decimals: `1234.567 ₫`."""
    return (
        bool(spelt.decimals)
        and len(spelt.decimals) == 3
        and not spelt.group
        and bool(codes & WITHOUT_DECIMALS)
    )


def _is_decimal_group(spelt: _Spelt, codes: set[str]) -> bool:
    """One group of three digits is thousands, but `0.226` and `4.500 KWD` have three decimals."""
    once = spelt.whole.count(spelt.group) == 1 and spelt.group in ".,"
    return once and (spelt.whole.startswith("0") or bool(codes & WITH_THREE_DECIMALS and spelt.group == "."))
