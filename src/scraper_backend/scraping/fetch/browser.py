"""Pages that scripts build, shown in Chromium.

One Chromium for a runner, started when the first page needs it.  Each site has its own context (its
cookies, its language, its proxy), and each context a few tabs that are used again; the whole is
started anew after so many pages or so much memory.  It can reach nothing but through the `Gate`, and
it ends with us: its lifeline is a pipe that closes when this process dies, however it dies.

This module and `tab` are the only ones that know Playwright, and are imported by nobody but `auto`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

from playwright.async_api import Browser, BrowserContext, CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from scraper_backend.core import logs
from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch import chromium, recorded
from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.chromium import NoChromium
from scraper_backend.scraping.fetch.gate import Gate
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.fetch.retry import is_strain, retry_after
from scraper_backend.scraping.fetch.scripts import WATCH
from scraper_backend.scraping.fetch.tab import Ready, Showing, Tab
from scraper_backend.scraping.page import NoPage, Page

log = logs.named(__name__)

MOST_PAGES: Final = 500
MOST_MEMORY_MB: Final = 1_500.0
_TAB_PAGES: Final = 100
_MOST_CONTEXTS: Final = 8
_WEIGH_EVERY: Final = 5
_MOST_EVIDENCE: Final = 100
_VIEWPORT: Final[Any] = {"width": 1366, "height": 2000}


@dataclass(slots=True)
class _Room:
    """One site's context, and its tabs that nobody uses at the moment."""

    site: ScraperConfig
    context: BrowserContext
    idle: list[Tab] = field(default_factory=list)
    active: int = 0


@dataclass(slots=True)
class _House:
    """One running Chromium."""

    browser: Browser
    session: CDPSession
    agent: str
    pid: int = 0
    rooms: OrderedDict[tuple[str, str], _Room] = field(default_factory=OrderedDict)
    shown: int = 0
    is_worn: bool = False
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    active: int = 0

    @property
    def is_due(self) -> bool:
        """Whether it should be started anew before the next page."""
        return self.is_worn or not self.browser.is_connected()


