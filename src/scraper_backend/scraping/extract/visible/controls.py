"""The controls that put the product into a cart, and whether they work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from scraper_backend.scraping.clean.text import plain
from scraper_backend.scraping.clean.words import phrases
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.extract.visible import captions
from scraper_backend.scraping.extract.visible.scene import Scene, elements_above
from scraper_backend.scraping.extract.visible.traits import traits

MOST_CONTROLS: Final = 400
MOST_SIZES: Final = 12

_PRESSED: Final = (
    "button,input[type=submit],input[type=button],input[type=image],[role=button],"
    "a[class*=btn i],a[class*=button i],a[class*=cart i],a[class*=buy i],"
    "a[href*='cart' i],a[href*='basket' i],"
    "a[href*='add' i],a[onclick],summary"
)
_CART_ACTION: Final = re.compile(
    r"(?:cart|basket|bag|checkout/cart|warenkorb|panier|carrito|carrello|winkel|koszyk"
    r"|kosik|kurv|kundvagn|varukorg|korv|cos)[/_-]*(?:add|insert|update)?"
    r"|add[-_/]?(?:to)?[-_/]?(?:cart|basket|bag)|[?&]add(?:-to-cart|tocart|_to_cart)?=",
    re.IGNORECASE,
)
_BARE: Final = phrases(
    """
    add, buy, añadir, agregar, ajouter, aggiungi, hinzufügen, toevoegen, dodaj, lägg till, tilføj, legg til,
    lisää, adicionar, přidat, pridať, adaugă, ekle, добавить, додати, προσθήκη, 追加, tambah
    """
)
"""What grocers write on the button and nothing else."""

_SO_MUCH: Final = re.compile(
    r"\badd [\w ]{1,20} to (?:my |your )?(?:cart|basket|bag|trolley|order)\b", re.IGNORECASE
)
"""`Add case to cart`, `Add 2 to basket`."""

_NOT_CART: Final = re.compile(
    r"wish-?list|merkzettel|compare|newsletter|search|login|sign-?in|register|review|coupon", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press.  works: it is not switched off.  is_open: a size has to be chosen first."""

    node: Node
    words: str
    works: bool
    says_gone: bool = False
    is_open: bool = False


def buy_control(scene: Scene) -> Control | None:
    """The control that buys the product of the page, or that says it cannot be bought; None on lists."""
    found: list[tuple[int, Control]] = []
    for node in scene.document.tree.select(_PRESSED)[:MOST_CONTROLS]:
        if node in scene.apart:
            continue
        control = _control(node, scene)
        if control is not None and not scene.is_card(node):
            found.append((scene.distance(node) + 2 * control.says_gone, control))
    return min(found, key=lambda item: item[0])[1] if found else None


def _control(node: Node, scene: Scene) -> Control | None:
    words = plain(
        node.text
        or node.attr("value")
        or node.attr("aria-label")
        or node.attr("alt")
        or node.attr("title")
        or "",
        longest=120,
    )
    if len(words) > 60:
        return None
    works = (
        node.attr("disabled") is None
        and node.attr("aria-disabled") != "true"
        and "disabled" not in (node.attr("class") or "").split()
    )
    adds = captions.ADD.search(words) or words.casefold() in _BARE or _SO_MUCH.search(words)
    if adds and not _NOT_CART.search(words):
        return Control(node, words, works)
    if captions.CHOOSE.fullmatch(words) and node.tag in ("button", "input"):
        return Control(node, words, works=True, is_open=True)
    if node.tag == "button" and is_choice(node):
        return None
    sells = _sells(node, scene)
    if captions.GONE.search(words) and (sells or node.tag in ("button", "input")):
        return Control(node, words, works=False, says_gone=True)
    return Control(node, words or "add to cart", works) if sells and node.tag != "a" else None


def is_choice(node: Node) -> bool:
    """Whether it is one of several sizes or colours, each of its own kind of element with a word or two."""
    if node.tag not in _PRESSABLE and node.select_one(",".join(_PRESSABLE)) is None:
        return False
    alike = [one for one in _beside(node) if _kind(one) == _kind(node)]
    return len(alike) > 1 and all(len(one.text.split()) <= 4 for one in (node, *alike))


def _beside(node: Node) -> Iterator[Node]:
    """The elements on either side of it, as many as a choice of sizes has."""
    for siblings in (node.previous_siblings, node.next_siblings):
        yield from (one for one in islice(siblings, MOST_SIZES) if isinstance(one, Node))


_PRESSABLE: Final = ("button", "label", "a", "input")


def _kind(node: Node) -> tuple[str, str]:
    """Its tag and the first of its classes, which all sizes of a row share."""
    return node.tag, next(iter((node.attr("class") or "").split()), "")


def _sells(node: Node, scene: Scene) -> bool:
    """Whether its names or its form speak of a cart, whatever language its words are in."""
    names = f"{node.attr('class') or ''} {node.attr('id') or ''} {node.attr('name') or ''}"
    if _NOT_CART.search(names) or re.search(r"minus|plus|quantity|qty|wish", names, re.IGNORECASE):
        return False
    if "buy" in traits(names[:500]) or "buy" in scene.traits_of(node):
        return True
    if node.tag == "a":
        return (
            bool(_CART_ACTION.search(node.attr("href") or "")) and "add" in (node.attr("href") or "").lower()
        )
    form = next((above for above in elements_above(node) if above.tag == "form"), None)
    if form is None or (node.attr("type") or "submit") != "submit":
        return False
    return bool(_CART_ACTION.search(form.attr("action") or "")) and not _NOT_CART.search(
        form.attr("action") or ""
    )
