"""CSS that asks for words: `li:has-text("Weight") span`, `h2:contains("No results")`.

CSS has no such thing and the engine rightly refuses it, but browser tools and jQuery do, and configurations
made with them have it on every other line.  The elements that say the words bear a mark while the selector
is looked for.  `… >> nth=1` is the second of what is found.  Called by `document`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import turbohtml
from turbohtml import Element as Node

_ASKED: Final = re.compile(
    r"""
    :(?P<kind> has-text | contains | icontains | -soup-contains(?:-own)? | text-is | text )
    \( \s* (?: "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<bare>[^()"'\s][^()"']*) ) \s* \)
    """,
    re.VERBOSE,
)
_SHOWN: Final = re.compile(r":visible(?![\w-])")
_NTH: Final = re.compile(r"\s*>>\s*nth\s*=\s*(?P<place>-?\d{1,4})\s*$")
_SMALLEST: Final = ("text", "-soup-contains-own")


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that a selector asks for, in lower case, and how.

    kind: `text-is` wants nothing but them; `text` wants the innermost element that says them.
    """

    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A selector as the engine understands it, the words its marks stand for, and which find it wants."""

    text: str
    asked: tuple[Asked, ...] = ()
    place: int | None = None

    @property
    def is_more(self) -> bool:
        """Whether there is more to it than CSS."""
        return bool(self.asked) or self.place is not None

    def find(self, tree: turbohtml.Document) -> list[Node]:
        """What the selector finds."""
        with marked(tree, self.asked):
            found = tree.select(self.text)
        if self.place is None:
            return found
        return found[self.place :][:1] if -len(found) <= self.place < len(found) else []


@lru_cache(maxsize=2048)
def plain(selector: str) -> Plain:
    """The selector in parts.  `:visible` says nothing where nothing is laid out, and is left out."""
    if ":" not in selector and ">>" not in selector:
        return Plain(selector)
    asked: list[Asked] = []
    nth = _NTH.search(selector)
    selector = selector[: nth.start()] if nth else selector

    def mark(match: re.Match[str]) -> str:
        words = match["double"] or match["single"] or match["bare"] or ""
        asked.append(Asked(" ".join(words.lower().split()), match["kind"]))
        return f"[bsr-says-{len(asked) - 1}]"

    text = _ASKED.sub(mark, selector)
    return Plain(_SHOWN.sub("", text), tuple(asked), int(nth["place"]) if nth else None)


@contextmanager
def marked(tree: turbohtml.Document, asked: tuple[Asked, ...]) -> Iterator[None]:
    """The tree with a mark on every element that says what is asked for, for as long as this lasts."""
    found: list[tuple[Node, str]] = []
    try:
        for index, one in enumerate(asked):
            name = f"bsr-says-{index}"
            for node in _saying(tree, one):
                node.attrs[name] = ""
                found.append((node, name))
        yield
    finally:
        for node, name in found:
            del node.attrs[name]


def _saying(tree: turbohtml.Document, asked: Asked) -> Iterator[Node]:
    """From the outside in, and only into what says the words."""
    root = tree.root
    stack = [root] if isinstance(root, Node) else []
    while stack:
        here = stack.pop()
        text = " ".join(here.text.lower().split())
        if asked.words not in text:
            continue
        inner = [child for child in here.children if isinstance(child, Node)]
        stack.extend(reversed(inner))
        if asked.kind in _SMALLEST:
            if not any(asked.words in " ".join(child.text.lower().split()) for child in inner):
                yield here
        elif asked.kind != "text-is" or text == asked.words:
            yield here
