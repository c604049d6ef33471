"""Which language a page is in and which country it sells to, by what it and its address say.

Templates state `en` or `en-US` wherever they are used; a country's own domain or path knows better.
Called by `sources`; decides what `$` and `kr` are where the page states no currency.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scraper_backend.scraping.addresses import parts_of
from scraper_backend.scraping.clean.currencies import REGIONS

_SOLD_TO_ANYBODY: Final = frozenset(("CO", "ME", "AM", "MD", "SC", "IS", "AD", "LI", "SM", "VA", "MO", "IR"))
"""Domains of countries that are used for what they spell."""

_DEFAULTS: Final = ("", "US")
"""What a template says of itself, whoever uses it."""

_IN_PATH: Final = re.compile(r"^/(?:([a-z]{2})[-_]([a-z]{2})|([a-z]{2})/([a-z]{2}))(?=/|$)", re.IGNORECASE)


@lru_cache(maxsize=512)
def locale(url: str, stated: str, open_graph: str = "", canonical: str = "") -> str | None:
    """Such as `en-AU`.  stated: the `lang` of the page.  open_graph: its `og:locale`.

    canonical: the address that it gives itself, which knows better where a copy of the page is read.
    """
    language, region = _parts(stated or open_graph)
    if region in _DEFAULTS:
        other = _parts(open_graph)[1]
        known = _of_address(url, language) or _of_address(canonical, language)
        region = known or (other if other not in _DEFAULTS else region)
    if not language:
        return f"und-{region}" if region else None
    return f"{language}-{region}" if region else language


def _parts(text: str) -> tuple[str, str]:
    parts = re.split(r"[-_]", text.strip())
    return parts[0].lower(), next((part.upper() for part in parts[1:] if len(part) == 2), "")


def _of_address(url: str, language: str) -> str:
    """The country of the domain; else of a path that begins with it and the language."""
    address = parts_of(url)
    country = (address.hostname or "").rpartition(".")[2].upper()
    if country in REGIONS and country not in _SOLD_TO_ANYBODY:
        return country
    match = _IN_PATH.match(address.path)
    pair = [part.lower() for part in match.groups() if part] if match else []
    if language in pair:
        pair.remove(language)
        return pair[0].upper() if pair[0].upper() in REGIONS else ""
    return ""
