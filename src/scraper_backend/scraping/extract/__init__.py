"""Reading a page: structured data, selectors and the look of the page, each value with its provenance.

`extract(page, config, sku)` is all that the walk calls.  Extraction never fetches.
"""

from __future__ import annotations

from scraper_backend.scraping.extract.reading import extract
from scraper_backend.scraping.extract.types import Claim, Extraction, Field, Product, Provenance, Strategy

__all__ = ["Claim", "Extraction", "Field", "Product", "Provenance", "Strategy", "extract"]
