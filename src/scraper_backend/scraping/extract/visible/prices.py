"""The price as it looks: which of the page's amounts is the one that the product costs.

Every element that is named like a price, and every line of text that is nothing but one, is a candidate.
`weighing` says what speaks for each.  Another product's card, an old price, a unit price, an instalment or
a figure in running text is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.clean import Context, Money
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.extract.visible import captions
from scraper_backend.scraping.extract.visible.controls import Control
from scraper_backend.scraping.extract.visible.line import (
    LINE_THROUGH,
    STRUCK,
    holds_former,
    said_by,
    with_cents,
)
from scraper_backend.scraping.extract.visible.scene import Run, Scene, elements_above
from scraper_backend.scraping.extract.visible.sentence import around
from scraper_backend.scraping.extract.visible.weighing import AMOUNT, Candidate, label_before, weigh

ENOUGH: Final = 4.5
LONGEST_BOX: Final = 240


def candidates(scene: Scene, control: Control | None, context: Context) -> list[Candidate]:
    """Every amount that may be the price, the likeliest first."""
    found = list(_named(scene, context))
    taken = {candidate.node for candidate in found}
    found += [one for one in _bare(scene, context) if not _is_beside(one.node, taken)]
    for candidate in found:
        weigh(candidate, scene, control)
    whole = [candidate.node for candidate in found if candidate.money and candidate.money.currency]
    pieces = {
        one.node
        for one in found
        if not (one.money and one.money.currency) and _is_beside(one.node, set(whole) - {one.node})
    }
    likely = [candidate for candidate in found if candidate.node not in pieces]
    _for_everybody(likely)
    ranked = sorted(likely, key=lambda one: (-one.score, one.money.amount if one.money else 0))
    return _first_of_table(ranked, found)


def _for_everybody(likely: list[Candidate]) -> None:
    """Where the only other price is for members, the one called regular is what everybody pays."""
    if any(one.is_for_members for one in likely) and all(
        one.is_for_members or one.is_listed or one.score < ENOUGH for one in likely
    ):
        for one in likely:
            one.add(4.0 * (one.is_listed and not one.is_for_members), "the other price is for members")


def _first_of_table(ranked: list[Candidate], found: list[Candidate]) -> list[Candidate]:
    """Of a table's rows, one for each quantity, the first is the price of one."""
    if not ranked or not _is_of_quantity(ranked[0].node):
        return ranked
    table = ranked[0].node.closest("table")
    alike = [one for one in ranked if one.score == ranked[0].score and one.node.closest("table") == table]
    first = min(alike, key=found.index)
    return [first, *(one for one in ranked if one is not first)]


def _is_of_quantity(node: Node) -> bool:
    """Whether it stands in a row that begins with a figure: `1 – 9`, `10+`."""
    row = node.closest("tr")
    return row is not None and re.match(r"\s*\d", row.text) is not None


def _is_beside(node: Node, taken: set[Node]) -> bool:
    return node in taken or any(above in taken for above in elements_above(node))


def _named(scene: Scene, context: Context) -> Iterator[Candidate]:
    """Elements whose names say price."""
    marked = [
        (node, said)
        for node, said in scene.having("price")
        if not said & {"unit", "aside", "old"} or "now" in said
    ]
    marked += [
        (node, frozenset(("price",)))
        for node in scene.document.tree.select(_MARKED)[:20]
        if node not in scene.apart
    ]
    for node, said in marked[:400]:
        if _struck_above(node) or node.tag in ("input", "select", "form", "body", "html", "main"):
            continue
        line = with_cents(node)
        is_marked = node.attr("itemprop") == "price" or node.attr("property") is not None
        attribute = node.attr("content") if is_marked else _held(node) if not line else None
        if len(line) > LONGEST_BOX or not (line or attribute) or scene.is_card(node):
            continue
        money = _price(line, context) or (_price(attribute, context) if attribute else None)
        if money is None and not captions.ON_REQUEST.search(line):
            continue
        points = 4.0 if is_marked else 3.0
        if money is not None and (_label_refuses(node, line, context) or _is_saved(node, context)):
            continue
        role, told = _in_sentence(node, line, context)
        if role in ("refused", "installment"):
            continue
        candidate = Candidate(
            node,
            line if money is None or not attribute or _price(line, context) else attribute,
            money,
            0.0,
            [],
        )
        candidate.add(points, "it is named a price")
        candidate.add(-3.0 * (told >= _TELLS), "it stands in a sentence about something else")
        candidate.add(
            1.5 * ("now" in said) - 1.5 * ("regular" in said and "now" not in said),
            "it is named current or regular",
        )
        yield candidate


def _held(node: Node) -> str | None:
    """`<div class="price" data-price="34.95" data-currency="EUR">`, which a script fills in."""
    value = next((said for name in _HOLDING if (said := node.attr(name))), None)
    return f"{value} {node.attr('data-currency') or ''}".strip() if value else None


