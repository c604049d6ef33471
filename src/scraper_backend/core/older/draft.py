"""Today's document while it is being made of an older one, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scraper_backend.core.older import places
from scraper_backend.core.problems import Problem
from scraper_backend.core.selector import older_field_name

Entry = dict[str, Any]
"""One selector as an object."""


@dataclass
class Draft:
    """fields: selectors by today's field name.  names: the field that each older name or id leads to."""

    value: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, list[Entry]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def warn(self, path: str, message: str, hint: str = "") -> None:
        """Something that has no equivalent."""
        self.problems.append(Problem(path, message, hint, "warning"))

    def fault(self, path: str, message: str, hint: str) -> None:
        """Something that cannot be understood."""
        self.problems.append(Problem(path, message, hint))

    def name_of(self, older: object) -> str:
        """Today's name of the field that an older name or id means."""
        return self.names.get(str(older)) or older_field_name(str(older))

    def add(self, path: str, entry: Entry, *, first: bool = False) -> None:
        """One older selector with a `name`, and its fallbacks.  first: before those that are there."""
        name = older_field_name(str(entry["name"]))
        for key in (entry.get("id"), entry["name"]):
            if key is not None:
                self.names[str(key)] = name
        new = places.entries(entry, self._teller(path))
        known = self.fields.setdefault(name, [])
        self.fields[name] = _each_once([*new, *known] if first else [*known, *new])

    def selectors(self, path: str, older: object) -> list[Entry]:
        """What an older `selector` stands for, where a selector stands by itself."""
        return places.entries({"selector": older}, self._teller(path))

    def change(self, name: str, steps: Iterable[object]) -> None:
        """Further changes of a field's text, each once."""
        normalize: dict[str, list[object]] = self.options.setdefault("normalize", {})
        known = normalize.setdefault(name, [])
        known.extend(step for step in steps if step not in known)
        if not known:
            del normalize[name]

    def _teller(self, path: str) -> places.Tell:
        return lambda message, hint: self.warn(path, message, hint)


def _each_once(entries: Iterable[Entry]) -> list[Entry]:
    """What is looked for twice is looked for once, and is required where either said so."""
    found: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = tuple(str(entry.get(name)) for name in ("selector", "json_path", "attribute", "regex", "join"))
        known = found.setdefault(key, entry)
        for flag in ("required", "multiple"):
            if entry.get(flag) is True:
                known[flag] = True
    return list(found.values())
