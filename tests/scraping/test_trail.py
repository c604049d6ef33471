"""The pages of one walk: each asked for once, each step told."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper_backend.core.scraper_config import ScraperConfig, parse_value
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.trail import MOST_HOPS, Trail

HOME = "http://shop.example"
SITE = parse_value({"name": "shop", "base_url": HOME, "search_url_template": "/s?q={sku}"}, source="test")


class Shop:
    """A site of a few pages that remembers what it was asked for."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        self.asked.append(url)
        text = self.pages.get(url.removeprefix(HOME))
        if text is None:
            return NoPage(url, "timeout", "nothing came")
        return Page(url, url, 200, {}, text, datetime(2026, 5, 1, tzinfo=UTC))


def leads_to(path: str) -> str:
    return f'<html><head><meta http-equiv="refresh" content="0; url={path}"></head><body></body></html>'


async def test_a_page_is_asked_for_once_however_its_address_is_written() -> None:
    shop = Shop({"/p/1?ref=list": "<h1>One</h1>"})
    trail = Trail(SITE, shop)

    first = await trail.get(f"{HOME}/p/1?ref=list")
    again = await trail.get(f"{HOME}/p/1/?ref=related")

    assert again is first
    assert shop.asked == [f"{HOME}/p/1?ref=list"]
    assert [trail.has_seen(f"{HOME}/p/{number}") for number in (1, 2)] == [True, False]


async def test_what_did_not_come_is_not_asked_for_again() -> None:
    shop = Shop({})
    trail = Trail(SITE, shop)

    both = [await trail.get(f"{HOME}/p/1") for _ in range(2)]

    assert [one.reason for one in both if isinstance(one, NoPage)] == ["timeout", "timeout"]
    assert len(shop.asked) == 1


async def test_a_page_that_only_leads_on_is_followed_for_a_few_hops() -> None:
    chain = {f"/{number}": leads_to(f"/{number + 1}") for number in range(9)}
    trail = Trail(SITE, Shop(chain))

    end = await trail.forwarded(await trail.get(f"{HOME}/0"))

    assert end.url == f"{HOME}/{MOST_HOPS}"
    assert [step.facts["url"] for step in trail.steps] == [
        f"{HOME}/{number}" for number in range(MOST_HOPS + 1)
    ]


async def test_pages_that_lead_to_each_other_end() -> None:
    trail = Trail(SITE, Shop({"/a": leads_to("/b"), "/b": leads_to("/a")}))

    end = await trail.forwarded(await trail.get(f"{HOME}/a"))

    assert end.url == f"{HOME}/b"


async def test_without_a_browser_nothing_is_rendered() -> None:
    trail = Trail(SITE, Shop({"/p": "<div id=root></div>"}))
    page = await trail.get(f"{HOME}/p")

    assert isinstance(page, Page)
    assert await trail.rendered(page, lambda shown: True, "it is empty") is None
