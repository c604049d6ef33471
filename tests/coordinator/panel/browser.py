"""A person at a real Chromium, who notices whatever runs, is refused, or leads away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from scraper_backend.coordinator.rules import links, users
from scraper_backend.coordinator.rules.users import Role
from scraper_backend.scraping.fetch import chromium
from tests.coordinator.live import Live

WATCH = """
window.__seen = [];
addEventListener("securitypolicyviolation", (event) => {
  __seen.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def _has_browser() -> bool:
    try:
        import playwright.async_api  # noqa: F401

        chromium.find()
    except (ImportError, chromium.NoChromium):
        return False
    return True


needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not _has_browser(), reason="no Chromium here: apt-get install -y chromium"),
]


@dataclass
class Person:
    """Somebody at a page, and what they should never have seen."""

    page: Any
    address: str
    alarms: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go there; whatever the page's policy refused is an alarm."""
        await self.page.goto(self.address + path)
        await self.look()

    async def look(self) -> None:
        """Note what happened on the page since it was opened."""
        self.alarms += await self.page.evaluate("window.__seen || []")

    async def text(self) -> str:
        """What the page says."""
        said: str = await self.page.inner_text("body")
        return said


async def people(browser: Any, office: Live, *roles: Role) -> list[Person]:
    """Signed-in people with these roles, each at a window of their own."""
    found = []
    for role in roles:
        person = await visitor(browser, office.address)
        token = await _invitation(office, role)
        await person.open(f"/enter?token={token}")
        found.append(person)
    return found


@asynccontextmanager
async def started() -> AsyncIterator[Any]:
    """Chromium while the block lasts."""
    from playwright.async_api import async_playwright

    async with async_playwright() as tool:
        browser = await tool.chromium.launch(
            executable_path=chromium.find(),
            chromium_sandbox=not chromium.needs_no_sandbox(),
            args=[one for one in chromium.ARGUMENTS if one.startswith("--disable-features=")],
        )
        yield browser
        await browser.close()


async def visitor(browser: Any, address: str) -> Person:
    """Somebody nobody knows yet."""
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(15_000)
    person = Person(page, address)
    await page.add_init_script(WATCH)

    async def dialog(shown: Any) -> None:
        person.alarms.append(f"dialog: {shown.message}")
        await shown.dismiss()

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: person.alarms.append(f"error: {error}"))
    page.on("console", lambda line: person.alarms.append(line.text) if line.type == "error" else None)
    page.on("popup", lambda _: person.alarms.append("a window opened"))
    page.on("request", lambda request: _note_stranger(person, request.url))
    return person


def _note_stranger(person: Person, url: str) -> None:
    if not url.startswith((person.address, "data:", "blob:", "about:")):
        person.alarms.append(f"asked for {url}")


async def _invitation(office: Live, role: Role) -> str:
    token, name = links.new_token(), f"{role}-{links.new_token()[:6]}"

    async def invite(tx: Any) -> None:
        user = await users.create(tx, name, "", role, now=office.now())
        await links.make(tx, token, "sign_in", user_id=user.id, now=office.now())

    await office.office.store.write(invite)
    return token
