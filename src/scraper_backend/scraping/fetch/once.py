"""No page twice within one walk.

A search that redirects to the product and a link that leads there are the same page; the site
need not send it again.  Made by the walk, for one SKU, and thrown away with it.
"""

from __future__ import annotations

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.page import NoPage, Page


class Once:
    """A `Fetcher` that remembers what it brought, by every address the page has gone by."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._brought: dict[str, Page | NoPage] = {}

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url`; asked for at the first call, remembered at the next."""
        if (known := self._brought.get(_name(url))) is not None:
            return known
        got = await self._fetcher.get(url, site)
        addresses = (url, got.url, *got.history) if isinstance(got, Page) else (url,)
        self._brought.update({_name(address): got for address in addresses})
        return got


def _name(url: str) -> str:
    return str(parse(url) or url)
