"""Moments, in UTC.

ISO 8601, RFC 2822, seconds since 1970, and the dates that people write with figures or with the name of
a month in the major European languages.  `03/04/2025` is read only where the locale or the figures say
which is the month: a wrong day is worse than none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from scraper_backend.scraping.clean.amounts import fold
from scraper_backend.scraping.clean.words import phrases, words

_MONTHS: Final[dict[str, int]] = {
    name: month
    for month, names in enumerate(
        phrases("""
        january jan januar jänner janvier janv enero ene gennaio gen januari janeiro stycznia styczeń sty
          leden ledna januára január tammikuuta tammi ianuarie ian января янв ocak ιανουαρίου,
        february feb februar februari février févr fev febrero febbraio fevereiro lutego luty lut únor
          února februára február helmikuuta helmi februarie февраля фев şubat φεβρουαρίου,
        march mar märz mrz mars marzo maart março marca marzec březen března marec március maaliskuuta
          maalis martie марта мар mart μαρτίου,
        april apr avril avr abril abr aprile kwietnia kwiecień kwi duben dubna apríl apríla április
          huhtikuuta huhti aprilie апреля апр nisan απριλίου,
        may mai mayo maggio mag mei maio maja maj květen května május mája toukokuuta touko мая μαΐου
          mayıs,
        june jun juni juin junio giugno giu junho czerwca czerwiec cze červen června jún júna június
          kesäkuuta kesä iunie iun июня июн haziran ιουνίου,
        july jul juli juillet juil julio luglio lug julho lipca lipiec lip červenec července júl júla
          július heinäkuuta heinä iulie iul июля июл temmuz ιουλίου,
        august aug août agosto ago augustus augusti sierpnia sierpień sie srpen srpna augusta augusztus
          elokuuta elo августа авг ağustos αυγούστου,
        september sep sept septembre septiembre settembre set setembro września wrzesień wrz září
          septembra szeptember syyskuuta syys septembrie сентября сен eylül σεπτεμβρίου,
        october oct oktober okt octobre octubre ottobre ott outubro out października październik paź říjen
          října október októbra lokakuuta loka octombrie октября окт ekim οκτωβρίου,
        november nov novembre noviembre novembro listopada listopad lis listopadu novembra marraskuuta
          marras noiembrie ноября ноя kasım νοεμβρίου,
        december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des grudnia
          grudzień gru prosinec prosince decembra joulukuuta joulu decembrie декабря дек aralık δεκεμβρίου
        """),
        start=1,
    )
    for name in names.split()
}
_TIME: Final = (
    r"(?:[T,\s]\s*(?:at|um|à|kl\.?|o|alle"
    r"|a las)?\s*(\d{1,2})[:h.](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?m\.?)?\s*(Z"
    r"|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.IGNORECASE)
_BASIC: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?()(Z|[+-]\d{2}:?\d{2})?)?$")
_FIGURES: Final = re.compile(
    r"(?<![\d.,])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)" + _TIME, re.IGNORECASE
)
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?\s*(?:de |of )?([^\W\d_]{3,14})\.?,?\s*(?:de )?(\d{4})(?!\d)"
    + _TIME,
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    r"(?<!\w)([^\W\d_]{3,14})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)" + _TIME, re.IGNORECASE
)
_JAPANESE: Final = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_LONGEST: Final = 200


def date(raw: object, *, locale: str | None = None) -> datetime | None:
    """An aware UTC moment; None when it cannot be read or when day and month cannot be told apart.

    A moment without a zone is taken as UTC, a day without a time as its midnight.
    """
    if isinstance(raw, datetime):
        return (raw if raw.tzinfo else raw.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        return _since_epoch(float(raw))
    if not isinstance(raw, str):
        return None
    line = fold(raw, longest=_LONGEST)
    if re.fullmatch(r"\d{10}|\d{13}", line):
        return _since_epoch(float(line))
    return _read(line, locale)


def _since_epoch(value: float) -> datetime | None:
    seconds = value / 1000 if value > 1e11 else value
    if not 0 < seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _read(line: str, locale: str | None) -> datetime | None:
    if match := _ISO.search(line) or _BASIC.match(line):
        return _moment(match[1], match[2], match[3], match.groups()[3:])
    if match := _JAPANESE.search(line):
        return _moment(match[1], match[2], match[3], ())
    if match := _FIGURES.search(line):
        order = _order(int(match[1]), int(match[3]), match[2], locale)
        return _moment(match[4], *order, match.groups()[4:]) if order else None
    if match := _DAY_FIRST.search(line):
        return _moment(match[3], _MONTHS.get(match[2].casefold()), match[1], match.groups()[3:])
    if match := _MONTH_FIRST.search(line):
        return _moment(match[3], _MONTHS.get(match[1].casefold()), match[2], match.groups()[3:])
    return _mailed(line)


def _order(first: int, second: int, separator: str, locale: str | None) -> tuple[int, int] | None:
    """(month, day) of two figures.  Dots are European; with slashes only the locale can tell."""
    if first > 12 or (first == second):
        return second, first
    if second > 12:
        return first, second
    if separator == ".":
        return second, first
    parts = re.split(r"[-_]", (locale or "").lower())
    if "us" in parts[1:] or "ph" in parts[1:]:
        return first, second
    if (parts[0] and parts[0] != "en") or any(region in _DAY_FIRST_ENGLISH for region in parts[1:]):
        return second, first
    return None


_DAY_FIRST_ENGLISH: Final = words("gb uk ie au nz in za sg hk mt")


def _moment(
    year: str, month: str | int | None, day: str | int, time: tuple[str | None, ...]
) -> datetime | None:
    hour, minute, second, half, zone = (*time, None, None, None, None, None)[:5]
    if month is None:
        return None
    try:
        naive = datetime(
            int(year), int(month), int(day), _hour(hour, half), int(minute or 0), int(second or 0)
        )
        return naive.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hour(hour: str | None, half: str | None) -> int:
    value = int(hour or 0)
    if not half:
        return value
    return value % 12 + (12 if half.lower().startswith("p") else 0)


def _zone(zone: str | None) -> timezone:
    if not zone or zone.upper() in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _mailed(line: str) -> datetime | None:
    """RFC 2822, as HTTP headers have it."""
    try:
        moment = parsedate_to_datetime(line)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
