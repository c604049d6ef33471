"""What a page keeps back without its scripts, and when a browser shows it.

Over HTTP a page can be empty, or have a place for a price and no price in it: `lacking` says so, and the
walk asks a browser.  There the page is looked at while its scripts build it, and is read as soon as
`is_whole`: its skeleton has a title and a code long before it has a price.  A page that never becomes
whole is read as it is when it has come to rest.  Called by `sku`; pure.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from scraper_backend.scraping import verdict
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.ending import Reading
from scraper_backend.scraping.page import Page

_PRICE_PLACES: Final = "[class*=price i], [id*=price i], [itemprop=price], [data-testid*=price i]"
_CODE_PLACES: Final = "[class*=sku i], [id*=sku i], [itemprop=sku], [itemprop=mpn], [itemprop^=gtin]"
_BUILDING: Final = "[aria-busy=true], [class*=skeleton i], [class*=shimmer i]"
_MOST_PLACES: Final = 40
_LONGEST: Final = 24
_NOT_OURS: Final = "nav, footer, aside, li, [class*=related], [class*=recommend], [class*=cart]"
_NOTHING_YET: Final = re.compile(r"(?i)[\W_]*(?:[a-z]{3}|loading|laden|chargement|cargando)?[\W_]*")
"""`$--.--`, `EUR –`, `SKU:`, `Loading…`, nothing at all."""
_BLANK_PRICE: Final = re.compile(r"(?:[$€£¥₹]|[A-Z]{3})\s*[-–—_][-–—_.,\s]*")
"""`$--.--`: a price is to come, whatever other number on the page looks like one."""
_NOT_FOR_SALE: Final = frozenset(("out_of_stock", "sold_out", "discontinued"))


def lacking(reading: Reading) -> str:
    """What a page keeps back that a browser might show, in words; "" for nothing."""
    extraction = reading.extraction
    if extraction.missing_required:
        return f"without {', '.join(extraction.missing_required)}"
    if reading.proof.verdict == "unproven" and _awaits_code(reading):
        return "nothing on it tells which product it is"
    if not extraction.is_product_page and verdict.of_shell(reading.page):
        return "it is empty"
    if extraction.is_product_page and _awaits_price(reading):
        return "the place for its price is empty"
    return ""


def is_whole(reading: Reading, selected: Container[str] = ()) -> bool:
    """Whether a page in a browser shows all that is wanted of it, a price above all.

    selected: the fields for which a person wrote selectors; a price is waited for where its selector says.
    """
    extraction = reading.extraction
    is_read = extraction.is_product_page or (
        reading.proof.verdict != "unproven" and extraction.value("title") is not None
    )
    price = extraction.fields.get("price")
    if not is_read or price is None or lacking(reading):
        return False
    if "price" in selected and price.provenance.strategy != "selector":
        return False
    return not _has_empty_place(reading.page, _BUILDING)


def _awaits_price(reading: Reading) -> bool:
    """Whether scripts are to put a price where there is none yet; who sells nothing may leave it empty."""
    extraction, page = reading.extraction, reading.page
    if extraction.value("availability") in _NOT_FOR_SALE:
        return False
    price = extraction.fields.get("price")
    if price is None:
        return _has_empty_place(page, _PRICE_PLACES)
    return price.provenance.strategy == "visible" and _has_blank_price(page)


def _has_blank_price(page: Page) -> bool:
    """Whether a price that was guessed from the look of the page stands beside one that is still to come."""
    return _has_empty_place(page, f"{_PRICE_PLACES}, {_BUILDING}", _BLANK_PRICE)


def _awaits_code(reading: Reading) -> bool:
    """Whether scripts may still tell which product it is: not on a page that is whole and has no code."""
    extraction = reading.extraction
    is_built = extraction.is_product_page and extraction.value("price") is not None
    return not is_built or _has_empty_place(reading.page, _CODE_PLACES)


def _has_empty_place(page: Page, places: str, nothing: re.Pattern[str] = _NOTHING_YET) -> bool:
    """Whether a page with scripts has such an element, and nothing in it yet."""
    if page.document.first("script:not([type*=json])") is None:
        return False
    return any(_is_empty_place(node, nothing) for node in page.document.css(places)[:_MOST_PLACES])


def _is_empty_place(node: Node, nothing: re.Pattern[str]) -> bool:
    text = node.text.strip()
    if node.tag in ("meta", "input", "script", "style", "template") or len(text) >= _LONGEST:
        return False
    return nothing.fullmatch(text) is not None and node.closest(_NOT_OURS) is None
