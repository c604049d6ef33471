"""The common part of a configuration as form fields, and changes of it put into the YAML as people wrote it.

A change touches its own line only: comments, order and quotes of everything else stay.  Where a line cannot
be found or the result would not read back right, the whole document is written anew instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from scraper_backend.core.errors import Faults
from scraper_backend.core.yaml import dump_yaml, load_yaml

RENDER: Final = ("auto", "http", "browser")


class Input(NamedTuple):
    """One field of the form; `path` is where it stands in the document."""

    path: str
    label: str
    hint: str
    kind: str = "text"


INPUTS: Final = (
    Input("name", "Name", "What jobs and results call this site. It cannot be changed later."),
    Input("base_url", "Address of the site", "https://www.example.com"),
    Input("search_url_template", "Address of a search", "With {sku} where the SKU goes: /search?q={sku}"),
    Input(
        "options.product_link",
        "Link to the product",
        "A CSS selector on the results page; empty finds it by itself.",
    ),
    Input("options.rate.per_second", "Requests a second", "All runners together; 2 when empty.", "number"),
    Input("options.render", "How pages are read", "auto opens a browser only where it is needed.", "render"),
)


def values(text: str) -> dict[str, str]:
    """The form's fields as the document has them; what is no plain value is left to the document."""
    try:
        document, _ = load_yaml(text, source="scraper")
    except Faults:
        return {}
    return {field.path: _shown(_at(document, field.path)) for field in INPUTS}


def merged(text: str, form: Mapping[str, str]) -> str:
    """The document with the form's fields in it.  Raises `Faults` when it is no YAML."""
    for field in INPUTS:
        said = form.get(field.path)
        if said is not None and said.strip() != values(text).get(field.path, ""):
            text = put(text, field.path, _typed(field, said.strip()))
    return text


def put(text: str, path: str, value: Any) -> str:
    """`text` with `value` at a dotted path; None takes the key away.  Raises `Faults`."""
    document, lines = load_yaml(text, source="scraper")
    wanted = _with(document if isinstance(document, dict) else {}, path.split("."), value)
    edited = _edited(text, lines, path, value)
    try:
        if edited is not None and load_yaml(edited, source="scraper")[0] == wanted:
            return edited
    except Faults:
        pass
    return dump_yaml(wanted)


def _typed(field: Input, said: str) -> Any:
    if not said:
        return None
    if field.kind == "number":
        try:
            return int(said) if said.isdigit() else float(said)
        except ValueError:
            return said
    return None if field.kind == "render" and said == "auto" else said


def _shown(value: object) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _at(document: object, path: str) -> object:
    for part in path.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _with(document: Mapping[str, Any], parts: list[str], value: Any) -> dict[str, Any]:
    """The document with the value in it; an object that becomes empty goes too."""
    first, *rest = parts
    if rest:
        inner = document.get(first)
        value = _with(inner if isinstance(inner, dict) else {}, rest, value) or None
    if value is None:
        return {key: kept for key, kept in document.items() if key != first}
    return {**document, first: value}


def _edited(text: str, lines: Mapping[str, int], path: str, value: Any) -> str | None:
    """The text with one line changed, added or taken away; None when that cannot be told."""
    if path in lines:
        return _changed(text, lines[path], path.rpartition(".")[2], value)
    return None if value is None else _added(text, lines, path.split("."), value)


def _changed(text: str, line: int, key: str, value: Any) -> str | None:
    rows = text.split("\n")
    row = rows[line - 1]
    found = re.match(rf"^(\s*){re.escape(key)}:", row)
    if not found:
        return None
    comment = re.search(r"\s+#[^'\"]*$", row)
    fresh = f"{found[1]}{_line(key, value)}{comment[0] if comment else ''}"
    return "\n".join([*rows[: line - 1], *([] if value is None else [fresh]), *rows[line:]])


def _added(text: str, lines: Mapping[str, int], parts: list[str], value: Any) -> str:
    """Under the nearest object that is there, with the objects between them."""
    depth = next(n for n in range(len(parts) - 1, -1, -1) if n == 0 or ".".join(parts[:n]) in lines)
    for part in reversed(parts[depth + 1 :]):
        value = {part: value}
    block = _line(parts[depth], value)
    if depth == 0:
        return text.rstrip("\n") + ("\n" if text.strip() else "") + block + "\n"
    rows, line = text.split("\n"), lines[".".join(parts[:depth])]
    row = rows[line - 1]
    indent = " " * (len(row) - len(row.lstrip()) + 2)
    return "\n".join([*rows[:line], *(indent + one for one in block.split("\n")), *rows[line:]])


def _line(key: str, value: Any) -> str:
    return dump_yaml({key: value}).strip("\n")
