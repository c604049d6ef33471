"""Scrapy with parsel, tuned: no delay, no cookies, no robots, no log."""

import scrapy
from scrapy.crawler import CrawlerProcess
from task import CONCURRENCY, CSS, IMAGES, LINK, XPATH, Meter, arguments, is_right

base, skus, truth = arguments()
right = 0


def read(page):
    fields = {}
    for name, (selector, attribute) in CSS.items():
        node = page.css(selector)[0]
        fields[name] = node.attrib[attribute] if attribute else " ".join(node.xpath("string()").get().split())
    fields["images"] = [node.attrib[IMAGES[1]] for node in page.css(IMAGES[0])]
    for name, path in XPATH.items():
        fields[name] = page.xpath(path).get()
    return fields


class Shop(scrapy.Spider):
    name = "shop"

    async def start(self):
        for sku in skus:
            yield scrapy.Request(f"{base}/s?k={sku}", self.listing, cb_kwargs={"sku": sku}, dont_filter=True)

    def listing(self, response, sku):
        link = response.css(LINK + "::attr(href)").get()
        yield response.follow(link, self.product, cb_kwargs={"sku": sku}, dont_filter=True)

    def product(self, response, sku):
        global right
        fields = read(response.selector)
        right += is_right(fields, truth[sku])
        yield {"sku": sku, **fields}


settings = {
    "CONCURRENT_REQUESTS": CONCURRENCY,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
    "DOWNLOAD_DELAY": 0,
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "COOKIES_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "AUTOTHROTTLE_ENABLED": False,
}
process = CrawlerProcess(settings)
process.crawl(Shop)
meter = Meter()
process.start()
meter.report(products=len(skus), right=right)
