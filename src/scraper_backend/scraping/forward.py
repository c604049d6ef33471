"""Pages without content of their own that send a browser on: a refresh, or a script's `location =`.

Some shops lead from a search with one result to the product like that.  Read by the walk; pure.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from scraper_backend.scraping.addresses import address, is_same_shop
from scraper_backend.scraping.page import Page

_REFRESH: Final = re.compile(r"^\s*(\d+)\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.I)
_LOCATION: Final = re.compile(
    r"^\s*(?:window\.|document\.|self\.|top\.)*location(?:\.href)?\s*"
    r"(?:=\s*|\.(?:replace|assign)\(\s*)['\"]([^'\"]+)['\"]", re.M
)  # fmt: skip


def forward_of(page: Page) -> str:
    """The address that a page without content of its own sends a browser to; "" for none."""
    if page.status >= 400 or len(page.text) > 20_000:
        return ""
    target = ""
    for node in page.document.css("meta[http-equiv]"):
        match = _REFRESH.match(node.attr("content") or "")
        if (node.attr("http-equiv") or "").lower() == "refresh" and match and int(match[1]) <= 5:
            target = match[2].strip()
    if not target and len(page.document.text) < 400:
        scripts = (_LOCATION.search(node.text) for node in page.document.css("script"))
        target = next((match[1] for match in scripts if match), "")
    url = address(target, page.document.base(page.url)) if target else ""
    return (
        url if url and is_same_shop(url, page.url) and urlsplit(url).path != urlsplit(page.url).path else ""
    )
