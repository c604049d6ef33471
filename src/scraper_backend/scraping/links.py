"""The links of a page that may lead to a product, each with the card it stands in.

A card is the part of a results page that is about one product: the widest element around a link which
holds no second link of the same kind.  Most of a list is about other products: `naming` finds the links
around which something names the SKU before any card is looked for.  `search` weighs what is found here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from propcache.api import cached_property

from scraper_backend.scraping.addresses import address, key_of, may_be_product
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.document import Node, node_text
from scraper_backend.scraping.labels import is_elsewhere, names
from scraper_backend.scraping.page import Page

_MAX_LINKS: Final = 3_000
_MAX_CARD: Final = 3_000
"""Characters of text beyond which an element is no card."""

_PRODUCT_PATH: Final = re.compile(
    r"""/(?:products?|prod|p|dp|ip|pd|item|items|artikel|article|produkt|produkte|produit|producto|prodotto|tuote|
    catalogue|detail|sku|itm|shop)/[^/]|-p-?\d+(?:/|\.html|$)|[-_/]\d{3,}(?:\.html?)?/?$|\.html?$
    |[?&](?:products?_?id|item_?id|prod|pid|sku|product|artnr|id)=""",
    re.X | re.I,
)
_PRICE: Final = re.compile(
    r"(?:[$€£¥₹₽₺]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|PLN|SEK|NOK|DKK|CZK|RON|Fr)\.?)\s*\d|"
    r"\d\s*(?:[$€£¥₹₽₺]|zł|kr\b|Kč|Ft\b|lei\b|лв|,-)|\d[.,]\d\d\s*(?:EUR|USD|GBP|CHF|PLN)\b", re.I
)  # fmt: skip
_CARD_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:products?|prod|artikel|article|items?|tile|card|pod|hits?|results?|teaser|listing|produkte?|produit)(?:$|[\s_-])",
    re.I,
)
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
    def is_in_list(self) -> bool:
        """Whether it stands in a list or table of the page's own part."""
        return any(node.closest("li, td, dt, dd, h2, h3, h4") is not None for node in self.nodes[:1])

    @cached_property
    def is_elsewhere(self) -> bool:
        """Whether it stands among recommendations."""
        return is_elsewhere(self.nodes[0])


def product_links(anchors: Anchors) -> list[Link]:
    """Every link of a page that may lead to a product of the same shop, in document order."""
    links = [
        Link(anchors.addresses[key], tuple(nodes), anchors.card(key, nodes[0]))
        for key, nodes in anchors.targets.items()
    ]
    headed = {link.card for link in links if link.is_prominent}
    return [link for link in links if link.is_prominent or link.card not in headed]


def naming_links(anchors: Anchors, asked: Asked) -> list[Link]:
    """Those of the product links whose address or card may name the SKU."""
    written: dict[str, Node] = {}
    for node in anchors.page.document.css("a[href]")[:_MAX_LINKS]:
        written.setdefault(node.attr("href") or "", node)
    keys = {anchors.key(written[href]): written[href] for href in reversed(_naming(written, asked))}
    links = [
        anchors.link(key, node)
        for key, node in reversed(keys.items())
        if key and not _is_below_another(key, keys)
    ]
    return [link for link in links if link.is_prominent or not anchors.is_headed(link)]


def _naming(written: Mapping[str, Node], asked: Asked) -> list[str]:
    """The addresses, as they are written, that may name the SKU, or around whose link something does.

    What is looked through is never less than the card: all around a link up to the next one of its kind.
    It costs a tenth of finding the cards of thirty links, of which one names the SKU.  Where an address is
    the SKU, nothing around the other links is looked at: the page there says whether it is the product.
    """
    if asked.is_unlike_an_id and (addressed := [href for href in written if asked.names_address(href)]):
        return addressed
    around = _around(written)
    return [
        href
        for href, node in written.items()
        if asked.may_stand_in(href) or asked.may_stand_in((around.get(href) or node).html)
    ]


def _around(written: Mapping[str, Node]) -> dict[str, Node]:
    """For each link the widest element that holds no second one of its kind."""
    places: dict[str, list[tuple[Node, str]]] = {}
    for href, node in written.items():
        kind = _kind(node)
        places[href] = [(above, kind) for above in _above(node)]
    tenants = Counter(chain.from_iterable(places.values()))
    around = {}
    for href, climbed in places.items():
        own = [place[0] for place in climbed if tenants[place] == 1]
        if own:
            around[href] = own[-1]
    return around


