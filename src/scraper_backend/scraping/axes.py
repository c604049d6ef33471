"""XPath whose cost a page cannot drive up.

The engine takes the `following` and `preceding` axes of n elements in n³ steps: a page of two thousand
elements costs a minute, a hostile one costs the day.  Such an expression is taken apart at the axis and
followed from one element after the other, a hundred at most; inside of a predicate, where that cannot be
done, it is refused on large pages.  Everything else goes to the engine as it is.  Called by `document`.
"""

from __future__ import annotations

import re
from typing import Any, Final

import turbohtml

MAX_CONTEXTS: Final = 100
"""From so many elements an expensive axis is followed; whoever means one thing finds it in the first."""

MAX_ELEMENTS: Final = 1_000
"""A page with more elements is too large for an expensive axis inside of a predicate."""

_AXIS = re.compile(r"(?:following|preceding)::")
_FIRST = re.compile(r"(?:following|preceding)::[\w*:()-]+\[\s*1\s*\]")
_NUMBERED = re.compile(r"^\s*\((?P<inside>.*)\)\s*\[\s*(?P<place>\d+|last\(\))\s*\](?P<rest>.*)$", re.S)


def find(root: turbohtml.Node, expression: str) -> Any:
    """What `expression` yields.  Raises ValueError when it is no XPath, or too costly for this page."""
    if not _AXIS.search(expression):
        return root.xpath(expression)
    numbered = _NUMBERED.match(expression)
    if numbered and _is_balanced(numbered["inside"]):
        return _numbered(root, numbered)
    at = _top_level_axis(expression)
    if at > 0:
        return _from_each(root, expression[:at].rstrip("/"), expression[at:])
    _refuse_when_large(root, expression)
    return root.xpath(expression)


def _numbered(root: turbohtml.Node, match: re.Match[str]) -> list[Any]:
    """`(…)[2]/a`: the second of what stands in the brackets, and on from there."""
    found = find(root, match["inside"])
    if not isinstance(found, list) or not found:
        return []
    place = len(found) if match["place"] == "last()" else int(match["place"])
    chosen = found[place - 1 : place] if place > 0 else []
    rest = match["rest"].strip()
    if not rest:
        return chosen
    return [inner for one in chosen if isinstance(one, turbohtml.Node) for inner in find(one, f".{rest}")]


def _from_each(root: turbohtml.Node, before: str, step: str) -> list[Any]:
    """The rest of the expression from each element that the first part of it yields."""
    contexts = find(root, before)
    found: list[Any] = []
    seen: set[Any] = set()
    for context in contexts[:MAX_CONTEXTS] if isinstance(contexts, list) else ():
        if not isinstance(context, turbohtml.Node):
            continue
        for one in _listed(context.xpath(step)):
            if not isinstance(one, turbohtml.Node) or one not in seen:
                seen.add(one)
                found.append(one)
    return found


def _listed(result: Any) -> list[Any]:
    return result if isinstance(result, list) else [result]


def _refuse_when_large(root: turbohtml.Node, expression: str) -> None:
    if _AXIS.search(_FIRST.sub("", expression)) and len(root.select("*")) > MAX_ELEMENTS:
        raise ValueError(
            "`following::` and `preceding::` inside of brackets cost too much on a page of this size; "
            "write `following-sibling::` or `preceding-sibling::`, or a CSS selector"
        )


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return depth == 0


def _top_level_axis(expression: str) -> int:
    """Where the first expensive axis outside of all brackets starts, after a slash; 0 for nowhere."""
    depth, quote = 0, ""
    for at, char in enumerate(expression):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and depth == 0:
            return 0
        elif char == "/" and depth == 0 and _AXIS.match(expression, at + 1):
            return at + 1
    return 0
