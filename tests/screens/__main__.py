"""Walks the panel as an admin, and takes a picture of every page three times."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import structlog
from playwright.async_api import Browser, Page, async_playwright

from scraper_backend.coordinator.rules import links, users
from scraper_backend.scraping.fetch import chromium
from tests.coordinator.live import Live, live
from tests.screens import seed

FOLDER: Final = Path(__file__).parents[2] / "docs" / "panel"
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
HIDDEN: Final = {
    "scraper": f"/scrapers/{seed.SHOPS[0]}",
    "scraper-edit": f"/scrapers/{seed.SHOPS[0]}/edit",
    "scraper-revision": f"/scrapers/{seed.SHOPS[0]}/revisions/2",
    "scrapers-import": "/scrapers/-/import",
    "runner": "/runners/-/office-mac",
    "key-rotate": "/keys/1/rotate",
    "scraper-new": "/scrapers/-/new",
    "job-new": "/jobs/new",
    "products-export": "/products/export",
    "product": f"/products/one?sku={seed.PRODUCTS[0][0]}",
    "factor": "/settings/account/factor",
}
TALLEST: Final = 1150


async def main(folder: Path) -> None:
    """Pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        async with live(f"sqlite:///{scratch}/office.db", BSR_MASTER_KEY=seed.KEY) as office:
            await _picture_the_door(office, folder)
            pages = await seed.fill(office)
            async with async_playwright() as driver:
                browser = await launch(driver)
                await _all(browser, office, folder, pages)
                await browser.close()


async def launch(driver: Any) -> Browser:
    """The Chromium of this machine."""
    arguments = ["--no-sandbox"] if chromium.needs_no_sandbox() else []
    browser: Browser = await driver.chromium.launch(executable_path=chromium.find(), args=arguments)
    return browser


async def _picture_the_door(office: Live, folder: Path) -> None:
    """The pages that are seen before anybody is there."""
    async with async_playwright() as driver:
        browser = await launch(driver)
        for look, options in LOOKS.items():
            context = await browser.new_context(**options)
            await _picture(await context.new_page(), f"{office.address}/login", folder / f"login-{look}.png")
            await context.close()
        await browser.close()


async def _all(browser: Browser, office: Live, folder: Path, pages: dict[str, str]) -> None:
    for look, options in LOOKS.items():
        context = await browser.new_context(**options)
        page = await context.new_page()
        await page.goto(f"{office.address}/enter?token={await way_in(office, 'rosa')}")
        for name, path in {**await places(page), **HIDDEN, **pages}.items():
            await _picture(page, office.address + path, folder / f"{name}-{look}.png")
        await context.close()


async def way_in(office: Live, name: str) -> str:
    """A link's token that signs this person in."""
    token = links.new_token()

    async def rule(tx: Any) -> None:
        user = await users.named(tx, name)
        assert user
        await links.make(tx, token, "sign_in", user_id=user.id, now=office.now())

    await office.office.store.write(rule)
    return token


async def places(page: Page) -> dict[str, str]:
    """What the navigation, and the tabs behind it, lead to."""
    read = "links => links.map(a => a.getAttribute('href'))"
    found = list(dict.fromkeys(await page.eval_on_selector_all(".nav a", read)))
    for path in list(found):
        await page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        found += await page.eval_on_selector_all(".tabs a", read)
    return {path.strip("/").replace("/", "-"): path for path in dict.fromkeys(found) if path != "/settings"}


async def _picture(page: Page, address: str, file: Path) -> None:
    answer = await page.goto(address)
    if answer is not None and answer.status >= 400:
        sys.stderr.write(f"{answer.status} {address}\n")
        return
    await page.wait_for_timeout(120)
    size = page.viewport_size or {"width": 1280, "height": 800}
    height = await page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(TALLEST, max(height, size["height"]))}
    await page.screenshot(path=file, full_page=True, clip=clip)  # type: ignore[arg-type]


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(main(Path(os.environ.get("SCREENS", FOLDER))))
