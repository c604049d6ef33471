"""What speaks for an amount on a page being what the product costs.

How near the product's heading and its buy button it stands, what it is called, what is said around it.
Called by `prices` for each of its candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scraper_backend.scraping.clean import Money, terms
from scraper_backend.scraping.clean.taxes import EXCLUDED, INCLUDED
from scraper_backend.scraping.clean.words import pattern
from scraper_backend.scraping.document import Node, TextNode
from scraper_backend.scraping.extract.visible import captions
from scraper_backend.scraping.extract.visible.controls import Control
from scraper_backend.scraping.extract.visible.line import holds_former, is_hidden, said_by
from scraper_backend.scraping.extract.visible.scene import Scene, elements_above, levels
from scraper_backend.scraping.extract.visible.traits import Traits


@dataclass(slots=True)
class Candidate:
    """An amount that may be the price, and what speaks for it.  money: None where it says there is none."""

    node: Node
    line: str
    money: Money | None
    score: float
    reasons: list[str]
    is_named: bool = True
    is_listed: bool = False
    is_for_members: bool = False

    def add(self, points: float, reason: str) -> None:
        """One piece of evidence."""
        if points:
            self.score += points
            self.reasons.append(f"{points:+.1f} {reason}")


def weigh(candidate: Candidate, scene: Scene, control: Control | None) -> None:
    """Adds up all that speaks for a candidate and against it."""
    node = candidate.node
    if candidate.money is not None and candidate.money.raw and re.search(r"[^\d\s.,'-]", candidate.money.raw):
        candidate.add(1.5, "it names its currency")
    label = label_before(node)
    candidate.is_listed = _LISTED.match(f"{label} {candidate.line}") is not None
    if candidate.is_listed:
        candidate.add(-3.0, "it is called a list price, an old one or an approximation")
    if _PER_UNIT.match(_behind(node)) or (candidate.money is not None and candidate.money.is_partial):
        candidate.add(-4.0, "it is for a unit of it, or one of several payments")
    said = f"{label} {candidate.line} {_option_of(node)}"
    if captions.MEMBERS.search(re.sub(r"non-?members?", "", said, flags=re.IGNORECASE)):
        candidate.is_for_members = True
        candidate.add(-3.0, "it is for members")
    if "net" in said_by(node) or _is_without_tax(candidate.line, said):
        candidate.add(-1.5, "it is without tax")
    if len(AMOUNT.findall(candidate.line)) > 1 and not re.search(r"[^\W\d_]{2}|[-–]", candidate.line):
        candidate.add(-2.0, "it holds two amounts and does not say which")
    length = len(candidate.line)
    candidate.add(1.0 if length <= 40 else -1.5 if length > 110 else 0.0, "it is short or long")
    candidate.add(max(-2.0, 3.0 - 0.5 * scene.distance(node)), "it is near or far from the heading")
    if control is not None:
        candidate.add(max(0.0, 2.5 - 0.4 * _distance(node, control.node)), "it is near the buy button")
    for above, points, reason in _surroundings(node, scene):
        candidate.add(points, f"{reason} ({above.tag})")


def _behind(node: Node) -> str:
    """The text that follows an element in its parent, or in the one above where it ends that one."""
    for here in (node, node.parent):
        after = here.next_sibling if isinstance(here, Node) else None
        text = " ".join(after.text.split()) if after is not None else ""
        if text:
            return text[:40]
    return ""


_LISTED: Final = re.compile(
    rf"\W*(?:{pattern(terms.LIST).pattern}|{pattern(terms.WAS).pattern}|approx\w*|circa|ca\.|etwa|environ|≈|~)",
    re.IGNORECASE,
)
_PER_UNIT: Final = re.compile(
    r"(?:/|(?:per|pro|je)\b)\s*(?:\d+\s*)?(?!each|ea\b|piece|unit|st[üu]ck|month|mo\b)[^\W\d]{1,12}\b",
    re.IGNORECASE,
)


def _option_of(node: Node) -> str:
    """The words of the choice that an amount belongs to: `Subscribe & save 10% $11.69`."""
    above = node.parent
    text = " ".join(above.text.split()) if isinstance(above, Node) else ""
    return text if len(text) <= 100 and len(AMOUNT.findall(text)) <= 3 else ""


def _is_without_tax(line: str, said: str) -> bool:
    """By its own line, else by what is said around it: a net price beside a gross one says so itself."""
    for text in (line, said):
        if INCLUDED.search(text):
            return False
        if EXCLUDED.search(text):
            return True
    return False


AMOUNT: Final = re.compile(r"\d+(?:[.,]\d+)*")


def _distance(node: Node, other: Node) -> int:
    """How many levels above `other` the element stands that contains both."""
    known = levels((other, *elements_above(other)))
    return next((known[above] for above in (node, *elements_above(node)) if above in known), 30)


def _surroundings(node: Node, scene: Scene) -> Iterator[tuple[Node, float, str]]:
    for level, above in enumerate((node, *elements_above(node))):
        if above in scene.above or level > 8:
            return
        said = said_by(above)
        if "story" in said and "price" not in said:
            yield above, -4.0, "it stands in a description"
        if level > 0 and _is_aside(above, said, node):
            yield above, -3.0, "it stands in an aside"
        if above.tag in ("td", "dd", "th"):
            yield above, -1.0, "it stands in a table"
        if above.tag in ("label", "option"):
            yield above, -1.0, "it is one of several choices"
        taken = _is_taken(above)
        if taken is not None:
            yield above, 1.0 if taken else -2.0, f"it is a choice that is {'' if taken else 'not '}taken"
        if above.tag == "a" and not (above.attr("href") or "-").startswith(("#", "javascript:")):
            yield above, -2.0, "it is a link to somewhere else"
        if above.tag == "p" and len(above.text) > 150:
            yield above, -3.0, "it stands in running text"


def _is_aside(above: Node, said: Traits, price: Node) -> bool:
    """Whether an element around a price is called after another one, and does not hold that one too."""
    kinds = said & {"unit", "aside", "old"}
    if not kinds or "now" in said:
        return False
    return not (kinds == {"old"} and "price" in said and holds_former(above, price))


def _is_taken(choice: Node) -> bool | None:
    """Whether one of several choices is the one that is taken; None where an element is no choice."""
    states = {choice.attr(name) for name in ("aria-checked", "aria-selected", "aria-pressed")}
    return True if "true" in states else False if "false" in states else None


def label_before(node: Node) -> str:
    """The short text that stands directly before an element, in its parent or the one above."""
    here: Node = node
    for _ in range(2):
        before = here.previous_sibling
        while before is not None and not _is_seen(before):
            before = before.previous_sibling
        if isinstance(before, Node) and before.tag in ("h1", "h2", "h3", "h4"):
            return ""
        if before is not None:
            text = " ".join(before.text.split())
            return text if len(text) <= 40 and not re.search(r"\d", text) else ""
        if not isinstance(here.parent, Node) or len(here.parent.text) > 80:
            return ""
        here = here.parent
    return ""


def _is_seen(sibling: object) -> bool:
    """Whether it says anything; templates keep labels of prices that they have not, hidden."""
    if isinstance(sibling, Node):
        return bool(sibling.text.strip()) and not is_hidden(sibling, said_by(sibling))
    return isinstance(sibling, TextNode) and bool(sibling.data.strip())
