"""What a person sees of a page, and where on it the product stands.

One pass over the tree: elements by what their names say, and the runs of text outside menus, carts,
recommendations and hidden parts.  The anchor is the product's heading; what contains it is never one of
those.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from scraper_backend.scraping.clean.text import plain
from scraper_backend.scraping.clean.words import words
from scraper_backend.scraping.document import Document, Node, TextNode
from scraper_backend.scraping.extract.visible import captions
from scraper_backend.scraping.extract.visible.traits import Traits, traits
from scraper_backend.scraping.labels import without_brackets

MOST_ELEMENTS: Final = 40_000
MOST_NAMES: Final = 4_000
SHORTEST_NAME: Final = 3
"""A page with more is hostile or a whole catalogue."""

_UNSEEN: Final = "script,style,template,noscript,head,iframe,object,svg,math,select,option,textarea"
_APART: Final = (
    "nav,footer,aside,dialog,[role=navigation],[role=contentinfo],[role=dialog],[role=search],[hidden],"
    "[aria-modal=true]"
)
_NAMING: Final = (
    "class",
    "id",
    "data-testid",
    "data-test",
    "data-test-id",
    "data-qa",
    "data-hook",
    "data-automation-id",
    "data-automation",
    "data-auto",
    "data-auto-id",
    "data-cy",
    "data-e2e",
    "data-tid",
    "data-qaid",
    "data-qa-id",
    "data-qa-action",
    "data-selenium",
)
"""What programmers and their testers call an element by."""
_NAMED: Final = ",".join(f"[{name}]" for name in (*_NAMING, "itemprop", "style"))
_APART_TRAITS: Final = frozenset(("chrome", "menu", "hidden", "review"))
_NOT_DRAWN: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text without markup, and the element that holds it."""

    text: str
    node: Node
    index: int


