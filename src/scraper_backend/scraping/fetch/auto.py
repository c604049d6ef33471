"""HTTP first, and Chromium only where a page keeps something back without its scripts.

What the runner fetches with.  `render: http` never starts a browser, `render: browser` always uses
one; with `auto` the caller reads the page that came over HTTP and asks for `render` when what it
needs is missing.  The browser is given that page, so the site sends nothing twice.  Whether it helped
is remembered for each site: where it never does, pages that lack something simply lack it.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch import chromium
from scraper_backend.scraping.fetch.agent import USER_AGENT
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.fetch.polite import Politeness
from scraper_backend.scraping.page import NoPage, Page

if TYPE_CHECKING:
    from scraper_backend.scraping.fetch.browser import BrowserFetcher

HEADLESS: Final = "HEADLESS"
EVIDENCE: Final = "BSR_EVIDENCE_DIR"
_NOT_INSTALLED: Final = (
    "this page needs a browser, and Playwright is not installed: "
    "run `pip install 'baystate-scraper[browser]'`"
)
_SEEDS: Final = 64
_SEED_SIZE: Final = 2_000_000
_USELESS: Final = 3
_ASK_AGAIN_AFTER: Final = 50
_A_LINE: Final = 20


@dataclass(slots=True)
class _Memory:
    """How a browser has done on one site."""

    helped: int = 0
    useless: int = 0
    spared: int = 0

    def is_worth_it(self) -> bool:
        """Not after it was useless three times and never helped; every fiftieth time is tried again."""
        if self.helped or self.useless < _USELESS:
            return True
        self.spared += 1
        return self.spared % _ASK_AGAIN_AFTER == 0


@dataclass(slots=True)
class _Asked:
    """A question that is not asked twice of the same page: to judge a page takes milliseconds."""

    ready: Callable[[Page], bool]
    page: Page | None = None
    answer: bool = False

    def __call__(self, page: Page) -> bool:
        if page is not self.page:
            self.page, self.answer = page, self.ready(page)
        return self.answer


class AutoFetcher:
    """A `Fetcher` that also renders; an async context manager, one for a runner."""

    def __init__(
        self, http: HttpFetcher, *, headless: bool = True, evidence: Path | None = None, tabs: int = 0
    ) -> None:
        self._http = http
        self._headless = headless
        self._evidence = evidence
        self._tabs = tabs
        self._browser: BrowserFetcher | None = None
        self._opening = asyncio.Lock()
        self._seeds: OrderedDict[tuple[str, str, str], Page] = OrderedDict()
        self._memories: dict[tuple[str, str], _Memory] = {}

    @classmethod
    def from_environment(cls) -> Self:
        """As the operator has set the runner: RUNNER_ALLOW_PRIVATE_HOSTS, HEADLESS, BSR_EVIDENCE_DIR."""
        folder = os.environ.get(EVIDENCE, "")
        return cls(
            HttpFetcher(allow_private=AllowList.from_environment(), user_agent=USER_AGENT),
            headless=os.environ.get(HEADLESS, "").strip().lower() not in ("0", "false", "no", "off"),
            evidence=Path(folder) if folder else None,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            await browser.__aexit__(kind, error, trace)
        self._seeds.clear()
        await self._http.__aexit__(kind, error, trace)

    @property
    def politeness(self) -> Politeness:
        """The line before every host: the fleet pauses hosts and grants budgets here."""
        return self._http.politeness

    @property
    def browser_starts(self) -> int:
        """How often Chromium was started."""
        return self._browser.starts if self._browser else 0

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url`, over HTTP unless the site is written to need a browser."""
        if site.options.render == "browser":
            return await self._rendered(url, site, None, None)
        got = await self._http.get(url, site)
        if site.options.render == "auto" and isinstance(got, Page) and len(got.text) <= _SEED_SIZE:
            self._seeds[_key(got.url, site)] = got
            while len(self._seeds) > _SEEDS:
                self._seeds.popitem(last=False)
        return got

    async def render(self, url: str, site: ScraperConfig, ready: Callable[[Page], bool]) -> Page | NoPage:
        """The page at `url` in a browser, as it stands once `ready` says so, or its time is up."""
        memory = self._memories.setdefault((site.name, site.base_url), _Memory())
        if site.options.render == "http":
            return NoPage(url, "no_browser", "the site is configured with `render: http`")
        if site.options.render == "auto" and not memory.is_worth_it():
            return NoPage(url, "no_browser", "a browser has shown nothing more on this site before")
        seed = self._seeds.pop(_key(url, site), None)
        is_ready = _Asked(ready)
        got = await self._rendered(url, site, is_ready, seed)
        if isinstance(got, Page):
            if is_ready(got) or (seed is not None and _shows_more(got, seed)):
                memory.helped += 1
            else:
                memory.useless += 1
        return got

    async def _rendered(
        self, url: str, site: ScraperConfig, ready: Callable[[Page], bool] | None, seed: Page | None
    ) -> Page | NoPage:
        browser = await self._opened()
        if browser is None:
            return NoPage(url, "no_browser", _NOT_INSTALLED)
        return await browser.render(url, site, ready, seed)

    async def _opened(self) -> BrowserFetcher | None:
        """The browser's fetcher; Chromium itself starts with its first page."""
        async with self._opening:
            if self._browser is None:
                try:
                    from scraper_backend.scraping.fetch.browser import BrowserFetcher
                except ImportError:
                    return None
                made = BrowserFetcher(
                    self._http, headless=self._headless, evidence=self._evidence, tabs=self._tabs
                )
                self._browser = await made.__aenter__()
            return self._browser


def can_render() -> bool:
    """Whether this machine has what a browser page needs: a runner tells the fleet."""
    if importlib.util.find_spec("playwright") is None:
        return False
    try:
        chromium.find()
    except chromium.NoChromium:
        return False
    return True


def _shows_more(shown: Page, seed: Page) -> bool:
    """Whether scripts wrote most of the page: then a browser helps, even where this product is not."""
    return len(shown.document.text) > 2 * len(seed.document.text) + _A_LINE


def _key(url: str, site: ScraperConfig) -> tuple[str, str, str]:
    return site.name, site.base_url, url
