"""Addresses: absolute, http only; every picture once, as large as it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.clean import images, largest, links, url

BASE = "https://shop.example/catalogue/bowl/"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/p/1", "https://shop.example/p/1"),
        ("../mat/", "https://shop.example/catalogue/mat/"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("https://x.example/a?b=1&amp;c=2#top", "https://x.example/a?b=1&c=2"),
        ("/a b.jpg", "https://shop.example/a%20b.jpg"),
        ("/a%20b.jpg", "https://shop.example/a%20b.jpg"),
        ("/ä.jpg", "https://shop.example/%C3%A4.jpg"),
        ("?page=2", "https://shop.example/catalogue/bowl/?page=2"),
    ],
)
def test_an_address_is_made_absolute(raw: str, expected: str) -> None:
    assert expected == url(raw, BASE)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "#top",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "mailto:a@b.example",
        "http://",
        "https://[::1",
        None,
        5,
        "x" * 5000,
        "ftp://a.example/b",
        "http://a.example:99999/",
    ],
)
def test_what_cannot_be_fetched_is_none(raw: object) -> None:
    assert url(raw, BASE) is None


def test_the_largest_of_a_srcset_is_taken() -> None:
    assert "/b.jpg" == largest("/a.jpg 400w, /b.jpg 1200w, /c.jpg 800w")
    assert "/b.jpg" == largest("/a.jpg, /b.jpg 2x")
    assert "/w_800,c_fit/b.jpg" == largest("/w_400,c_fit/b.jpg 400w,/w_800,c_fit/b.jpg 800w")
    assert largest("") is None


@pytest.mark.parametrize(
    ("many", "expected"),
    [
        (["/a_100x100.jpg", "/a_1200x1200.jpg"], ["/a_1200x1200.jpg"]),
        (["/a.jpg?width=100", "/a.jpg?width=900"], ["/a.jpg?width=900"]),
        (["/a-150x150.jpg", "/a.jpg"], ["/a.jpg"]),
        (["/a.jpg", "/b.jpg", "/a.jpg"], ["/a.jpg", "/b.jpg"]),
        (["/a.jpg?id=1", "/a.jpg?id=2"], ["/a.jpg?id=1", "/a.jpg?id=2"]),
        (
            ["/images/placeholder.png", "/spinner.gif", "/1x1.gif", "data:image/gif;base64,R0", "/a.jpg"],
            ["/a.jpg"],
        ),
        (["/media/image_not_found.jpg", "/no-image.png", "/logo.svg"], []),
        ([{"@type": "ImageObject", "contentUrl": "/a.jpg"}, {"url": "/b.jpg"}], ["/a.jpg", "/b.jpg"]),
        ("/a.jpg 400w, /a-big.jpg 800w", ["/a-big.jpg"]),
        ("/one.jpg", ["/one.jpg"]),
        (None, []),
    ],
)
def test_every_picture_is_listed_once_and_placeholders_are_not(many: object, expected: list[str]) -> None:
    assert ["https://shop.example" + path for path in expected] == list(images(many, BASE))


@given(st.text(max_size=100))
def test_any_text_is_read_without_a_crash(raw: str) -> None:
    found = url(raw, BASE)

    assert found is None or found.startswith(("http://", "https://"))
    images([raw], BASE)
    largest(raw)


@given(
    st.sampled_from(
        ("", "/", "//", "http://a.test/", "http://a.test:61234/", "http://a.test:0/", "http://a..b/", "#")
    ),
    st.text("ab/.?=&%:@-_~;#A9 +,'!$()*[]|\\ä&", max_size=10),
)
def test_an_address_that_is_plain_reads_as_every_other(front: str, rest: str) -> None:
    assert links._resolved(front + rest, BASE) == url(front + rest, BASE)
