"""`bsr scrape --explain`: every step, candidate and field."""

from __future__ import annotations

from scraper_backend.scraping.explain import explain
from tests.scraping.shop import card, fetcher, open_shop, product, results


async def test_how_an_outcome_came_about() -> None:
    async with open_shop() as shop:
        shop.search = lambda query: results(
            query,
            card("/p/10", "Leash ten", more="<i>SKU: DOG-10</i>"),
            card("/p/1", "Leash one", more="<i>SKU: DOG-1</i>"),
        )
        shop.pages["/p/1"] = product("Leash one", sku="DOG-1", price="12.50")
        async with fetcher(shop) as fetching:
            told = await explain(shop.config(), "DOG-1", fetching)

    assert "found" == told.outcome.outcome
    assert [("/search?q=DOG-1", 200), ("/p/1", 200)] == [
        (one["url"].removeprefix(shop.root), one["status"]) for one in told.requests
    ]
    assert [("Leash one", 100), ("Leash ten", -100)] == [
        (one["title"], one["score"]) for one in told.candidates
    ]
    price = next(one for one in told.fields if one.name == "price")
    assert (12.5, "12.50", "json_ld") == (price.value, price.raw, price.strategy)
    assert "json-ld[0]" in price.selector
    assert {"fetched", "listed", "read"} == {step["step"] for step in told.as_json()["steps"]}
