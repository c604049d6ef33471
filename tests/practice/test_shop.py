"""The practice shop behaves like a shop, and its configurations are right."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from stdnum import ean

from scraper_backend.core.scraper_config import parse_document
from scraper_backend.practice import catalogue
from scraper_backend.practice.catalogue import Shop
from scraper_backend.practice.shop import open_shop, scrapers, write_material


@pytest.fixture
async def shop() -> AsyncIterator[Mapping[Shop, str]]:
    async with open_shop() as addresses:
        yield addresses


@pytest.fixture
async def visitor() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def _get(visitor: aiohttp.ClientSession, url: str) -> tuple[int, str, str]:
    async with visitor.get(url) as answer:
        return answer.status, str(answer.url), await answer.text()


def _product_data(page: str) -> dict[str, Any]:
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert text
    data: dict[str, Any] = json.loads(text[1])["@graph"][1]
    return data


def test_the_catalogue_is_a_catalogue() -> None:
    products = catalogue.products()

    assert 60 <= len(products)
    assert all(ean.is_valid(product.gtin) for product in products.values())
    assert len(products) == len({product.gtin for product in products.values()})
    assert all(product.offers for product in products.values())
    assert 20 < len([product for product in products.values() if len(product.offers) == 2])


async def test_a_search_lists_the_product_and_its_page_tells_all_about_it(
    shop: Mapping[Shop, str], visitor: aiohttp.ClientSession
) -> None:
    _, _, found = await _get(visitor, f"{shop['pets']}/search?q=TW-1040")
    link = re.search(r'href="(/product/[^"]+)"', found)
    assert link
    status, _, page = await _get(visitor, shop["pets"] + link[1])

    data = _product_data(page)
    assert 200 == status
    assert ("TW-1040", "1249.00", "USD") == (
        data["sku"],
        data["offers"]["price"],
        data["offers"]["priceCurrency"],
    )
    assert "$1,249.00" in page


async def test_the_german_search_leads_straight_to_the_only_hit(
    shop: Mapping[Shop, str], visitor: aiohttp.ClientSession
) -> None:
    status, url, page = await _get(visitor, f"{shop['garden']}/suche?begriff=HG-7040")

    assert (200, True) == (status, "/artikel/" in url)
    assert "1.129,00 €" in page
    assert "ld+json" not in page


async def test_the_sizes_of_an_article_share_a_page(
    shop: Mapping[Shop, str], visitor: aiohttp.ClientSession
) -> None:
    _, _, page = await _get(visitor, f"{shop['pets']}/product/trail-harness-th-210")

    sizes = {size["sku"]: size["offers"]["price"] for size in _product_data(page)["hasVariant"]}
    assert {"TH-210-S": "36.00", "TH-210-M": "39.00", "TH-210-L": "42.00"} == sizes


@pytest.mark.parametrize("sku", ["007310", "LN 40/2", "0400073000004", "400073000004"])
async def test_leading_zeros_spaces_slashes_and_upcs_are_found(
    shop: Mapping[Shop, str], visitor: aiohttp.ClientSession, sku: str
) -> None:
    _, _, page = await _get(visitor, f"{shop['pets']}/search?q={quote(sku, safe='')}")

    assert "1 product for" in page


async def test_the_habits(shop: Mapping[Shop, str], visitor: aiohttp.ClientSession) -> None:
    captcha, _, asked = await _get(visitor, f"{shop['garden']}/suche?begriff=CK-9200")
    _, replaced, _ = await _get(visitor, f"{shop['pets']}/search?q=PB-1990")
    _, _, prefix = await _get(visitor, f"{shop['garden']}/suche?begriff=KW-30")
    _, _, nothing = await _get(visitor, f"{shop['pets']}/search?q=ZZ-0000")
    _, _, robots = await _get(visitor, f"{shop['pets']}/robots.txt")
    gone, _, _ = await _get(visitor, f"{shop['pets']}/product/no-such-thing")
    flaky = [(await _get(visitor, f"{shop['garden']}/suche?begriff=FP-9100"))[0] for _ in range(2)]

    assert 403 == captcha
    assert "Captcha" in asked
    assert replaced.endswith("pb-2000")
    assert "3 Artikel zu" in prefix
    assert "No products found" in nothing
    assert "Disallow: /clearance/" in robots
    assert 404 == gone
    assert [503, 200] == flaky


async def test_it_is_pleasant_to_look_at(shop: Mapping[Shop, str], visitor: aiohttp.ClientSession) -> None:
    _, _, home = await _get(visitor, shop["pets"])
    picture = re.search(r'src="(/picture/[^"]+)"', home)
    assert picture
    for path in ("/style.css", picture[1], "/category/dogs"):
        status, _, _ = await _get(visitor, shop["pets"] + path)
        assert 200 == status, path


async def test_the_log_tells_who_asked_for_what(
    shop: Mapping[Shop, str], visitor: aiohttp.ClientSession
) -> None:
    await _get(visitor, f"{shop['pets']}/search?q=TW-1001")

    async with visitor.get(f"{shop['pets']}/__log__") as answer:
        log = await answer.json()

    assert [("/search?q=TW-1001", 200)] == [(entry["path"], entry["status"]) for entry in log]


def test_its_configurations_have_no_fault(tmp_path: Path) -> None:
    addresses: Mapping[Shop, str] = {"pets": "http://127.0.0.1:1", "garden": "http://127.0.0.1:2"}

    written = write_material(tmp_path, addresses)

    configs = {name: parse_document(text, source=name) for name, text in scrapers(addresses).items()}
    assert ["practice-garden.yaml", "practice-pets.yaml", "skus.txt"] == sorted(p.name for p in written)
    assert "http://127.0.0.1:2" == configs["practice-garden.yaml"].base_url
    assert {} == configs["practice-pets.yaml"].selectors


def test_the_demo_asks_for_every_habit_and_knows_the_answers() -> None:
    assert 40 == len(set(catalogue.DEMO_SKUS))
    assert {sku for _, sku in catalogue.QUIRKS} <= set(catalogue.DEMO_SKUS)
    answer = catalogue.truth("garden", "HG-7040")
    assert (frozenset({"found"}), Decimal("1129.00"), "in_stock") == (
        answer.outcomes,
        answer.price,
        answer.availability,
    )
    assert frozenset({"blocked"}) == catalogue.truth("garden", "CK-9200").outcomes
    assert frozenset({"not_found"}) == catalogue.truth("pets", "ZZ-0000").outcomes
    assert None is catalogue.truth("garden", "PR-9300").price


@pytest.mark.skipif(os.name == "nt", reason="signals")
async def test_its_process_ends_with_its_parent() -> None:
    """Whoever starts it holds its standard input; when that closes, however that came, it goes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scraper_backend.practice", "--lifeline",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    addresses = json.loads(await process.stdout.readline())

    process.stdin.close()

    assert {"pets", "garden"} == set(addresses)
    assert 0 == await asyncio.wait_for(process.wait(), 5)
