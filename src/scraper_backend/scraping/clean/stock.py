"""Availability, in schema.org's words in snake case."""

from __future__ import annotations

from typing import Final, Literal, get_args

Availability = Literal[
    "in_stock", "out_of_stock", "pre_order", "back_order", "limited_availability", "discontinued",
    "sold_out", "in_store_only", "online_only", "made_to_order", "reserved",
]  # fmt: skip
AVAILABILITIES: Final[tuple[str, ...]] = get_args(Availability)


def availability(raw: object) -> Availability | None:
    """From a schema.org address or word, class names, or text in the major European languages."""
    del raw
    return None
