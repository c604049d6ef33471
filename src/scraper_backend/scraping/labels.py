"""Codes that the look of a page declares: "SKU: 123", a table row "UPC", `data-sku`.

A code in running text ("pairs with MATE-9") is no declaration, and neither is one in a carousel, a
review or the page's frame.  Called by search on a result's card and by identity on a product page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.scraping.asked import Asked, is_gtin
from scraper_backend.scraping.document import UNSEEN, Node, TextNode

Kind = Literal["sku", "gtin", "mpn"]


@dataclass(frozen=True, slots=True)
class Declared:
    """A code that a page (or a card on it) says its product has.  `node`: where, when it is in the tree."""

    kind: Kind
    code: str
    where: str
    node: Node | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.code} ({self.where})"


_NO: Final = r"\s*(?:no|nr|n°|nº|№|num(?:ber|mer|ero)?|nummer|id|code|kode|kod|\#)\.?"

_WORDS: Final[dict[Kind, str]] = {
    "gtin": r"""(?:upc|ean|gtin|jan|isbn|barcode|bar\s+code|strichcode|code[\s-]barres?|código\s+de\s+barras|
        codice\s+a\s+barre|kod\s+kreskowy|čárový\s+kód|čiarový\s+kód|vonalkód|streckkod|stregkode|strekkode|
        viivakoodi|штрих[\s-]?код)(?:[\s-]*(?:a|e|8|12|13|14|10|code|kod|nummer|number|no|nr)\b\.?)*
        (?:\s*/\s*(?:upc|ean|gtin|isbn))*""",
    "mpn": rf"""(?:mpn|
        (?:manufacturer|mfr|mfg|vendor|brand|supplier)['’]?s?\.?\s+(?:sku|ref(?:erence)?\.?)|
        (?:manufacturer|mfr|mfg|vendor|brand)['’]?s?\.?(?:\s*(?:part|item|product|model))?{_NO}|
        part{_NO}|model{_NO}|hersteller[\s-]*(?:artikel)?[\s-]*(?:nr|nummer)\.?|han|
        modell?(?:[\s-]?nummer)?|modèle|modello|modelo|référence\s+(?:du\s+)?fabricant|référence\s+constructeur|ref\.?\s+fabricante|
        codice\s+produttore|kod\s+producenta|fabrikantcode|fabrikantnummer|tillverkarens?\s+art(?:ikel)?\.?{_NO})""",
    "sku": rf"""(?:sku|
        (?:web|shop|store|our|supplier|style|catalog(?:ue)?|cat\.?|stock|order|product|item|article|
        artikel|produkt|bestell?|best\.?|art\.?|prod\.?|vare|artikkel|tuote|bestel|référence|réf)[\s-]*{_NO}|
        (?:item|product|store|internal|variant|our|shop|web)\s+(?:sku|ref(?:erence)?\.?)(?:\s*\#)?|
        (?:item|product)\s*/\s*sku|sku\s*/\s*(?:item|model|product)|sku\s+del\s+producto|default\s+code|
        (?:reference|material|supplier\s+part){_NO}|obj\.?\s*číslo|cod\s+produs|
        stock\s+code|artikel-?\s?nr\.?|art\.?-?\s?nr\.?|varenr\.?|produktnr\.?|sku{_NO}|
        référence|réf\.?|reference|ref\.?|referencia|referência|riferimento|
        code\s+(?:article|produit)|codice(?:\s+(?:prodotto|articolo))?|cod\.?(?:\s+(?:prodotto|art\.?))?|
        código(?:\s+(?:del?\s+)?(?:producto|produto|artículo))?|kod\s+produktu|indeks|symbol|
        numer\s+katalogowy|nr\s+kat\.?|katalogové\s+číslo|kód(?:\s+(?:produktu|zboží|tovaru))?|cikkszám|
        tuotekoodi|tuotenumero|артикул|код\s+товара|品番|商品コード|商品番号|货号)""",
}

_WEAK: Final = r"""(?:item|product|style|article|art\.?|part|code|id|product\s+identifier|internet\s*\#|
    plu|asin|tcin|dpci)"""
"""Labels before many things that are no code: they confirm the asked one, and contradict nothing."""

_ANY: Final = "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items()) + rf"|(?P<weak>{_WEAK})"
_LABEL: Final = re.compile(rf"^\W*(?:{_ANY})\s*[:#：.]*\s*$", re.X | re.I)
_SEPARATORS: Final = re.compile(r"[|•·;,(\n\u2022]\s*")
_CODELIKE: Final = re.compile(r"\d|[A-Z][-_]")
"""What every code has that is not the asked one; most of what a page says has neither."""
_INLINE: Final = re.compile(
    rf"\W*(?:{_ANY})(?:\s*[:#：]+\s*|\s+(?=[^\s:]*\d)|(?<=[#№]))(?P<code>[^|•·;,()\n]{{1,80}})",
    re.X | re.I,
)

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
                yield Declared(_kind(match), value.strip(), name, node)


def in_text(top: Node, asked: Asked) -> Iterator[Declared]:
    """Codes with a label before them, at and under `top`."""
    pending: tuple[Kind, str, bool] | None = None
    for node, text in _texts(top):
        if pending:
            kind, label, is_weak = pending
            if text.strip(" :#.\xa0"):
                pending = None
                yield from _declared(kind, label, text, node, asked, is_weak=is_weak)
                continue
        match = _LABEL.match(text) if len(text) <= 60 else None
        if match:
            pending = (_kind(match), text.strip(" :#.\xa0"), bool(match["weak"]))
        elif len(text) <= 400 and (_CODELIKE.search(text) or asked.may_stand_in(text)):
            for inline in _inlines(text):
                is_weak = bool(inline["weak"])
                label = (inline["weak"] or inline[_kind(inline)]).strip()
                yield from _declared(_kind(inline), label, inline["code"], node, asked, is_weak=is_weak)


def _inlines(text: str) -> Iterator[re.Match[str]]:
    """Labels with their codes, at the start of the text and after each of its separators."""
    starts = [0, *(match.end() for match in _SEPARATORS.finditer(text))]
    for start in starts[:20]:
        if (match := _INLINE.match(text, start)) is not None:
            yield match


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


def _declared(
    kind: Kind, label: str, text: str, node: Node, asked: Asked, *, is_weak: bool
) -> Iterator[Declared]:
    """The code at the start of `text`: all of it when that is what was asked, else its first word."""
    rest = " ".join(text.strip(" :#：\xa0").split())
    for code in (rest, *rest.split(" ", 1)[:1]):
        bare = code.strip(" ,;.")
        if asked.is_code(bare) or (not is_weak and " " not in bare and _is_plausible(bare, asked)):
            yield Declared(kind, bare, f"`{label}`", node)
            return


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


def _kind(match: re.Match[str]) -> Kind:
    for kind in _WORDS:
        if match[kind]:
            return kind
    if match.groupdict().get("weak"):
        return "sku"
    raise AssertionError("a label has a kind")


def row_of(node: Node) -> Node:
    """The table row, list item or option that a code stands in."""
    here = node
    while here.tag not in ("tr", "li", "option", "label", "article") and isinstance(here.parent, Node):
        if here.tag in ("body", "main", "table", "ul", "form"):
            return node
        here = here.parent
    return here
