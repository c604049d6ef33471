"""The cards of a page that scripts, not links, make lead to a product.

Some shops write the address beside the card, as `data-href` or in an `onclick`, and let a script go there.
Asked by `search` where no link of a results page looks like a product's.
"""

from __future__ import annotations

import re
from typing import Final

from scraper_backend.scraping.addresses import address, key_of, may_be_product
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.links import Link
from scraper_backend.scraping.page import Page

_MOST: Final = 500
_PLACES: Final = "[data-href],[data-url],[data-link],[data-product-url],[onclick*=location],[onclick*=open]"
_NAMES: Final = ("data-href", "data-product-url", "data-url", "data-link")
_GOES: Final = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*["']([^"']{1,500})["']"""
)


def clickable(page: Page) -> list[Link]:
    """Each card with the address that a click on it leads to, in document order."""
    base = page.document.base(page.url)
    found: dict[str, Link] = {}
    for node in page.document.css(_PLACES)[:_MOST]:
        url = address(_written(node), base)
        if url and may_be_product(url, page.url):
            found.setdefault(key_of(url), Link(url, (node,), node))
    return list(found.values())


def _written(node: Node) -> str:
    """The address as it is written: in an attribute of its own, or in what a click does."""
    for name in _NAMES:
        if value := node.attr(name):
            return value
    match = _GOES.search(node.attr("onclick") or "")
    return match[1] if match else ""