class BrowserFetcher:
    """A `Fetcher` that shows pages in Chromium; an async context manager beside its `HttpFetcher`."""

    def __init__(
        self,
        http: HttpFetcher,
        *,
        executable: str | None = None,
        headless: bool = True,
        tabs: int = 0,
        evidence: Path | None = None,
        most_pages: int = MOST_PAGES,
        most_memory_mb: float = MOST_MEMORY_MB,
    ) -> None:
        self._http = http
        self._executable = executable
        self._headless = headless
        self._evidence = evidence
        self._most_pages = most_pages
        self._most_memory_mb = most_memory_mb
        self._places = asyncio.Semaphore(tabs or min(4, os.cpu_count() or 1))
        self._starting = asyncio.Lock()
        self._gate = Gate(http.guard, http.resolver)
        self._playwright: Playwright | None = None
        self._house: _House | None = None
        self.starts = 0

    async def __aenter__(self) -> Self:
        await self._gate.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        await self._gate.__aexit__(kind, error, trace)

    @property
    def pid(self) -> int:
        """The process of the Chromium that runs now, or 0."""
        return self._house.pid if self._house else 0

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url` when it has come to rest."""
        return await self.render(url, site)

    async def render(
        self, url: str, site: ScraperConfig, ready: Ready | None = None, seed: Page | None = None
    ) -> Page | NoPage:
        """The page at `url` as it stands once `ready` says so, or it is at rest, or its time is up.

        `seed` is the page as it came over HTTP: the browser is given it, and the site is not asked again.
        """
        at = parse(url)
        refused = await self._http.refusal(url, site)
        if at is None or refused:
            return refused or NoPage(url, "bad_address", "is no http or https address")
        async with self._places, self._http.turn(at, site) as turn:
            if isinstance(turn, NoPage):
                return turn
            got = await self._shown(Showing(str(at), site, ready, seed))
            status = got.status if isinstance(got, Page) else got.reason
            turn.is_strained = is_strain(status)
            if isinstance(got, Page) and got.status in (429, 503):
                turn.retry_after = retry_after(got.headers, got.fetched_at)
            return got

    async def _shown(self, showing: Showing) -> Page | NoPage:
        """Shown, and once more in a new tab when the tab or the browser broke."""
        try:
            got = await self._shown_once(showing)
            if isinstance(got, NoPage) and got.reason == "browser":
                got = await self._shown_once(Showing(showing.url, showing.site, showing.ready, showing.seed))
        except NoChromium as none:
            return NoPage(showing.url, "no_browser", str(none))
        except PlaywrightError as error:
            said = str(error).strip().partition("\n")[0][:200]
            return NoPage(showing.url, "browser", f"Chromium could not be used: {said}")
        return got

    async def _shown_once(self, showing: Showing) -> Page | NoPage:
        async with self._tab(showing.site) as tab:
            got = await tab.show(showing)
            if self._evidence and _is_failure(got, showing.ready):
                await self._keep(tab, got, self._evidence)
            return got

    # ── Tabs ───────────────────────────────────────────────────────────────────────────────────

    @contextlib.asynccontextmanager
    async def _tab(self, site: ScraperConfig) -> AsyncIterator[Tab]:
        """A tab of this site's room; it goes back there, or is closed when it is worn or broken."""
        house = await self._running()
        house.active += 1
        house.empty.clear()
        try:
            room = await self._room(house, site)
            room.active += 1
            try:
                tab = await self._taken(house, room)
                try:
                    yield tab
                finally:
                    await self._put_away(house, room, tab)
            finally:
                room.active -= 1
        finally:
            house.active -= 1
            if not house.active:
                house.empty.set()

    async def _taken(self, house: _House, room: _Room) -> Tab:
        """A tab that stands idle, or a new one."""
        while room.idle:
            tab = room.idle.pop()
            if not tab.is_broken:
                return tab
            await _close(house, tab)
        return await Tab.open(room.context, self._http, self._gate, out_of_sight=self._headless)

    async def _put_away(self, house: _House, room: _Room, tab: Tab) -> None:
        house.shown += 1
        house.is_worn = house.is_worn or house.shown >= self._most_pages
        if house.shown % _WEIGH_EVERY == 0:
            await self._weigh(house)
        if tab.is_broken or tab.shown >= _TAB_PAGES or room.site is not site_of(house, room):
            await _close(house, tab)
        else:
            tab.rest()
            room.idle.append(tab)

    async def _room(self, house: _House, site: ScraperConfig) -> _Room:
        """The site's context; a new one when the configuration has changed."""
        key = (site.name, site.base_url)
        room = house.rooms.get(key)
        if room and (room.site is site or room.site == site):
            house.rooms.move_to_end(key)
            return room
        context = await house.browser.new_context(**_context_options(site, house.agent))
        await context.add_init_script(WATCH)
        await self._bring_cookies(context, site)
        house.rooms[key] = _Room(site, context)
        await _close_unused(house, room)
        return house.rooms[key]

    async def _bring_cookies(self, context: BrowserContext, site: ScraperConfig) -> None:
        visit = self._http.visit(site)
        cookies: list[Any] = visit.browser_cookies() if visit else []
        for cookie in cookies:
            with contextlib.suppress(PlaywrightError):  # a cookie that Chromium does not take
                await context.add_cookies([cookie])

    async def _weigh(self, house: _House) -> None:
        with contextlib.suppress(PlaywrightError):
            told = await house.session.send("SystemInfo.getProcessInfo")
            weight = chromium.resident_mb([int(process["id"]) for process in told["processInfo"]])
            if weight > self._most_memory_mb:
                log.info("browser.heavy", megabytes=round(weight), pages=house.shown)
                house.is_worn = True

    # ── Starting and stopping ──────────────────────────────────────────────────────────────────

    async def _running(self) -> _House:
        """The Chromium that runs; started, or started anew when its pages are done."""
        async with self._starting:
            if self._house and self._house.is_due:
                async with contextlib.AsyncExitStack() as stack:
                    stack.push_async_callback(self._stop)
                    if self._house.active and self._house.browser.is_connected():
                        await self._house.empty.wait()
            if self._house is None:
                self._house = await self._start()
            return self._house

    async def _start(self) -> _House:
        self._playwright = await async_playwright().start()
        try:
            browser = await self._launch(self._playwright, self._executable or chromium.find())
            session = await browser.new_browser_cdp_session()
            version = await session.send("Browser.getVersion")
            told = await session.send("SystemInfo.getProcessInfo")
        except BaseException:
            await self._stop_playwright()
            raise
        self.starts += 1
        pid = next((int(one["id"]) for one in told["processInfo"] if one["type"] == "browser"), 0)
        log.info("browser.started", version=version.get("product"), pid=pid)
        agent = f"{version.get('userAgent', '')} {self._http.user_agent}".strip()
        return _House(browser, session, agent, pid)

    async def _launch(self, playwright: Playwright, executable: str) -> Browser:
        """With its sandbox where the system allows one (not as root, nor in some containers)."""
        options: dict[str, Any] = {
            "executable_path": executable,
            "headless": self._headless,
            "args": list(chromium.ARGUMENTS),
            "env": chromium.environment(),
            "proxy": {"server": self._gate.address, "bypass": "<-loopback>"},
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
            "timeout": 30_000,
        }
        if chromium.needs_no_sandbox():
            return await playwright.chromium.launch(**options, chromium_sandbox=False)
        try:
            return await playwright.chromium.launch(**options, chromium_sandbox=True)
        except PlaywrightError as error:
            if "sandbox" not in str(error).lower():
                raise
            log.warning("browser.no_sandbox", why="this system allows none")
            return await playwright.chromium.launch(**options, chromium_sandbox=False)

    async def _stop(self) -> None:
        house, self._house = self._house, None
        if house is not None:
            for tab in (tab for room in house.rooms.values() for tab in room.idle):
                tab.stay()
            try:
                async with asyncio.timeout(5):
                    await house.browser.close()
            except (PlaywrightError, TimeoutError):
                if house.pid:
                    with contextlib.suppress(OSError):
                        os.kill(house.pid, signal.SIGKILL)
        await self._stop_playwright()

    async def _stop_playwright(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright is not None:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(5):
                    await playwright.stop()

    # ── Evidence ───────────────────────────────────────────────────────────────────────────────

    async def _keep(self, tab: Tab, got: Page | NoPage, evidence: Path) -> None:
        """What the page looked like when it failed us: a picture, its HTML, and what we made of it."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        folder = evidence / f"{stamp}-{recorded.folder_name(got.url)}"
        try:
            async with asyncio.timeout(5):
                text = await tab.page.content()
                recorded.save(got, folder)
                (folder / recorded.PAGE).write_bytes(text.encode("utf-8", "replace"))
                await tab.page.screenshot(path=folder / "screenshot.png", timeout=4_000)
        except (PlaywrightError, TimeoutError, OSError) as error:
            log.info("browser.no_evidence", url=got.url, why=str(error).partition("\n")[0])
            return
        log.info("browser.evidence", url=got.url, folder=str(folder))
        _forget_old(evidence)


def site_of(house: _House, room: _Room) -> ScraperConfig | None:
    """The configuration that holds for this room's site now."""
    current = house.rooms.get((room.site.name, room.site.base_url))
    return current.site if current else None


async def _close(house: _House, tab: Tab) -> None:
    """Close the tab; a browser that cannot even close a broken one is worn."""
    was_broken, tab.is_broken = tab.is_broken, False
    await tab.close()
    house.is_worn = house.is_worn or (was_broken and tab.is_broken)


async def _close_unused(house: _House, replaced: _Room | None) -> None:
    """Close the replaced context and the longest unused ones beyond the limit, when nobody is in them."""
    gone = [replaced] if replaced and not replaced.active else []
    for key, room in list(house.rooms.items())[: max(0, len(house.rooms) - _MOST_CONTEXTS)]:
        if not room.active:
            gone.append(house.rooms.pop(key))
    for room in gone:
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(5):
                await room.context.close()


def _context_options(site: ScraperConfig, agent: str) -> dict[str, Any]:
    """Chromium's own name with ours behind it: shops look for the one, people for the other."""
    options: dict[str, Any] = {
        "user_agent": agent,
        "viewport": _VIEWPORT,
        "accept_downloads": False,
        "service_workers": "block",
        "locale": (site.options.locale or "en-US").replace("_", "-"),
    }
    if site.options.proxy:
        options["proxy"] = _proxy(site.options.proxy)
    return options


def _proxy(text: str) -> dict[str, str]:
    parts = urlsplit(text)
    where = {"server": f"{parts.scheme}://{parts.hostname}:{parts.port or 80}"}
    if parts.username:
        where |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return where


def _is_failure(got: Page | NoPage, ready: Ready | None) -> bool:
    if isinstance(got, NoPage):
        return got.reason not in ("robots", "off_site", "private_address", "not_text", "no_browser")
    return got.status >= 400 or (ready is not None and not ready(got))


def _forget_old(folder: Path) -> None:
    """Keep the newest; the names begin with their time."""
    for old in sorted(path for path in folder.iterdir() if path.is_dir())[:-_MOST_EVIDENCE]:
        for path in old.iterdir():
            path.unlink(missing_ok=True)
        old.rmdir()
