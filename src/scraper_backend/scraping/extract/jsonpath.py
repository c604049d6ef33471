"""The paths of `json_path`: dots, places, wildcards, filters, and `..` for any depth.

`offers.price`, `$.offers[0].price`, `['product-id']`, `images[*].url`, `images[-1]`, `images[0:2]`,
`variants[?(@.sku == "A-1")].price`, `$..gtin13`.  A key asked of a list is asked of each thing in it,
because shops write one offer and a list of one alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_RESULTS: Final = 1_000
_MAX_VISITED: Final = 50_000

_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
        \.?\[\s*(?P<quote>["'])(?P<quoted>(?:(?!(?P=quote)).)*)(?P=quote)\s*\]
      | \.?\[\s*\?\s*\(?\s*@\.?(?P<key>[\w$.-]*)\s*
          (?:(?P<op>==|!=|>=|<=|>|<)\s*(?P<value>[^\]]*?))?\s*\)?\s*\]
      | \.?\[\s*(?P<from>-?\d*)\s*:\s*(?P<to>-?\d*)\s*\]
      | \.?\[\s*(?P<index>-?\d+)\s*\]
      | \.?\[\s*\*\s*\]  (?P<all>)
      | \.?\*            (?P<star>)
      | \.?(?P<name>[^.\[\]*\s][^.\[\]]*)
    )""",
    re.X,
)

Step = Callable[[object], Iterator[object]]


@dataclass(frozen=True, slots=True)
class Path:
    """A path that was read once and is followed often."""

    text: str
    steps: tuple[tuple[bool, Step], ...]

    def find(self, value: object) -> list[object]:
        """Everything that the path leads to, in order; nothing is an empty list."""
        here = [value]
        for deep, step in self.steps:
            around = (inner for one in here for inner in (_everything(one) if deep else (one,)))
            here = [found for one in around for found in step(one)][:MAX_RESULTS]
        return [one for one in here if one is not None]


@lru_cache(maxsize=512)
def compiled(text: str) -> Path:
    """The path that `text` says.  Raises ValueError with the place where it cannot be read."""
    rest = text.strip()
    at = 1 if rest.startswith("$") else 0
    steps: list[tuple[bool, Step]] = []
    while at < len(rest):
        match = _STEP.match(rest, at)
        if not match or match.end() == at:
            raise ValueError(
                f"cannot read {rest[at:]!r} in the path {text!r}; write such as `offers[0].price`"
            )
        deep = match["deep"] is not None
        steps.append((deep, _step(match, deep)))
        at = match.end()
    return Path(text, tuple(steps))


def _step(match: re.Match[str], deep: bool) -> Step:
    if match["quoted"] is not None or match["name"] is not None:
        name = match["quoted"] if match["quoted"] is not None else match["name"].strip()
        return _own_key(name) if deep else _key(name)
    if match["key"] is not None:
        return _filter(match["key"], match["op"], match["value"])
    if match["index"] is not None:
        return _index(int(match["index"]))
    if match["all"] is not None or match["star"] is not None:
        return _all
    return _slice(match["from"], match["to"])


def _key(name: str) -> Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, Mapping):
            if name in value:
                yield value[name]
        elif isinstance(value, list):
            for inner in value:
                if isinstance(inner, Mapping) and name in inner:
                    yield inner[name]

    return step


def _own_key(name: str) -> Step:
    """After `..`, which comes to each thing in a list by itself."""

    def step(value: object) -> Iterator[object]:
        if isinstance(value, Mapping) and name in value:
            yield value[name]

    return step


def _index(place: int) -> Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, list) and -len(value) <= place < len(value):
            yield value[place]
        elif place == 0 and isinstance(value, Mapping):
            yield value

    return step


def _slice(first: str, last: str) -> Step:
    part = slice(int(first) if first else None, int(last) if last else None)

    def step(value: object) -> Iterator[object]:
        if isinstance(value, list):
            yield from value[part]

    return step


def _all(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _filter(key: str, operator: str | None, literal: str | None) -> Step:
    names = [name for name in key.split(".") if name]
    wanted = (literal or "").strip().strip(")").strip()
    wanted = wanted[1:-1] if wanted[:1] in ("'", '"') and wanted[-1:] == wanted[:1] else wanted

    def step(value: object) -> Iterator[object]:
        for one in _all(value):
            inner: object = one
            for name in names:
                inner = inner.get(name) if isinstance(inner, Mapping) else None
            if _holds(inner, operator, wanted):
                yield one

    return step


def _holds(value: object, operator: str | None, wanted: str) -> bool:
    if operator is None:
        return value is not None and value is not False
    said = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    if operator in ("==", "!="):
        return (said == wanted) is (operator == "==")
    try:
        mine, theirs = float(said), float(wanted)
    except ValueError:
        return False
    return {">": mine > theirs, "<": mine < theirs, ">=": mine >= theirs, "<=": mine <= theirs}.get(
        operator, False
    )


def _everything(value: object) -> Iterator[object]:
    """The value and all that is in it, outer things first."""
    stack = [value]
    for _ in range(_MAX_VISITED):
        if not stack:
            return
        here = stack.pop()
        yield here
        if isinstance(here, Mapping):
            stack.extend(reversed([one for one in here.values() if isinstance(one, (dict, list))]))
        elif isinstance(here, list):
            stack.extend(reversed([one for one in here if isinstance(one, (dict, list))]))
