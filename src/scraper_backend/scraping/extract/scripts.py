"""The scripts of a page, sorted by what is in them; and the values that shops put into them.

`Scripts` is made once a page.  `states` decodes what a script assigns or passes: `window.X = {…}`,
`dataLayer.push({…})`, `JSON.parse("…")`, Nuxt's call with arguments, the streams of Next
and React Router.  Nothing is run.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from propcache.api import cached_property

from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract import lenient, pools

Named = tuple[str, Any]
"""Where a value stands, and the value."""

BUDGET_S: Final = 0.25
"""All the scripts of a page together are read for so long at most."""

_MAX_VALUES: Final = 200
_JSON_TYPES: Final = ("json", "x-magento-init")
_CODE_TYPES: Final = ("", "module", "text/javascript", "application/javascript", "text/ecmascript")
_OPENING = re.compile(
    r"""(?P<name>[\w$.\]\["'-]{0,80}?)["']?\s*(?:=|:|\(|,|\|\|)\s*(?=\{\s*["'`\w$}]|\[\s*["'{\[\d-])"""
)
_LITERAL = re.compile(r"""\{\s*(?:["'`]?[\w$@./ -]+["'`]?\s*:|\})|\[\s*[\["'{\d\-\]]""")
_PARSE = re.compile(r"""(?:JSON\.parse|decodeURIComponent|atob)\(\s*(?=["'`])""")
_NEXT = re.compile(r"""__next_f\.push\(\s*(?=\[)""")
_ENQUEUE = re.compile(r"""streamController\.enqueue\(\s*(?=["'])""")
_NUXT = re.compile(r"""(?P<name>__NUXT__)\s*=\s*\(?\s*function\s*\((?P<names>[\w$,\s]*)\)\s*\{\s*return\s*""")
_KEPT = re.compile(r"""\$R\[\d{1,6}\]=""")
_KEPT_BEFORE = re.compile(r"""\$R\[\d{1,6}\]""")
_PRICE_WORDS: Final = ("rice", "PRICE", "mount", "preis", "prix", "cost", "ecommerce", "product", "urrency")
_WANTED: Final = (*_PRICE_WORDS, "streamController")
_HOLDS_JSON: Final = re.compile(r"""=(?:'[\[{]|"[\[{](?:&quot;|&\#34;|\{|\[))""")
_NAME_BEFORE: Final = re.compile(r"\s([\w:@.-]{3,60})$")
_MAX_ATTRIBUTES: Final = 200


class Scripts:
    """The inline scripts of a page, each in its place; a kind of them is read when somebody asks for it.

    Most pages are read by their JSON-LD alone, and the others are the larger part of many a page.
    """

    def __init__(self, document: Document) -> None:
        self._nodes = [
            (index, (node.attr("type") or "").strip().lower(), node)
            for index, node in enumerate(document.css("script"))
        ]

    @cached_property
    def ld(self) -> Sequence[str]:
        """JSON-LD."""
        return [node.text for _, kind, node in self._nodes if "ld+json" in kind]

    @cached_property
    def data(self) -> Sequence[tuple[str, str]]:
        """Other JSON, by selector."""
        found = []
        for index, kind, node in self._nodes:
            if "ld+json" not in kind and any(word in kind for word in _JSON_TYPES):
                name = node.attr("id")
                found.append((f"script#{name}" if name else f"script[{index}]", node.text))
        return found

    @cached_property
    def code(self) -> Sequence[tuple[str, str]]:
        """The scripts that mention a price, and every piece of a stream: the places in it count them all."""
        texts = (
            (f"script[{index}]", node.text)
            for index, kind, node in self._nodes
            if kind.partition(";")[0] in _CODE_TYPES and node.attr("src") is None
        )
        return [(where, text) for where, text in texts if any(word in text for word in _WANTED)]


def states(document: Document, scripts: Scripts) -> Iterator[Named]:
    """Every value that the page's scripts and data attributes hold, in the order of the page."""
    stop = time.perf_counter() + BUDGET_S
    for index, named in enumerate(_all(document, scripts)):
        yield named
        if index >= _MAX_VALUES or time.perf_counter() > stop:
            return


def _all(document: Document, scripts: Scripts) -> Iterator[Named]:
    for selector, text in scripts.data:
        for value in lenient.loads(text):
            yield selector, pools.tree(value) if pools.is_pool(value) else value
    yield from _attributes(document)
    pushed: list[str] = []
    enqueued: list[str] = []
    for selector, text in scripts.code:
        if "__next_f" in text:
            pushed.extend(_next_parts(text))
        elif "streamController" in text:
            enqueued.extend(_router_parts(text))
        else:
            yield from values_in(text, selector)
    if pushed:
        yield from _next_values("".join(pushed))
    if enqueued:
        yield "streamController", pools.streamed("".join(enqueued))


def values_in(text: str, selector: str) -> Iterator[Named]:
    """What one script assigns, passes or parses."""
    nuxt = _NUXT.search(text)
    if nuxt:
        yield from _nuxt(text, nuxt, selector)
        return
    text = _without_places(text)
    yield from _parsed(text, selector)
    at = 0
    stop = time.perf_counter() + BUDGET_S
    while (match := _OPENING.search(text, at)) is not None:
        at = match.end()
        try:
            value, at = _read_at(text, at)
        except lenient.Unreadable:
            if time.perf_counter() > stop:
                return
            continue
        if value:
            yield f"{selector} {match['name'].strip(' .')}".strip(), value


def _without_places(text: str) -> str:
    """TanStack and Solid write `$R[1]={…}`, to say `$R[1]` when the same comes again; it was read then."""
    return _KEPT_BEFORE.sub("null", _KEPT.sub("", text)) if "$R[" in text else text


def _read_at(text: str, at: int) -> tuple[Any, int]:
    if not _LITERAL.match(text, at):
        raise lenient.Unreadable("code")
    return lenient.literal_at(text, at)


def _parsed(text: str, selector: str) -> Iterator[Named]:
    """`JSON.parse("…")`, and JSON that was percent-encoded."""
    stop = time.perf_counter() + BUDGET_S
    for match in _PARSE.finditer(text):
        if time.perf_counter() > stop:
            return
        try:
            inner, _ = lenient.literal_at(text, match.end())
        except lenient.Unreadable:
            continue
        if isinstance(inner, str) and "%22" in inner:
            inner = unquote(inner)
        if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
            for value in lenient.loads(inner):
                yield f"{selector} JSON.parse", value


def _attributes(document: Document) -> Iterator[Named]:
    """JSON in attributes, such as WooCommerce's variations and what Vue's components are given."""
    present = list(dict.fromkeys(_holding(document.markup)))
    if not present:
        return
    for node in document.css(",".join(f"[{_quoted(name)}]" for name in present))[:_MAX_VALUES]:
        for name in present:
            text = (node.attr(name) or "").strip()
            if text[:1] in ("{", "[") and len(text) > 2:
                for value in lenient.loads(text if '"' in text else html.unescape(text)):
                    yield f"[{name}]", pools.without_kinds(value) if name == "props" else value


def _holding(markup: str) -> Iterator[str]:
    """The names of attributes whose values begin as JSON does."""
    for match in islice(_HOLDS_JSON.finditer(markup), _MAX_ATTRIBUTES):
        name = _NAME_BEFORE.search(markup[max(0, match.start() - 62) : match.start()])
        if name:
            yield name[1].lower()


def _quoted(name: str) -> str:
    """An attribute's name as CSS has it: `:product` is `\\:product`."""
    return re.sub(r"([^\w-])", r"\\\1", name)


# ── Nuxt, Next and React Router ────────────────────────────────────────────────────────────────────


def _nuxt(text: str, match: re.Match[str], selector: str) -> Iterator[Named]:
    """Nuxt 2: `window.__NUXT__=(function(a,b){return {…a…}}("x",1))`."""
    names = [name.strip() for name in match["names"].split(",") if name.strip()]
    call = text.rfind("}(", match.end())
    try:
        values, _ = lenient.literal_at("[" + text[call + 2 : _last_bracket(text)] + "]", 0)
        given = dict(zip(names, values, strict=False)) if call > 0 else {}
        value, _ = lenient.literal_at(text, match.end(), names=given or {"": None})
    except lenient.Unreadable:
        return
    yield f"{selector} {match['name']}", value


def _last_bracket(text: str) -> int:
    return len(text.rstrip("; \n\r\t)"))


def _next_parts(text: str) -> Iterator[str]:
    """Next's app router: pieces of one stream, each the second item of a pushed list."""
    for pushed in _given(text, _NEXT):
        if isinstance(pushed, list) and len(pushed) > 1 and isinstance(pushed[1], str):
            yield pushed[1]


def _router_parts(text: str) -> Iterator[str]:
    """React Router: pieces of one stream, each a text."""
    return (piece for piece in _given(text, _ENQUEUE) if isinstance(piece, str))


def _given(text: str, call: re.Pattern[str]) -> Iterator[Any]:
    """What each call in a script is given."""
    stop = time.perf_counter() + BUDGET_S
    for match in call.finditer(text):
        if time.perf_counter() > stop:
            return
        try:
            yield lenient.literal_at(text, match.end())[0]
        except lenient.Unreadable:
            continue


def _next_values(stream: str) -> Iterator[Named]:
    for line in stream.split("\n"):
        name, _, rest = line.partition(":")
        start = min((place for place in (rest.find("{"), rest.find("[")) if place >= 0), default=-1)
        if start < 0 or len(name) > 8 or not any(word in rest for word in _PRICE_WORDS):
            continue
        try:
            yield f"__next_f {name}", json.JSONDecoder(strict=False).raw_decode(rest, start)[0]
        except (ValueError, RecursionError):
            continue
