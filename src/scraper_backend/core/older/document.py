"""The keys of an older document: which of today's each has become, and which have become nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from scraper_backend.core.older import changes, steps
from scraper_backend.core.older.draft import Draft
from scraper_backend.core.problems import Problem, found

_HALLMARKS: Final = (
    "workflows", "validation", "anti_detection", "schema_version", "edge_case_skus", "image_quality",
    "http_status", "normalization", "ai_config", "scraper_type", "display_name", "credential_refs",
    "fallback_config", "proxy_config", "test_assertions",
)  # fmt: skip
_MOVED: Final = ("timeout", "retries", "test_skus", "fake_skus", "login", "headers", "cookies", "proxy")
_NO_MODEL: Final = "there is no language model here; `search_url_template` and structured data do its work"
_DROPPED: Final = {
    "schema_version": "",
    "display_name": "",
    "image_quality": "",
    "status": "",
    "scraper_type": "",
    "http_status": "the walk judges a page's status by itself: 404 is not_found, 403 is blocked",
    "use_stealth": "we do not disguise ourselves",
    "edge_case_skus": "add those that should be tried to `options.test_skus`",
    "credential_refs": "the coordinator keeps the credentials of a scraper that has `options.login`",
    "ai_config": _NO_MODEL,
    "fallback_config": _NO_MODEL,
    "test_assertions": "write what the test SKUs must yield to `options.expect`",
}
_READ_APART: Final = (
    "workflows", "validation", "anti_detection", "normalization", "options", "selectors", "proxy_config",
)  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_older(value: object) -> bool:
    """Whether a document carries keys that only the older form had, or its list of selectors."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("selectors"), list) or any(key in value for key in _HALLMARKS)