@dataclass
class Scene:
    """A page as it looks.  named: elements whose names say something, with what they say."""

    document: Document
    named: list[tuple[Node, Traits]] = field(default_factory=list)
    apart: set[object] = field(default_factory=set)
    anchor: Node | None = None
    title: str = ""
    above: list[Node] = field(default_factory=list)
    """The elements that contain the anchor, innermost first."""

    @classmethod
    @lru_cache(maxsize=1)
    def of(cls, document: Document) -> Scene:
        """The scene of a page; of the same page in a row it is made once, for all who look at it."""
        scene = cls(document)
        scene._name()
        scene._find_anchor()
        scene._set_apart()
        return scene

    # ── Names ──

    def _name(self) -> None:
        nodes = self.document.tree.select(_NAMED)[:MOST_ELEMENTS]
        for node in nodes:
            names = _names(node)
            said = traits(names) if len(names) < 600 else frozenset()
            if said or node.attr("itemprop") or node.attr("style"):
                self.named.append((node, said))

    def having(self, *traits: str) -> Iterator[tuple[Node, Traits]]:
        """Named elements in sight that have one of these traits."""
        wanted = set(traits)
        for node, said in self.named:
            if said & wanted and node not in self.apart:
                yield node, said

    def traits_of(self, node: Node) -> Traits:
        """What the names of one element say."""
        names = _names(node)
        return traits(names) if 0 < len(names) < 600 else frozenset()

    # ── The anchor ──

    def _find_anchor(self) -> None:
        window = self.document.first("title")
        said = plain(window.text, longest=600).casefold() if window is not None else ""
        ranked = sorted(self._headings(said), key=lambda item: -item[0])
        ranked = ranked or list(self._of_window(said))
        if ranked:
            _, self.anchor, self.title = ranked[0]
            self.above = list(elements_above(self.anchor))

    def _headings(self, window: str) -> Iterator[tuple[float, Node, str]]:
        """Everything that may be the product's heading, with how much speaks for it."""
        tree = self.document.tree
        candidates = [(3.0, node) for node in tree.select("h1")[:8]]
        candidates += [(2.5, node) for node in tree.select("[itemprop=name]")[:8]]
        candidates += [
            (1.5, node) for node, said in self.named if "title" in said and node.tag not in _NO_TITLE
        ][:8]
        for worth, node in candidates:
            text = plain(node.attr("content") or self._words_of(node), longest=600)
            if not 2 <= len(text) <= 500 or node.tag == "meta" or _is_in(node, _LOGO) or _leads_home(node):
                continue
            is_of_window = text.casefold() in window
            score = worth + 2 * is_of_window - 4 * bool(captions.MANY.search(text))
            score += "title" in self.traits_of(node)
            if score < 2 or self._is_drawn_apart(node) or not (is_of_window or self._is_alone(node)):
                continue
            yield score, node, text

    def _is_alone(self, heading: Node) -> bool:
        """Whether no other headings are of its kind: in a list each product has one."""
        if heading.tag == "h1":
            return True
        kind = (heading.tag, heading.attr("class") or "")
        root = self.document.tree.root
        named = root.iter_elements(heading.tag) if root is not None else ()  # no selector can ask for `<h,`
        alike = (node for node in islice(named, MOST_NAMES) if node is not heading)
        return sum((node.tag, node.attr("class") or "") == kind for node in alike) < _LIST

    def _of_window(self, window: str) -> Iterator[tuple[float, Node, str]]:
        """The first element whose own words are how the window's title begins; where nothing is a heading.

        A heading may go on with the code, or say what stands behind the shop's name in the window's title.
        """
        shop = {plain(node.text, longest=600).casefold() for node in self.document.tree.select("h1")[:8]}
        names = [part.strip() for part in _SEPARATED.split(window)]
        said = tuple(name for name in names if len(name) >= SHORTEST_NAME and name not in shop)
        for node in self.document.tree.select("h2,h3")[:8] if said else ():
            whole = plain(self._words_of(node), longest=600)
            for text in (whole, without_brackets(whole)[0]):
                if text.casefold() in said and not self._is_drawn_apart(node):
                    yield 1.5, node, text
                    return
        name = names[0]
        for node in self.document.tree.select(_MAY_NAME)[:MOST_NAMES] if len(name) >= SHORTEST_NAME else ():
            own = " ".join(child.data for child in node.children if isinstance(child, TextNode))
            text = plain(own, longest=600)
            if text.casefold() == name and not self._is_drawn_apart(node):
                yield 1.0, node, text
                return

    def _words_of(self, heading: Node) -> str:
        """What a heading says before the code that some shops print in it."""
        said: list[str] = []
        for here in heading.descendants if self._coded else ():
            if here in self._coded:
                break
            if isinstance(here, TextNode):
                said.append(here.data)
        return "".join(said) if "".join(said).strip() else heading.text

    @cached_property
    def _coded(self) -> set[Node]:
        return {node for node, said in self.named if "code" in said and "title" not in said}

    def _is_drawn_apart(self, node: Node) -> bool:
        """Whether it is of a menu or hidden; an aside with the page's only heading is the page."""
        frames = _FRAMES if self._is_only(node) else _FRAMES | {"aside"}
        return any(self._says_apart(above) or above.tag in frames for above in (node, *elements_above(node)))

    def _is_only(self, heading: Node) -> bool:
        return heading.tag == "h1" and len(self.document.tree.select("h1")[:2]) == 1

    # ── What is not the product ──

    def _says_apart(self, node: Node) -> bool:
        said = self.traits_of(node)
        if "hidden" in said or ("chrome" in said and not self._holds_page(node)):
            return True
        style = node.attr("style")
        return bool(style) and _NOT_DRAWN.search(style or "") is not None

    def _set_apart(self) -> None:
        """Marks everything in menus, carts, recommendations and hidden parts; never what holds the anchor."""
        kept = set(self.above)
        for node in (*self._roots_apart(), *self._other_products(kept)):
            if node not in kept and node is not self.anchor and node not in self.apart:
                self.apart.add(node)
                self.apart.update(node.descendants)

    def _roots_apart(self) -> Iterator[Node]:
        tree = self.document.tree
        yield from tree.select(_UNSEEN)
        yield from tree.select(_APART)
        yield from tree.select("header")
        for node, said in self.named:
            is_frame = "chrome" in said and "hidden" not in said and self._holds_page(node)
            is_apart = said & _APART_TRAITS or _NOT_DRAWN.search(node.attr("style") or "")
            if is_apart and not is_frame and node.tag not in ("html", "body", "main"):
                yield node

    def _holds_page(self, node: Node) -> bool:
        """Whether most of the page is in it: `off-canvas-wrap` is the page that a menu pushes aside."""
        return node.select_one("h1") is not None and 2 * len(node.text) > self._length

    @cached_property
    def _length(self) -> int:
        root = self.document.tree.root
        return len(root.text) if root is not None else 0

    def _other_products(self, kept: set[Node]) -> Iterator[Node]:
        """What stands under a heading such as "You may also like"."""
        for heading in self.document.tree.select(
            "h2,h3,h4,h5,h6,[class*=title],[class*=heading],[role=heading]"
        )[:400]:
            text = heading.text.strip()
            if not 5 <= len(text) <= 60 or heading in kept or heading is self.anchor:
                continue
            match = captions.OTHERS.match(text)
            if match is None or len(text) - match.end() > 25:
                continue
            alone = heading
            while (
                isinstance(alone.parent, Node)
                and alone.parent not in kept
                and alone.parent.text.strip() == text
            ):
                alone = alone.parent
            if isinstance(alone.parent, Node) and alone.parent not in kept:
                yield alone.parent
            else:
                yield from (
                    node for node in alone.next_siblings if isinstance(node, Node) and node not in kept
                )

    # ── Text ──

    @cached_property
    def runs(self) -> list[Run]:
        """Every stretch of text in sight, in order."""
        body = self.document.tree.root
        found: list[Run] = []
        for node in body.descendants if body is not None else ():
            if not isinstance(node, TextNode) or node in self.apart:
                continue
            text = node.data.strip()
            parent = node.parent
            if text and isinstance(parent, Node):
                line = " ".join(text[:1000].split())
                found.append(Run(line if line.isascii() else plain(line), parent, len(found)))
                if len(found) >= MOST_ELEMENTS:
                    break
        return found

    # ── Places ──

    @cached_property
    def _levels(self) -> dict[Node, int]:
        return levels(self.above)

    def distance(self, node: Node) -> int:
        """How many levels above the anchor the element stands that contains both."""
        levels = self._levels
        for above in (node, *elements_above(node)):
            if above in levels:
                return levels[above]
        return 30

    @cached_property
    def _cards(self) -> dict[Node, bool]:
        return {}

    def is_card(self, node: Node) -> bool:
        """Whether something belongs to another product: one of several alike, or one with a linked name."""
        for above in (node, *elements_above(node)):
            if above in self._levels:
                return False
            if above not in self._cards:
                self._cards[above] = self._is_one_of_many(above) or self._names_another(above)
            if self._cards[above]:
                return True
        return False

    @cached_property
    def _sold_apart(self) -> dict[tuple[Node, str, str], bool]:
        """Which of the groups alike are of products: two of them have a link, a picture or a button."""
        return {}

    @cached_property
    def _alike(self) -> dict[tuple[Node, str, str], set[Node]]:
        """Siblings with the same tag and class that hold a price each, outside what holds the anchor."""
        groups: dict[tuple[Node, str, str], set[Node]] = defaultdict(set)
        seen: set[Node] = set()
        priced = [node for node, _ in self.having("price")] + [run.node for run in self.money_runs]
        for node in priced:
            for above in (node, *elements_above(node)):
                if above in self._levels or above in seen:
                    break
                seen.add(above)
                parent = above.parent
                if isinstance(parent, Node):
                    groups[parent, above.tag, above.attr("class") or ""].add(above)
        return groups

    @cached_property
    def money_runs(self) -> list[Run]:
        """Runs that hold a figure beside a currency."""
        return [run for run in self.runs if len(run.text) <= 120 and _MONEY.search(run.text)]

    def near(self) -> list[Run]:
        """The runs about the heading: some before it, the screen below it."""
        anchor = self.anchor
        heading = next(
            (
                run.index
                for run in self.runs
                if run.node == anchor or anchor in list(elements_above(run.node))[:4]
            ),
            0,
        )
        return self.runs[max(0, heading - 10) : heading + 80]

    def _is_one_of_many(self, node: Node) -> bool:
        parent = node.parent
        if not isinstance(parent, Node) or self._is_layout(node):
            return False
        group = (parent, node.tag, node.attr("class") or "")
        if group not in self._sold_apart:
            things = filter(_is_thing, self._alike.get(group, ()))
            self._sold_apart[group] = sum(1 for _ in islice(things, 2)) > 1
        return self._sold_apart[group] and node in self._alike[group] and (group[2] != "" or _is_thing(node))

    def _is_layout(self, node: Node) -> bool:
        """Whether what holds the anchor is called alike: rows of the page's layout, and not cards."""
        holder = next((one for one in self._levels if one.parent == node.parent), None)
        if holder is None or holder.tag != node.tag:
            return False
        mine, its = (set((one.attr("class") or "").split()) for one in (node, holder))
        return mine == its or bool(mine and its and (mine <= its or its <= mine))

    def _names_another(self, node: Node) -> bool:
        """A linked heading that is not this product's: a card, even when it is the only one.

        A product's own box has links in its headings too, to its brand or a table of sizes; but a card is
        short and begins with its name, or its picture leads where its name leads.
        """
        if node.tag in ("tr", "td", "th", "dd", "dt", "span", "p"):
            return False
        for heading in node.select(_LINKED_NAME)[:3]:
            text = plain(heading.text, longest=600).casefold()
            if text and text not in self.title.casefold() and self.title.casefold() not in text:
                return _is_card_of(heading, node)
        return False


