"""What this runner fetches pages with, as its own settings have it."""

from __future__ import annotations

from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher


def open_hands() -> HttpFetcher:
    """HTTP, and the private hosts that RUNNER_ALLOW_PRIVATE_HOSTS names."""
    return HttpFetcher(allow_private=AllowList.from_environment())
