"""Values that a framework writes in a form of its own: one flat list, or each with its kind.

In the list numbers are the places of other values.  Nuxt 3 and SvelteKit put it into a script of JSON; React
Router (Remix, and so Shopify's Hydrogen) sends it in pieces while the page still loads, what comes later as a
promise.  Astro writes `[0, value]`.  Called by `scripts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from scraper_backend.scraping.extract import lenient

_KEPT: Final = ("P", "Z")
"""What stands for another value: a promise, and what it became."""


def is_pool(value: object) -> bool:
    """Whether all that the first value holds are places in the list."""
    return (
        isinstance(value, list)
        and len(value) > 3
        and isinstance(value[0], (dict, list))
        and _holds_places(value[0], len(value))
    )


def _holds_places(root: dict[str, object] | list[object], length: int) -> bool:
    inside = list(root.values()) if isinstance(root, dict) else root[1:]
    return bool(inside) and all(
        isinstance(one, int) and not isinstance(one, bool) and -10 < one < length for one in inside
    )


def tree(values: list[Any]) -> object:
    """The tree that a flat list stands for; each place is read once."""
    made: dict[int, object] = {}

    def at(place: object, depth: int) -> object:
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(values):
            return None
        if place in made or depth > lenient.MAX_DEPTH:
            return made.get(place)
        raw = values[place]
        made[place] = None
        if isinstance(raw, dict):
            made[place] = {key: at(inner, depth + 1) for key, inner in raw.items()}
        elif isinstance(raw, list) and raw and isinstance(raw[0], str):
            made[place] = at(raw[1], depth + 1) if len(raw) > 1 else None
        elif isinstance(raw, list):
            made[place] = [at(inner, depth + 1) for inner in raw]
        else:
            made[place] = raw
        return made[place]

    return at(0, 0)


def streamed(text: str) -> object:
    """The tree of a stream: a list, then a line for each promise, `P12:[…]`; keys are places too, `_7`."""
    values: list[Any] = []
    kept: dict[int, object] = {}
    for number, line in enumerate(text.splitlines()):
        name, _, rest = ("", "", line) if number == 0 else line.partition(":")
        try:
            sent = orjson.loads(rest)
        except ValueError:
            break
        if name[:1] == "P" and name[1:].isdigit():
            kept[int(name[1:])] = len(values) if isinstance(sent, list) else sent
        values.extend(sent if isinstance(sent, list) else ())
    return tree([_plain(one, values, kept) for one in values]) if values else None


def _plain(value: object, values: list[Any], kept: Mapping[int, object]) -> object:
    """As `tree` reads it: keys by their names, a promise as the place of what became of it."""
    if isinstance(value, dict):
        return dict(_named(value, values))
    if isinstance(value, list) and len(value) == 2 and value[0] in _KEPT:
        return [value[0], kept.get(value[1]) if value[0] == "P" else value[1]]
    return value


def _named(value: Mapping[str, object], values: list[Any]) -> Iterable[tuple[str, object]]:
    for key, place in value.items():
        number = int(key[1:]) if key[1:].isdigit() else -1
        name = values[number] if 0 <= number < len(values) else key
        yield str(name), place


def without_kinds(props: object) -> object:
    """The properties of an Astro island as they are; anything else unchanged."""
    if isinstance(props, dict) and props and all(map(_has_kind, props.values())):
        return {key: _unwrapped(value, 0) for key, value in props.items()}
    return props


def _has_kind(value: object) -> bool:
    return isinstance(value, list) and 0 < len(value) < 3 and type(value[0]) is int and 0 <= value[0] < 20


def _unwrapped(value: object, depth: int) -> object:
    if not isinstance(value, list) or not _has_kind(value) or depth > lenient.MAX_DEPTH:
        return None
    inner = value[-1] if len(value) > 1 else None
    if isinstance(inner, dict):
        return {key: _unwrapped(one, depth + 1) for key, one in inner.items()}
    return [_unwrapped(one, depth + 1) for one in inner] if isinstance(inner, list) else inner
