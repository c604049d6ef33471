"""Values that stand beside their label: `SKU: 1234`, a row of a table, a term and its definition.

The label and its value are neighbours in reading order inside one row, cell, term or short line, whatever
elements a shop builds that of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from scraper_backend.scraping import clean, naming
from scraper_backend.scraping.addresses import parts_of
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean.text import plain
from scraper_backend.scraping.document import Document, Node, TextNode
from scraper_backend.scraping.extract.visible.scene import Run, Scene, elements_above
from scraper_backend.scraping.naming import Named

LONGEST_CODE: Final = 62
LONGEST_ROW: Final = 400
_SENTENCE: Final = 8

_CUT: Final = re.compile(r"\s{2,}|\s[|•·–—]\s|;|,\s")
_APART: Final = re.compile(r"\s*\|\s*|\s+[•·]\s+|^[•·]\s*")
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
    runs, shops = scene.runs, _shops(scene.document)
    for run in runs:
        first, *more = _pieces(run.text)
        for piece in more:
            yield from _alone(_label(piece, shops), run, scene)
        found = _label(first, shops)
        if found is None or _is_control(run.node, found[0]):
            continue
        field, label, rest = found
        if rest or more:
            yield from _alone(found, run, scene)
            continue
        value = _beside(run, runs[run.index + 1 : run.index + 4])
        if value is not None and not scene.is_card(run.node):
            yield Labelled(field, label, value[0], value[1], in_row=True)
    yield from _in_breadcrumbs(scene, shops)
    yield from _linked_brand(scene)


def _in_breadcrumbs(scene: Scene, shops: Collection[str]) -> Iterator[Labelled]:
    """The code at the end of the way to the product: `Chairs / SKU: W00412`."""
    for node in scene.document.tree.select(_LAST_CRUMB)[:_MOST_CRUMBS]:
        text = plain(node.text, longest=LONGEST_ROW)
        found = _label(text, shops) if len(text) <= LONGEST_CODE else None
        if found is not None and found[0] in naming.CODES and found[2] and not node.select_one("a[href]"):
            yield Labelled(found[0], found[1], found[2], node, in_row=False)


_CRUMBS: Final = ("[class*=readcrumb]", "[id*=readcrumb]", "[aria-label*=readcrumb]")
_LAST_CRUMB: Final = ",".join(f"{around} {inner}" for around in _CRUMBS for inner in ("li", "span"))
_MOST_CRUMBS: Final = 40


def _linked_brand(scene: Scene) -> Iterator[Labelled]:
    """The maker's name beside the heading, where it leads to all of that maker's products."""
    links = (link for link in scene.document.tree.select("a[href]")[:_MOST_LINKS] if _leads_to_brand(link))
    for link in links:
        text = plain(link.text, longest=LONGEST_ROW)
        is_beside = link not in scene.apart and scene.distance(link) <= _NEAR
        if is_beside and text and not _INVITES.search(text) and text != scene.title:
            yield Labelled("brand", "its link", text, link, in_row=False)
            return


def _leads_to_brand(link: Node) -> bool:
    """Whether its address is a brand's, or an attribute of it calls it one."""
    if _BRAND_PATH.search(parts_of(link.attr("href") or "").path):
        return True
    return any(name.startswith("data-") and _BRANDED.fullmatch(link.attr(name) or "") for name in link.attrs)


_MOST_LINKS: Final = 3_000
_NEAR: Final = 2
_BRAND_PATH: Final = re.compile(
    r"/(?:brands?|marken?|marques?|marcas?|merk|merken|marki|producenci|producent|hersteller|manufacturers?"
    r"|varumarken?|maerker?|merker?|znacky?|marci|gyarto)/[^/]+", re.IGNORECASE,
)  # fmt: skip
_BRANDED: Final = re.compile(r"(?:product|pdp|item)?[-_]?brand(?:[-_]?(?:name|link|title))?", re.IGNORECASE)
_INVITES: Final = re.compile(
    r"(?<!\w)(?:all|more|shop|see|view|visit|alle|mehr|tout|voir|plus|ver|todos?|tutti|vedi|meer|bekijk"
    r"|wszystkie|zobacz|flere|fler|kaikki|vše)(?!\w)", re.IGNORECASE,
)  # fmt: skip
"""`Shop all Acme` is no name."""


