"""One reader of addresses, which reads like a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.fetch.address import basic_credentials, host_key, join, parse


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("HTTP://Shop.Example/A?q=A%2FB%20c", "http://shop.example/A?q=A%2FB%20c"),
        ("  https://shop.example:443  ", "https://shop.example/"),
        ("http://shop.example.:80/#top", "http://shop.example/"),
        ("http://user:pass@shop.example/", "http://shop.example/"),
        ("http://good.example\\@evil.example/", "http://good.example/@evil.example/"),
        ("ht\ntp://shop.example/a\tb", "http://shop.example/ab"),
        ("http://bücher.example/ü?ö", "http://xn--bcher-kva.example/%C3%BC?%C3%B6"),
        ('http://shop.example/a b<c>"', "http://shop.example/a%20b%3Cc%3E%22"),
        ("http://shop.example/a/../b/./c", "http://shop.example/b/c"),
        ("http://shop.example/%2e%2E/private", "http://shop.example/private"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]:8080/", "http://[::ffff:7f00:1]:8080/"),
    ],
)
def test_an_address_means_what_a_browser_makes_of_it(text: str, meant: str) -> None:
    assert meant == str(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "/a", "//shop.example", "ftp://shop.example", "file:///etc/passwd", "javascript:alert(1)", "http://",
        "http:///a", "http://a b/", "http://256.1.1.1/", "http://1.2.3.4.5/", "http://08.1/", "http://x.1/",
        "http://[::1", "http://[fe80::1%25eth0]/", "http://shop.example:0/", "http://shop.example:65536/",
        "http://shop.example:x/", "http://-a.example/", "http://a..b/", "http://" + "a" * 300 + "/",
        "http://shop.example/" + "a" * 20_000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=80))
def test_reading_twice_changes_nothing(text: str) -> None:
    for url in (parse(text), parse(f"http://{text}"), parse(f"http://shop.example/{text}")):
        assert url is None or (str(parse(str(url))) == str(url) and url.raw_host and str(url).isascii())


def test_a_location_is_read_from_where_it_was_found() -> None:
    base = parse("http://shop.example/a/b?x=1")
    assert base is not None

    assert "http://shop.example/a/c" == str(join(base, "c"))
    assert "http://other.example/" == str(join(base, "//other.example"))
    assert "http://other.example/x" == str(join(base, "\\\\other.example\\x"))
    assert join(base, "mailto:me@shop.example") is None
    assert join(base, "http://[::1") is None


def test_a_host_is_named_with_its_port_where_that_is_unusual() -> None:
    urls = [parse(text) for text in ("http://a.example:80", "https://a.example", "http://a.example:8080")]

    assert ["a.example", "a.example", "a.example:8080"] == [host_key(url) for url in urls if url]


def test_credentials_are_read_from_an_address_a_person_wrote() -> None:
    assert "Basic dTpwQDE=" == basic_credentials("https://u:p%401@shop.example/")
    assert "" == basic_credentials("https://shop.example/")
