"""What came back, whoever fetched it."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper_backend.scraping.page import Page


def page(text: str = "<title>One</title>", kind: str = "text/html") -> Page:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Page("http://shop.example/", "http://shop.example/", 200, {"content-type": kind}, text, now)


def test_a_page_is_parsed_once_when_somebody_reads_it() -> None:
    one = page()

    assert one.document is one.document
    assert 1 == len(one.document.css("title"))


def test_pages_are_compared_by_what_came_back_and_not_by_whether_they_were_parsed() -> None:
    read, unread = page(), page()
    assert read.document

    assert read == unread


def test_the_kind_of_a_page_is_its_media_type() -> None:
    assert "text/html" == page(kind="Text/HTML; charset=utf-8").content_type
    assert "" == page(kind="").content_type
