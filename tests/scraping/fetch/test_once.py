"""No page twice within one walk."""

from __future__ import annotations

from scraper_backend.scraping.fetch.once import Once
from scraper_backend.scraping.page import Page
from tests.scraping.fetch.shops import answer, fetcher, open_shop, redirect


async def test_a_search_that_leads_to_the_product_need_not_be_followed_by_its_link() -> None:
    async with open_shop({"/s": redirect("/p/1"), "/p/1": answer(b"<p>one")}) as shop, fetcher(shop) as made:
        once, site = Once(made), shop.site()
        found = await once.get(f"{shop.url}/s?q=1", site)
        again = await once.get(f"{shop.url}/p/1#reviews", site)

    assert isinstance(found, Page)
    assert found is again
    assert ["/robots.txt", "/s?q=1", "/p/1"] == shop.asked
