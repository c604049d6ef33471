"""Whose house a host is."""

from __future__ import annotations

import pytest
from tldextract import TLDExtract

from scraper_backend.scraping.fetch.home import _rules, registrable


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


def test_the_list_is_read_as_tldextract_reads_it() -> None:
    """Every fifth rule of the list, wildcards, exceptions and other scripts among them."""
    theirs = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
    rules = sorted(rule.decode() for rule in _rules())[::5]
    suffixes = {rule.lstrip("!").replace("*.", "any.").encode("idna").decode() for rule in rules}
    hosts = [f"{front}{suffix}" for suffix in suffixes if "." in suffix for front in ("", "shop.", "a.b.")]

    different = [
        host for host in hosts if (theirs(host).top_domain_under_public_suffix or host) != registrable(host)
    ]

    assert [] == different
    assert len(hosts) > 4_000