def _shops(document: Document) -> frozenset[str]:
    """What the shop calls itself, as labels are compared: by its metas, its window's title, its address."""
    window = document.first("title")
    names = [_SEPARATED.split(plain(window.text, longest=600))[-1] if window is not None else ""]
    for node in document.css("meta[property='og:site_name'], meta[name='application-name']")[:2]:
        names.append(node.attr("content") or "")
    for node in document.css("link[rel=canonical]")[:1]:
        host = parts_of(node.attr("href") or "").hostname or ""
        names += [label for label in host.split(".")[:-1] if len(label) >= SHORTEST_HOST]
    words = (part for name in names for part in (name, *re.split(r"[\s.]", name)[:1]))
    return frozenset(bare for bare in map(naming.key, words) if len(bare) >= SHORTEST_SHOP)


_SEPARATED: Final = re.compile(r"\s+[|»–—-]\s+")
SHORTEST_SHOP: Final = 2
SHORTEST_HOST: Final = 4
"""Shorter labels of an address are a country's or `www`."""


def _pieces(text: str) -> list[str]:
    """A line cut at its bars, and before each further label of a code: `Model #: GH50 SKU #: 1003`."""
    pieces = [piece for piece in _APART.split(text) if piece] or [text]
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


def _label(text: str, shops: Collection[str]) -> tuple[Named, str, str] | None:
    """(field, label, rest of the line) of a run that begins with a label.

    Without a colon the label has to be the whole run, or to ask for a number: `Brand new` is no brand.
    """
    if len(text) <= naming.LONGEST and (whole := naming.field(text)):
        return whole, text, ""
    if len(text) <= naming.LONGEST and naming.is_by_shop(text, shops):
        return "sku", text, ""
    found = naming.split(text, shops)
    if found is None or found.field is None:
        return None
    if found.has_colon or (found.field in naming.CODES and _asks_for_number(found)):
        return found.field, found.label, found.rest
    return None


def _asks_for_number(found: naming.Labelled) -> bool:
    if len(found.rest) > LONGEST_CODE:
        return False
    return _NUMBERED.search(found.label) is not None or (
        _OF_THINGS.fullmatch(found.label) is not None and _LONG_NUMBER.fullmatch(found.rest) is not None
    )


_NUMBERED: Final = re.compile(
    r"(?:[#№]|(?:nr|no|n°|nº|number|num|nummer|numer|numero|número|numéro|id|code|codice|c[óo]d(?:igo)?|k[óo]d"
    r"|ref|r[ée]f[ée]ren(?:ce|cia|tie)|réf|rif|sku|upc|ean|gtin|isbn|mpn|артикул|код|番号|コード|型番)\.?)$",
    re.IGNORECASE,
)
_OF_THINGS: Final = re.compile(r"item|style|art[íi][cg]u?lo|article|artikel|produc?kt?", re.IGNORECASE)
_LONG_NUMBER: Final = re.compile(r"(?=(?:\D*\d){4})[\w./-]{5,20}")
"""`Item 2345678`; `Item 12 of 30` and `Style 2024` are something else."""


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
    if (not found.in_row or len(value) > 40) and not _IN_GROUPS.fullmatch(value):
        tokens = value.split(" ")
        kept = [tokens[0]]
        for token in tokens[1:]:
            if not re.search(r"\d", token):
                break
            kept.append(token)
        value = " ".join(kept)
    return value if _is_code(value) else None


_IN_GROUPS: Final = re.compile(r"\d+(?: [-/] \d+)+")


def _is_code(value: str) -> bool:
    if (
        len(value) > 60
        or len(_WORDS.findall(value)) > 1
        or not _CODE.fullmatch(value)
        or re.search(r"[€$£]|\d[.,]\d{2}$", value)
    ):
        return False
    return bool(re.search(r"\d", value)) or (value.isupper() and 2 <= len(value) <= 20 and " " not in value)


_WORDS: Final = re.compile(r"(?<!\S)[^\W\d_A-Z]{2,}(?!\S)")
"""`Ships in 2 days` stands behind an empty label as a code does."""


def name_of(found: Labelled) -> str | None:
    """A brand: a few words."""
    text = clean.text(found.value)
    if text is None or len(text) > 60 or len(text.split()) > 6 or re.search(r"[:€$£@]|https?|\d{5,}", text):
        return None
    return text
