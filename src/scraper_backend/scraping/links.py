"""The links of a page that may lead to a product, each with the card it stands in.

A card is the part of a results page that is about one product: the widest element around a link which
holds no second link of the same kind.  Knows nothing of the SKU; `search` weighs what is found here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from scraper_backend.scraping.document import Node, node_text
from scraper_backend.scraping.fetch.home import registrable
from scraper_backend.scraping.labels import is_elsewhere, names
from scraper_backend.scraping.page import Page

_MAX_LINKS: Final = 3_000
_MAX_CARD: Final = 3_000
"""Characters of text beyond which an element is no card."""

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
_PRODUCT_PATH: Final = re.compile(
    r"""/(?:products?|p|dp|ip|pd|item|items|artikel|article|produkt|produkte|produit|producto|prodotto|tuote|
    catalogue|detail|sku|itm|shop)/[^/]|-p-?\d+(?:/|\.html|$)|[-_/]\d{3,}(?:\.html?)?/?$|\.html?$
    |[?&](?:product_?id|item_?id|prod|pid|sku|product|artnr|id)=""",
    re.X | re.I,
)
_PAGING: Final = re.compile(
    r"^(?:p|page|pg|seite|sort|sort_?by|order|dir|limit|per_?page|view|mode|filter.*|f\[.*|facet.*|"
    r"selected_facets|offset|start|rows|price|currency|lang)$", re.I
)  # fmt: skip
_ID_PARAM: Final = re.compile(
    r"^(?:.*_)?(?:products?|items?|articles?|artikel|prod|sku|p|i)?[_-]?(?:id|nr|no|num)$|^(?:sku|pid)$", re.I
)
_PRICE: Final = re.compile(
    r"(?:[$€£¥₹₽₺]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|PLN|SEK|NOK|DKK|CZK|RON|Fr)\.?)\s*\d|"
    r"\d\s*(?:[$€£¥₹₽₺]|zł|kr\b|Kč|Ft\b|lei\b|лв|,-)|\d[.,]\d\d\s*(?:EUR|USD|GBP|CHF|PLN)\b", re.I
)  # fmt: skip
_CARD_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:products?|prod|artikel|article|items?|tile|card|pod|hits?|results?|teaser|listing|produkte?|produit)(?:$|[\s_-])",
    re.I,
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
_STOPS: Final = frozenset(("body", "main", "ul", "ol", "table", "tbody", "html", "form", "nav", "header"))
_WHOLE: Final = frozenset(("li", "article", "tr"))
_BUTTON: Final = re.compile(
    r"^(?:add|buy|view|details?|more|quick|in den|zum|mehr|jetzt|ajouter|voir|acheter|añadir|ver|comprar|"
    r"aggiungi|vedi|bekijk|in winkelwagen|dodaj|zobacz|read|learn|shop now|compare|\d|[$€£])", re.I
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """All links of a page to one address, and the card around them."""

    url: str
    nodes: tuple[Node, ...]
    card: Node

    @cached_property
    def text(self) -> str:
        """What a reader sees on the card."""
        return node_text(self.card)

    @cached_property
    def title(self) -> str:
        """The product's name as the card has it."""
        titles = [title for title in self._titles() if title and not _BUTTON.match(title)]
        return max(titles, key=len, default="")[:300]

    def _titles(self) -> Iterator[str]:
        for node in self.nodes:
            yield " ".join((node.attr("title") or "").split())
            yield node_text(node) if len(node.text) <= 400 else ""
            yield from (" ".join((image.attr("alt") or "").split()) for image in node.iter_elements("img"))
        for heading in self.card.iter_elements(("h2", "h3", "h4", "h5")):
            yield node_text(heading)

    @cached_property
    def is_prominent(self) -> bool:
        """Whether a picture or a heading is the link; a brand's link on the same card is neither."""
        return any(
            node.select_one("img, picture, h2, h3, h4, h5") is not None
            or node.closest("h2, h3, h4, h5") is not None
            for node in self.nodes
        )

    @cached_property
    def likeness(self) -> int:
        """How much the card looks like a product: its price, its names, its address, its picture."""
        return (
            10 * bool(_PRICE.search(self.text))
            + 6 * bool(_CARD_NAME.search(" ".join(names(node) for node in self._around())))
            + 5 * bool(_PRODUCT_PATH.search(self.url))
            + 3 * any(True for _ in self.card.iter_elements("img"))
        )

    def _around(self) -> Iterator[Node]:
        yield self.card
        for node in self.nodes[:4]:
            yield node
            if isinstance(node.parent, Node):
                yield node.parent

    @cached_property
    def is_elsewhere(self) -> bool:
        """Whether it stands among recommendations."""
        return is_elsewhere(self.nodes[0])


