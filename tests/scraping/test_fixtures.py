"""Fixtures: recorded once, replayed without a network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.scraping.fixtures import EXPECTED, folders, load, record, replay
from tests.scraping.shop import Shop, card, fetcher, open_shop, product, results


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with one product."""
    async with open_shop() as opened:
        opened.search = lambda query: (
            results(query, card("/p/1", "Leash")) if query == "DOG-1" else results(query)
        )
        opened.pages["/p/1"] = product("Leash", sku="DOG-1", price="12.50")
        yield opened


async def test_what_was_recorded_reads_the_same(shop: Shop, tmp_path: Path) -> None:
    async with fetcher(shop) as fetching:
        outcome = await record(shop.config(), "DOG-1", fetching, tmp_path / "leash")
    asked = len(shop.log)

    assert "found" == outcome.outcome
    assert [] == await replay(tmp_path / "leash")
    assert asked == len(shop.log)
    assert {"page.html", "meta.json", "expected.json"} <= {
        path.name for path in (tmp_path / "leash").iterdir()
    }
    assert "Leash" in (tmp_path / "leash" / "page.html").read_text()


async def test_a_change_of_the_selectors_is_seen(shop: Shop, tmp_path: Path) -> None:
    async with fetcher(shop) as fetching:
        await record(shop.config(), "DOG-1", fetching, tmp_path)
    plain = json.loads((tmp_path / EXPECTED).read_text())
    plain["scraper"]["selectors"] = {"title": "nav li"}
    plain["data"]["price"] = 9.99
    (tmp_path / EXPECTED).write_text(json.dumps(plain))

    differences = await replay(tmp_path)

    assert ["price: expected 9.99, read 12.5", 'title: expected "Leash", read "Dogs"'] == sorted(
        str(one) for one in differences
    )


async def test_not_found_is_worth_a_fixture_too(shop: Shop, tmp_path: Path) -> None:
    async with fetcher(shop) as fetching:
        outcome = await record(shop.config(), "NOPE-1", fetching, tmp_path)

    assert "not_found" == outcome.outcome
    assert [] == await replay(tmp_path)
    assert ("not_found", "no_results") == (load(tmp_path)[0].outcome, load(tmp_path)[0].reason)


async def test_secrets_are_not_recorded(shop: Shop, tmp_path: Path) -> None:
    options = {"cookies": {"session": "s3cret"}, "headers": {"Authorization": "s3cret"}}
    async with fetcher(shop) as fetching:
        await record(shop.config(options=options), "DOG-1", fetching, tmp_path)

    assert not any("s3cret" in path.read_text() for path in tmp_path.rglob("*.*"))


async def test_a_fixture_written_by_hand(tmp_path: Path) -> None:
    """One page, its address, and what must be read from it."""
    scraper = {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}"}
    (tmp_path / "page.html").write_text(product("Leash", sku="DOG-1", price="12.50"))
    (tmp_path / "meta.json").write_text('{"url": "https://s.test/p/1"}')
    (tmp_path / EXPECTED).write_text(
        json.dumps({"sku": "DOG-1", "scraper": scraper, "data": {"title": "Leash", "price": 12.5}})
    )

    assert [] == await replay(tmp_path)
    assert [tmp_path] == folders(tmp_path)


async def test_nothing_to_record(shop: Shop, tmp_path: Path) -> None:
    shop.root = "http://127.0.0.1:9"

    with pytest.raises(UsageError, match="gave no page for DOG-1"):
        async with fetcher(shop) as fetching:
            await record(shop.config(options={"retries": 0}), "DOG-1", fetching, tmp_path)


async def test_a_folder_that_is_no_fixture(tmp_path: Path) -> None:
    with pytest.raises(Faults, match=r"expected\.json"):
        await replay(tmp_path)
