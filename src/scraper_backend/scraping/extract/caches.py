"""Apollo's caches: one flat table of things that refer to each other, put together again.

`{"Product:9": {"price": {"__ref": "Price:9"}}, "Price:9": {…}}` says nothing where one looks for a product
with a price.  Called by `embedded`, for the values of scripts that hold such a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_ROOTS: Final = ("ROOT_QUERY", "$ROOT_QUERY")
_DEPTH: Final = 4
_MOST: Final = 20_000


def resolved(value: Any) -> Any:
    """The value, its tables put together; itself where it holds none."""
    table = _table(value, 0)
    return _Table(table).whole() if table is not None else value


def _table(value: Any, depth: int) -> Mapping[str, Any] | None:
    """The first table in a value, not too deep."""
    if not isinstance(value, dict) or depth > _DEPTH:
        return None
    if any(root in value for root in _ROOTS):
        return value
    inside = (_table(inner, depth + 1) for inner in value.values() if isinstance(inner, dict))
    return next((found for found in inside if found is not None), None)


class _Table:
    """A table being put together; a product inside of a product is another one and stays a reference."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self.left = _MOST

    def whole(self) -> dict[str, Any]:
        """Every thing by its key; the queries first, they know what was asked for."""
        keys = sorted(self.table, key=lambda key: key not in _ROOTS)
        return {key: self._put(self.table[key], (key,)) for key in keys if "." not in key or key in _ROOTS}

    def _put(self, value: Any, above: tuple[str, ...]) -> Any:
        self.left -= 1
        if self.left < 0 or len(above) > _DEPTH + 2:
            return value
        if isinstance(value, list):
            return [self._put(inner, above) for inner in value]
        if not isinstance(value, dict):
            return value
        name = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
        if isinstance(name, str) and name in self.table:
            return value if _kind(name) in map(_kind, above) else self._put(self.table[name], (*above, name))
        return {key: self._put(inner, above) for key, inner in value.items()}


def _kind(name: str) -> str:
    """What a key is of: `Product:9` a `Product`."""
    return name.partition(":")[0]
