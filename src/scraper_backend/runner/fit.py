"""Making one outcome storable anywhere: repaired text, and never larger than a coordinator takes.

A page can hold a megabyte of description.  Losing the price because of it would be absurd, so evidence goes
first, then long text is cut, and `detail.trimmed` says what.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from scraper_backend.core.plain import mended
from scraper_backend.core.wire import MAX_ITEM, Outcome, utc_text

ROOM: Final = MAX_ITEM - 8 * 1024
"""Left for what the coordinator counts around it."""
_EVIDENCE: Final = ("candidates", "evidence", "provenance")
_TEXT_LIMITS: Final = (20_000, 2_000, 200)
_LIST_LIMIT: Final = 100


def fitted(outcome: Outcome) -> dict[str, Any]:
    """The outcome as the JSON object that is kept and sent."""
    whole: dict[str, Any] = {
        "sku": outcome.sku,
        "scraper": outcome.scraper,
        "outcome": outcome.outcome,
        "data": mended(outcome.data),
        "detail": mended(outcome.detail),
        "scraped_at": utc_text(outcome.scraped_at),
    }
    trimmed: list[str] = []
    for key in _EVIDENCE:
        if _size(whole) <= ROOM:
            break
        if whole["detail"].pop(key, None) is not None:
            trimmed.append(f"detail.{key}")
    for limit in _TEXT_LIMITS:
        if _size(whole) <= ROOM:
            break
        whole["data"], whole["detail"] = _cut(whole["data"], limit), _cut(whole["detail"], limit)
        trimmed.append(f"text beyond {limit} characters")
    return _marked(whole, trimmed)


def _marked(whole: dict[str, Any], trimmed: list[str]) -> dict[str, Any]:
    if not trimmed:
        return whole
    if _size(whole) > ROOM:  # thousands of fields: only the contract's own survive
        known = ("title", "price", "currency", "availability", "url", "sku", "gtin", "brand")
        whole = {**whole, "data": {k: v for k, v in whole["data"].items() if k in known}, "detail": {}}
    return {**whole, "detail": {**whole["detail"], "trimmed": trimmed}}


def _size(whole: dict[str, Any]) -> int:
    return len(orjson.dumps(whole))


def _cut(value: Any, limit: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= limit else value[: limit - 1] + "…"
    if isinstance(value, dict):
        return {key: _cut(inner, limit) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cut(inner, limit) for inner in value[:_LIST_LIMIT]]
    return value
