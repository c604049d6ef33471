"""HTTP first; a browser where it helps, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper_backend.scraping.fetch.auto import AutoFetcher, can_render
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import Shop, answer, open_shop


def fetcher(shop: Shop) -> AutoFetcher:
    return AutoFetcher(HttpFetcher(allow_private=AllowList.from_text(f"{shop.host}:{shop.port}")))


async def test_where_http_suffices_no_browser_is_started() -> None:
    async with open_shop({"/": answer(b"<p>all of it")}) as shop, fetcher(shop) as fetch:
        got = await fetch.get(shop.url + "/", shop.site(render="auto"))

    assert isinstance(got, Page)
    assert not got.rendered
    assert 0 == fetch.browser_starts


async def test_a_site_that_is_written_to_need_none_gets_none() -> None:
    async with open_shop({"/": answer()}) as shop, fetcher(shop) as fetch:
        got = await fetch.render(shop.url + "/", shop.site(render="http"), lambda page: True)

    assert isinstance(got, NoPage)
    assert "no_browser" == got.reason
    assert 0 == fetch.browser_starts


@pytest.mark.browser
@pytest.mark.skipif(not can_render(), reason="no Chromium here: apt-get install -y chromium")
async def test_where_a_browser_never_helps_it_is_not_asked_again() -> None:
    async with open_shop({"/": answer(b"<p>no price")}) as shop, fetcher(shop) as fetch:
        got = [
            await fetch.render(f"{shop.url}/?{number}", shop.site(), lambda page: "a price" in page.text)
            for number in range(5)
        ]

    assert [Page, Page, Page, NoPage, NoPage] == [type(one) for one in got]


async def test_without_chromium_pages_over_http_still_come(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("playwright")
    monkeypatch.setenv("BSR_CHROMIUM", str(tmp_path / "none"))
    async with open_shop({"/": answer(b"<p>text")}) as shop, fetcher(shop) as fetch:
        over_http = await fetch.get(shop.url + "/", shop.site())
        shown = await fetch.render(shop.url + "/", shop.site(), lambda page: True)

    assert not can_render()
    assert isinstance(over_http, Page)
    assert isinstance(shown, NoPage)
    assert "no_browser" == shown.reason


def test_the_operators_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNNER_ALLOW_PRIVATE_HOSTS", "127.0.0.1:1")
    made = AutoFetcher.from_environment()

    assert {} == made.politeness.pauses()
