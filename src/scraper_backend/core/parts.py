"""A result set that is too large for one callback, cut into parts.

The client sends each part with `running` and the last one with the final status, so no coordinator needs to
know that there were several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from scraper_backend.core.wire import MAX_PART

_KEYED: Final = ("data", "outcomes")
_OVERHEAD: Final = 1024
"""Bytes for the body around the items."""


def cut(results: Mapping[str, Any], limit: int = MAX_PART) -> list[dict[str, Any]]:
    """The results as one or more sets of at most `limit` bytes; a single larger item stays alone.

    `skus_processed` counts the whole and goes with the last part.
    """
    if len(orjson.dumps(results)) + _OVERHEAD <= limit:
        return [dict(results)]
    around = {k: v for k, v in results.items() if k not in (*_KEYED, "skus_processed")}
    room = limit - _OVERHEAD - len(orjson.dumps(around))
    sets = [{**around, **part} for part in _fill(_items(results), room)]
    last = {k: results[k] for k in ("skus_processed",) if k in results}
    return [*sets[:-1], {**sets[-1], **last}] if sets else [{**around, **last}]


def _items(results: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """Each thing that can travel alone, those of one SKU together."""
    skus = dict.fromkeys(sku for kind in _KEYED for sku in results.get(kind) or ())
    for sku in skus:
        for kind in _KEYED:
            for scraper, item in ((results.get(kind) or {}).get(sku) or {}).items():
                yield kind, sku, scraper, item


def _fill(items: Iterator[tuple[str, str, str, Any]], room: int) -> Iterator[dict[str, Any]]:
    part: dict[str, Any] = {}
    size = 0
    for kind, sku, scraper, item in items:
        weight = len(orjson.dumps((sku, scraper, item))) + 8
        if part and size + weight > room:
            yield part
            part, size = {}, 0
        part.setdefault(kind, {}).setdefault(sku, {})[scraper] = item
        size += weight
    if part:
        yield part
