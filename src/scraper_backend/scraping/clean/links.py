"""Addresses of pages and images."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin


def url(raw: object, base: str) -> str | None:
    """Absolute http(s) address without fragment; None for anything else (javascript:, data:, mailto:)."""
    return urljoin(base, str(raw)) if raw else None


def largest(srcset: object) -> str | None:
    """The largest candidate of a `srcset` attribute, as written."""
    return str(srcset).split()[0] if srcset else None


def images(many: Iterable[object] | object, base: str) -> tuple[str, ...]:
    """Absolute, largest, each picture once; placeholders, spinners, pixels and data: dropped."""
    items = [many] if isinstance(many, str) or not isinstance(many, Iterable) else many
    return tuple(found for found in (url(item, base) for item in items) if found)
