"""An older script: what of it the walk does by itself, and what is left to say.

Its addresses become the search, its first click the product's link, its changes of text `normalize`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from scraper_backend.core.older import changes
from scraper_backend.core.older.draft import Draft, Entry
from scraper_backend.core.selector import older_field_name

Facts = Mapping[str, Any]

_DONE_BY_THE_WALK: Final = frozenset(
    ("wait", "wait_for", "wait_for_selector", "wait_for_hidden", "check_no_results", "conditional_skip",
     "conditional_click", "conditional", "verify", "verify_value", "verify_sku", "scroll", "check_sponsored",
     "detect_captcha", "handle_captcha", "rate_limit", "simulate_human", "rotate_session", "handle_blocking",
     "configure_browser", "validate_http_status", "login")
)  # fmt: skip
_BRANCHES: Final = ("then", "else", "if_true", "if_false", "steps", "actions")
_VARIABLE: Final = re.compile(r"\{\{?\s*(?P<name>\w[\w ]*?)\s*\}?\}")
_OF_A_RESULT: Final = re.compile(r"result|product|first|match|item", re.IGNORECASE)


@dataclass
class _Script:
    """Where the script has come to.  links: variables that hold an address, and the selectors of it."""

    draft: Draft
    links: dict[str, list[Any]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    waited: set[str] = field(default_factory=set)
    is_at_product: bool = False

    def link(self, name: str) -> list[Any] | None:
        """The selectors of an address that was read into a variable, or into a field of that name.

        Such a field is of the results page and no product's.
        """
        if name in self.links:
            return self.links[name]
        entries = self.draft.fields.pop(self.draft.name_of(name), None)
        return _alone([_only_link(entry) for entry in entries]) if entries else None


@dataclass(frozen=True)
class _Step:
    """One step.  depth: how many conditions it stands under."""

    path: str
    action: str
    facts: Facts
    depth: int
    name: str = ""


def take(draft: Draft, workflows: object) -> None:
    """Everything of a script that has a place in today's form, and a warning for each step that has none."""
    script = _Script(draft)
    listed = list(_steps(workflows, "workflows", 0))
    for step in listed:
        script.used |= {draft.name_of(name) for name in _named_fields(step.facts)}
    for step in listed:
        reader = _READERS.get(step.action)
        if reader is not None:
            reader(script, step)
        elif step.action not in _DONE_BY_THE_WALK:
            hint = "the walk searches, finds the product and reads it by itself"
            draft.warn(step.path, f"`{step.action}` is left out", hint)


def _steps(workflows: object, path: str, depth: int) -> Iterator[_Step]:
    """Every step in order, those under a condition included."""
    listed = [workflows] if isinstance(workflows, dict) else workflows
    for index, step in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(step, dict):
            continue
        facts = step.get("params")
        facts = facts if isinstance(facts, dict) else {k: v for k, v in step.items() if k != "action"}
        here = f"{path}.{index}"
        yield _Step(here, str(step.get("action")), facts, depth, str(step.get("name") or ""))
        for key in _BRANCHES:
            if depth < 10:
                yield from _steps(facts.get(key), f"{here}.params.{key}", depth + 1)


def _named_fields(facts: Facts) -> Iterator[str]:
    for key in ("fields", "selector_ids"):
        for name in facts.get(key) or () if isinstance(facts.get(key), list) else ():
            if isinstance(name, str):
                yield name


# ── Addresses ──────────────────────────────────────────────────────────────────────────────────────


def _navigate(script: _Script, step: _Step) -> None:
    draft, url = script.draft, step.facts.get("url")
    text = re.sub(r"\{\{?\s*(?:sku|SKU|upc|query)\s*\}?\}", "{sku}", url) if isinstance(url, str) else ""
    text = re.sub(r"^\{\{?\s*base_url\s*\}?\}", "", text)
    variable = _VARIABLE.fullmatch(text)
    base, known = draft.value.get("base_url"), draft.value.get("search_url_template")
    link = script.link(variable["name"]) if variable else None
    if link:
        draft.options.setdefault("product_link", link)
        script.is_at_product = True
    elif "{sku}" not in text or variable:
        draft.warn(step.path, "opens a page without {sku} and is left out", "the walk starts at the search")
    elif known is None:
        draft.value["search_url_template"] = _relative(text, base)
    elif _relative(str(known), base) != _relative(text, base):
        draft.warn(step.path, "is a second search and is left out", "make it a scraper of its own")


