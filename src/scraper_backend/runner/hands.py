"""What this runner fetches pages with, as its own settings have it, and what it can therefore do."""

from __future__ import annotations

from scraper_backend.scraping.fetch.auto import AutoFetcher, can_render


def open_hands() -> AutoFetcher:
    """HTTP first, Chromium where a page needs it; RUNNER_ALLOW_PRIVATE_HOSTS, HEADLESS, BSR_EVIDENCE_DIR."""
    return AutoFetcher.from_environment()


def capabilities() -> tuple[str, ...]:
    """What a scraper may need of a runner, and this one has."""
    return ("http", "browser") if can_render() else ("http",)
