"""A link that can be followed before the results page is read: the only one whose address is the SKU.

Reading a list costs as much as reading a product, and many shops have the code in their addresses.  Found
in the page's text, where nothing is parsed yet; whether the link leads to the product the page there says,
and where it does not, the list is read after all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Final

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.selector import is_xpath
from scraper_backend.scraping.addresses import address, key_of, looks_like_search, may_be_product
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import ADDRESSED, Candidate
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.search import selected

_MOST_MENTIONS: Final = 100
"""Of a short code that is everywhere on the page, nothing is to be learned from its text."""
_LONGEST_TAG: Final = 2_000
_INERT: Final = (("<!--", "-->"), ("<script", "</script"))

_LINK: Final = re.compile(r"""<a\s(?:[^>]*?\s)?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_LATER: Final = re.compile(r":(?:last|nth-last|only|has|empty|i?contains|text|-)|>>|\bnoscript\b", re.I)
"""What a selector may ask that the page before a link does not answer."""
_BEGINS: Final = re.compile(r"\s*[\w-]*[#.]([A-Za-z][\w-]*)(?:[\s>.\[#][^,:]*)?")
"""One that begins with an id or a class, and for which no place among siblings counts."""


def link(page: Page, config: ScraperConfig, asked: Asked) -> Candidate | None:
    """The one product link of a results page whose address is the SKU; None where there is none or a second.

    A person's `product_link` must find it too.
    """
    if not asked.is_unlike_an_id:
        return None
    naming = _naming(page, asked)
    if len(naming) != 1:
        return None
    ((key, (url, end)),) = naming.items()
    if page.text.find("<base", 0, end) >= 0 or not _is_chosen(page, config, key, end):
        return None
    return Candidate(url, score=ADDRESSED, why=("its address is the SKU",))


def _naming(page: Page, asked: Asked) -> dict[str, tuple[str, int]]:
    """The product addresses that are the SKU, by key, and where the tag of the last link to them ends."""
    places: dict[str, list[int]] = {}
    for href, at in _hrefs_with(page.text, asked):
        places.setdefault(href, []).append(at)
    found: dict[str, tuple[str, int]] = {}
    for href, several in places.items():
        url = address(unescape(href), page.url)
        is_product = asked.names_address(url) and may_be_product(url, page.url) and not looks_like_search(url)
        if is_product and not _is_inert(page.text, several[0]):
            found[key_of(url)] = url, page.text.find(">", several[-1]) + 1
    return found


def _hrefs_with(text: str, asked: Asked) -> Iterator[tuple[str, int]]:
    """The addresses, as links have them, whose path has the longest part of the SKU, and where that is."""
    places = [*islice(asked.places_in(text), _MOST_MENTIONS + 1)]
    for at in places if len(places) <= _MOST_MENTIONS else ():
        start = text.rfind("<", max(0, at - _LONGEST_TAG), at)
        is_link = start >= 0 and text[start + 1] in "aA"
        link = _LINK.match(text, start, at + _LONGEST_TAG) if is_link else None
        if link is not None and _is_in_path(text, link.span(link.lastindex or 0), at):
            yield link[link.lastindex or 0], at


def _is_in_path(text: str, href: tuple[int, int], at: int) -> bool:
    """Whether a place is in an address, and not in its query."""
    return href[0] <= at < href[1] and text.find("?", href[0], at) < 0


def _is_inert(text: str, at: int) -> bool:
    """Whether a place is inside a comment or a script."""
    return any(
        (opened := text.rfind(opens, 0, at)) >= 0 and text.find(closes, opened, at) < 0
        for opens, closes in _INERT
    )


def _is_chosen(page: Page, config: ScraperConfig, key: str, end: int) -> bool:
    """Whether `product_link` finds the link; asked of no more of the page than decides it."""
    chosen = config.options.product_link
    if not chosen:
        return True
    first, text = chosen[0], chosen[0].selector or ""
    if is_xpath(text) or _LATER.search(text):
        return False
    part = Document(page.text[_start(page.text, text, end) : end])
    return any(key_of(address(href, page.url)) == key for href, _ in selected(part, first) if href)


def _start(text: str, selector: str, end: int) -> int:
    """The tag from which on the page decides: nothing before it has the name that a selector begins with."""
    begins = _BEGINS.fullmatch(selector)
    at = text.find(begins[1], 0, end) if begins else -1
    return 0 if at < 0 or _is_inert(text, at) else max(0, text.rfind("<", 0, at))