def _relative(url: str, base: object) -> str:
    """The address without the part that `base_url` already says."""
    if not isinstance(base, str) or urlsplit(base).netloc != urlsplit(url.replace("{sku}", "0")).netloc:
        return url
    scheme, _, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if scheme and "/" in rest else url


def _wait_for(script: _Script, step: _Step) -> None:
    """A script that waits for a field right after its search has come to the product already."""
    waited = step.facts.get("selector")
    texts = waited if isinstance(waited, list) else [waited]
    script.waited |= {part.strip() for text in texts if isinstance(text, str) for part in text.split(",")}


def _click(script: _Script, step: _Step) -> None:
    """The first click after the search is the product's link; later ones open parts of its page."""
    draft, selector = script.draft, step.facts.get("selector")
    if not selector or "search_url_template" not in draft.value:
        return
    if script.is_at_product or "product_link" in draft.options:
        return
    script.is_at_product = True
    is_of_result = "index" in step.facts or _OF_A_RESULT.search(step.name)
    if step.depth == 0 and not is_of_result and _has_read(script):
        draft.warn(step.path, "`click` is left out", "a page is read as it is, without opening parts of it")
        return
    draft.options["product_link"] = _alone(draft.selectors(step.path, selector))


def _has_read(script: _Script) -> bool:
    fields = (entry.get("selector") for entries in script.draft.fields.values() for entry in entries)
    return any(isinstance(text, str) and text in script.waited for text in fields)


def _validate_search(script: _Script, step: _Step) -> None:
    links = step.facts.get("search_result_selector")
    if links:
        link = _alone(script.draft.selectors(step.path, links))
        script.draft.options.setdefault("product_link", link)


def _alone(entries: Sequence[Entry]) -> list[Any]:
    """Selectors with nothing else to say, as text."""
    return [one["selector"] if one.keys() == {"selector"} else one for one in entries]


# ── Fields ─────────────────────────────────────────────────────────────────────────────────────────


def _extract(script: _Script, step: _Step) -> None:
    """Selectors that stand in the script come before those of the same name in the list."""
    fields = step.facts.get("fields")
    for index, entry in enumerate(fields if isinstance(fields, list) else ()):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            continue
        path = f"{step.path}.params.fields.{index}"
        if entry.get("selector") or entry.get("json_path"):
            script.draft.add(path, entry, first=True)
        changed = entry.get("transform") or entry.get("transformations") or ()
        _change(script.draft, path, script.draft.name_of(entry["name"]), changed)


def _extract_one(script: _Script, step: _Step) -> None:
    """A selector under another name: an address to open next, or a field."""
    draft = script.draft
    name, older = step.facts.get("field"), step.facts.get("selector_id") or step.facts.get("selector")
    if not isinstance(name, str) or older is None:
        return
    source = draft.name_of(older)
    entries = draft.fields.get(source) or draft.selectors(step.path, older)
    if step.action == "extract_multiple":
        entries = [{**entry, "multiple": True} for entry in entries]
    script.links[name] = _alone([_only_link(entry) for entry in entries])
    if source in draft.fields and source not in script.used and source != older_field_name(name):
        del draft.fields[source]
    if not re.search(r"(?:^|_)(?:ur[il]|link|href)$", older_field_name(name)):
        draft.fields.setdefault(older_field_name(name), entries)
    elif not script.is_at_product:
        draft.fields.pop(source, None)


def _only_link(entry: Entry) -> Entry:
    """What of a selector tells where a link is."""
    return {k: v for k, v in entry.items() if k == "selector" or (k == "attribute" and v != "href")}


