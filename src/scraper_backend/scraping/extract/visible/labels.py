"""Values that stand beside their label: `SKU: 1234`, a row of a table, a term and its definition.

The label and its value are neighbours in reading order inside one row, cell, term or short line, whatever
elements a shop builds that of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from scraper_backend.scraping import clean, naming
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.document import Node, TextNode
from scraper_backend.scraping.extract.visible.scene import Run, Scene, elements_above
from scraper_backend.scraping.naming import Named

LONGEST_CODE: Final = 62
LONGEST_ROW: Final = 400
_SENTENCE: Final = 8

_CUT: Final = re.compile(r"\s{2,}|\s[|•·–—]\s|;|,\s")
_APART: Final = re.compile(r"\s*\|\s*")
_CODE: Final = re.compile(r"[\w][\w .,/+#&()*°-]{0,60}", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value and the label beside it.  in_row: it fills a cell or definition of its own."""

    field: Named
    label: str
    value: str
    node: Node
    in_row: bool


def labelled(scene: Scene) -> Iterator[Labelled]:
    """Every labelled value in sight that belongs to the product of the page."""
    runs = scene.runs
    for run in runs:
        first, *more = _pieces(run.text)
        for piece in more:
            yield from _alone(_label(piece), run, scene)
        found = _label(first)
        if found is None or _is_control(run.node, found[0]):
            continue
        field, label, rest = found
        if rest or more:
            yield from _alone(found, run, scene)
            continue
        value = _beside(run, runs[run.index + 1 : run.index + 4])
        if value is not None and not scene.is_card(run.node):
            yield Labelled(field, label, value[0], value[1], in_row=True)


def _pieces(text: str) -> list[str]:
    """A line cut at its bars, and before each further label of a code: `Model #: GH50 SKU #: 1003`."""
    pieces = _APART.split(text) if "|" in text else [text]
    return [part for piece in pieces for part in (_cut(piece) if piece.count(":") > 1 else [piece])]


def _cut(text: str) -> list[str]:
    words = text.split(" ")
    starts = [0]
    for end, word in enumerate(words):
        if word.endswith(":") and (start := _start(words, starts[-1] + 1, end)) is not None:
            starts.append(start)
    return [" ".join(words[start:end]) for start, end in pairwise([*starts, len(words)])]


def _start(words: list[str], least: int, end: int) -> int | None:
    """Where the label begins that ends with a word: the longest one that names a code."""
    starts = (at for at in range(max(least, end - 2), end + 1) if not re.search(r"\d", words[at]))
    return next((at for at in starts if naming.field(" ".join(words[at : end + 1])) in naming.CODES), None)


def _alone(found: tuple[Named, str, str] | None, run: Run, scene: Scene) -> Iterator[Labelled]:
    """A label that has its value in the same run."""
    if found and found[2] and not _is_control(run.node, found[0]) and not scene.is_card(run.node):
        yield Labelled(found[0], found[1], found[2], run.node, in_row=False)


def _label(text: str) -> tuple[Named, str, str] | None:
    """(field, label, rest of the line) of a run that begins with a label.

    Without a colon the label has to be the whole run, or to ask for a number: `Brand new` is no brand.
    """
    whole = naming.field(text) if len(text) <= naming.LONGEST else None
    if whole:
        return whole, text, ""
    found = naming.split(text)
    if found is None or found.field is None:
        return None
    if found.has_colon or (found.field in naming.CODES and _asks_for_number(found)):
        return found.field, found.label, found.rest
    return None


def _asks_for_number(found: naming.Labelled) -> bool:
    return len(found.rest) <= LONGEST_CODE and _NUMBERED.search(found.label) is not None


_NUMBERED: Final = re.compile(
    r"(?:[#№]|(?:nr|no|n°|nº|number|nummer|code|ref|réf|sku|upc|ean|gtin|isbn|mpn|番号|コード|型番)\.?)$",
    re.IGNORECASE,
)


def _is_control(node: Node, field: str) -> bool:
    """A button, a link or a title; below the page's own title a code may stand in a heading."""
    titles = ("a", "button", "h1") if field in naming.CODES else ("a", "button", "h1", "h2", "h3")
    return any(above.tag in titles for above in (node, *list(elements_above(node))[:2]))


def _beside(label: Run, following: list[Run]) -> tuple[str, Node] | None:
    """The next run that says something, if it shares a row with the label."""
    for run in following:
        if re.fullmatch(r"[\s:：#.*-]+", run.text):
            continue
        row = _row(label.node, run.node)
        if row is None:
            return (run.text, run.node) if _are_neighbours(label.node, run.node) else None
        cell = _cell(run.node, row)
        text = clean.text(cell.text) if cell is not None and len(cell.text) <= 160 else None
        return text or run.text, run.node
    return None


def _are_neighbours(label: Node, value: Node) -> bool:
    """`<span>SKU:</span> <span>BW-7</span>` in the middle of anything."""
    behind = label.next_sibling
    if isinstance(behind, TextNode) and not behind.data.strip():
        behind = behind.next_sibling
    return behind is not None and behind == value and label.tag == value.tag


def _row(label: Node, value: Node) -> Node | None:
    """The smallest element around both, if it is a row and no more."""
    above_label = [label, *elements_above(label)][:6]
    for level, above in enumerate([value, *elements_above(value)][:6]):
        if above in above_label:
            small = above.tag in ("tr", "dl", "li", "p") or len(above.text) <= LONGEST_ROW
            if above.tag in ("dl", "ul", "ol", "table", "tbody") or level + above_label.index(above) <= 5:
                return above if small or above.tag == "dl" else None
            return None
    return None


def _cell(node: Node, row: Node) -> Node | None:
    """The cell of the row that holds the value, when rows have cells."""
    for above in (node, *elements_above(node)):
        if above == row:
            return None
        if above.tag in ("td", "dd"):
            return above
    return None


def code_of(found: Labelled, asked: Asked | None = None) -> str | None:
    """The code that a labelled value begins with; None for words, and for a sentence about a code."""
    if asked is not None and asked.is_code(found.value):
        return clean.code(found.value)
    if not found.in_row and found.node.tag == "p" and len(found.value.split()) > _SENTENCE:
        return None
    value = (
        clean.code(_CUT.split(found.value, maxsplit=1)[0]) if not found.in_row else clean.code(found.value)
    )
    if value is None:
        return None
    if not found.in_row or len(value) > 40:
        tokens = value.split(" ")
        kept = [tokens[0]]
        for token in tokens[1:]:
            if not re.search(r"\d", token):
                break
            kept.append(token)
        value = " ".join(kept)
    return value if _is_code(value) else None


def _is_code(value: str) -> bool:
    if len(value) > 60 or not _CODE.fullmatch(value) or re.search(r"[€$£]|\d[.,]\d{2}$", value):
        return False
    return bool(re.search(r"\d", value)) or (value.isupper() and 2 <= len(value) <= 20 and " " not in value)


def name_of(found: Labelled) -> str | None:
    """A brand: a few words."""
    text = clean.text(found.value)
    if text is None or len(text) > 60 or len(text.split()) > 6 or re.search(r"[:€$£@]|https?|\d{5,}", text):
        return None
    return text
