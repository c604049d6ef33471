"""Whose house a host is."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.fetch.home import registrable


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.shop.co.uk", "shop.co.uk"),
        ("shop.example", "shop.example"),
        ("cdn.shop.local", "shop.local"),
        ("one.myshopify.com", "one.myshopify.com"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_a_registrable_domain(host: str, domain: str) -> None:
    assert domain == registrable(host)
