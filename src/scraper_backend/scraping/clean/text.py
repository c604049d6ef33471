"""Text a person can read, out of text a page contains.

`plain` is what every other cleaner starts from; `html_text` keeps the paragraphs and lists of a
description and drops everything that is not text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from scraper_backend.scraping.clean.words import words
from scraper_backend.scraping.document import UNSEEN, Document, Node, TextNode

LONGEST_TEXT: Final = 100_000
"""A field longer than this is a page, not a field: it is cut."""

_INVISIBLE: Final[dict[int, None]] = dict.fromkeys(
    (
        *range(0x00, 0x09), 0x0B, *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0),
        0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200E, 0x200F,
        *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0,
        *range(0xFFF9, 0xFFFD), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000),
    )
)  # fmt: skip
"""Controls, zero-width and direction marks, fillers, noncharacters, halves of surrogate pairs.
The joiners U+200C and U+200D stay: Persian words and family emoji need them."""

_HIDDEN: Final = re.compile(f"[{re.escape(''.join(map(chr, _INVISIBLE)))}]")
_BLANK_LETTERS: Final = tuple(mark for mark in map(chr, _INVISIBLE) if mark.isprintable())
"""Those of them that Unicode counts among what can be printed."""

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def plain(raw: str, *, longest: int = LONGEST_TEXT) -> str:
    """One line of NFC text: invisible characters gone, blanks of every kind collapsed to one space."""
    line = raw[:longest]
    if line.isascii() and line.isprintable():  # nothing in it is invisible or composed
        return " ".join(line.split())
    visible = line.translate(_INVISIBLE) if _has_hidden(line) else line
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def _has_hidden(line: str) -> bool:
    """Whether something in it is invisible; text of any language that has nothing odd is told quickly."""
    if line.isprintable():
        return any(mark in line for mark in _BLANK_LETTERS)
    return _HIDDEN.search(line) is not None


def unescape(raw: str) -> str:
    """Entities decoded, those escaped twice as well; the bare `&copy` of a query string is none."""
    for _ in range(3 if "&" in raw else 0):
        decoded = _ENTITY.sub(lambda entity: html.unescape(entity.group()), raw)
        if decoded == raw:
            break
        raw = decoded
    return raw


def text(raw: object) -> str | None:
    """One line without entities and invisible characters; None when nothing is left."""
    if raw is None or isinstance(raw, (bool, dict, list, tuple)):
        return None
    return plain(unescape(str(raw)[:LONGEST_TEXT])) or None


_CRUMBS: Final = re.compile(r" ?[>»›→] ?|(?<= )[|/\\](?= )")


def category(raw: object) -> str | None:
    """`A > B > C` from a list of names, or from text with the usual separators of breadcrumbs."""
    parts = raw if isinstance(raw, (list, tuple)) else _CRUMBS.split(str(raw or "")[:2000])
    named = [part for part in map(text, parts) if part]
    return " > ".join(part for index, part in enumerate(named) if part not in named[:index]) or None


# ── Descriptions ───────────────────────────────────────────────────────────────────────────────────

_PARAGRAPH: Final = words("""
    address article aside blockquote dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header
    hr main nav ol p pre section table ul""")
_LINE: Final = words("dd div dt figcaption li option tr caption summary details")
_DROPPED: Final = UNSEEN | {"button", "input", "select", "textarea", "video", "audio", "canvas"}
_ITEM_ENDS: Final = "\x1e"
_BREAK: Final = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_MARKUP: Final = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")


def html_text(raw: object) -> str | None:
    """Readable text of an HTML description: paragraphs apart, one line an item, scripts dropped.

    Text without markup keeps its own line breaks.
    """
    if raw is None or isinstance(raw, (bool, dict, list, tuple)):
        return None
    source = str(raw)[:LONGEST_TEXT]
    if not _MARKUP.search(source):
        source = unescape(source)
    if _MARKUP.search(source):
        source = _laid_out(Document(source))
    return _lines(unescape(source)) or None


def _laid_out(document: Document) -> str:
    root = document.tree.root
    return "".join(_pieces(root)) if root is not None else ""


def _pieces(root: Node) -> Iterator[str]:
    """The text of a tree in order, with the breaks its elements make; without recursion, so that a
    hundred thousand nested tags are only a long walk."""
    stack: list[object] = [root]
    while stack:
        here = stack.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, TextNode):
            yield _collapsed(here.data)
        elif isinstance(here, Node) and (here.tag not in _DROPPED or here is root):
            stack.extend(_broken(here))


_BLANKS: Final = re.compile(r"\s\s+|[^\S ]")


def _collapsed(text: str) -> str:
    """Text with every run of blanks as one space; most text has no other."""
    return text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)


def _broken(node: Node) -> list[object]:
    """A node's children, last first, between the breaks that its tag makes."""
    children: list[object] = list(reversed(node.children))
    tag = node.tag
    if tag == "br":
        return ["\n"]
    if tag in _PARAGRAPH:
        return ["\n\n", *children, "\n\n"]
    if tag == "li":
        return [f"\n{_ITEM_ENDS}\n", *children, "\n- "]
    if tag in _LINE:
        return ["\n", *children, "\n"]
    return [" ", *children] if tag in ("td", "th") else children


def _broken_up(text: str) -> Iterator[str]:
    """The lines of a text; only one with something unprintable in it can have a break of another kind."""
    for line in text.split("\n"):
        if line.isprintable():
            yield line
        else:
            yield from _BREAK.split(line)


def _lines(laid_out: str) -> str:
    """Each line plain, at most one empty line in a row, none between the items of a list."""
    kept: list[str] = []
    bullet = ""
    for raw in _broken_up(laid_out):
        line = plain(raw) if raw else ""
        if line == "-" or raw == _ITEM_ENDS:
            bullet = "- " if line else ""
        elif line:
            line, bullet = bullet + line, ""
            if line.startswith("- ") and len(kept) > 1 and not kept[-1] and kept[-2].startswith("- "):
                kept.pop()
            kept.append(line)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).strip()
