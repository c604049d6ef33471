"""Whose house a page is from: the registrable domain of its host.

The public suffix list is the copy that comes with tldextract; nothing is fetched for it.  Its private
part counts too, so that one shop on a shared platform cannot send us to another.
"""

from __future__ import annotations

from functools import cache, lru_cache

from tldextract import TLDExtract

from scraper_backend.scraping.fetch.address import literal


@lru_cache(4096)
def registrable(host: str) -> str:
    """`shop.co.uk` for `www.shop.co.uk`; an address, a bare name and a suffix stand for themselves."""
    if literal(host) or "." not in host:
        return host
    parts = _suffixes()(host)
    if parts.suffix:
        return parts.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])


@cache
def _suffixes() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
