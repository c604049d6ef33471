"""One value as it stands on the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """Its raw text and where it stands.  confidence: how often such a reading is right."""

    raw: object
    selector: str
    confidence: float
    reasons: tuple[str, ...] = ()
