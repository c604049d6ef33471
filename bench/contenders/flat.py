"""So many SKUs through the whole walk, over pages made on the spot: what the process holds on the way.

The network is left out, so that a million take minutes and not hours; `engine` measures with it.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.stream import scrape_all

HOME = "http://shop.example"
CONFIG = parse_value({"name": "flat", "base_url": HOME, "search_url_template": "/s?q={sku}"}, source="bench")


class Shop:
    """Search and product pages for any SKU."""

    async def get(self, url, site):
        sku = url.rpartition("=")[2] if "/s?" in url else url.rpartition("/")[2]
        text = self.listing(sku) if "/s?" in url else self.product(sku)
        return Page(url, url, 200, {"content-type": "text/html"}, text, datetime.now(UTC))

    def listing(self, sku):
        return f'<ul><li class="product"><a href="/p/{sku}">Item {sku}</a> <span>$4.50</span></li></ul>'

    def product(self, sku):
        data = {"@type": "Product", "name": f"Item {sku}", "sku": sku, "image": f"/i/{sku}.jpg", "brand": "B",
                "offers": {"price": "4.50", "priceCurrency": "USD", "availability": "InStock"}}  # fmt: skip
        return f'<h1>Item {sku}</h1><script type="application/ld+json">{json.dumps(data)}</script>'


def resident_mib():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20


async def main():
    count, marks, found = int(sys.argv[1]), {}, 0
    done = 0
    async for outcome in scrape_all([CONFIG], (f"SKU-{n:07d}" for n in range(count)), Shop(), workers=16):
        found += outcome.outcome == "found"
        done += 1
        if done in (1_000, count):
            marks[done] = resident_mib()
    print(json.dumps({"first_mib": marks[1_000], "last_mib": marks[count], "right": found / count}))


asyncio.run(main())
