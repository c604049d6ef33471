"""Days in the office, in a real Chromium: what people click, and what they then see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyotp
import pytest
import pytest_asyncio

pytest.importorskip("playwright")
from playwright.async_api import Browser, Page, expect

from scraper_backend.coordinator.rules import runners, scrapers
from scraper_backend.coordinator.rules.users import Role
from tests.coordinator.live import HEALTH, REGISTER, Live, live
from tests.coordinator.panel.browser import needs_browser

pytestmark = needs_browser
SHOP = "name: shop\nbase_url: https://shop.example\nsearch_url_template: /s?q={sku}\n"
PASSWORD = "four plain words"


@pytest_asyncio.fixture(loop_scope="session")
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    """A coordinator that can keep secrets."""
    async with live(sqlite_url, BSR_MASTER_KEY="00" * 32) as opened:
        yield opened


@asynccontextmanager
async def _at_the_desk(browser: Browser, office: Live, role: Role = "operator") -> AsyncIterator[Page]:
    """Somebody of this role at a browser; nothing that the page does may break its own policy."""
    person = await office.person(role)
    context = await browser.new_context()
    await context.add_cookies(
        [{"name": "bsr_session", "value": person.cookies["bsr_session"], "url": office.address}]
    )
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [] == [said for said in complaints if "Content Security Policy" in said or "Error" in said]
    await context.close()


async def test_a_mistake_in_the_editor_is_told_beside_its_line(browser: Browser, office: Live) -> None:
    async with _at_the_desk(browser, office) as page:
        await page.goto(f"{office.address}/scrapers/-/new")
        await page.fill("#text", SHOP + "options:\n  rendre: http\n")
        await expect(page.locator("#faults .verdict")).to_contain_text("1 fault")
        await expect(page.locator(".line-note")).to_contain_text("did you mean `render`?")
        await expect(page.locator(".gutter .at-error")).to_have_text("5")
        await page.click("button[form=editor]")
        await expect(page.locator("#text")).to_have_value(re.compile("rendre"))

        await page.click("[data-go='5']")
        await page.keyboard.type("  render: http")
        await expect(page.locator("#faults .verdict")).to_contain_text("it can be saved")
        await expect(page.locator("[name='options.render']")).to_have_value("http")
        await page.fill("[name='options.product_link']", "a.title")
        await page.press("[name='options.product_link']", "Tab")
        await expect(page.locator("#text")).to_have_value(re.compile("product_link: a.title"))
        await page.click("button[form=editor]")
        await expect(page.locator("h1")).to_contain_text("shop")

    saved = await office.office.store.read(lambda tx: scrapers.get(tx, "shop"))
    assert ("http", 1) == (saved.config.options.render, saved.revision)


async def test_a_rollback_is_seen_and_done(browser: Browser, office: Live) -> None:
    await office.new_scraper("amazon")
    await office.new_scraper("amazon", disabled=False, options={"retries": 5})
    async with _at_the_desk(browser, office) as page:
        await page.goto(f"{office.address}/scrapers/amazon")
        await page.click("text=with current")
        await expect(page.locator("ins").first).to_contain_text("options:")
        await page.click("text=Roll back to this")
        await expect(page.locator("#revisions tbody tr")).to_have_count(3)

    assert 2 == (await office.office.store.read(lambda tx: scrapers.get(tx, "amazon"))).config.options.retries


async def test_a_key_is_made_used_and_revoked(browser: Browser, office: Live) -> None:
    async with _at_the_desk(browser, office) as page:
        await page.goto(f"{office.address}/keys")
        await page.fill("#name", "garage-pi")
        await page.click("text=Make the key")
        secret = await page.inner_text("#secret")
        machine = office.caller(**{"X-API-Key": secret})
        before = await machine.get(HEALTH)
        await page.goto(f"{office.address}/keys")
        await page.click("text=Revoke")
        await page.click("dialog button.danger")
        await expect(page.locator("tbody .badge")).to_have_text("revoked")

    assert [200, 401] == [before.status_code, (await machine.get(HEALTH)).status_code]


async def test_a_viewer_is_shown_everything_and_offered_nothing(browser: Browser, office: Live) -> None:
    await office.new_scraper("amazon")
    async with _at_the_desk(browser, office, "viewer") as page:
        for path in ("/scrapers", "/scrapers/amazon", "/runners", "/keys"):
            await page.goto(office.address + path)
            await expect(page.locator("main form")).to_have_count(0)
        await page.goto(f"{office.address}/scrapers/amazon/edit")
        await expect(page.locator("main")).to_contain_text("A viewer may not do this")


async def test_signing_in_with_a_phone(browser: Browser, office: Live) -> None:
    async with _at_the_desk(browser, office, "admin") as page:
        await page.goto(f"{office.address}/settings/people")
        await page.fill("#name", "tom")
        await page.click("button:has-text('Invite')")
        link = await page.inner_text("pre.command")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    await page.fill("#password", PASSWORD)
    await page.fill("#again", PASSWORD)
    await page.click("button[type=submit]")
    await page.goto(f"{office.address}/settings/account")
    await page.fill("#proof", PASSWORD)
    await page.click("text=Set it up")
    await expect(page.locator("img.qr")).to_have_js_property("complete", value=True)
    assert await page.eval_on_selector("img.qr", "image => image.naturalWidth") > 0
    phone = pyotp.TOTP(await page.inner_text("code.long"))
    await page.fill("#code", phone.now())
    await page.click("text=Turn it on")
    codes = (await page.inner_text("#codes")).split()
    await page.click("text=Sign out")

    await page.fill("#name", "tom")
    await page.fill("#password", PASSWORD)
    await page.click("button[type=submit]")
    await page.fill("#code", "000000")
    await page.click("button[type=submit]")
    await expect(page.locator("[role=alert]")).to_contain_text("not right, or was used already")
    await page.fill("#code", codes[0])
    await page.click("button[type=submit]")
    await expect(page.locator(".who")).to_contain_text("tom")
    await context.close()


async def test_the_runners_page_is_live(browser: Browser, office: Live) -> None:
    """A machine introduces itself, is paused by somebody else, and the open page says so by itself."""
    machine = await office.machine("garage")
    async with _at_the_desk(browser, office, "viewer") as page:
        await page.goto(f"{office.address}/runners")
        await expect(page.locator("#live")).to_contain_text("No runner yet")
        await machine.post(REGISTER, json={"runner_name": "garage-pi", "metadata": {"version": "0.1.0"}})
        await expect(page.locator("#live")).to_contain_text("garage-pi")
        await office.office.store.write(
            lambda tx: runners.rest(tx, "garage-pi", "moves on Monday", by="user ann", now=office.now())
        )
        await expect(page.locator("#live tbody")).to_contain_text("moves on Monday")