_FRAMES: Final = frozenset(("nav", "footer"))
_LINKED_NAME: Final = (
    "h2 a[href],h3 a[href],h4 a[href],h5 a[href],a[href] h2,a[href] h3,a[href] h4,"
    "a[href][class*=title],a[href][class*=name]"
)
_LIST: Final = 3
"""So many others of its kind, and a heading is one of a list's."""
_LONGEST_CARD: Final = 240
_LONGEST_BADGE: Final = 30
"""What stands before a card's name: "New", "Sale −20 %"."""
_THING: Final = "a,img,h2,h3,h4,button,form"
_FRONT_PAGE: Final = re.compile(r"(?:https?://[^/?#]+)?(?:\./|/)?(?:index\.\w{2,5}|home)?/?", re.IGNORECASE)
_MAY_NAME: Final = "h2,h3,h4,div,span,p,strong,b,td"
_SEPARATED: Final = re.compile(r"\s*[|»]\s*|\s+(?:[–—/•·:>«-]|::)\s+")
_NO_TITLE: Final = words("input meta img option select button form section article ul table")
_LOGO: Final = re.compile(r"(?<![a-z])(?:logo|site-?title|brand-?logo|navbar-brand)(?![a-z])", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"\d[\s]?(?:[€$£¥₹₽₺₴₩₪฿₫円元]|(?:zł|Kč|kr|Ft|lei|лв|руб|грн|CHF|EUR|USD|GBP|SEK|NOK"
    r"|DKK|PLN|CZK|HUF|RON|TL)\b)|[,.]\d{2}\s?(?:€|zł|Kč|kr|Ft|lei|лв)"
    r"|(?:[€$£¥₹₽₺₴₩₪฿₫]|\b(?:CHF|EUR|USD|GBP|SEK|NOK|DKK|PLN|CZK|HUF|RON|Rs\.?|kr\.?|R\$"
    r"|RM|Rp))\s?\d|\d,-|\d,–|:-|(?<![\w.,])\d{1,2}p(?!\w)"
    r"|^(?:[€$£¥₹₽₺₴₩₪฿₫]|[A-Z]{1,3}\$|zł|Kč|kr\.?|Ft|lei|CHF|EUR|USD|GBP|Rs\.?)$"
)


