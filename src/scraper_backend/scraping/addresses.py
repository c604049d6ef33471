"""Where addresses of a shop lead, by themselves: what page, whether a product's, whether the same one.

Pure text; no page is looked at.  Used wherever two addresses are compared: a page has many.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from scraper_backend.scraping.fetch.home import registrable

_NO_PRODUCT: Final = re.compile(
    r"""/(?:cart|basket|bag|checkout|log-?in|sign-?in|sign-?up|register|accounts?|my-?account|wishlist|compare|
    favou?rites?|search(?:-results?)?|catalogsearch|suche|recherche|buscar|cerca|zoeken|szukaj|hledat|
    blogs?|news|help|faqs?|contact(?:-us)?|about(?:-us)?|terms|privacy(?:-policy)?|impressum|agb|datenschutz|
    sitemap|returns|shipping|delivery|versand|warenkorb|kasse|anmelden|konto|panier|connexion|cesta|carrello|
    winkelwagen|koszyk|kosik|reviews?|feed|rss|cdn-cgi|customer|dashboard|password)(?:/|$|\.(?:html?|php|aspx)$)
    |/(?:category|categories|product-category|collections|brands?|manufacturers?|tags?|kategorie)/(?:[^/]+/?)?$
    |\.(?:jpe?g|png|gif|webp|svg|pdf|zip|css|js|xml|mp4|ico)$""",
    re.X | re.I,
)
_PAGING: Final = re.compile(
    r"^(?:p|page|pg|seite|sort|sort_?by|order|dir|limit|per_?page|view|mode|filter.*|f\[.*|facet.*|"
    r"selected_facets|offset|start|rows|price|currency|lang)$", re.I
)  # fmt: skip
_ACTION: Final = re.compile(
    r"(?:^|&)(?:add[-_]?to[-_]?(?:cart|basket|wishlist|compare)=|"
    r"(?:action|do|act|cmd)=(?:buy|add|order|compare|wish|notify|remove))", re.I
)  # fmt: skip
"""A link that buys or compares leads to no product, although it names one."""
_ID_PARAM: Final = re.compile(
    r"^(?:.*_)?(?:products?|items?|articles?|artikel|prod|sku|p|i)?[_-]?(?:id|nr|no|num)$|^(?:sku|pid)$", re.I
)
_SEARCH_PATH: Final = re.compile(
    r"/(?:[a-z-]*search[a-z-]*|suche|suchen|rechercher?|buscar|busqueda|cerca|ricerca|zoeken|szukaj|hledat|"
    r"vyhledavani|keres|haku|sok|soeg|results?|find|s)(?:/|\.|$)", re.I
)  # fmt: skip
_SEARCH_QUERY: Final = re.compile(
    r"(?:^|&)(?:q|query|search|s|keywords?|term|text|search_query|suchbegriff|k|w)=", re.I
)
_TRACKER: Final = re.compile(
    r"^(?:utm_.*|ref|_pos|_sid|_ss|_psq|_fid|gclid|fbclid|position|pos|rank|qid|sr|src|source|queryid|"
    r"clickid|list|from)$", re.I
)  # fmt: skip


@lru_cache(1024)
def address(href: str, base: str) -> str:
    """Where a link leads, without its fragment; "" for what is no page."""
    href = href.strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return ""
    if _ROOTED.fullmatch(href) and "/." not in href:
        return _root(base) + href if _root(base) else ""
    return _joined(href, base)


def parts_of(url: str) -> SplitResult:
    """An address in its parts; all of them empty for what is none, such as a template's `https://[shop]/`."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


_ROOTED: Final = re.compile(r"/(?!/)[\w%~+,.=&@:/-]*(?:\?[\w%~+,.=&@:/?-]+)?", re.A)
"""What most links of a shop look like; joining it is putting the host before it, ten times as fast."""


def _joined(href: str, base: str) -> str:
    try:
        url = urljoin(base, href).partition("#")[0]
        parts = urlsplit(url)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return url if is_page else ""


@lru_cache(256)
def _root(base: str) -> str:
    """The front door of an address, without its slash; "" for what is no page's address."""
    return _joined("/", base).removesuffix("/")


@lru_cache(512)
def is_same_shop(url: str, page_url: str) -> bool:
    """Whether two addresses are of one registrable domain."""
    one, other = parts_of(url).hostname or "", parts_of(page_url).hostname or ""
    return one == other or registrable(one) == registrable(other)


@lru_cache(512)
def key_of(url: str) -> str:
    """What makes two addresses the same page: trackers, positions and a final slash do not."""
    if plain := _PLAIN.fullmatch(url):
        host, port, path, query = plain.groups("")
        pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair] if query else []
    else:
        parts = parts_of(url)
        host, port, path = (parts.hostname or "").removeprefix("www."), str(parts.port or ""), parts.path
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = "&".join(f"{name}={value}" for name, value in sorted(pairs) if not _is_tracker(name))
    return f"{host}:{port}{path.rstrip('/')}?{kept}"


@lru_cache(512)
def _is_tracker(name: str) -> bool:
    return _TRACKER.match(name) is not None


_PLAIN: Final = re.compile(
    r"https?://(?:www\.)?([a-z0-9_.-]+)(?::([1-5]\d{4}|6[0-4]\d{3}|[1-9]\d{0,3}))?"
    r"(/[^?#\s\x00-\x1f]*)?(?:\?([\w.~=&-]*))?",
    re.A,
)
"""An address with nothing encoded in its query, no user and no foreign letters needs no taking apart."""


def looks_like_search(url: str) -> bool:
    """Whether an address is a search's own."""
    parts = parts_of(url)
    return bool(_SEARCH_PATH.search(parts.path) or _SEARCH_QUERY.search(parts.query))


@lru_cache(1024)
def may_be_product(url: str, page_url: str) -> bool:
    """Whether an address may be a product's of the page's shop: no cart, no facet, no page of its own."""
    parts, here = parts_of(url), parts_of(page_url)
    is_front = parts.path in ("", "/") and not parts.query
    is_ours = parts.netloc == here.netloc or is_same_shop(url, page_url)
    if is_front or not is_ours or _NO_PRODUCT.search(parts.path) or _ACTION.search(parts.query):
        return False
    return parts.path.rstrip("/") != here.path.rstrip("/") or _is_another_product(parts.query, here.query)


def _is_another_product(query: str, here: str) -> bool:
    """At the same path: facets, sorting and pages are the search itself, another id or route is not."""
    theirs, ours = dict(parse_qsl(query)), dict(parse_qsl(here))
    changed = {name for name in theirs if theirs[name] != ours.get(name) and not _PAGING.match(name)}
    if any(name in ours for name in changed):
        return True
    return any(_ID_PARAM.match(name) for name in changed)
