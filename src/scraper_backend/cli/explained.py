"""One walk in words: what was fetched, which links were weighed, why the page was believed, each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from scraper_backend.cli import say

if TYPE_CHECKING:
    from scraper_backend.scraping.explain import Explanation

_MOST_CANDIDATES: Final = 5
_MOST_LETTERS: Final = 60


def words(explanation: Explanation) -> str:
    """All of it, for a person; indented under the outcome."""
    outcome = explanation.outcome
    reason = str(outcome.detail.get("reason") or "")
    head = f"{say.washed(outcome.sku)} on {outcome.scraper}: {outcome.outcome}"
    return "\n".join([head + (f" ({reason})" if reason else ""), *_sections(explanation)])


def _sections(explanation: Explanation) -> Iterator[str]:
    yield from _section("fetched", _requests(explanation))
    yield from _section("weighed", _candidates(explanation))
    yield from _section("because", map(say.washed, _texts(explanation.outcome.detail.get("evidence"))))
    yield from _section("fields", _fields(explanation))


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        yield f"  {name if index == 0 else '':<9}{line}"


def _requests(explanation: Explanation) -> Iterator[str]:
    for facts in explanation.requests:
        status = facts.get("status") or facts.get("reason") or "-"
        hops = "".join(f"{say.washed(hop)} → " for hop in _texts(facts.get("redirects")))
        browser = " in a browser" if facts.get("rendered") else ""
        yield f"{status:<4} {facts.get('ms') or 0:>5} ms  {hops}{say.washed(facts.get('url'))}{browser}"


def _candidates(explanation: Explanation) -> Iterator[str]:
    seen: dict[str, Mapping[str, Any]] = {
        str(one.get("url")): one for one in reversed(explanation.candidates)
    }
    best = sorted(seen.values(), key=lambda one: -float(one.get("score") or 0))
    for one in best[:_MOST_CANDIDATES]:
        why = "; ".join(map(say.washed, _texts(one.get("why"))))
        yield f"{one.get('score') or 0:>4}  {_short(one.get('title') or one.get('url'))}: {why}"
    if len(best) > _MOST_CANDIDATES:
        yield f"      and {len(best) - _MOST_CANDIDATES} more"


def _fields(explanation: Explanation) -> Iterator[str]:
    fields = explanation.fields
    width = max((len(field.name) for field in fields), default=0)
    for field in fields:
        shown = field.value if field.value is not None else field.raw
        agree = f", agrees: {', '.join(field.agrees)}" if field.agrees else ""
        origin = f"{field.strategy} {field.selector}".strip()
        yield f"{field.name:<{width}}  {_short(shown)}"
        was = f", from {_short(field.raw)}" if field.raw and _short(field.raw) != _short(shown) else ""
        yield f"{'':<{width}}  └ {say.washed(origin)}{was} ({field.confidence:.0%}{agree})"


def _texts(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    washed = say.washed(text)
    return washed if len(washed) <= _MOST_LETTERS else washed[: _MOST_LETTERS - 1] + "…"
