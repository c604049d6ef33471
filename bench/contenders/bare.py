"""The bare loop: aiohttp, one parse, ten look-ups.  No robots, no rate, no identity, no cleaning: the ceiling."""

import asyncio

import aiohttp
import turbohtml
from isal import isal_zlib
from task import CONCURRENCY, CSS, IMAGES, LINK, XPATH, Meter, arguments, is_right


def read(page):
    document = turbohtml.parse(page, encoding="utf-8", positions=False)
    fields = {}
    for name, (selector, attribute) in CSS.items():
        node = document.select_one(selector)
        fields[name] = node.attrs.get(attribute) if attribute else " ".join(node.text.split())
    fields["images"] = [node.attrs.get(IMAGES[1]) for node in document.select(IMAGES[0])]
    for name, path in XPATH.items():
        fields[name] = str(document.xpath_one(path))
    return fields


async def main():
    base, skus, truth = arguments()
    todo, right = iter(skus), 0
    aiohttp.set_zlib_backend(isal_zlib)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONCURRENCY)) as session:

        async def get(url):
            async with session.get(url) as answer:
                return await answer.read()

        async def worker():
            nonlocal right
            for sku in todo:
                listing = turbohtml.parse(await get(f"{base}/s?k={sku}"), encoding="utf-8", positions=False)
                fields = read(await get(base + listing.select_one(LINK).attrs["href"]))
                right += is_right(fields, truth[sku])

        meter = Meter()
        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
        meter.report(products=len(skus), right=right)


asyncio.run(main())
