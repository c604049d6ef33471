"""Microdata and RDFa: the items that a page marks up in its own HTML.

Items become plain objects in the shape of JSON-LD and are read by the same rules.  Where the standards
and the shops disagree the shops win: `content` counts on every element, a link's text is its value unless
an address is asked for, and properties that stand outside of every item are taken together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scraper_backend.scraping.document import Document, Node, node_text
from scraper_backend.scraping.extract.jsonld import Claims, claims_of
from scraper_backend.scraping.extract.offers import types_of
from scraper_backend.scraping.extract.schema import is_product
from scraper_backend.scraping.extract.types import Strategy
from scraper_backend.scraping.extract.visible.line import price_line

_ADDRESSES: Final = frozenset(
    ("url", "image", "availability", "itemCondition", "sameAs", "logo", "thumbnailUrl", "contentUrl",
     "mainEntityOfPage", "offers")
)  # fmt: skip
_IMAGE_SOURCES: Final = ("data-zoom-image", "data-large_image", "data-src", "data-lazy-src", "src")
_REVIEWS: Final = frozenset(("review", "reviews", "reviewRating"))
"""What customers said: a page may have hundreds of it, and no field comes from there."""
_MAX_PROPERTIES: Final = 5_000
_MAX_NAMES: Final = 20
_MAX_TEXT: Final = 1_000_000
"""Characters of all values together: properties that are nested by the hundred repeat the page's text."""
_ORPHANS: Final = frozenset(
    ("name", "price", "priceCurrency", "availability", "sku", "mpn", "gtin13", "gtin12", "gtin", "brand",
     "description", "image")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Syntax:
    """The attributes of one syntax."""

    strategy: Strategy
    prop: str
    scope: str
    kind: str
    ref: str = ""


_MICRODATA: Final = _Syntax("microdata", "itemprop", "itemscope", "itemtype", "itemref")
_RDFA: Final = _Syntax("rdfa", "property", "typeof", "typeof")


def read(document: Document) -> Claims:
    """The claims of a page's microdata."""
    return _read(document, _MICRODATA) if document.first("[itemprop]") is not None else Claims()


def read_rdfa(document: Document) -> Claims:
    """The claims of a page's RDFa."""
    return _read(document, _RDFA) if document.first("[typeof]") is not None else Claims()


def _read(document: Document, syntax: _Syntax) -> Claims:
    top, orphans = _Items(document, syntax).read()
    _join_loose_offers(top)
    name = syntax.strategy
    documents: list[tuple[str, object]] = [(f"{name}[{index}]", item) for index, item in enumerate(top)]
    claims = claims_of(documents, syntax.strategy)
    if not claims.products and syntax is _MICRODATA and "price" in orphans:
        loose = {key: value[0] for key, value in orphans.items() if key in _ORPHANS}
        found = claims_of([(f"{name}[loose]", {"@type": "Product", **loose})], syntax.strategy)
        claims.products.extend(found.products)
    return claims


def _join_loose_offers(top: list[dict[str, Any]]) -> None:
    """An offer beside the only product, instead of inside it, is the product's."""
    products = [item for item in top if is_product(item)]
    offers = [item for item in top if types_of(item) & {"Offer", "AggregateOffer"}]
    if len(products) == 1 and offers and "offers" not in products[0]:
        products[0]["offers"] = offers[:1]


class _Items:
    """Collects the items of one page in one syntax."""

    def __init__(self, document: Document, syntax: _Syntax) -> None:
        self.document = document
        self.syntax = syntax
        self.items: dict[Node, dict[str, Any]] = {}
        self.top: list[dict[str, Any]] = []
        self.orphans: dict[str, list[Any]] = {}
        self.unread: set[Node] = set()
        self.scope_css = f"[{syntax.scope}]"
        self.room = _MAX_TEXT

    def read(self) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
        """The top-level items in document order, and the properties outside of every item."""
        syntax = self.syntax
        found = self.document.css(f"[{syntax.prop}],{self.scope_css}")[:_MAX_PROPERTIES]
        for node in found:
            if node.attr(syntax.scope) is not None:
                self._open(node)
        owners = self._referred_owners() if syntax.ref else {}
        for node in found:
            names = node.attr(syntax.prop)
            if names and not (syntax is _RDFA and node.tag == "meta" and ":" in names.partition(" ")[0]):
                self._say(node, names, owners)
        return self.top, self.orphans

    def _open(self, node: Node) -> None:
        kinds = (node.attr(self.syntax.kind) or "").split()
        item: dict[str, Any] = {"@type": kinds}
        self.items[node] = item
        name = node.attr(self.syntax.prop)
        if name is None:
            self.top.append(item)
        elif name in _REVIEWS:
            self.unread.add(node)

    def _referred_owners(self) -> dict[Node, Node]:
        """Elements that items pull in with `itemref`, and the item that does."""
        owners: dict[Node, Node] = {}
        for node in self.items:
            for name in (node.attr("itemref") or "").split()[:50]:
                quoted = name.replace("\\", "").replace('"', "")
                target = self.document.first(f'[id="{quoted}"]')
                if target is not None:
                    owners[target] = node
        return owners

    def _say(self, node: Node, names: str, owners: Mapping[Node, Node]) -> None:
        owner = self._owner(node, owners)
        inner = self.items.get(node)
        if owner in self.unread or node in self.unread:
            if inner is not None:
                self.unread.add(node)
            return
        target = self.items[owner] if owner is not None else self.orphans
        if owner is None and inner is not None:
            self.top.append(inner)
        for name in dict.fromkeys(names.split(maxsplit=_MAX_NAMES)[:_MAX_NAMES]):
            local = name.rpartition(":")[2].rpartition("/")[2] if self.syntax is _RDFA else name
            value = inner if inner is not None else self._read_value(node, local)
            if value not in (None, ""):
                target.setdefault(local, []).append(value)

    def _read_value(self, node: Node, name: str) -> str | None:
        value = _value(node, name) if self.room > 0 else None
        self.room -= len(value or "")
        return value

    def _owner(self, node: Node, owners: Mapping[Node, Node]) -> Node | None:
        above = node.parent
        scope = above.closest(self.scope_css) if isinstance(above, Node) else None
        if not owners:
            return scope
        here: object = node
        while isinstance(here, Node) and here != scope:
            if here in owners and owners[here] != node:
                return owners[here]
            here = here.parent
        return scope


def _value(node: Node, name: str) -> str | None:
    content = node.attr("content")
    if content is not None and content.strip():
        return content.strip()
    reader = _READERS.get(node.tag)
    value = reader(node, name) if reader else None
    if value is None and node.tag not in ("meta", "link", "img"):
        value = _price(node) if name == "price" else node_text(node)
    return value.strip() if value else value


def _price(node: Node) -> str | None:
    """What one reads in a price: without the old one that is struck out in it, with its raised cents."""
    is_built = any(isinstance(child, Node) for child in node.children)
    return node.attr("data-price") or (price_line(node) if is_built else "") or node_text(node)


def _link(node: Node, name: str) -> str | None:
    return node.attr("href") if node.tag == "link" or name in _ADDRESSES else None


def _image(node: Node, name: str) -> str | None:
    del name
    return next((value for key in _IMAGE_SOURCES if (value := node.attr(key))), None)


_READERS: Final[Mapping[str, Any]] = {
    "a": _link,
    "area": _link,
    "link": _link,
    "img": _image,
    "source": _image,
    "object": lambda node, name: node.attr("data") if name in _ADDRESSES else None,
    "time": lambda node, name: node.attr("datetime"),
    "data": lambda node, name: node.attr("value"),
    "meter": lambda node, name: node.attr("value"),
    "input": lambda node, name: node.attr("value"),
}
