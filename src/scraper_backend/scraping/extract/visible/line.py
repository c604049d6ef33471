"""One element's price, as the line that a person reads.

Called by `prices` for what it finds, and by selectors and microdata for what they were pointed to.
"""

from __future__ import annotations

import re
from typing import Final

from scraper_backend.scraping.clean.words import words
from scraper_backend.scraping.document import Node, TextNode
from scraper_backend.scraping.extract.visible.traits import Traits, traits

STRUCK: Final = frozenset(("del", "s", "strike"))
LINE_THROUGH: Final = re.compile(r"line-through", re.IGNORECASE)
_BLOCKS: Final = words("div p li ul ol tr td th dd dt section h1 h2 h3 h4 br table label form article")
_UNSEEN: Final = frozenset(("script", "style", "template", "noscript", "svg", "select", "textarea", "button"))


def price_line(node: Node) -> str:
    """The text of a price element as a person reads it.

    Struck-out and hidden parts, unit prices and savings are left out, and raised cents become decimals:
    `<s>15</s> <b>12<sup>99</sup></b> €` reads `12.99 €`.
    """
    parts: list[str] = []
    _read(node, parts, depth=0)
    return " ".join("".join(parts).split())


def with_cents(node: Node) -> str:
    """The line, with the cents of an element of their own behind it: `<b>$14</b><i>.50</i>`."""
    line = price_line(node)
    behind = node.next_sibling
    if isinstance(behind, TextNode) and not behind.data.strip():
        behind = behind.next_sibling
    if not isinstance(behind, Node) or not re.search(r"\d[.,]?$", line) or re.search(r"[.,]\d", line):
        return line
    text = behind.text.strip()
    return line + text if _CENTS_BEHIND.fullmatch(text) and (line[-1] in ".,") != (text[0] in ".,") else line


_CENTS_BEHIND: Final = re.compile(r"[.,]?\d\d(?:\s?[€$£]|\s?(?:kr|zł|Kč))?")


def _read(node: Node, parts: list[str], *, depth: int) -> None:
    for child in node.children:
        if isinstance(child, TextNode):
            parts.append(child.data)
        elif isinstance(child, Node) and depth < 40 and child.tag not in _UNSEEN:
            said = said_by(child)
            if not _is_left_out(child, said):
                _read_child(child, said, parts, depth=depth)


def _read_child(node: Node, said: Traits, parts: list[str], *, depth: int) -> None:
    apart = node.tag in _BLOCKS or "spoken" in said or node.attr("aria-hidden") is not None
    inner: list[str] = []
    _read(node, inner, depth=depth + 1)
    text = "".join(inner)
    if apart:
        parts.append(f" {text} ")
    elif _is_cents(node, said, text, parts):
        parts[-1] = parts[-1].rstrip()
        parts.append("." + text.strip())
    else:
        parts.append(f" {text}" if node.tag != "sup" and _begins_another(text, parts) else text)


def _begins_another(text: str, parts: list[str]) -> bool:
    """`<b>$24</b><b>$18</b>`: an element that starts with a currency begins a price of its own."""
    return (
        re.match(r"\s*[^\W\d_]{0,2}[€$£¥₹]\s?\d", text) is not None
        and re.search(r"[\d–-]\s*$", "".join(parts[-2:])) is not None
    )


def _is_cents(node: Node, said: Traits, text: str, parts: list[str]) -> bool:
    """Two digits in an element of their own right after a digit: `12<sup>99</sup>`, `<i>12</i><i>99</i>`."""
    before = "".join(parts[-3:])
    if not re.fullmatch(r"\s*\d\d\s*", text) or not re.search(r"\d\s*$", before):
        return False
    if re.search(r"[.,](?!\d{3}\s*$)\d+\s*$", before):
        return False
    return node.tag in ("sup", "sub", "small") or "cents" in said or re.search(r"\d$", before) is not None


def said_by(node: Node) -> Traits:
    """What the names of an element say of it."""
    names = f"{node.attr('class') or ''} {node.attr('id') or ''}".strip()
    return traits(names) if 0 < len(names) < 600 else frozenset()


def holds_former(box: Node, price: Node) -> bool:
    """Whether a box called after a former price holds that too, beside this one: `<div id="was-price">`."""
    return any(
        (one.tag in STRUCK or "old" in said_by(one)) and re.search(r"\d", one.text)
        for one in box.iter_elements()
        if one is not box and one not in price.ancestors and one != price
    )


def is_hidden(node: Node, said: Traits) -> bool:
    """Whether an element is not drawn, by its style or its names."""
    style = node.attr("style") or ""
    return "hidden" in said or node.attr("hidden") is not None or _NOT_DRAWN.search(style) is not None


_NOT_DRAWN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def _is_left_out(node: Node, said: Traits) -> bool:
    if is_hidden(node, said):
        return True
    style = node.attr("style") or ""
    if said & {"unit", "aside"} and "now" not in said:
        return True
    return node.tag in STRUCK or bool(LINE_THROUGH.search(style)) or ("old" in said and "now" not in said)
