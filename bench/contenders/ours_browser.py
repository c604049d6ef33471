"""This project's walk with `render: browser`, whole; or with `render: auto` over pages that need none."""

import asyncio
import sys

import playwright.async_api  # noqa: F401 - imported before the clock starts, as in the peer
from task import CSS, IMAGES, XPATH, Meter, arguments, is_right

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.fetch.auto import AutoFetcher
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.stream import scrape_all


def configuration(base, render):
    path = "/b/{sku}.html" if render == "browser" else "/p/{sku}.html"
    return parse_value(
        {
            "name": "measured",
            "base_url": base,
            "search_url_template": path,
            "options": {"render": render},
            "selectors": {
                **{
                    name: f"{css}@{attribute}" if attribute else css for name, (css, attribute) in CSS.items()
                },
                "images": {"selector": IMAGES[0], "attribute": IMAGES[1], "multiple": True},
                **XPATH,
            },
        },
        source="bench",
    )


async def main():
    render = sys.argv.pop()
    base, skus, truth = arguments()
    meter, right = Meter(with_children=True), 0
    async with AutoFetcher(HttpFetcher(allow_private=AllowList.from_text("127.0.0.1"))) as fetcher:
        async for outcome in scrape_all([configuration(base, render)], skus, fetcher, workers=2):
            right += outcome.outcome == "found" and is_right(dict(outcome.data), truth[outcome.sku])
        starts = fetcher.browser_starts
    meter.report(products=len(skus), right=right, pages=len(skus), starts=starts)


asyncio.run(main())
