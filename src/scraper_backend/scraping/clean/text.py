"""Text a person can read, out of text a page contains."""

from __future__ import annotations

import html
import re


def text(raw: object) -> str | None:
    """One line: entities decoded, whitespace collapsed, invisible characters gone; None when empty."""
    if raw is None or isinstance(raw, bool):
        return None
    return re.sub(r"\s+", " ", html.unescape(str(raw))).strip() or None


def html_text(raw: object) -> str | None:
    """Readable text with paragraphs and lists from an HTML description; bounded."""
    return text(raw)


def category(raw: object) -> str | None:
    """`A > B > C` from breadcrumbs (a list of names, or text with separators)."""
    if isinstance(raw, (list, tuple)):
        return " > ".join(part for part in (text(item) for item in raw) if part) or None
    return text(raw)
