"""What runs inside a page: a watch that tells when it has come to rest, and a hand for cookie walls."""

from __future__ import annotations

from pathlib import Path
from typing import Final


def _read(name: str) -> str:
    return (Path(__file__).parent / "inpage" / name).read_text("utf-8")


WATCH: Final = _read("watch.js")
"""Before the page's own scripts: counts requests and timers under way, and notes every change."""

STATE: Final = _read("state.js")
"""What the watch has seen, for `settle.State`."""

FLAT: Final = _read("flat.js")
"""The page with what is in its shadow roots, or "" where nothing is."""

CONSENT: Final = _read("consent.js")
"""Presses the button that takes a cookie wall away, and answers with what is written on it, or ""."""
