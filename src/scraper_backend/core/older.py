"""Scraper configurations of the older form, turned into today's.

The older form had `selectors` as a list with `name`, options at the top level, and `workflows`: scripted
browser steps.  Most of those scripts only say "search, click the product, read it", which is what the walk
does anyway, so their addresses and selectors are taken over and the clicking is dropped.  Whatever has no
equivalent is named in a warning; nothing disappears in silence.  Called by `scraper_config` when a document
carries the older form's keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from scraper_backend.core.problems import Problem
from scraper_backend.core.selector import older_field_name

_HALLMARKS: Final = (
    "workflows",
    "validation",
    "anti_detection",
    "schema_version",
    "edge_case_skus",
    "image_quality",
)
_MOVED: Final = ("timeout", "retries", "test_skus", "fake_skus", "login", "headers", "cookies")
_DROPPED: Final = {
    "schema_version": "",
    "display_name": "",
    "image_quality": "",
    "status": "",
    "scraper_type": "",
    "http_status": "",
    "use_stealth": "we do not disguise ourselves",
    "edge_case_skus": "add those that should be tried to `options.test_skus`",
    "ai_config": "there is no language model here; `search_url_template` and structured data do its work",
}
_WAITING: Final = (
    "wait", "wait_for", "wait_for_selector", "check_no_results", "conditional_skip", "conditional_click",
    "verify", "scroll", "extract", "extract_single", "extract_multiple", "check_sponsored",
    "detect_captcha", "rate_limit", "simulate_human",
)  # fmt: skip
_TEXT_STEPS: Final = {
    "trim": "strip",
    "strip": "strip",
    "title_case": "title_case",
    "lowercase": "lower",
    "lower": "lower",
    "uppercase": "upper",
    "upper": "upper",
    "collapse_whitespace": "collapse",
    "normalize_whitespace": "collapse",
}


@dataclass
class _Draft:
    """The document being made, and what there is to say about it."""

    value: dict[str, Any]
    options: dict[str, Any]
    warnings: list[Problem] = field(default_factory=list)

    def warn(self, path: str, message: str, hint: str = "") -> None:
        self.warnings.append(Problem(path, message, hint, "warning"))


def is_older(value: object) -> bool:
    """Whether a document carries keys that only the older form had."""
    return isinstance(value, dict) and any(key in value for key in _HALLMARKS)


def modernise(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The same site in today's form, and a warning for each thing that has no equivalent.

    Faults inside (a missing base_url, a wrong type) are left for the strict models to report.
    """
    options = value.get("options")
    draft = _Draft({}, dict(options) if isinstance(options, dict) else {})
    for key, inner in value.items():
        if key in _MOVED:
            draft.options.setdefault(key, inner)
        elif key in _DROPPED:
            draft.warn(key, "is left out", _DROPPED[key] or "it has no effect here")
        elif key not in ("workflows", "validation", "anti_detection", "normalization", "options"):
            draft.value[key] = inner
    _validation(draft, value.get("validation"))
    _anti_detection(draft, value.get("anti_detection"))
    _normalization(draft, value.get("normalization"))
    _workflows(draft, value.get("workflows"))
    if draft.options:
        draft.value["options"] = draft.options
    return draft.value, draft.warnings


def _validation(draft: _Draft, validation: object) -> None:
    if isinstance(validation, dict):
        told = {
            "selectors": validation.get("no_results_selectors"),
            "text": validation.get("no_results_text_patterns"),
        }
        draft.options.setdefault("no_results", {key: inner for key, inner in told.items() if inner})


def _anti_detection(draft: _Draft, anti_detection: object) -> None:
    """Its delay was a rate; the disguise goes."""
    if not isinstance(anti_detection, dict):
        return
    delay = anti_detection.get("rate_limit_min_delay")
    if anti_detection.get("enable_rate_limiting") and isinstance(delay, (int, float)) and delay > 0:
        draft.options.setdefault("rate", {"per_second": 1 / delay, "concurrency": 1})
    draft.warn("anti_detection", "is left out", "we do not disguise ourselves; the rate is in `options.rate`")


