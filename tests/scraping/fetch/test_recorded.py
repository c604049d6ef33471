"""Recorded pages come back as they were."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper_backend.core.errors import Faults
from scraper_backend.scraping.fetch.recorded import RecordedFetcher, Recorder, folder_name, load, save
from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import answer, fetcher, open_shop, redirect, site

SHOP = site("http://shop.example")
PAGE = Page(
    requested_url="http://shop.example/s?q=1",
    url="http://shop.example/p/1",
    status=200,
    headers={"content-type": "text/html"},
    text="<p>Größe\r\n",
    fetched_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    history=("http://shop.example/r",),
    rendered=True,
)


def test_a_page_survives_the_disk(tmp_path: Path) -> None:
    save(PAGE, tmp_path / "page")

    assert PAGE == load(tmp_path / "page")


def test_a_page_that_did_not_come_survives_too(tmp_path: Path) -> None:
    none = NoPage("http://shop.example/x", "timeout", "too slow", None, 3.5)
    save(none, tmp_path / "page")

    assert none == load(tmp_path / "page")


def test_what_identifies_us_is_not_recorded(tmp_path: Path) -> None:
    secret = Page(
        "http://x/", "http://x/", 200, {"x-session": "s3cret", "server": "nginx"}, "", PAGE.fetched_at
    )
    save(secret, tmp_path)

    assert "s3cret" not in (tmp_path / "meta.json").read_text()


async def test_recorded_pages_are_found_by_every_address_they_went_by(tmp_path: Path) -> None:
    save(PAGE, tmp_path / "deep" / "one")
    recorded = RecordedFetcher(tmp_path)

    for url in ("http://shop.example/s?q=1", "HTTP://shop.example/p/1#top", "http://shop.example/r"):
        assert PAGE == await recorded.get(url, SHOP)
    other = await recorded.get("http://shop.example/other", SHOP)
    assert isinstance(other, NoPage)
    assert "not_recorded" == other.reason


async def test_a_live_shop_is_recorded_and_played_back(tmp_path: Path) -> None:
    async with open_shop({"/a": redirect("/b"), "/b": answer(b"<p>live")}) as shop, fetcher(shop) as made:
        live = await Recorder(made, tmp_path).get(f"{shop.url}/a", shop.site())

    played = await RecordedFetcher(tmp_path).get(f"{shop.url}/b", shop.site())
    assert isinstance(live, Page)
    assert isinstance(played, Page)
    assert (live.text, live.url, live.history) == (played.text, played.url, played.history)


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        (None, "has no readable meta.json"),
        ("{", "meta.json"),
        ('{"url": "http://x/"}', "has no readable page.html"),
        ('{"status": 200}', "url"),
    ],
)
def test_a_broken_recording_says_what_is_wrong(tmp_path: Path, meta: str | None, words: str) -> None:
    if meta is not None:
        (tmp_path / "meta.json").write_text(meta)

    with pytest.raises(Faults) as caught:
        load(tmp_path)

    assert words in str(caught.value)


def test_folder_names_are_readable_and_distinct() -> None:
    assert folder_name("http://shop.example/s?q=A").startswith("shop-example-s-q-a-")
    assert folder_name("http://shop.example/s?q=A") != folder_name("http://shop.example/s?q=a")