class Anchors:
    """The links of one page: where each may lead, and where several products stand together.

    An address is resolved once for each way of writing it, and what else stands in an element is counted
    when the card of a link in it is asked for: lists repeat their links, and most of a page is in no card.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.base = page.document.base(page.url)
        self.addresses: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._crowded: set[tuple[Node, str]] = set()

    @cached_property
    def targets(self) -> dict[str, list[Node]]:
        """The links to each product that something may lead to, by key."""
        targets: dict[str, list[Node]] = defaultdict(list)
        for node in self.page.document.css("a[href]")[:_MAX_LINKS]:
            if key := self.key(node):
                targets[key].append(node)
        for key in [key for key in targets if _is_below_another(key, targets)]:
            del targets[key]
        return targets

    def key(self, node: Node) -> str:
        """The key of the product that a link may lead to; "" for any other link."""
        if _is_framed(node):
            return ""
        href = node.attr("href") or ""
        known = self._keys.get(href)
        if known is None:
            known = self._keys[href] = self._resolved(href)
        return known

    def _resolved(self, href: str) -> str:
        url = address(href, self.base)
        if not url or not may_be_product(url, self.page.url):
            return ""
        key = key_of(url)
        self.addresses.setdefault(key, url)
        return key

    def link(self, key: str, node: Node) -> Link:
        """The link at an element, with its twins on the same card."""
        card = self.card(key, node)
        twins = (other for other in card.select("a[href]") if self.key(other) == key)
        return Link(self.addresses[key], (node, *(other for other in twins if other != node)), card)

    def is_headed(self, link: Link) -> bool:
        """Whether a picture or heading on its card leads to another product."""
        others = (node for node in link.card.select("a[href]") if self.key(node))
        return any(Link("", (node,), link.card).is_prominent for node in others)

    def card(self, key: str, node: Node) -> Node:
        """The widest element around the first link to a product that is about this product alone."""
        best, kind = node, _kind(node)
        for above in _above(node):
            if self._is_crowded(above, key, kind) or len(above.text) > _MAX_CARD or _has_page_heading(above):
                return best
            best = above
            if above.tag in _WHOLE:
                return best
        return best

    def _is_crowded(self, above: Node, own: str, kind: str) -> bool:
        """Whether a second link of the kind stands there, or more of another kind than one product has."""
        if (above, kind) in self._crowded:
            return True
        crowd: dict[str, set[str]] = {kind: {own}}
        for node in above.select("a[href]"):
            key = self.key(node)
            if not key or key == own or _is_below_another(key, {own}):
                continue
            its_kind = _kind(node)
            crowd.setdefault(its_kind, set()).add(key)
            if len(crowd[its_kind]) > (1 if its_kind == kind else 2):
                self._crowded.add((above, kind))
                return True
        return False


class Chosen:
    """The links that a person's selector finds, as they are written; a card is looked for on demand."""

    def __init__(self, found: Sequence[tuple[str, Node | None]], anchors: Anchors) -> None:
        self._found = found
        self._anchors = anchors

    def links(self) -> list[Link]:
        """All of them, each in its card."""
        return self._links(self._found)

    def naming(self, asked: Asked) -> list[Link]:
        """Those whose address or card may name the SKU."""
        written: dict[str, Node] = {}
        for href, node in self._found:
            if node is not None:
                written.setdefault(href, node)
        named = {*_naming(written, asked)}
        return self._links([one for one in self._found if one[1] is None or one[0] in named])

    def _links(self, found: Iterable[tuple[str, Node | None]]) -> list[Link]:
        """Each product once, where the selector found it first."""
        links: dict[str, Link] = {}
        for href, node in found:
            url = address(href, self._anchors.base)
            if url and (key := key_of(url)) not in links:
                links[key] = self._link(key, url, node)
        return list(links.values())

    def _link(self, key: str, url: str, node: Node | None) -> Link:
        """The link in its card; one that the page's own links do not have is its own card."""
        if node is not None and self._anchors.key(node) == key:
            return self._anchors.link(key, node)
        nodes = self._anchors.targets.get(key)
        if nodes:
            return Link(url, tuple(nodes), self._anchors.card(key, nodes[0]))
        alone = node or self._anchors.page.document.css("html")[0]
        return Link(url, (alone,), alone)


def _is_framed(node: Node) -> bool:
    """Whether a link is of the page's menu or foot.  An article has a header too; that is none."""
    if node.closest("nav, footer, [role=navigation]") is not None:
        return True
    header = node.closest("header")
    return header is not None and header.closest("article, li, main") is None


def _is_below_another(key: str, all_keys: Container[str]) -> bool:
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


def _kind(node: Node) -> str:
    parent = node.parent
    around = f"{parent.tag}.{parent.attr('class') or ''}" if isinstance(parent, Node) else ""
    return f"{around}>{node.attr('class') or ''}"


def _above(node: Node) -> Iterator[Node]:
    for here in islice(node.ancestors, 10):
        if not isinstance(here, Node) or here.tag in _STOPS:
            return
        yield here


def _has_page_heading(node: Node) -> bool:
    return node.select_one("h1, input[type=search], input[type=text]") is not None