def product_links(page: Page) -> list[Link]:
    """Every link of `page` that may lead to a product of the same shop, in document order."""
    base = page.document.base(page.url)
    targets: dict[str, list[Node]] = defaultdict(list)
    addresses: dict[str, str] = {}
    for node in page.document.css("a[href]")[:_MAX_LINKS]:
        if _is_in_frame(node):
            continue
        url = address(node.attr("href") or "", base)
        if url and _may_be_product(url, page.url):
            addresses.setdefault(key_of(url), url)
            targets[key_of(url)].append(node)
    for key in [key for key in targets if _is_below_another(key, targets)]:
        del targets[key]
    crowd = _crowd(targets)
    links = [Link(addresses[key], tuple(nodes), _card(nodes, crowd)) for key, nodes in targets.items()]
    headed = {link.card for link in links if link.is_prominent}
    return [link for link in links if link.is_prominent or link.card not in headed]


@lru_cache(1024)
def address(href: str, base: str) -> str:
    """Where a link leads, without its fragment; "" for what is no page."""
    href = href.strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return ""
    try:
        url = urljoin(base, href).partition("#")[0]
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


@lru_cache(512)
def is_same_shop(url: str, page_url: str) -> bool:
    """Whether two addresses are of one registrable domain."""
    one, other = urlsplit(url).hostname or "", urlsplit(page_url).hostname or ""
    return one == other or registrable(one) == registrable(other)


@lru_cache(512)
def key_of(url: str) -> str:
    """What makes two addresses the same page: trackers, positions and a final slash do not."""
    parts = urlsplit(url)
    kept = [
        f"{name}={value}"
        for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
        if not _TRACKER.match(name)
    ]
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port or ''}{parts.path.rstrip('/')}?{'&'.join(kept)}"


def looks_like_search(url: str) -> bool:
    """Whether an address is a search's own."""
    parts = urlsplit(url)
    return bool(_SEARCH_PATH.search(parts.path) or _SEARCH_QUERY.search(parts.query))


def _is_in_frame(node: Node) -> bool:
    """Whether a link is of the page's menu or foot.  An article has a header too; that is none."""
    if node.closest("nav, footer, [role=navigation]") is not None:
        return True
    header = node.closest("header")
    return header is not None and header.closest("article, li, main") is None


@lru_cache(1024)
def _may_be_product(url: str, page_url: str) -> bool:
    parts, here = urlsplit(url), urlsplit(page_url)
    is_front = parts.path in ("", "/") and not parts.query
    if is_front or _NO_PRODUCT.search(parts.path) or not is_same_shop(url, page_url):
        return False
    return parts.path.rstrip("/") != here.path.rstrip("/") or _is_another_product(parts.query, here.query)


def _is_another_product(query: str, here: str) -> bool:
    """At the same path: facets, sorting and pages are the search itself, another id or route is not."""
    theirs, ours = dict(parse_qsl(query)), dict(parse_qsl(here))
    changed = {name for name in theirs if theirs[name] != ours.get(name) and not _PAGING.match(name)}
    if any(name in ours for name in changed):
        return True
    return any(_ID_PARAM.match(name) for name in changed)


def _is_below_another(key: str, all_keys: dict[str, list[Node]]) -> bool:
    """`/product/1/reviews/add` is a page of `/product/1`."""
    path = key.partition("?")[0]
    above, _, last = path.rpartition("/")
    for _ in range(3):
        if f"{above}?" in all_keys and re.match(
            r"(?i)(?:reviews?|questions?|add|share|print|bewertung)", last
        ):
            return True
        above, _, last = above.rpartition("/")
    return False


Crowd = dict[Node, dict[str, set[str]]]
"""For each element: the kinds of links in it, and how many products each leads to."""


def _crowd(targets: dict[str, list[Node]]) -> Crowd:
    crowd: Crowd = defaultdict(lambda: defaultdict(set))
    for key, nodes in targets.items():
        for node in nodes:
            kind = _kind(node)
            for above in _above(node):
                crowd[above][kind].add(key)
    return crowd


def _kind(node: Node) -> str:
    parent = node.parent
    around = f"{parent.tag}.{parent.attr('class') or ''}" if isinstance(parent, Node) else ""
    return f"{around}>{node.attr('class') or ''}"


def _above(node: Node) -> Iterator[Node]:
    here = node.parent
    for _ in range(10):
        if not isinstance(here, Node) or here.tag in _STOPS:
            return
        yield here
        here = here.parent


def _card(nodes: Sequence[Node], crowd: Crowd) -> Node:
    """The widest element around the first link that is about its product alone."""
    best = node = nodes[0]
    kind = _kind(node)
    for above in _above(node):
        if len(crowd[above][kind]) > 1 or len(above.text) > _MAX_CARD or _has_page_heading(above):
            return best
        if any(len(products) > 2 for products in crowd[above].values()):
            return best
        best = above
        if above.tag in _WHOLE:
            return best
    return best


def _has_page_heading(node: Node) -> bool:
    return node.select_one("h1, input[type=search], input[type=text]") is not None
