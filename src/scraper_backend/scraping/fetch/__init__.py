"""The only part of the house that touches a website.

    Fetcher            what the walk asks for pages
    ├── HttpFetcher        http.py      over HTTP, politely
    ├── BrowserFetcher     browser.py   in Chromium, for pages that scripts build
    ├── AutoFetcher        auto.py      HTTP first, Chromium where fields stay missing
    └── RecordedFetcher    recorded.py  from a folder, for tests

None of them raises for what a website does: the answer is a `Page` or a `NoPage`.
"""

from __future__ import annotations

from typing import Protocol

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.page import NoPage, Page


class Fetcher(Protocol):
    """Whoever brings pages."""

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url`, fetched as `site` says."""
        ...
