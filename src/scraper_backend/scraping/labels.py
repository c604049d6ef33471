"""Codes that the look of a page declares: "SKU: 123", a table row "UPC", `data-sku`.

A code in running text ("pairs with MATE-9") is no declaration, and neither is one in a carousel, a
review or the page's frame.  Called by search on a result's card and by identity on a product page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.scraping import naming
from scraper_backend.scraping.asked import Asked, is_gtin
from scraper_backend.scraping.document import UNSEEN, Node, TextNode

Kind = Literal["sku", "gtin", "mpn"]

LONGEST_LINE: Final = 400
LONGEST_PIECE: Final = 160
MOST_PIECES: Final = 20


@dataclass(frozen=True, slots=True)
class Declared:
    """A code that a page (or a card on it) says its product has.  `node`: where, when it is in the tree."""

    kind: Kind
    code: str
    where: str
    node: Node | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.code} ({self.where})"


_SEPARATORS: Final = re.compile(r"[|•·;,(\n\u2022]\s*")
_CLOSING: Final = " :#.\xa0"
_CODELIKE: Final = re.compile(r"\d|[A-Z][-_]")
"""What every code has that is not the asked one; most of what a page says has neither."""

_ATTRIBUTE: Final = re.compile(
    r"""^(?:data-(?:[a-z]+-)*?)?(?:
    (?P<gtin>(?:gtin|ean|upc|barcode|isbn)(?:-?(?:8|12|13|14))?)|(?P<mpn>mpn|part-?number|model-?number)|
    (?P<sku>sku(?:-?(?:id|code|number))?|(?:product|item|article|artikel|art)-?(?:sku|code|number|no|nr|nummer)|
    artnr|varenr))(?:-value)?$""",
    re.X,
)

_ELSEWHERE: Final = re.compile(
    r"""(?:^|[\s_-])(?:related|recommend(?:ed|ations?|s)?|recently|last-viewed|up-?sells?|cross-?sells?|
        also[-_](?:bought|viewed|like|liked)|you-may|may-also|bought-together|frequently|companions?|
        (?:similar|suggested|popular|featured|trending|bestsell(?:er|ing)|sponsored|complementary|accessory|
        other|more)[-_](?:products?|items?|articles?|sellers?|offers?)|
        zubehoer|zubehör|(?:ae|ä)hnliche|empfehlung(?:en)?|passende)(?:$|[\s_-])
    |(?:^|\s)(?:accessories|bestsellers?|(?:customer|product|user)?[-_]?(?:reviews?|comments?|questions)
        (?:[-_]?(?:list|section|tab|content|wrapper|container))?|[\w-]*mini-?(?:cart|basket)[\w-]*|
        (?:cart|basket)-mini|breadcrumbs?|(?:site|page)-?(?:footer|header)|footer)(?:$|\s)""",
    re.X | re.I,
)
_FRAME: Final = frozenset(("nav", "footer", "aside"))


def names(node: Node) -> str:
    """The class names and id of an element, as one line."""
    return f"{node.attr('class') or ''} {node.attr('id') or ''}"


def is_elsewhere(node: Node, *, top: Node | None = None) -> bool:
    """Whether an element stands in a part of the page that is not about the page's product."""
    here: object = node
    while isinstance(here, Node) and here is not top and here.tag not in ("body", "html"):
        if here.tag in _FRAME or _ELSEWHERE.search(names(here)):
            return True
        here = here.parent
    return False


def in_attributes(top: Node, asked: Asked) -> Iterator[Declared]:
    """Codes in attributes such as `data-sku`, and in `itemprop` elements, at and under `top`."""
    for node in top.iter_elements(include_self=True):
        attrs = node.attrs
        for name in attrs:
            match = _ATTRIBUTE.match(name) if name.startswith("data-") else None
            value = node.attr(name) if match else None
            if match and value and _is_plausible(value, asked):
                yield Declared(_of_attribute(match), value.strip(), name, node)


def _of_attribute(match: re.Match[str]) -> Kind:
    return "gtin" if match["gtin"] else "mpn" if match["mpn"] else "sku"


def in_text(top: Node, asked: Asked) -> Iterator[Declared]:
    """Codes with a label before them, or in an element that is named a code, at and under `top`."""
    pending: tuple[Kind, str] | None = None
    for node, text in _texts(top):
        if len(text) <= naming.LONGEST and asked.is_code(text) and _is_named_code(node):
            yield Declared("sku", text, "its element is named a code", node)
        if pending and text.strip(_CLOSING):
            yield from _declared(*pending, text, node, asked)
            pending = None
            continue
        kind = _kind(text) if len(text) <= naming.LONGEST else None
        if kind:
            pending = (kind, text)
        elif len(text) <= LONGEST_LINE and (_CODELIKE.search(text) or asked.may_stand_in(text)):
            for said in filter(None, map(naming.split, _pieces(text))):
                if kind := _kind(said.label):
                    yield from _declared(kind, said.label, said.rest, node, asked)


