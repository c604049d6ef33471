"""One page that is at hand, judged as if a search had led straight to it.

Called by `fixtures`, which replays recorded pages.  Pure: nothing is fetched here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping import ending, verdict
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.ending import Asking, Reading
from scraper_backend.scraping.extract import extract
from scraper_backend.scraping.identity import Arrival, prove
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.sku import utc_now


def judge(config: ScraperConfig, sku: str, page: Page, *, now: Callable[[], datetime] = utc_now) -> Outcome:
    """The outcome that this page alone is worth."""
    asking, asked = Asking(sku, config.name, now()), Asked(sku)
    extraction = extract(page, config, sku)
    proof = prove(page, extraction, asked, config.options.identity, Arrival(is_alone=True))
    reading = Reading(page, extraction, proof)
    if proof.is_same:
        return ending.found(asking, reading)
    if extraction.is_product_page and proof.verdict == "other":
        return ending.mismatch(asking, reading)
    if extraction.is_product_page:
        return ending.ambiguous(asking, "unproven", [reading.as_candidate()], proof.evidence, page.url)
    said = verdict.of_status(page) or verdict.of_configured(page, config) or verdict.of_words(page)
    said = (
        said or verdict.of_wall(page) or verdict.of_shell(page) or verdict.of_gone(page, page.requested_url)
    )
    if said:
        return ending.judged(asking, said, page)
    return ending.not_found(asking, "nothing_listed", ["the page shows no product"], page)
