"""Pages and configurations for the tests of reading: real values, nothing patched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.extract import Extraction, extract
from scraper_backend.scraping.page import Page

ADDRESS = "https://shop.example/p/feeder"


def page(markup: str, url: str = ADDRESS) -> Page:
    """A page as if it had just come back."""
    return Page(url, url, 200, {}, markup, datetime(2024, 5, 1, tzinfo=UTC))


def site(**rest: Any) -> ScraperConfig:
    """A configuration of nothing but addresses, and what a test adds."""
    return ScraperConfig.model_validate(
        {"name": "shop", "base_url": "https://shop.example", "search_url_template": "/s?q={sku}", **rest}
    )


def read(markup: str, sku: str = "", url: str = ADDRESS, **rest: Any) -> Extraction:
    """What is read from this markup."""
    return extract(page(markup, url), site(**rest), sku)


def values(markup: str, sku: str = "", url: str = ADDRESS, **rest: Any) -> dict[str, Any]:
    """The values of all fields that are read from this markup."""
    return {name: found.value for name, found in read(markup, sku, url, **rest).fields.items()}


def linked(*items: object, heading: str = "") -> str:
    """A page with these items as JSON-LD, one script each."""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in items)
    return f"<html><head>{scripts}</head><body><h1>{heading}</h1></body></html>"


def product(**rest: Any) -> dict[str, Any]:
    """A schema.org product with one offer of 29.99 dollars."""
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Bird Feeder",
        "sku": "BF-1",
        "offers": offer(29.99),
        **rest,
    }


def offer(price: object, **rest: Any) -> dict[str, Any]:
    """A schema.org offer in dollars."""
    return {"@type": "Offer", "price": price, "priceCurrency": "USD", **rest}
