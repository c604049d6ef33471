"""What runs inside a page: a watch that tells when it has come to rest, and a hand for cookie walls."""

from __future__ import annotations

from pathlib import Path
from typing import Final


def _read(name: str) -> str:
    return (Path(__file__).parent / "inpage" / name).read_text("utf-8")


WATCH: Final = _read("watch.js")
"""Before the page's own scripts: counts requests and timers under way, and notes every change."""

WAIT: Final = _read("wait.js")
"""What the watch has seen, for `settle.State`, once there is something to decide."""

SHOWN: Final = _read("shown.js")
"""The page as it is shown, what is in its shadow roots too."""

CONSENT: Final = _read("consent.js")
"""Presses the button that takes a cookie wall away, and answers with what is written on it, or ""."""
