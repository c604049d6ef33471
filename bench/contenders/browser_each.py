"""A browser for every page, as scripts are written: launch, wait for the price, read ten fields, close."""

import asyncio

from playwright.async_api import async_playwright
from task import CSS, IMAGES, XPATH, Meter, arguments, is_right

from scraper_backend.scraping.fetch import chromium

READ = """([css, images, xpath]) => {
  const fields = {};
  for (const [name, [selector, attribute]] of Object.entries(css)) {
    const e = document.querySelector(selector);
    fields[name] = attribute ? e.getAttribute(attribute) : e.textContent;
  }
  fields.images = [...document.querySelectorAll(images[0])].map(e => e.getAttribute(images[1]));
  for (const [name, path] of Object.entries(xpath))
    fields[name] = document.evaluate(path, document, null, XPathResult.STRING_TYPE).stringValue;
  return fields;
}"""


async def main():
    base, skus, truth = arguments()
    meter, right = Meter(with_children=True), 0
    async with async_playwright() as playwright:
        for sku in skus:
            arguments_ = ["--no-sandbox"] if chromium.needs_no_sandbox() else []
            browser = await playwright.chromium.launch(executable_path=chromium.find(), args=arguments_)
            page = await browser.new_page()
            await page.goto(f"{base}/b/{sku}.html", wait_until="domcontentloaded")
            await page.wait_for_selector(CSS["price"][0], state="attached")
            right += is_right(await page.evaluate(READ, [CSS, IMAGES, XPATH]), truth[sku])
            await browser.close()
    meter.report(products=len(skus), right=right, pages=len(skus))


asyncio.run(main())
