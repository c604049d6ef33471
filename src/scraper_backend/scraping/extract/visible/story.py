"""The product's description: the text under its heading, or in an element that is named so.

What stands in forms, in lists of links or in other products' cards is none; the long text wins over the
teaser beside the price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.clean.words import pattern
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.extract.visible.scene import Scene, elements_above

SHORTEST: Final = 12
LONGEST: Final = 30_000
MOST: Final = 60

_NAMED: Final = re.compile(
    r"(?<![a-z])(?:description|descr|desc|beschreibung|produktbeschreibung|descripcion|descrizione|omschrijving|opis"
    r"|popis|beskrivning|beskrivelse|kuvaus|descricao|leiras|descriere|long-?text|product-?story)(?![a-z])"
)
_TEASER: Final = re.compile(r"(?<![a-z])(?:short|intro|excerpt|teaser|summary|kurz|courte|corta|breve)")
_OF_ELSE: Final = re.compile(
    r"(?<![a-z])(?:category|brand|shop|site|seo|shipping|delivery|payment|price|option|image|figure|label"
    r"|link|button|btn|toggle|trigger|heading|title|nav|icon|meta|variant|warranty|return)s?(?![a-z])"
)
_HEADING: Final = pattern(
    """
    description, product description, item description, description of the product, about this item,
    about this product, about the product, product information, product overview, overview, details,
    product details, item details, the details, full description, beschreibung, produktbeschreibung,
    artikelbeschreibung, produktinformationen, produktdetails, description du produit, description produit,
    descriptif, détails du produit, descripción, descripción del producto, detalles, detalles del producto,
    información del producto, descrizione, descrizione prodotto, descrizione del prodotto, dettagli,
    dettagli prodotto, omschrijving, productomschrijving, beschrijving, productbeschrijving,
    productinformatie, productdetails, opis, opis produktu, szczegóły, popis, popis produktu, popis
    výrobku, popis zboží, beskrivning, produktbeskrivning, produktinformation, beskrivelse,
    produktbeskrivelse, produktinformasjon, kuvaus, tuotekuvaus, tuotetiedot, descrição, descrição do
    produto, detalhes, leírás, termékleírás, descriere, descriere produs, περιγραφή, описание, описание
    товара, опис, açıklama, ürün açıklaması, 商品説明, 商品の説明, 商品描述
    """
)
_HEADS: Final = "h2,h3,h4,h5,h6,dt,th,summary,legend,strong,b"
_CONTROLS: Final = "form,input,select,textarea,h1,[role=tablist]"
_SPLIT: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Story:
    """A description as markup, and where it begins."""

    html: str
    node: Node
    score: float


def story(scene: Scene) -> Story | None:
    """The best description in sight."""
    found = (_told(one, scene) for one in (*_named(scene), *_headed(scene)))
    return max((one for one in found if one is not None), key=lambda one: one.score, default=None)


def _told(one: Story, scene: Scene) -> Story | None:
    """The story without its heading, the longer the better; None for what is too short to be one."""
    text = clean.html_text(one.html) or ""
    first, _, rest = text.partition("\n")
    if _is_heading(first):
        text = rest.strip()
    if len(text) < SHORTEST or " " not in text or text.casefold() == scene.title.casefold():
        return None
    return Story(text, one.node, one.score + min(len(text), 600) / 300 - 0.1 * scene.distance(one.node))


def _named(scene: Scene) -> Iterator[Story]:
    """Elements that are marked or named a description."""
    for node in scene.document.tree.select("[itemprop=description]")[:MOST]:
        if node.tag != "meta" and _is_ours(node, scene):
            yield Story(node.inner_html, node, 5.0)
    for node, said in scene.having("story"):
        names = (
            _SPLIT.sub("-", f"{node.attr('class') or ''} {node.attr('id') or ''}").lower().replace("_", "-")
        )
        if said & {"aside", "stock", "price"} or not _NAMED.search(names) or _OF_ELSE.search(names):
            continue
        score = 4.0 - 1.5 * bool(_TEASER.search(names))
        if _is_heading(node.text) or not node.text.strip():
            yield from _following(node, scene, score)
        elif _is_ours(node, scene):
            yield Story(node.inner_html, node, score)


def _names(node: Node) -> str:
    spelled = f"{node.attr('class') or ''} {node.attr('id') or ''}"
    return _SPLIT.sub("-", spelled).lower().replace("_", "-")


def _headed(scene: Scene) -> Iterator[Story]:
    """What stands under a heading such as "Product description"."""
    for head in scene.document.tree.select(_HEADS)[: 4 * MOST]:
        if _is_heading(head.text) and head not in scene.apart:
            yield from _following(_alone(head), scene, 3.5)


def _is_heading(text: str) -> bool:
    plain = " ".join(text.split()).rstrip(" :").casefold()
    return 0 < len(plain) <= 40 and _HEADING.fullmatch(plain) is not None


def _alone(head: Node) -> Node:
    """The widest element that holds a heading and no more."""
    text = head.text.strip()
    for above in elements_above(head):
        if above.text.strip() != text or above.tag in ("body", "main"):
            break
        head = above
    return head


def _following(head: Node, scene: Scene, score: float) -> Iterator[Story]:
    """The elements after a heading up to the next one."""
    kept: list[Node] = []
    for node in head.next_siblings:
        if not isinstance(node, Node):
            continue
        is_next = node.tag == head.tag or node.tag in ("h1", "h2", "h3", "dt", "th", "hr", "form", "table")
        if (kept and is_next and node.tag != "p") or not _is_ours(node, scene) or len(kept) >= 20:
            break
        kept.append(node)
        if head.tag in ("dt", "th"):
            break
    if kept:
        yield Story("".join(node.html for node in kept), kept[0], score)


def _is_ours(node: Node, scene: Scene) -> bool:
    """Whether it is text about the page's product: no card, no control, not mostly links."""
    if node in scene.apart or node in scene.above or node is scene.anchor or scene.is_card(node):
        return False
    text = node.text
    if len(text) > LONGEST or node.select_one(_CONTROLS) is not None:
        return False
    linked = sum(len(link.text) for link in node.select("a[href]")[:MOST])
    return 2 * linked <= len(text) or not text.strip()
