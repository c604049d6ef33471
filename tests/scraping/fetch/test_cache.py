"""Pages kept on disk are asked about, and sent only when they have changed."""

from __future__ import annotations

from pathlib import Path

from scraper_backend.scraping.fetch.cache import PageCache
from scraper_backend.scraping.page import Page
from tests.scraping.fetch.shops import Request, Shop, answer, fetcher, open_shop


class Versions:
    """A page that says "not changed" to whoever has its version."""

    def __init__(self, headers: str = "") -> None:
        self.version, self.sent, self.headers = 1, 0, headers

    def __call__(self, request: Request) -> bytes:
        tag = f'"v{self.version}"'
        if request.headers.get("if-none-match") == tag:
            return answer(b"", status="304 Not Modified", headers=f"ETag: {tag}")
        self.sent += 1
        return answer(b"version %d" % self.version, headers=f"ETag: {tag}\n{self.headers}")


async def texts(shop: Shop, folder: Path, names: list[str]) -> list[str]:
    async with fetcher(shop, cache=PageCache(folder)) as made:
        got = [await made.get(shop.url + "/", shop.site(name=name)) for name in names]
    return [page.text for page in got if isinstance(page, Page) and page.status == 200]


async def test_an_unchanged_page_is_sent_once(tmp_path: Path) -> None:
    versions = Versions()
    async with open_shop({"/": versions}) as shop:
        assert ["version 1"] * 2 == await texts(shop, tmp_path, ["shop", "shop"])
        assert 1 == versions.sent

        versions.version = 2
        assert ["version 2"] == await texts(shop, tmp_path, ["shop"])
    assert 2 == versions.sent


async def test_what_one_site_was_shown_is_no_other_sites(tmp_path: Path) -> None:
    versions = Versions()
    async with open_shop({"/": versions}) as shop:
        await texts(shop, tmp_path, ["one", "two"])

    assert 2 == versions.sent


async def test_a_page_that_may_not_be_kept_is_not(tmp_path: Path) -> None:
    async with open_shop({"/": Versions("Cache-Control: no-store")}) as shop:
        await texts(shop, tmp_path, ["shop"])

    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_a_broken_file_is_no_page(tmp_path: Path) -> None:
    versions = Versions()
    async with open_shop({"/": versions}) as shop:
        await texts(shop, tmp_path, ["shop"])
        for path in (path for path in tmp_path.rglob("*") if path.is_file()):
            path.write_bytes(b"\x00 not ours")

        assert ["version 1"] == await texts(shop, tmp_path, ["shop"])
    assert 2 == versions.sent


async def test_the_folder_stays_within_its_size(tmp_path: Path) -> None:
    big = answer(b"x" * 10_000, headers='ETag: "1"')
    async with (
        open_shop({"/": big}) as shop,
        fetcher(shop, cache=PageCache(tmp_path, max_bytes=100_000)) as made,
    ):
        for number in range(402):
            await made.get(f"{shop.url}/?{number}", shop.site())

    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_100_000
