"""The pages of one walk: each asked for once, in the way that the site needs, and noted.

Made by `sku` for one SKU and thrown away with it.  What a page says is not its business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.addresses import key_of
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.forward import forward_of
from scraper_backend.scraping.page import NoPage, Page

MOST_HOPS: Final = 2

Ready = Callable[[Page], bool]


@runtime_checkable
class Renderer(Protocol):
    """A fetcher that can also show a page in a browser."""

    async def render(self, url: str, site: ScraperConfig, ready: Callable[[Page], bool]) -> Page | NoPage:
        """The page at `url` as it stands once `ready` says so, or its time is up."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened on the walk, for `bsr scrape --explain`."""

    what: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Trail:
    """Where a walk has been on one site, and every step of it."""

    config: ScraperConfig
    fetcher: Fetcher
    steps: list[Step] = field(default_factory=list)
    seen: dict[str, Page | NoPage] = field(default_factory=dict)

    def note(self, what: str, **facts: Any) -> None:
        """One more step."""
        self.steps.append(Step(what, facts))

    def has_seen(self, url: str) -> bool:
        """Whether the walk has been there."""
        return key_of(url) in self.seen

    async def get(self, url: str, is_ready: Ready | None = None) -> Page | NoPage:
        """The page at `url`; on a site that needs a browser it is read once it `is_ready`."""
        key = key_of(url)
        known = self.seen.get(key)
        if known is not None:
            return known
        page = self.seen[key] = await self._fetched(url, is_ready)
        if isinstance(page, Page) and page.url != url:
            self.seen.setdefault(key_of(page.url), page)
        self.note("fetched", **_facts(page))
        return page

    async def _fetched(self, url: str, is_ready: Ready | None) -> Page | NoPage:
        in_browser = is_ready is not None and self.config.options.render == "browser"
        if is_ready is not None and in_browser and isinstance(self.fetcher, Renderer):
            return await self.fetcher.render(url, self.config, is_ready)
        return await self.fetcher.get(url, self.config)

    async def forwarded(self, page: Page | NoPage, is_ready: Ready | None = None) -> Page | NoPage:
        """Where a page leads that has nothing but a refresh or a script's `location =`."""
        for _ in range(MOST_HOPS):
            url = forward_of(page) if isinstance(page, Page) else ""
            if not url or self.has_seen(url):
                break
            page = await self.get(url, is_ready)
        return page

    async def rendered(self, page: Page, is_ready: Ready, why: str) -> Page | NoPage | None:
        """The same page in a browser; None where the site allows none or the fetcher has none."""
        if page.rendered or self.config.options.render != "auto" or not isinstance(self.fetcher, Renderer):
            return None
        self.note("rendering", url=page.url, why=why)
        shown = await self.fetcher.render(page.url, self.config, is_ready)
        self.note("fetched", **_facts(shown))
        if isinstance(shown, Page):
            self.seen[key_of(page.url)] = shown
        return shown


def _facts(page: Page | NoPage) -> dict[str, Any]:
    if isinstance(page, NoPage):
        return {"url": page.url, "no_page": page.reason, "message": page.message, "status": page.status}
    return {"url": page.url, "status": page.status, "ms": page.elapsed_ms, "rendered": page.rendered,
            "redirects": list(page.history)}  # fmt: skip
