"""One parsed page: CSS, XPath and text over the tree a browser would have built.

The only module that knows the HTML engine.  Elements are the engine's own; the house uses of them
`tag`, `attr(name)`, `attrs`, `text`, `inner_html`, `html`, `parent`, `children`, `descendants`,
`iter_elements(tags)`, `next_sibling`, `previous_sibling`, `closest(css)`, `matches(css)`, `css_path()`.
Made by `Page.document`; read by extract, verdict and search.
"""

from __future__ import annotations

import re
from typing import Any, Final

import turbohtml
from propcache.api import cached_property
from turbohtml import Element as Node
from turbohtml import Text as TextNode

from scraper_backend.scraping import axes, saying

__all__ = ["Document", "Node", "TextNode", "node_text"]

UNSEEN: Final = frozenset(
    ("script", "style", "template", "noscript", "head", "iframe", "object", "svg", "math")
)
"""Elements whose text a reader of the page does not see as text."""

_BREAKING: Final = frozenset(
    re.findall(
        r"\w+",
        """address article aside blockquote br button dd details dialog div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol option p pre section select
        summary table tbody td tfoot th thead tr ul""",
    )
)

_LAID_OUT: Final = ", ".join(sorted(UNSEEN | _BREAKING))
"""What makes the text of an element differ from the texts in it, one after the other."""


class Document:
    """A page as a browser with scripts on would see it before any script ran."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    @cached_property
    def tree(self) -> turbohtml.Document:
        """The engine's own document.

        Scripting counts as on: otherwise the image of a tracker's `<noscript>` in the head would open
        the body early, and every position that a person copied from the developer tools would be off.
        """
        return turbohtml.parse(self.markup, positions=False, scripting=True)

    @cached_property
    def _tree_without_scripting(self) -> turbohtml.Document:
        return turbohtml.parse(self.markup, positions=False, scripting=False)

    def css(self, selector: str) -> list[Node]:
        """Every element that `selector` matches, in document order.  Raises ValueError for bad CSS."""
        tree = self._tree_for(selector)
        plain = saying.plain(selector)
        found = plain.find(tree) if plain.is_more else tree.select(plain.text)
        return self._outside_templates(found, selector)

    def first(self, selector: str) -> Node | None:
        """The first element that `selector` matches.  Raises ValueError for bad CSS."""
        plain = saying.plain(selector)
        if plain.is_more or (self._has_templates and "template" not in selector):
            return next(iter(self.css(selector)), None)
        return self._tree_for(selector).select_one(plain.text)

    def xpath(self, expression: str) -> list[Node | str]:
        """Elements and strings that `expression` yields; a number or truth is one string.

        Raises ValueError for bad XPath, and for one that is too costly for this page.
        """
        result = axes.find(self._tree_for(expression), expression)
        if not isinstance(result, list):
            return [_scalar(result)]
        found = [item if isinstance(item, (Node, str)) else item.text for item in result]
        return self._outside_templates(found, expression)

    @cached_property
    def text(self) -> str:
        """What a reader sees, blanks collapsed; scripts, styles and templates left out."""
        root = self.tree.root
        return node_text(root) if root is not None else ""

    def base(self, url: str) -> str:
        """What relative addresses of this page are joined to, when it came from `url`."""
        return self.tree.base_url(url) if self.tree.select_one("base") is not None else url

    @cached_property
    def _has_templates(self) -> bool:
        return self.tree.select_one("template") is not None

    def _tree_for(self, selector: str) -> turbohtml.Document:
        """`noscript` holds elements only where scripts do not run; who asks for them sees them."""
        return self._tree_without_scripting if "noscript" in selector else self.tree

    def _outside_templates(self, found: list[Any], selector: str) -> list[Any]:
        """A browser does not find what is still in a `<template>`; who names it does."""
        if not self._has_templates or "template" in selector:
            return found
        return [item for item in found if not (isinstance(item, Node) and _in_template(item))]


def node_text(node: Node) -> str:
    """The text of `node` as a reader sees it: blocks apart, blanks collapsed, scripts left out."""
    if node.tag not in UNSEEN and node.select_one(_LAID_OUT) is None:  # nearly every value of a field
        return " ".join(node.text.split())
    parts: list[str] = []
    stack: list[turbohtml.Node | str] = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, str):
            parts.append(here)
        elif isinstance(here, TextNode):
            parts.append(here.data)
        elif isinstance(here, Node) and here.tag not in UNSEEN:
            if here.tag in _BREAKING:
                parts.append(" ")
                stack.append(" ")
            stack.extend(reversed(here.children))
    return " ".join("".join(parts).split())


def _in_template(node: Node) -> bool:
    return any(isinstance(above, Node) and above.tag == "template" for above in node.ancestors)


def _scalar(value: object) -> str:
    """XPath's `string()` of a number or truth: `2`, not `2.0`; `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
