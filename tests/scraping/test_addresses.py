"""Addresses: what is quick about them changes nothing."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping import addresses
from scraper_backend.scraping.addresses import address, key_of

BASES = (
    "https://shop.test/search?q=1",
    "http://SHOP.test:54321",
    "https://user@shop.test/a/b/",
    "ftp://shop.test/",
)
FRONTS = (
    "",
    "/",
    "//",
    "/.",
    "?",
    "http://a.test/",
    "https://www.a.test:8443/",
    "http://a.test:70000/",
    "HTTP://A.test/",
)
PARTS = st.text("ab/.?=&%:@-_~;#A9 +,'!$()*[]|\\ä\t", max_size=10)


@given(st.sampled_from(FRONTS), PARTS, st.sampled_from(BASES))
def test_a_plain_link_is_joined_as_every_other(front: str, rest: str, base: str) -> None:
    href = (front + rest).strip()

    assert address(href, base) == ("" if not href or href[0] == "#" else addresses._joined(href, base))


@given(st.sampled_from(FRONTS), PARTS)
def test_the_key_of_a_plain_address_is_that_of_every_other(front: str, rest: str) -> None:
    url = front + rest
    try:
        parts = urlsplit(url)
        port = parts.port or ""
    except ValueError:
        return
    kept = [
        f"{k}={v}" for k, v in sorted(parse_qsl(parts.query, keep_blank_values=True)) if not _is_tracker(k)
    ]
    host = (parts.hostname or "").removeprefix("www.")

    assert f"{host}:{port}{parts.path.rstrip('/')}?{'&'.join(kept)}" == key_of(url)


def _is_tracker(name: str) -> bool:
    return re.match(addresses._TRACKER, name) is not None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:61234/p/1", "http://127.0.0.1:9/p/1", "http://s.test/p/1/"]
)
def test_addresses_on_every_port_take_the_quick_way(url: str) -> None:
    assert addresses._PLAIN.fullmatch(url) is not None
