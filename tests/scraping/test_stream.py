"""Many SKUs, many sites: bounded, fair, tidy."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.stream import AHEAD, scrape_all


class Site:
    """A fetcher that answers 404 after a site's own time, and counts."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds
        self.under_way = 0
        self.most = 0
        self.done: Counter[str] = Counter()

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self.seconds.get(site.name, 0))
        finally:
            self.under_way -= 1
        self.done[site.name] += 1
        return Page(url, url, 404, {}, "", datetime.now(UTC))


def site(name: str, *, disabled: bool = False) -> ScraperConfig:
    """A configuration."""
    return ScraperConfig(
        name=name, disabled=disabled, base_url=f"https://{name}.test", search_url_template="/{sku}"
    )


def skus(count: int) -> Iterator[str]:
    """SKUs, one at a time."""
    return (f"S-{n}" for n in range(count))


async def test_each_sku_on_each_site_that_is_enabled() -> None:
    fetcher = Site()

    outcomes = [
        one
        async for one in scrape_all(
            [site("a"), site("b"), site("c", disabled=True)], skus(50), fetcher, workers=7
        )
    ]

    assert {(f"S-{n}", name) for n in range(50) for name in "ab"} == {
        (one.sku, one.scraper) for one in outcomes
    }
    assert 100 == len(outcomes)


async def test_never_more_workers_than_asked_for() -> None:
    fetcher = Site(a=0.001, b=0.001)

    async for _ in scrape_all([site("a"), site("b")], skus(60), fetcher, workers=5):
        pass

    assert 5 == fetcher.most


async def test_a_slow_site_does_not_starve_the_others() -> None:
    """While one slow page loads, the fast site gets on."""
    fetcher = Site(slow=0.05)
    order = [
        one.scraper async for one in scrape_all([site("slow"), site("fast")], skus(40), fetcher, workers=4)
    ]

    assert 38 <= sum(name == "fast" for name in order[:44])


async def test_skus_may_arrive_one_by_one() -> None:
    """Outcomes do not wait for the stream to end."""
    first_is_out = asyncio.Event()

    async def arriving() -> AsyncIterator[str]:
        yield "S-1"
        await first_is_out.wait()
        yield "S-2"

    seen = []
    async for one in scrape_all([site("a")], arriving(), Site(), workers=3):
        seen.append(one.sku)
        first_is_out.set()

    assert ["S-1", "S-2"] == seen


async def test_the_stream_is_read_as_far_as_it_is_needed() -> None:
    """A fast site is never more than `AHEAD` before a slow one: that is all that is kept."""
    read = 0

    def counted() -> Iterator[str]:
        nonlocal read
        for n in range(1_000_000):
            read += 1
            yield f"S-{n}"

    fetcher = Site(slow=30.0)
    outcomes = scrape_all([site("slow"), site("fast")], counted(), fetcher, workers=4)
    async for _ in outcomes:
        if fetcher.done["fast"] >= AHEAD - 10:
            break
    await outcomes.aclose()

    assert read <= AHEAD + 10


class Shop:
    """A fetcher that has every product, on two pages each; nothing is kept of what was asked."""

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        sku = url.rpartition("/")[2].partition("=")[2] or url.rpartition("/")[2]
        text = (
            f'<h1>Bowl {sku}</h1><script type="application/ld+json">'
            f'{{"@type": "Product", "name": "Bowl {sku}", "sku": "{sku}", '
            f'"offers": {{"price": "4.20", "priceCurrency": "USD"}}}}</script>'
            if "/p/" in url
            else f'<main><ul><li><a href="/p/{sku}">Bowl</a></li></ul></main>'
        )
        return Page(url, url, 200, {}, text, datetime.now(UTC))


@pytest.mark.parametrize(("fetcher", "count"), [(Shop(), 2_000), (Site(), 10_000)], ids=["found", "missing"])
async def test_memory_stays_flat(fetcher: Shop | Site, count: int) -> None:
    """Once every cache has its fill, ten SKUs and ten million take the same room."""
    config = ScraperConfig(name="a", base_url="https://a.test", search_url_template="/search?q={sku}")
    sizes, outcomes = [], Counter[str]()
    tracemalloc.start()
    try:
        async for one in scrape_all([config], skus(count), fetcher, workers=10):
            outcomes[one.outcome] += 1
            if outcomes.total() in (count // 2, count):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()

    assert count == max(outcomes.values())
    assert sizes[1] < 1.1 * sizes[0]


async def test_closing_the_stream_ends_every_walk() -> None:
    fetcher = Site(a=10.0)
    outcomes = scrape_all([site("a")], skus(100), fetcher, workers=8)
    waiting: asyncio.Task[Outcome] = asyncio.create_task(anext(outcomes))
    await asyncio.sleep(0.05)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await outcomes.aclose()

    assert 0 == fetcher.under_way


async def test_closing_ends_every_walk_even_while_outcomes_wait_to_be_read() -> None:
    """A slow reader that is cancelled leaves a full queue behind; nobody may wait for room in it."""
    fetcher = Site()
    outcomes = scrape_all([site("a")], skus(100), fetcher, workers=4)
    await anext(outcomes)
    await asyncio.sleep(0.05)

    await asyncio.wait_for(outcomes.aclose(), 5)

    assert 0 == fetcher.under_way


async def test_a_broken_stream_is_told_and_not_waited_for() -> None:
    def breaking() -> Iterator[str]:
        yield "S-1"
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        async for _ in scrape_all([site("a")], breaking(), Site(), workers=2):
            pass


async def test_no_site_no_outcome() -> None:
    assert [] == [one async for one in scrape_all([], skus(3), Site(), workers=2)]
