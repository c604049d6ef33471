"""YAML and JSON as a person wrote them: values, and the line each one stands on; and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import orjson
import yaml

from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem

MOST: Final = 200_000
"""Values in a document, its aliases followed."""


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: dates stay text, `no` stays text, a key written twice is refused."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in pairs
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")
    ]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def load_yaml(text: str, *, source: str) -> tuple[object, dict[str, int]]:
    """The parsed document, and for each dotted path the line it stands on.  Raises `Faults`.

    JSON is read by its own rules: it may be indented with tabs, and writes an emoji as two halves.
    """
    if not text.lstrip().startswith(("{", "[")):
        return _load(text, source=source)
    value, lines = _load(text.replace("\t", " "), source=source)
    try:
        return orjson.loads(text), lines
    except orjson.JSONDecodeError:  # YAML in braces, a comma too many
        return value, lines


def _load(text: str, *, source: str) -> tuple[object, dict[str, int]]:
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[str, int] = {}
            problems = list(_walk(node, "", lines)) if node else []
            if problems:
                raise Faults(source, problems)
            return (loader.construct_document(node) if node else None), lines
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise Faults(source, [_yaml_problem(error)]) from None
    except (RecursionError, ValueError):
        raise Faults(
            source, [Problem("", "is not YAML that can be read", "write plain mappings, lists and text")]
        ) from None


class _Dumper(yaml.SafeDumper):
    """Writes what `_Loader` reads back as it was: text that looks like a number keeps its quotes."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def dump_yaml(value: object) -> str:
    """JSON values as YAML that `load_yaml` reads back, keys in their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _walk(node: yaml.Node, path: str, lines: dict[str, int]) -> Iterable[Problem]:
    lines.setdefault(path, node.start_mark.line + 1)
    children: list[tuple[str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(index), value, value) for index, value in enumerate(node.value)]
    if len(lines) > MOST:
        raise ValueError  # aliases of aliases: nine short lines are a thousand million values
    seen: set[str] = set()
    for name, mark, value in children:
        inner = f"{path}.{name}" if path else name
        line = mark.start_mark.line + 1
        if name in seen:
            yield Problem(inner, "is written twice", "keep one of them", line=line)
        seen.add(name)
        lines[inner] = line
        yield from _walk(value, inner, lines)


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return Problem(
        "",
        f"is not YAML: {said}",
        "check the indentation and quotes there",
        line=mark.line + 1 if mark else None,
    )