_HOLDING: Final = ("data-price", "data-price-amount", "data-amount")
_MARKED: Final = "[itemprop=price],[property=price],[property$=':price']"


def _bare(scene: Scene, context: Context) -> Iterator[Candidate]:
    """Elements whose whole text is an amount of money."""
    seen: set[Node] = set()
    for run in scene.money_runs[:300]:
        node = _whole(run)
        if node in seen or _struck_above(node) or scene.is_card(node):
            continue
        seen.add(node)
        line = with_cents(node)
        money = _price(line, context) if len(line) <= 60 else None
        if money is None or not clean.is_price_alone(line) or _label_refuses(node, line, context):
            continue
        role, told = _in_sentence(node, line, context)
        if role in ("refused", "installment", "unit"):
            continue
        candidate = Candidate(node, line, money, 0.0, [], is_named=False)
        candidate.add(1.0, "it is nothing but an amount of money")
        candidate.add(-3.0 * (told >= _TELLS), "it stands in a sentence about something else")
        yield candidate


def _whole(run: Run) -> Node:
    """The smallest element around a run that holds its cents and currency too, and nothing else."""
    node = run.node
    for _ in range(3):
        parent = node.parent
        if (
            not isinstance(parent, Node)
            or len(parent.text) > 40
            or parent.tag in ("td", "tr", "dd", "li", "body")
        ):
            break
        rest = parent.text.replace(node.text, " ", 1)
        if not _PIECES.fullmatch(rest) or (
            AMOUNT.search(node.text) and _CURRENCY.search(rest) and _CURRENCY.search(node.text)
        ):
            break
        node = parent
    return node


_PIECES: Final = re.compile(r"[\s\d.,*]*(?:[^\d\s]{1,4}[\s\d.,*]*)?")
_CURRENCY: Final = re.compile(r"[^\d\s.,*]")


def _label_refuses(node: Node, line: str, context: Context) -> bool:
    """Whether the words right before an element say that it is no price: `<b>Was:</b> <i>$10</i>`."""
    label = label_before(node)
    return bool(label) and _price(f"{label} {line}", context) is None


def _is_saved(node: Node, context: Context) -> bool:
    """Whether an element says what its line leaves out: `<b class="you-save">You save</b> $10.00`."""
    whole = " ".join(node.text.split())
    return (
        0 < len(whole) <= LONGEST_BOX and len(AMOUNT.findall(whole)) == 1 and _price(whole, context) is None
    )


def _in_sentence(node: Node, line: str, context: Context) -> tuple[str | None, int]:
    """What an amount is there for by the sentence around it, and how many other words the sentence has."""
    said = around(node) if line else None
    return clean.role_in(said[0], line, said[1], currency=context.currency) if said else (None, 0)


_TELLS: Final = 5
"""So many words, and a sentence tells of more than the price: of a card, a plan, an order."""


def _struck_above(node: Node) -> bool:
    for level, above in enumerate((node, *elements_above(node))):
        if level > 5:
            break
        said = said_by(above)
        if above.tag in STRUCK or LINE_THROUGH.search(above.attr("style") or ""):
            return True
        if (
            said & {"old", "unit", "aside"}
            and "now" not in said
            and "price" in said
            and len(above.text) < 120
            and not holds_former(above, node)
        ):
            return True
    return False


def _price(line: str, context: Context) -> Money | None:
    return clean.price(line, locale=context.locale, currency=context.currency) if line else None


# ── The choice ─────────────────────────────────────────────────────────────────────────────────────


def chosen(found: list[Candidate]) -> Candidate | None:
    """The likeliest, if enough speaks for it.  A likelier element that names no price leaves it open."""
    best = next(iter(found), None)
    if best is None or best.score < ENOUGH:
        return None
    return best if best.money is not None else None


def on_button(control: Control, context: Context) -> Candidate | None:
    """`Add to cart – $12.95`: the price that stands on the button and nowhere else."""
    money = _price(control.words, context) if control.works else None
    if money is None or money.currency is None or not _MONEY.search(control.words):
        return None
    return Candidate(control.node, control.words, money, ENOUGH, ["it stands on the buy button"])


_MONEY: Final = re.compile(r"[€$£¥₹]\s?\d|\d\s?(?:[€$£¥₹]|kr\b|zł|Kč)")


def confidence(best: Candidate, found: list[Candidate]) -> float:
    """How sure: the score above what is needed, less where another amount is nearly as likely."""
    rival = next(
        (other for other in found if other.money and best.money and other.money.amount != best.money.amount),
        None,
    )
    sure = min(0.95, 0.5 + 0.06 * (best.score - ENOUGH))
    gap = best.score - rival.score if rival is not None else 4.0
    return round(max(0.2, sure * min(1.0, 0.6 + 0.1 * gap)), 2)
