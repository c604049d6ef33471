"""This project's walk, whole: identity, cleaning, provenance, robots.  `selectors` or `silent` (no selectors)."""

import sys

import uvloop
from task import CONCURRENCY, CSS, IMAGES, LINK, XPATH, Meter, arguments, is_right

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.stream import scrape_all


def configuration(base, silent):
    document = {"name": "measured", "base_url": base, "search_url_template": "/s?k={sku}"}
    if not silent:
        document["options"] = {"product_link": LINK}
        document["selectors"] = {
            **{name: f"{css}@{attribute}" if attribute else css for name, (css, attribute) in CSS.items()},
            "images": {"selector": IMAGES[0], "attribute": IMAGES[1], "multiple": True},
            **XPATH,
        }
    return parse_value(document, source="bench")


async def main():
    silent = sys.argv.pop() == "silent"
    base, skus, truth = arguments()
    right = 0
    meter = Meter()
    async with HttpFetcher(allow_private=AllowList.from_text("127.0.0.1")) as fetcher:
        async for outcome in scrape_all([configuration(base, silent)], skus, fetcher, workers=CONCURRENCY):
            right += outcome.outcome == "found" and is_right(dict(outcome.data), truth[outcome.sku])
    meter.report(products=len(skus), right=right)


uvloop.run(main())