def _normalization(draft: _Draft, rules: object) -> None:
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        path = f"normalization.{index}"
        if not isinstance(rule, dict) or not isinstance(rule.get("field"), str):
            draft.warn(path, "is left out", "write `options.normalize`")
        else:
            _text_step(draft, path, rule["field"], str(rule.get("action")), rule.get("params") or {})


def _text_step(draft: _Draft, path: str, name: str, action: str, facts: Mapping[str, Any]) -> None:
    """One change of a field's text, as `options.normalize` has it."""
    step: object = _TEXT_STEPS.get(action)
    if action == "replace":
        step = {"replace": facts.get("pattern", ""), "with": facts.get("replacement", "")}
    elif action == "remove_prefix" and isinstance(facts.get("prefix"), str):
        step = {"replace": "^" + facts["prefix"], "with": ""}
    elif action == "regex_extract" and isinstance(facts.get("pattern"), str):
        step = {"replace": f"^.*?{facts['pattern']}.*$", "with": r"\1"}
    if step is None:
        draft.warn(path, f"`{action}` has no equivalent and is left out", "write `options.normalize`")
        return
    normalize: dict[str, list[object]] = draft.options.setdefault("normalize", {})
    normalize.setdefault(older_field_name(name), []).append(step)


def _workflows(draft: _Draft, workflows: object) -> None:
    """Take the addresses and selectors out of the script; name the steps that the walk does not do."""
    for index, action, facts in _steps(workflows):
        path = f"workflows.{index}"
        if action == "navigate":
            _navigate(draft, path, facts)
        elif action == "click":
            _click(draft, facts)
        elif action == "transform_value":
            for change in facts.get("transformations") or ():
                _text_step(draft, path, str(facts.get("field", "")), str(change.get("type")), change)
        elif action == "extract_and_transform":
            _extract_and_transform(draft, path, facts)
        elif action not in _WAITING and action != "login":
            draft.warn(
                path, f"`{action}` is left out", "the walk searches, finds the product and reads it by itself"
            )


def _steps(workflows: object) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    for index, step in enumerate(workflows if isinstance(workflows, list) else ()):
        if isinstance(step, dict):
            facts = step.get("params")
            yield index, str(step.get("action")), facts if isinstance(facts, dict) else {}


def _navigate(draft: _Draft, path: str, facts: Mapping[str, Any]) -> None:
    url = facts.get("url")
    if isinstance(url, str) and "{sku}" in url:
        draft.value.setdefault("search_url_template", _relative(url, draft.value.get("base_url")))
    else:
        draft.warn(path, "opens a page without {sku} and is left out", "the walk starts at the search")


def _relative(url: str, base: object) -> str:
    """The address without the part that `base_url` already says."""
    if not isinstance(base, str) or urlsplit(base).netloc != urlsplit(url.replace("{sku}", "0")).netloc:
        return url
    scheme, _, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if scheme and "/" in rest else url


def _click(draft: _Draft, facts: Mapping[str, Any]) -> None:
    """The first click after the search is the product's link; later ones open parts of its page."""
    selector = facts.get("selector")
    if selector and "search_url_template" in draft.value:
        draft.options.setdefault("product_link", selector)


def _extract_and_transform(draft: _Draft, path: str, facts: Mapping[str, Any]) -> None:
    """Selectors that stood in the script, and what it did to their text."""
    known = draft.value.setdefault("selectors", [])
    names = (
        {entry.get("name") for entry in known if isinstance(entry, dict)}
        if isinstance(known, list)
        else set(known)
    )
    for entry in facts.get("fields") or ():
        if not isinstance(entry, dict):
            continue
        if isinstance(known, list) and entry.get("name") not in names:
            known.append({key: inner for key, inner in entry.items() if key != "transform"})
        for change in entry.get("transform") or ():
            _text_step(draft, path, str(entry.get("name", "")), str(change.get("type")), change)
