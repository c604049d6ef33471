"""Crawlee's ParselCrawler with storage in memory."""

import asyncio
import logging

from crawlee import ConcurrencySettings, Request
from crawlee.crawlers import ParselCrawler
from crawlee.storage_clients import MemoryStorageClient
from task import CONCURRENCY, CSS, IMAGES, LINK, XPATH, Meter, arguments, is_right

logging.disable(logging.CRITICAL)


def read(page):
    fields = {}
    for name, (selector, attribute) in CSS.items():
        node = page.css(selector)[0]
        fields[name] = node.attrib[attribute] if attribute else " ".join(node.xpath("string()").get().split())
    fields["images"] = [node.attrib[IMAGES[1]] for node in page.css(IMAGES[0])]
    for name, path in XPATH.items():
        fields[name] = page.xpath(path).get()
    return fields


async def main():
    base, skus, truth = arguments()
    right = 0
    crawler = ParselCrawler(
        concurrency_settings=ConcurrencySettings(
            min_concurrency=CONCURRENCY, max_concurrency=CONCURRENCY, desired_concurrency=CONCURRENCY
        ),
        storage_client=MemoryStorageClient(),
        configure_logging=False,
        use_session_pool=False,
        retry_on_blocked=False,
        max_request_retries=1,
    )

    @crawler.router.default_handler
    async def handle(context):
        nonlocal right
        sku = context.request.user_data["sku"]
        if context.request.label == "product":
            right += is_right(read(context.selector), truth[sku])
        else:
            link = context.selector.css(LINK + "::attr(href)").get()
            product = Request.from_url(
                base + link,
                label="product",
                user_data={"sku": sku},
                unique_key=f"p{context.request.unique_key}",
            )
            await context.add_requests([product])

    meter = Meter()
    first = [
        Request.from_url(f"{base}/s?k={sku}", user_data={"sku": sku}, unique_key=f"{index}:{sku}")
        for index, sku in enumerate(skus)
    ]
    await crawler.run(first)
    meter.report(products=len(skus), right=right)


asyncio.run(main())