def _names(node: Node) -> str:
    return " ".join(filter(None, map(node.attr, _NAMING)))


def _is_thing(node: Node) -> bool:
    """Whether it has what a card of a product has: a link, a picture, a heading or a button."""
    return node.tag == "a" or node.select_one(_THING) is not None


def elements_above(node: Node) -> Iterator[Node]:
    """What contains an element, innermost first."""
    parent = node.parent
    while isinstance(parent, Node):
        yield parent
        parent = parent.parent


def _is_card_of(heading: Node, box: Node) -> bool:
    """Whether a box with a linked heading is a card: short and named first, or pictured with that link."""
    link = heading if heading.tag == "a" else heading.closest("a[href]")
    href = link.attr("href") if link is not None else None
    if not href or href.startswith(("#", "javascript:")):
        return False
    pictures = (image.closest("a[href]") for image in box.select("a[href] img")[:20])
    if any(picture is not None and picture.attr("href") == href for picture in pictures):
        return True
    text, name = plain(box.text, longest=600), plain(heading.text, longest=600)
    before = text.partition(name)[0]
    return len(text) <= _LONGEST_CARD and len(before) <= _LONGEST_BADGE and not _MONEY.search(before)


def levels(above: Iterable[Node]) -> dict[Node, int]:
    """How far away each of the elements around something is; a table's rows and cells are one with it."""
    found: dict[Node, int] = {}
    level = 0
    for node in above:
        found[node] = level
        level += node.tag not in _OF_TABLES
    return found


_OF_TABLES: Final = words("td th tr tbody thead tfoot")


def _leads_home(heading: Node) -> bool:
    """Whether a heading is nothing but the link to the shop's front page: its name, not a product's."""
    link = heading.select_one("a[href]") or heading.closest("a[href]")
    if link is None or link.text.strip() != heading.text.strip():
        return False
    href = link.attr("href") or ""
    return href != "" and _FRONT_PAGE.fullmatch(href) is not None


def _is_in(node: Node, names: re.Pattern[str]) -> bool:
    return any(names.search(_names(above)) for above in (node, *elements_above(node)))
