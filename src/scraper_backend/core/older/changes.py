"""What an older configuration did to a text, as `options.normalize` has it.

The older form disregarded case in every pattern; so do these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_WORDS: Final = {
    "trim": "strip", "strip": "strip", "title": "title_case", "title_case": "title_case",
    "titlecase": "title_case", "lowercase": "lower", "lower": "lower", "uppercase": "upper",
    "upper": "upper", "collapse_whitespace": "collapse", "normalize_whitespace": "collapse",
    "collapse": "collapse", "clean_whitespace": "collapse",
}  # fmt: skip


def step(kind: str, facts: Mapping[str, Any]) -> object | None:
    """One change by its older name; None when today's language has no such thing."""
    maker = _MAKERS.get(kind)
    if kind in ("strip", "trim") and isinstance(facts.get("chars"), str) and facts["chars"]:
        maker = _stripped_of
    return maker(facts) if maker is not None else _WORDS.get(kind)


def regardless(pattern: str) -> str:
    """The pattern without regard to case, as it always was; one that has flags of its own keeps them."""
    if not re.search(r"[^\W\d_]", re.sub(r"\\.", "", pattern)) or pattern.startswith("(?"):
        return pattern
    return f"(?i){pattern}"


def _replaced(facts: Mapping[str, Any]) -> object | None:
    pattern = facts.get("pattern") or facts.get("regex") or facts.get("find")
    new = facts.get("replacement", facts.get("replace", facts.get("value", "")))
    if not isinstance(pattern, str):
        return None
    return {"replace": regardless(pattern), "with": "" if new is None else str(new)}


def _found(facts: Mapping[str, Any]) -> object | None:
    """What a group matched, or the whole text where nothing does, as it always was."""
    pattern = facts.get("pattern") or facts.get("regex")
    if not isinstance(pattern, str):
        return None
    try:
        groups = re.compile(pattern).groups
    except re.error:
        return {"replace": pattern, "with": ""}
    group = facts.get("group", 1)
    if not isinstance(group, int) or group > groups:
        group = 0
    inner = f"({pattern})" if group == 0 else f"(?:{pattern})"
    return {"replace": regardless(f"^[\\s\\S]*?{inner}[\\s\\S]*$"), "with": f"\\{max(1, group)}"}


def _stripped_of(facts: Mapping[str, Any]) -> object:
    some = f"[{re.escape(facts['chars'])}]+"
    return {"replace": f"^{some}|{some}$", "with": ""}


def _without(before: str, after: str, key: str) -> Any:
    def made(facts: Mapping[str, Any]) -> object | None:
        words = facts.get(key) or facts.get("value")
        if not isinstance(words, str):
            return None
        return {"replace": f"{before}{re.escape(words)}{after}", "with": ""}

    return made


def _with(place: str) -> Any:
    def made(facts: Mapping[str, Any]) -> object | None:
        words = facts.get("value")
        return {"replace": place, "with": words.replace("\\", "\\\\")} if isinstance(words, str) else None

    return made


_MAKERS: Final[Mapping[str, Any]] = {
    "replace": _replaced,
    "regex_replace": _replaced,
    "regex_extract": _found,
    "extract_regex": _found,
    "regex": _found,
    "remove_prefix": _without("^", "", "prefix"),
    "remove_suffix": _without("", "$", "suffix"),
    "prefix": _with("^"),
    "suffix": _with(r"\Z"),
}
