"""An older selector, as today's language has it.

Playwright's engines are taken off (`css=`, `>> nth=0`), lists that mix CSS and XPath become alternatives,
and the SKU that a selector asks for is left to the identity gate, which asks better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scraper_backend.core.selector import is_xpath

Tell = Callable[[str, str], None]
"""Says what was left out, and what to write instead."""

_OF_THE_LIST: Final = (
    "id", "name", "fallback_selectors", "fallbacks", "transform", "transformations", "nth", "timeout",
    "force", "description", "selector", "css", "xpath", "field_type",
)  # fmt: skip
_ATTRIBUTES: Final = {"inner_text": "text", "inner_html": "innerHTML", "content_text": "text"}
_ENGINE: Final = re.compile(r"^\s*(?:css|xpath)\s*=\s*", re.IGNORECASE)
_TEXT_ENGINE: Final = re.compile(r"^\s*text\s*=\s*[\"']?(?P<words>.*?)[\"']?\s*$", re.IGNORECASE)
_NTH: Final = re.compile(r"\s*>>\s*nth\s*=\s*(?P<place>-?\d+)\s*$")
_OF_SKU: Final = re.compile(
    r"""(?::(?:has-text|contains|text)\(\s*["']?\{+\s*sku\s*\}+["']?\s*\)|\[[\w-]+\s*[*^$~|]?=\s*["']?\{+\s*sku\s*\}+["']?\])""",
    re.IGNORECASE,
)


def entries(entry: Mapping[str, Any], tell: Tell) -> list[dict[str, Any]]:
    """The selectors in order: the entry's own, then its fallbacks, each as an object without nulls."""
    shared = {key: value for key, value in entry.items() if key not in _OF_THE_LIST and value is not None}
    if isinstance(shared.get("attribute"), str):
        shared["attribute"] = _ATTRIBUTES.get(shared["attribute"].lower(), shared["attribute"])
    found: list[dict[str, Any]] = []
    for written in _written(entry):
        if isinstance(written, dict):
            found += entries({**shared, **written}, tell)
        elif isinstance(written, str) and written.strip():
            found += [
                {**shared, "selector": text}
                for text in _alternatives(written, tell)
                if not _asks_for_sku(written, text)
            ]
        else:
            found.append({**shared, "selector": written})
    if "json_path" in shared and not found:
        found.append(shared)
    return found


def _written(entry: Mapping[str, Any]) -> Iterator[object]:
    """Whatever stands where a selector may stand, one or several."""
    for key in ("selector", "css", "xpath", "fallback_selectors", "fallbacks"):
        value = entry.get(key)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


def _alternatives(written: str, tell: Tell) -> list[str]:
    """`h1, //h2` is two selectors; CSS that stands together stays together."""
    parts = list(_top_level(written))
    if len(parts) == 1 or all(map(is_xpath, parts)) or not any(map(is_xpath, parts)):
        return [_plain(written, tell)]
    groups: list[list[str]] = []
    for part in parts:
        if groups and not is_xpath(part) and not is_xpath(groups[-1][-1]):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_plain(", ".join(group), tell) for group in groups]


def _asks_for_sku(written: str, text: str) -> bool:
    """Whether nothing but the SKU tells the element: the walk finds the link that names it by itself."""
    return "{sku" in text or ("{sku" in written and re.fullmatch(r"\w*", text) is not None)


def _top_level(text: str) -> Iterator[str]:
    """The parts of a list; commas in brackets and quotes are none of its."""
    depth, quote, start = 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()


def _plain(written: str, tell: Tell) -> str:
    """One selector without what only Playwright understands."""
    text = _OF_SKU.sub("", written.strip())
    words = _TEXT_ENGINE.match(text)
    if words:
        return f':text("{words["words"]}")'
    text = _ENGINE.sub("", text)
    nth = _NTH.search(text)
    text = text[: nth.start()] if nth else text
    if not is_xpath(text):
        text = re.sub(r"\s*>>\s*(?:css\s*=\s*)?", " ", text).strip()
    if nth is None or nth["place"] == "0":
        return text
    if is_xpath(text):
        tell(f"`nth={nth['place']}` is left out", f"write ({text})[{int(nth['place']) + 1}]")
        return text
    return f"{text} >> nth={nth['place']}"