def modernise(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The same site in today's form; a warning for each thing that has no equivalent, and the faults.

    What today's models can see for themselves (a missing base_url, a wrong type) is left for them.
    """
    options = value.get("options")
    draft = Draft(options=dict(options) if isinstance(options, dict) else {})
    for key, inner in value.items():
        _key(draft, key, inner)
    _selectors(draft, value.get("selectors"))
    steps.take(draft, value.get("workflows"))
    if "workflows" in value and "search_url_template" not in draft.value:
        message = "is missing: no step of `workflows` opens an address with {sku}"
        draft.fault(
            "search_url_template", message, "write the address of the site's search, with {sku} in it"
        )
    _validation(draft, value.get("validation"))
    _anti_detection(draft, value.get("anti_detection"))
    _proxy(draft, value.get("proxy_config"))
    _normalization(draft, value.get("normalization"))
    if draft.fields:
        draft.value.setdefault("selectors", draft.fields)
    if draft.options:
        draft.value.setdefault("options", draft.options)
    return draft.value, draft.problems


def _key(draft: Draft, key: str, inner: object) -> None:
    if inner is None:
        return
    if key == "name" and isinstance(inner, str) and not _NAME.fullmatch(inner):
        _name(draft, inner)
    elif key in _MOVED:
        draft.options.setdefault(key, inner)
    elif key in _DROPPED:
        if inner not in (False, [], {}, ""):
            draft.warn(key, "is left out", _DROPPED[key] or "it has no effect here")
    elif key not in _READ_APART or (key == "options" and not isinstance(inner, dict)):
        draft.value[key] = inner


def _name(draft: Draft, written: str) -> None:
    """`Bay State Pet Live Site` is `bay-state-pet-live-site`."""
    name = re.sub(r"[^A-Za-z0-9._]+", "-", written).strip("-.")[:100].lower()
    draft.value["name"] = name or written
    if name:
        draft.warn("name", f"becomes `{name}`", "a name has letters, digits, `.`, `_` and `-`")


def _selectors(draft: Draft, selectors: object) -> None:
    if isinstance(selectors, Mapping):
        for name, inner in selectors.items():
            several = inner if isinstance(inner, list) else [inner]
            for one in several:
                entry = one if isinstance(one, dict) else {"selector": one}
                draft.add(f"selectors.{name}", {**entry, "name": name})
    elif isinstance(selectors, list):
        for index, entry in enumerate(selectors):
            _listed(draft, f"selectors.{index}", entry)
    elif selectors is not None:
        draft.value["selectors"] = selectors


def _listed(draft: Draft, path: str, entry: object) -> None:
    if not isinstance(entry, dict):
        draft.fault(path, f"found {found(entry)}", "write an object with `name` and `selector`")
    elif not isinstance(entry.get("name"), str) or not entry["name"].strip():
        draft.fault(path, "has no `name`", "write which field it finds")
    elif not any(entry.get(key) for key in ("selector", "css", "xpath", "json_path", "fallback_selectors")):
        draft.fault(path, "has no `selector`", "write CSS or XPath, or remove the entry")
    else:
        draft.add(path, entry)


def _validation(draft: Draft, validation: object) -> None:
    if not isinstance(validation, dict):
        return
    told: dict[str, Any] = {}
    if selectors := validation.get("no_results_selectors"):
        several = selectors if isinstance(selectors, list) else [selectors]
        plain = [draft.selectors("validation.no_results_selectors", one) for one in several]
        told["selectors"] = [entry["selector"] for entries in plain for entry in entries]
    if texts := validation.get("no_results_text_patterns"):
        told["text"] = texts
    if told:
        draft.options.setdefault("no_results", told)
    required = validation.get("required_fields") or []
    if not isinstance(required, (list, str)):
        draft.fault("validation.required_fields", f"found {found(required)}", "write a list of fields' names")
        required = []
    for name in [required] if isinstance(required, str) else required:
        for entry in draft.fields.get(draft.name_of(name), ())[:1]:
            entry["required"] = True
    for key in validation.keys() - {"no_results_selectors", "no_results_text_patterns", "required_fields"}:
        draft.warn(f"validation.{key}", "is left out", "write `required: true` at a selector")


def _anti_detection(draft: Draft, anti_detection: object) -> None:
    """Its delay was a rate; the disguise goes."""
    if not isinstance(anti_detection, dict):
        return
    delay = anti_detection.get("request_delay")
    if anti_detection.get("enable_rate_limiting"):
        delay = anti_detection.get("rate_limit_min_delay", delay)
    if isinstance(delay, (int, float)) and delay > 0:
        draft.options.setdefault("rate", {"per_second": 1 / delay, "concurrency": 1})
    if any(value is True for value in anti_detection.values()):
        hint = "we do not disguise ourselves; the rate is in `options.rate`"
        draft.warn("anti_detection", "is left out", hint)


def _proxy(draft: Draft, proxy: object) -> None:
    if not isinstance(proxy, dict):
        return
    several = proxy.get("proxy_list")
    address = proxy.get("proxy_url") or (several[0] if isinstance(several, list) and several else None)
    if address:
        draft.options.setdefault("proxy", address)
    if proxy.get("proxy_username") or proxy.get("proxy_password"):
        hint = "write them into the address, http://name:password@host:port"
        draft.warn("proxy_config", "name and password are left out", hint)
    if isinstance(several, list) and len(several) > 1:
        draft.warn(
            "proxy_config.proxy_list", "only the first is kept", "a site has one proxy, `options.proxy`"
        )


def _normalization(draft: Draft, rules: object) -> None:
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        path = f"normalization.{index}"
        if not isinstance(rule, dict) or not isinstance(rule.get("field"), str):
            draft.warn(path, "is left out", "write `options.normalize`")
            continue
        facts = rule.get("params")
        change = changes.step(str(rule.get("action")), facts if isinstance(facts, dict) else rule)
        if change is None:
            steps.warn_of_change(draft, path, rule.get("action"))
        else:
            draft.change(draft.name_of(rule["field"]), [change])
