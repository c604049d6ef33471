"""Whether the product can be had, as the page says it.

By what is named so, by its label, by a short line near the heading, by the buy button; what is said of a
branch or of how long it takes counts less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.clean.stock import is_bare_no, is_delivery_time
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.extract.visible.controls import Control, is_choice
from scraper_backend.scraping.extract.visible.labels import Labelled
from scraper_backend.scraping.extract.visible.scene import Run, Scene, elements_above
from scraper_backend.scraping.extract.visible.seen import Seen

LONGEST_NOTICE: Final = 160
LONGEST_LINE: Final = 60
MOST_NAMED: Final = 400


def availability(
    scene: Scene, found: list[Labelled], control: Control | None, *, is_priced: bool
) -> Seen | None:
    """What the page says of it; a bare "unavailable" where there is no price and no button says nothing."""
    said = _stated(scene, found, control, is_priced=is_priced)
    says_nothing = said is not None and control is None and not is_priced and is_bare_no(str(said.raw))
    return None if says_nothing else said


def _stated(scene: Scene, found: list[Labelled], control: Control | None, *, is_priced: bool) -> Seen | None:
    """By what is named so, by its label, by a line that says it, by the buy button."""
    for node in scene.document.tree.select("[itemprop=availability]")[:5]:
        raw = node.attr("href") or node.attr("content") or node.text
        if clean.availability(raw):
            return Seen(raw, node.css_path(), 0.85, ("it is marked as the availability",))
    notices = sorted(_notices(scene), key=lambda item: -item[0])
    if notices and notices[0][0] >= 3.0:
        score, raw, node = notices[0]
        return Seen(raw, node.css_path(), min(0.9, 0.5 + 0.08 * score), ("it says so near the price",))
    for one in found:
        if one.field == "availability" and clean.availability(one.value):
            return Seen(one.value, one.node.css_path(), 0.75, (f"it stands beside {one.label!r}",))
    if notices and notices[0][0] >= 1.5:
        return Seen(notices[0][1], notices[0][2].css_path(), 0.5, ("a line says so",))
    return _by_button(control, is_priced=is_priced)


def _by_button(control: Control | None, *, is_priced: bool) -> Seen | None:
    if control is None or control.is_open:
        return None
    where = control.node.css_path()
    if (control.says_gone and clean.availability(control.words)) or _promises(control):
        return Seen(control.words, where, 0.75, ("the buy button says so",))
    if not control.works:
        return Seen("out_of_stock", where, 0.5, (f"the buy button is switched off: {control.words}",))
    if is_priced:
        return Seen("in_stock", where, 0.55, (f"the buy button works: {control.words}",))
    return None


def _promises(control: Control) -> bool:
    """Whether what one presses is an order of something that is not there yet."""
    return control.works and clean.availability(control.words) in ("pre_order", "back_order")


def _notices(scene: Scene) -> Iterator[tuple[float, str, Node]]:
    """Elements named after stock and short lines that speak of it, with what speaks for each."""
    for node, said in islice(scene.having("stock"), MOST_NAMED):
        text = clean.text(node.text) or ""
        if (
            len(text) > LONGEST_NOTICE
            or said & {"aside", "buy"}
            or scene.is_card(node)
            or node.tag in ("form", "body")
            or is_choice(node.closest("li") or node)
        ):
            continue
        names = f"{node.attr('class') or ''}"
        raw = text if clean.availability(text) else names if not text or clean.availability(names) else ""
        if raw and clean.availability(raw):
            worth = 4.5 - 0.5 * scene.distance(node) + (raw == text)
            yield worth - 2.5 * is_delivery_time(raw) - 2.5 * _is_of_branch(raw), raw, node
    for run in scene.near():
        if len(run.text) <= LONGEST_LINE and _SPEAKS.search(run.text) and _is_of_product(run, scene):
            worth = 3.5 - 0.5 * scene.distance(run.node)
            yield worth - 1.5 * is_delivery_time(run.text) - 2.5 * _is_of_branch(run.text), run.text, run.node


def _is_of_product(run: Run, scene: Scene) -> bool:
    """Whether a line speaks of the product: no control or label, no size of it, no other's card."""
    node = run.node
    if node is scene.anchor or scene.distance(node) > 6 or clean.availability(run.text) is None:
        return False
    around = [node, *islice(elements_above(node), 1)]
    if node.tag in ("a", "h1", "label", "option", "th", "dt") or any(map(is_choice, around)):
        return False
    return all(one.tag != "button" for one in around) and not scene.is_card(node)


def _is_of_branch(text: str) -> bool:
    return _OF_BRANCH.search(text) is not None


_OF_BRANCH: Final = re.compile(
    r"\b(?:in stock|available|verfügbar|auf lager|en stock|disponible|disponibile)"
    r" (?:at|in|in der|im|à|en|a) (?!stock|store)[^\s\d]"
    r"|(?:pick-?up|collect\w*|abholung|retrait|retiro|ritiro|afhalen|odbiór)\b"
    r"|^(?:delivery|shipping|lieferung|livraison|entrega|envío|consegna|bezorging)\W+(?:not|nicht|non|no|niet)\b",
    re.IGNORECASE,
)
"""How a shop speaks of a branch, or of one way to get it: another may have what this one has not."""

_SPEAKS: Final = re.compile(
    r"stock|avail|lager|lieferbar|verfügbar|vorrätig|versand|ausverkauft|disponib|épuis"
    r"|rupture|agotado|existencias|esaurit|magazzin|voorraad|leverbaar|uitverkocht"
    r"|dostępn|magazyn|wyprzeda|slut|tillgänglig|udsolgt|utsolgt|tilgjengelig|tilgængelig"
    r"|varasto|saatavilla|loppu|esgotado|disponív|sklad|dostupn|vyprodán|vypredan|készlet"
    r"|raktár|elfogy|rendel|zamówieni|beställ|bestilling|tilaus|encomenda|objedn|comand|заказ|besteld|in huis"
    r"|stoc|epuizat|sold|pre-?order|back-?order|ships|διαθέσιμ|наличи|складе|stok|tüken|zalih"
    r"|zalog|only \d|discontinued|approvision|commande|livrable|expédi|ordina|bestell|wysyłk"
    r"|coming|kommt bald|bientôt|próximamente|prossimamente|binnenkort|wkrótce|kommer snart|tulossa"
    r"|brevemente|připravujeme|hamarosan|în curând|скоро|few|last|low |limited|letzte|wenige|nur noch"
    r"|derni|plus que|últim|quedan|ultim|laatste|ostatni|sista|siste|sidste|viimei|posledn|utols"
    r"|store|filiale|im markt|im laden|geschäft|magasin|tienda|negozio|winkel|sklepie|butik|myymäl"
    r"|loja|prodejn|predajn|üzlet|magazin|наявності|немає|закон|закінч"
    r"|متوفر|المخزون|متاح|الكمية|موجود|انبار|מלאי|זמין|在庫|売|品切|完売|货|貨|库存|庫存|售"
    r"|स्टॉक|उपलब्ध|품절|재고|매진|สินค้า|พร้อมส่ง|hàng|tersedia|habis",
    re.IGNORECASE,
)
"""Stems of what `clean.availability` knows.  Others of its words say it beside a label only: `vendido` is
"sold" in `vendido por`, and all rights are reserved."""