def _is_named_code(node: Node) -> bool:
    """`<p class="code">FZ-1</p>`: the asked code, and nothing else, in an element that says what it is."""
    return _CODE_NAME.search(names(node)) is not None


_CODE_NAME: Final = re.compile(
    r"(?<![a-z])(?:sku|code|art(?:ikel)?-?(?:nr|no|num(?:mer)?)|(?:item|product|article|part|model|style|catalog)[-_]?"
    r"(?:no|nr|num(?:ber)?|id|code|ref)|ref(?:erence)?|kod|cikkszam|artikul|varenr|codigo)(?![a-z])", re.I
)  # fmt: skip


def _pieces(text: str) -> Iterator[str]:
    """The text from its start and from each of its separators on, up to the next."""
    for piece in _SEPARATORS.split(text, maxsplit=MOST_PIECES)[:MOST_PIECES]:
        yield piece.partition(")")[0].lstrip(" -–*[\xa0")[:LONGEST_PIECE]


def _kind(label: str) -> Kind | None:
    """Which kind of code a label names."""
    match naming.field(label):
        case "gtin" | "mpn" | "sku" as kind:
            return kind
        case _:
            return "sku" if naming.is_weak(label) else None


def _texts(top: Node) -> Iterator[tuple[Node, str]]:
    """Every visible run of text under `top`, with its element."""
    stack: list[object] = [top]
    while stack:
        here = stack.pop()
        if isinstance(here, TextNode):
            text, parent = here.data.strip(), here.parent
            if text and isinstance(parent, Node):
                yield parent, text
        elif isinstance(here, Node) and here.tag not in UNSEEN:
            stack.extend(reversed(here.children))


def _declared(kind: Kind, label: str, text: str, node: Node, asked: Asked) -> Iterator[Declared]:
    """The code at the start of `text`: all of it when that is what was asked, else its first word.

    A barcode's figures may stand in groups.  `AB` is no code of what is called `AB 100`.
    """
    rest = " ".join(text.strip(" :#：\xa0").split())
    figures = rest.replace(" ", "")  # `3 560070 123456`, as it is printed under the bars
    first, _, more = rest.partition(" ")
    first = figures if kind == "gtin" and is_gtin(figures) else first
    is_cut = _GOES_ON.match(more) is not None and first != figures
    for code in (rest, *(() if is_cut and asked.is_code(first) else (first,))):
        bare = code.strip(" ,;.")
        is_other = " " not in bare and not naming.is_weak(label) and _is_plausible(bare, asked)
        if asked.is_code(bare) or is_other:
            yield Declared(kind, bare, f"`{label.strip(_CLOSING)}`", node)
            return


_GOES_ON: Final = re.compile(r"[\w./-]*\d")


_BRACKETED: Final = re.compile(r"(.*?)\s*(?:\(([^()]{1,60})\)|\[([^\[\]]{1,60})\])\s*", re.DOTALL)


def without_brackets(text: str) -> tuple[str, str]:
    """A name without what stands in brackets behind it, and that: `Desk Lamp (LMP-100)`; "" for nothing."""
    match = _BRACKETED.fullmatch(text)
    return (match[1], match[2] or match[3]) if match else (text, "")


def is_bracketed(asked: Asked, text: str) -> bool:
    """Whether a text is a name with the asked code in brackets behind it."""
    name, code = without_brackets(text)
    return bool(name) and asked.is_code(code)


def contradicts(asked: Asked, declared: Declared) -> bool:
    """Whether a declared code says that this is another product.

    A barcode and a shop's own number are about different things: neither contradicts the other.
    """
    if asked.is_code(declared.code):
        return False
    if asked.is_gtin:
        return is_gtin(declared.code)
    return declared.kind == "sku" or (declared.kind == "gtin" and not is_gtin(declared.code))


def _is_plausible(code: str, asked: Asked) -> bool:
    """Whether it can be a code at all: "n/a" and "Large" are none, "OC-004" and "SAME-A" are."""
    if asked.is_code(code):
        return True
    has_form = any(map(str.isdigit, code)) or re.fullmatch(r"[A-Z]+(?:[-_][A-Z]+)+", code) is not None
    return has_form and len(code) <= 40 and "://" not in code


def row_of(node: Node) -> Node:
    """The table row, list item or option that a code stands in."""
    here = node
    while here.tag not in ("tr", "li", "option", "label", "article") and isinstance(here.parent, Node):
        if here.tag in ("body", "main", "table", "ul", "form"):
            return node
        here = here.parent
    return here
