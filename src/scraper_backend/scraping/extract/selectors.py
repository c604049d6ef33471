"""A configuration's selectors: where a person says that a value stands.

Tried in the order of writing; the first that yields something is believed.  A selector that cannot be
read is a fault of the configuration and is told as one (`BadSelector`), never an exception of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

import regex

from scraper_backend.core.selector import Selector, is_xpath
from scraper_backend.scraping import clean
from scraper_backend.scraping.document import Document, Node, node_text
from scraper_backend.scraping.extract import jsonpath, lenient, scripts
from scraper_backend.scraping.extract.scripts import Scripts
from scraper_backend.scraping.extract.types import Claim
from scraper_backend.scraping.extract.visible.line import price_line

REGEX_SECONDS: Final = 0.2
"""How long one regular expression may take with one text; a page must not be able to stop the runner."""

_REGEX_LENGTH: Final = 200_000
_MAX_NODES: Final = 500
_MAX_TEXT: Final = 1_000_000
_TEXT: Final = frozenset(("text", "textcontent", "innertext"))
_IMAGE_SOURCES: Final = (
    "data-zoom-image", "data-large_image", "data-src", "data-lazy-src", "data-original", "data-srcset",
    "srcset", "src", "href", "content",
)  # fmt: skip


Found = TypeVar("Found")


class BadSelector(ValueError):
    """A selector, path or expression that cannot be read, in words for whoever wrote it."""


class Match(NamedTuple):
    """What one selector found: its raw values and how it may be told."""

    values: tuple[object, ...]
    where: str


def read(document: Document, selector: Selector, kind: str, data: Callable[[], JsonData]) -> Match | None:
    """What a selector finds on the page, or None.  Raises `BadSelector`.

    data: all the JSON of the page, when a `json_path` wants it.
    """
    if selector.json_path is not None:
        found, where = data().find(selector.json_path)
        values: Iterable[object] = found
    else:
        where = f"{selector.selector}@{selector.attribute}" if selector.attribute else selector.selector or ""
        if _wants_one(selector) and (said := _first(document, selector, kind)):
            return Match((said,), where)
        values = _from_page(document, selector, kind)
    if selector.regex is not None:
        values = _through(selector.regex, values)
    chosen = _chosen(selector, (value for value in values if value not in ("", None)))
    return Match(chosen, where) if chosen else None


def _wants_one(selector: Selector) -> bool:
    return not (selector.multiple or selector.regex is not None or selector.join is not None)


def _first(document: Document, selector: Selector, kind: str) -> str | None:
    """What the first element says, which nearly always is the answer."""
    text = selector.selector or ""
    if is_xpath(text):
        found = next(iter(_readable(document.xpath, text)), None)
    else:
        found = _readable(document.first, text)
    return None if found is None else _value(found, selector, kind)


def _chosen(selector: Selector, values: Iterator[object]) -> tuple[object, ...]:
    """The first value, all of them, or all as one text; what nobody asked for is not read."""
    if selector.join is not None:
        whole = selector.join.join(text for text in map(_as_text, values) if text)
        return (whole,) if whole else ()
    return tuple(values) if selector.multiple else tuple(islice(values, 1))


def _as_text(value: object) -> str:
    return clean.text(value) or "" if not isinstance(value, str) else " ".join(value.split())


# ── CSS and XPath ──────────────────────────────────────────────────────────────────────────────────


def _from_page(document: Document, selector: Selector, kind: str) -> Iterator[object]:
    """The value of each element, until more has been read than a field could hold.

    Elements that are nested in each other by the hundred have the same text each, of the whole page.
    """
    left = _MAX_TEXT
    for value in _values(document, selector, kind):
        yield value
        left -= len(value) if isinstance(value, str) else 0
        if left < 0:
            return


def _values(document: Document, selector: Selector, kind: str) -> Iterator[str | None]:
    for found in _nodes(document, selector):
        yield _value(found, selector, kind)


def _value(found: Node | str, selector: Selector, kind: str) -> str | None:
    """What was found, as the raw value of a field of this kind."""
    if isinstance(found, str):
        return found.strip()
    if _asks_for_lines(selector):
        return clean.html_text(found.html)
    if selector.attribute is not None and not (kind == "price" and _asks_for_text(selector)):
        return attribute(found, selector.attribute)
    return natural_value(found, kind)


def _asks_for_lines(selector: Selector) -> bool:
    """Whether a regular expression on the text speaks of line ends: `Brand: ([^\\n]+)`."""
    return "\\n" in (selector.regex or "") and (selector.attribute is None or _asks_for_text(selector))


def _asks_for_text(selector: Selector) -> bool:
    """Whether the attribute is what older configurations call the text; a price's is read as a price's."""
    return (selector.attribute or "").lower() in _TEXT


def _nodes(document: Document, selector: Selector) -> Iterator[Node | str]:
    """What the selector finds, the first of it before the page is searched to its end.

    One value is wanted most often, and an element near the first has it.
    """
    text = selector.selector or ""
    start = 0
    if not (selector.multiple or selector.join is not None or is_xpath(text)):
        first = _readable(document.first, text)
        if first is None:
            return
        yield first
        start = 1
    yield from islice(nodes(document, text), start, _MAX_NODES)


def nodes(document: Document, selector: str) -> list[Node | str]:
    """What CSS or XPath finds.  Raises `BadSelector`."""
    if is_xpath(selector):
        return _readable(document.xpath, selector)
    return list(_readable(document.css, selector))


def _readable(find: Callable[[str], Found], selector: str) -> Found:
    try:
        return find(selector)
    except ValueError as error:
        raise BadSelector(f"{selector!r} cannot be read: {error}") from None


def attribute(node: Node, name: str) -> str | None:
    """An attribute, or what older configurations called one: `text`, `textContent`, `innerHTML`, …"""
    value = node.attr(name)
    if value is None:
        return _older_name(node, name.lower())
    if name == "src" and (not value or value.startswith("data:")):
        return _later_source(node) or value
    return value.strip()


_LATER_SOURCES: Final = ("data-src", "data-lazy-src", "data-original")
"""Where a picture waits that is loaded when it comes into view."""


def _later_source(node: Node) -> str | None:
    return next((source for key in _LATER_SOURCES if (source := node.attr(key))), None)


def _older_name(node: Node, name: str) -> str | None:
    """What stands under a name that the element has no attribute of, written as it is."""
    if name in _TEXT:
        return node_text(node)
    if name in ("html", "innerhtml"):
        return node.inner_html
    if name == "outerhtml":
        return node.html
    if name == "src" and (later := _later_source(node)):
        return later
    value = node.attr(name)
    return value.strip() if value else value


def natural_value(node: Node, kind: str) -> str | None:
    """What an element says by itself: a picture its source, a link its target, a field its value."""
    if kind == "image":
        return _picture(node)
    if kind == "url":
        return node.attr("href") or node.attr("content") or node.attr("src") or node_text(node)
    if kind == "html":
        return node.attr("content") if node.tag == "meta" else node.inner_html
    if kind == "price" and any(isinstance(child, Node) for child in node.children):
        # the cents may be raised and the old price struck out, all inside of what was selected
        return price_line(node) or _said_by_text(node)
    said: str | None = _SAID.get(node.tag, _said_by_text)(node)
    return said


def _said_by_text(node: Node) -> str | None:
    return node_text(node) or node.attr("content") or _said_by_picture(node)


def _said_by_picture(node: Node) -> str | None:
    """A brand is often a logo and nothing else: what it says to those who cannot see it."""
    drawn = node.select_one("img[alt], svg title")
    if drawn is None:
        return node.attr("aria-label")
    return drawn.attr("alt") if drawn.tag == "img" else node_text(drawn) or drawn.text.strip()


def _said_by_select(node: Node) -> str | None:
    options = node.select("option[selected]") or node.select("option")
    return node_text(options[0]) if options else None


_SAID: Final[Mapping[str, Any]] = {
    "meta": lambda node: node.attr("content"),
    "link": lambda node: node.attr("href"),
    "input": lambda node: node.attr("value"),
    "data": lambda node: node_text(node) or node.attr("value"),
    "img": lambda node: node.attr("alt"),
    "script": lambda node: node.text,
    "style": lambda node: node.text,
    "select": _said_by_select,
}


def _picture(node: Node) -> str | None:
    inner = (
        node if node.tag in ("img", "a", "source", "meta", "link") else node.select_one("img, source") or node
    )
    for name in _IMAGE_SOURCES:
        value = inner.attr(name)
        if value and not value.startswith("data:"):
            return clean.largest(value) if name.endswith("srcset") else value
    return None


# ── Regular expressions ────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=512)
def _expression(pattern: str) -> Any:
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise BadSelector(f"{pattern!r} is no regular expression: {error}") from None


def _through(pattern: str, found: Iterable[object]) -> Iterator[object]:
    """The first group of the first match in each text, or all of the match."""
    expression = _expression(pattern)
    for value in found:
        text = value if isinstance(value, str) else _as_text(value)
        try:
            match = expression.search(text[:_REGEX_LENGTH], timeout=REGEX_SECONDS)
        except TimeoutError:
            continue
        if match:
            yield next((group for group in match.groups() if group is not None), match.group())


# ── JSON ───────────────────────────────────────────────────────────────────────────────────────────


class JsonData:
    """All the JSON of a page, decoded when the first `json_path` asks for it."""

    def __init__(self, document: Document, inline: Scripts) -> None:
        self._document = document
        self._inline = inline
        self._roots: list[tuple[str, object]] | None = None

    @property
    def roots(self) -> list[tuple[str, object]]:
        """Every JSON value of the page with its name: JSON-LD first, then the others as they stand."""
        if self._roots is None:
            linked = [
                (f"json-ld[{index}]", value)
                for index, text in enumerate(self._inline.ld)
                for value in lenient.loads(text)
            ]
            self._roots = [*linked, *scripts.states(self._document, self._inline)]
        return self._roots

    def find(self, text: str) -> tuple[list[object], str]:
        """What a path leads to, in the first JSON value where it leads anywhere.  Raises `BadSelector`."""
        try:
            path = jsonpath.compiled(text)
            for name, root in self.roots:
                inside = _after_name(text, name)
                found = (jsonpath.compiled(inside) if inside else path).find(root)
                found = found or _among_items(path, root)
                if found:
                    return _spread(found), f"{name} {text}"
        except ValueError as error:
            raise BadSelector(str(error)) from None
        return [], text


def _after_name(path: str, name: str) -> str:
    """`__NEXT_DATA__.props.x` in the script of that name is `props.x`."""
    last = re.split(r"[\s#]|script", name)[-1].removeprefix("window.")
    plain = path.removeprefix("$").lstrip(".#").removeprefix("window.").removeprefix("script#")
    return plain[len(last) :] if last and plain.startswith((f"{last}.", f"{last}[")) else ""


def _among_items(path: jsonpath.Path, root: object) -> list[object]:
    """JSON-LD may be a list of items, or a `@graph` of them: the path is tried in each."""
    items = root.get("@graph") if isinstance(root, Mapping) else root
    if not isinstance(items, list) or path.text.lstrip().startswith(("$[", "[")):
        return []
    return next((found for item in items[:200] if (found := path.find(item))), [])


def _spread(found: list[object]) -> list[object]:
    """A path that leads to one list leads to what is in it."""
    return list(found[0]) if len(found) == 1 and isinstance(found[0], list) else found


def claim(match: Match, *, several: bool) -> Claim:
    """The match as a raw value of a field."""
    return Claim(list(match.values) if several else match.values[0], match.where)
