"""Vocabularies: lists of words and phrases as people read them, and the patterns made of them."""

from __future__ import annotations

import re
from functools import cache


def words(text: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text that lists them, separated by commas."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


@cache
def pattern(text: str) -> re.Pattern[str]:
    """One pattern for all phrases of `text`, longest first, any case, blanks any width.

    A phrase that ends in `*` is the beginning of a word (`versand*`); others stand as words of their own.
    The phrases are merged by their beginnings, so that a line is read once and not once a phrase.
    """
    bounded: _Trie = {}
    loose: _Trie = {}
    for phrase in phrases(text):
        _plant(bounded if phrase[0].isalnum() else loose, phrase)
    shapes = [rf"(?<!\w){_regex(bounded)}" if bounded else "", _regex(loose) if loose else ""]
    return re.compile("|".join(filter(None, shapes)), re.IGNORECASE)


_Trie = dict[str, "_Trie"]


def _plant(trie: _Trie, phrase: str) -> None:
    """Adds a phrase, letter by letter; its end is a key of its own."""
    bare = phrase.removesuffix("*")
    for letter in bare.lower():
        trie = trie.setdefault(letter, {})
    is_word = bare == phrase and bare[-1].isalnum()
    trie.setdefault(r"(?!\w)" if is_word else "", {})


def _regex(trie: _Trie) -> str:
    """The pattern of a trie: what goes on before what ends."""
    ends = [key for key in trie if len(key) != 1]
    longer = [_letter(key) + (_regex(inner) if inner else "") for key, inner in trie.items() if len(key) == 1]
    shapes = [*longer, *sorted(ends, reverse=True)]
    return shapes[0] if len(shapes) == 1 else f"(?:{'|'.join(shapes)})"


def _letter(letter: str) -> str:
    return r"\s+" if letter == " " else re.escape(letter)