def _transform(script: _Script, step: _Step) -> None:
    draft, facts = script.draft, step.facts
    source = draft.name_of(facts.get("source_field") or facts.get("field") or "")
    target = draft.name_of(facts.get("target_field") or facts.get("field") or "")
    wanted = facts.get("transformations") or facts.get("transform") or ()
    if facts.get("regex") and not wanted:
        wanted = [{"type": "regex_extract", "pattern": facts["regex"], "group": facts.get("group", 1)}]
    if target != source:
        if source not in draft.fields:
            draft.warn(step.path, f"reads `{source}`, which nothing finds, and is left out")
            return
        wanted = _read_again(draft, source, target, wanted)
    _change(draft, step.path, target, wanted)


def _read_again(draft: Draft, source: str, target: str, wanted: Any) -> Any:
    """The selectors of one field as those of another; a regular expression that comes first is theirs."""
    shared: dict[str, Any] = {}
    first = next(iter(wanted), None)
    if isinstance(first, dict) and first.get("type") == "regex_extract" and first.get("group", 1) == 1:
        shared["regex"] = changes.regardless(str(first.get("pattern")))
        wanted = wanted[1:]
    again = [{k: v for k, v in one.items() if k != "required"} | shared for one in draft.fields[source]]
    draft.fields[target] = [*draft.fields.get(target, ()), *again]
    return wanted


def _change(draft: Draft, path: str, name: str, wanted: Any) -> None:
    for one in wanted if isinstance(wanted, (list, tuple)) else ():
        change = changes.step(str(one.get("type")), one) if isinstance(one, dict) else None
        if change is None:
            warn_of_change(draft, path, one.get("type") if isinstance(one, dict) else one)
        else:
            draft.change(name, [change])


def warn_of_change(draft: Draft, path: str, kind: object) -> None:
    """A change of text that today's language does not have."""
    draft.warn(path, f"`{kind}` has no equivalent and is left out", "write `options.normalize`")


def _images(script: _Script, step: _Step) -> None:
    """Larger pictures by another address; which addresses count is a regular expression."""
    draft, facts = script.draft, step.facts
    name = draft.name_of(facts.get("field") or "images")
    for pattern in facts.get("quality_patterns") or ():
        if isinstance(pattern, dict) and (change := changes.step("replace", pattern)) is not None:
            draft.change(name, [change])
    wanted = _pattern(facts.get("filters") or ())
    for entry in draft.fields.get(name, ()) if wanted else ():
        entry.setdefault("regex", wanted)


def _pattern(filters: Any) -> str:
    looks = []
    for one in filters:
        text = one.get("text") if isinstance(one, dict) else None
        if isinstance(text, str) and text:
            sign = "!" if "exclude" in str(one.get("type")) else "="
            looks.append(f"(?{sign}.*{re.escape(text)})")
    return f"^{''.join(looks)}.+" if looks else ""


def _json(script: _Script, step: _Step) -> None:
    """`a.b.0.c` of a script that was read before is a path into the page's JSON."""
    path, target = step.facts.get("json_path"), step.facts.get("target_field")
    if isinstance(path, str) and isinstance(target, str):
        written = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)
        script.draft.fields.setdefault(older_field_name(target), []).append({"json_path": written})
        source = script.draft.name_of(step.facts.get("source_field") or "")
        if source != older_field_name(target):
            script.draft.fields.pop(source, None)


def _weight(script: _Script, step: _Step) -> None:
    if script.draft.name_of(step.facts.get("field") or "") != "weight":
        hint = "the field `weight` is read with its unit by itself"
        script.draft.warn(step.path, "`parse_weight` is left out", hint)


_READERS: Final[Mapping[str, Any]] = {
    "navigate": _navigate,
    "goto": _navigate,
    "wait_for": _wait_for,
    "wait_for_selector": _wait_for,
    "click": _click,
    "validate_search_result": _validate_search,
    "extract": _extract,
    "extract_and_transform": _extract,
    "extract_single": _extract_one,
    "extract_multiple": _extract_one,
    "transform_value": _transform,
    "process_images": _images,
    "extract_from_json": _json,
    "parse_weight": _weight,
}
