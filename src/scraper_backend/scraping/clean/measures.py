"""Numbers that are not money: counts, ratings, weights, yes and no."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from scraper_backend.scraping.clean.amounts import find_amounts, fold
from scraper_backend.scraping.clean.words import words

_MACHINE: Final = re.compile(r"[+-]?\d{1,24}(?:\.\d{1,24})?(?:[eE][+-]?\d{1,2})?")


def number(raw: object, *, locale: str | None = None) -> Decimal | None:
    """The first number of the text, negative ones too; None when there is none.

    locale: says what one separator before three digits means (`1.234` is 1234 in German, 1.234 in English).
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float, Decimal)):
        return _finite(str(raw))
    if not isinstance(raw, str):
        return None
    line = fold(raw)
    if _MACHINE.fullmatch(line) and not (re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", line) and _dot_groups(locale)):
        return _finite(line)
    found = next(iter(find_amounts(line)), None)
    if found is None or len(found.digits) > 24:
        return None
    is_negative = re.search(r"(?:^|[\s(:])-[^\w\s]{0,2}$", line[: found.digits_start]) is not None
    return -found.number if is_negative else found.number


def _dot_groups(locale: str | None) -> bool:
    """Where a dot sets thousands apart."""
    return bool(locale) and re.split(r"[-_]", str(locale))[0].lower() in _COMMA_LANGUAGES


_COMMA_LANGUAGES: Final = words(
    "de fr es it nl pt pl sv da nb nn no fi cs sk hu ro bg el hr sl sr uk ru tr id vi lt lv et is ca gl eu"
)


def _finite(written: str) -> Decimal | None:
    try:
        value = Decimal(written)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return None
    return Decimal(f"{value:f}")


def integer(raw: object, *, locale: str | None = None) -> int | None:
    """The same, when it is whole."""
    found = number(raw, locale=locale)
    return int(found) if found is not None and found == found.to_integral_value() else None


_YES: Final = words(
    "true yes y 1 on ja oui si sí sì sim tak ano áno igen da ναι да evet kyllä jah taip "
    "jā yes! available ✓ ✔ ☑ ✅ x✓"
)
_NO: Final = words(
    "false no n 0 off nein non não nie ne nem nu όχι нет hayır nej nei ei ni ✗ ✘ ☐ ❌ not none nee"
)


def boolean(raw: object) -> bool | None:
    """yes/no, true/false, 1/0, on/off and their like in the major European languages."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, float)) and raw in (0, 1):
        return bool(raw)
    if not isinstance(raw, str):
        return None
    word = fold(raw, longest=40).casefold().strip(" .!:")
    if word in _YES:
        return True
    return False if word in _NO else None


# ── Ratings ────────────────────────────────────────────────────────────────────────────────────────

_OUT_OF: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:★|stars?|sterne|étoiles|estrellas|stelle|sterren)?\s*"
    r"(?:/|out of|of|von|sur|de|su|di|van|z|ze|av|af|na|din|из|από|a|och)\s*(\d{1,3})(?![\d.,])",
    re.IGNORECASE,
)
_NAMED: Final = {
    name: Decimal(value)
    for value, names in enumerate(("zero", "one", "two", "three", "four", "five"))
    for name in (names,)
}
_PERCENT: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s?%")
_STARS: Final = re.compile(r"[★⭐]+")


def rating(raw: object, *, best: object = None, worst: object = None) -> Decimal | None:
    """On a scale of 5.

    `4.5`, `4,5 von 5`; `9/10`, or 9 with best 10, is 4.5; `90%` is 4.5; a class `star-rating Four` is 4.
    """
    top = number(best)
    bottom = number(worst)
    found = _rated(raw)
    if found is None:
        return None
    value, scale = found
    scale = scale or (top if top and top > 0 else Decimal(5))
    low = bottom if bottom is not None and 0 <= bottom < scale and scale != 5 and bottom != 1 else Decimal(0)
    if not low <= value <= scale:
        return None
    fifths = (value - low) * 5 / (scale - low)
    return _rounded(fifths) if scale != 5 else _rounded(value)


def _rated(raw: object) -> tuple[Decimal, Decimal | None] | None:
    """The number and, where the text says so, what it is out of."""
    if not isinstance(raw, str):
        plain_number = number(raw)
        return None if plain_number is None else (plain_number, None)
    line = fold(raw)
    out_of = _OUT_OF.search(line)
    if out_of and int(out_of[2]) in (5, 6, 10, 100):
        return Decimal(out_of[1].replace(",", ".")), Decimal(out_of[2])
    percent = _PERCENT.search(line)
    if percent:
        return Decimal(percent[1].replace(",", ".")), Decimal(100)
    if (stars := _STARS.search(line)) and not re.search(r"\d", line):
        return Decimal(len(stars.group())), None
    named = [_NAMED[word] for word in re.split(r"[\s_-]+", line.casefold()) if word in _NAMED]
    if named:
        return named[0], None
    found = re.search(r"(?<![\w.,-])\d{1,3}(?:[.,]\d{1,4})?(?![\d.,]*\d)", line)
    return (Decimal(found.group().replace(",", ".")), None) if found else None


def _rounded(value: Decimal) -> Decimal:
    text = f"{value.quantize(Decimal('0.01')):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


_COUNT: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ .,']\d{3})+|\d{1,9})(?:[.,](\d)(?=\s?[km]))?\s?([km](?!\w))?(?![.,]?\d|\s?%)",
    re.I,
)
_OF_SCALE: Final = re.compile(
    r"\d(?:[.,]\d+)?\s*(?:/|out of|von|sur|de|su|van|z|av|af)\s*(?:5|10)(?!\d)"
    r"|\d[.,]\d{1,2}(?!\d|\s?[km](?!\w))",
    re.I,
)


def reviews_count(raw: object) -> int | None:
    """`(1,234 reviews)` → 1234; `1.2k` → 1200; a bare number; None for "Be the first to review"."""
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        whole = integer(raw)
        return whole if whole is not None and whole >= 0 else None
    if not isinstance(raw, str):
        return None
    line = fold(raw)
    counts = list(_COUNT.finditer(_OF_SCALE.sub(" ", line)))
    if not counts:
        return None
    last = counts[-1] if re.search(r"\d\D+\d", line) and "(" in line else counts[0]
    thousands = {"k": 1000, "m": 1_000_000}.get((last[3] or "").lower(), 1)
    tenths = Decimal(f"0.{last[2]}") if last[2] else Decimal(0)
    return int((int(re.sub(r"\D", "", last[1])) + tenths) * thousands)


# ── Weights ────────────────────────────────────────────────────────────────────────────────────────

_UNITS: Final[dict[str, str]] = {
    spelling: unit
    for unit, spellings in {
        "kg": "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo "
        "kilogramos chilogrammi kgm кг κιλά kilogramów kilogramów",
        "g": "g gr gm gms grs gram grams gramm gramme grammes gramo gramos grammi grm г гр γρ",
        "mg": "mg milligram milligrams milligramm мг",
        "lb": "lb lbs lb. lbs. pound pounds lbr libra libras livre livres #",
        "oz": "oz oz. ounce ounces onz onza onzas once onces",
        "t": "t tonne tonnes tonnen",
        "st": "stone",
    }.items()
    for spelling in spellings.split()
}
_WEIGHT: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ ,']\d{3})+(?:\.\d{1,4})?|\d{1,7}(?:[.,]\d{1,4})?)\s?-?\s?("
    + "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
    + r")(?!\w)",
    re.IGNORECASE,
)
_FLUID: Final = re.compile(r"\s*fl\.?\s*$", re.IGNORECASE)
_OUNCES: Final = re.compile(r"^\s*,?\s*(\d{1,2}(?:\.\d{1,3})?)\s?(?:oz|ounces?)(?!\w)", re.IGNORECASE)


def weight(raw: object) -> str | None:
    """`12.5 kg`: value and unit, normalised (`1,5 Kilogramm` → `1.5 kg`); None without a unit of weight."""
    if isinstance(raw, dict):
        raw = f"{raw.get('value', '')} {raw.get('unitText') or raw.get('unitCode') or ''}"
    if not isinstance(raw, str):
        return None
    line = fold(raw)
    match = _WEIGHT.search(line)
    if match is None or _FLUID.search(line[: match.start(2)]):
        return None
    value = _weighed(match[1])
    unit = _UNITS[match[2].lower()]
    ounces = _OUNCES.match(line[match.end() :]) if unit == "lb" else None
    if value is None:
        return None
    return f"{value} {unit} {ounces[1]} oz" if ounces else f"{value} {unit}"


def _weighed(written: str) -> str | None:
    if re.fullmatch(r"\d{1,3}(?:[ ,']\d{3})+(?:\.\d{1,4})?", written):
        written = re.sub(r"[ ,']", "", written)
    value = _finite(written.replace(",", "."))
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
