"""The sentence that an amount stands in: `or 4 payments of <b>$9.00</b> with your card`.

Called by `prices`, for which an amount within a sentence is what the sentence says of it.
"""

from __future__ import annotations

import re
from typing import Final

from scraper_backend.scraping.clean.words import words
from scraper_backend.scraping.document import Node, TextNode

MOST_LEVELS: Final = 4
LONGEST: Final = 200
"""Characters on each side; what stands further away says nothing of an amount."""

_INLINE: Final = words("a abbr b bdi bdo em font i label mark small span strong sub sup u")
_SAYS: Final = re.compile(r"[^\W\d_]{2}")


def around(node: Node) -> tuple[str, str] | None:
    """What stands before and behind an element in its sentence; None where there is no sentence.

    A sentence has words that no element of their own holds; a layout has elements for all.
    """
    before: list[str] = []
    after: list[str] = []
    is_written = False
    here = node
    for _ in range(MOST_LEVELS):
        parent = here.parent
        if not isinstance(parent, Node):
            break
        for side, sibling_of in ((before, "previous_sibling"), (after, "next_sibling")):
            is_written |= _collect(here, sibling_of, side)
        if parent.tag not in _INLINE:
            break
        here = parent
    return (" ".join(reversed(before)), " ".join(after)) if is_written else None


def _collect(node: Node, sibling_of: str, texts: list[str]) -> bool:
    """Adds what stands on one side of it up to the next block; whether some of it is bare text."""
    is_written, length = False, sum(map(len, texts))
    sibling = getattr(node, sibling_of)
    while sibling is not None and length < LONGEST:
        if isinstance(sibling, Node) and sibling.tag not in _INLINE:
            break
        text = " ".join(sibling.text.split()) if isinstance(sibling, (Node, TextNode)) else ""
        if text:
            texts.append(text)
            length += len(text)
            is_written |= isinstance(sibling, TextNode) and _SAYS.search(text) is not None
        sibling = getattr(sibling, sibling_of)
    return is_written
