"""One site: where it is, how it is searched, how its pages are read.

A person writes it as YAML or JSON (`parse_document`: strict, all faults at once, unknown keys refused);
a coordinator sends it as JSON (`from_wire`: unknown keys are ignored and named, so an old runner
survives a newer coordinator).  Inside the house it is the frozen `ScraperConfig` and nothing else.
Reference: docs/reference/configuration.md.  Published schema: `bsr scraper schema`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import quote, urljoin, urlsplit

from pydantic import Field, StringConstraints, ValidationError, field_validator

from scraper_backend.core import logs, older
from scraper_backend.core.errors import Faults
from scraper_backend.core.options import Options, Rate, Replace, Robots, TextStep, WaitFor
from scraper_backend.core.problems import Problem, found, from_validation
from scraper_backend.core.selector import FieldType, Selector, Selectors
from scraper_backend.core.strict import Strict
from scraper_backend.core.wire import ScraperWire

__all__ = [
    "STANDARD_FIELDS", "FieldType", "Options", "Rate", "Replace", "Robots", "ScraperConfig", "Selector",
    "TextStep", "WaitFor", "from_wire", "parse_document", "parse_value", "read_document", "read_value",
]  # fmt: skip


STANDARD_FIELDS: Final = (
    "title", "price", "currency", "availability", "brand", "description", "images", "url",
    "sku", "gtin", "mpn", "weight", "rating", "reviews_count", "category",
)  # fmt: skip


class ScraperConfig(Strict):
    """One site.  `search_url_template` is joined to `base_url`; `{sku}` is always percent-encoded."""

    MOVED: ClassVar[Mapping[str, str]] = {
        **{key: f"write `options.{key}`" for key in Options.model_fields},
        "url": "write `base_url`",
        "search_url": "write `search_url_template`, with {sku} where the SKU goes",
        "enabled": "write `disabled`",
        "fields": "write `selectors`",
        **{key: f"in `options`: {hint}" for key, hint in Options.MOVED.items()},
    }

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = Field(
        description="letters, digits, `.`, `_` and `-`, a letter or digit first, a hundred at most"
    )
    disabled: bool = False
    base_url: str
    search_url_template: str
    selectors: dict[str, Selectors] = Field(default_factory=dict)
    options: Options = Options()

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"found {found(url)}; write an address that starts with https:// or http://")
        return url

    @field_validator("selectors", mode="before")
    @classmethod
    def _named(cls, selectors: object) -> object:
        for name in selectors if isinstance(selectors, dict) else ():
            if not isinstance(name, str) or not re.fullmatch(r"\S(?:[^\x00-\x1f]{0,98}\S)?", name):
                raise ValueError(
                    f"found the field name {found(name)}; write a word or a few, such as `title`"
                )
        return selectors

    @field_validator("search_url_template")
    @classmethod
    def _has_sku(cls, template: str) -> str:
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
        except ValueError as error:
            raise ValueError(f"is no template: {error}; write {{sku}} where the SKU goes") from None
        wrong = [name for name in names if name != "sku"]
        if wrong:
            raise ValueError(f"uses {{{wrong[0]}}}, but the only placeholder is {{sku}}")
        if not names:
            raise ValueError("does not say where the SKU goes; write {sku} in it")
        return template

    def search_url(self, sku: str) -> str:
        """The absolute address of the search for `sku`, which is percent-encoded (RFC 3986)."""
        return _joined(self.base_url, self.search_url_template).replace("{sku}", quote(sku, safe=""))

    def as_written(self) -> dict[str, Any]:
        """The shortest document that reads back as this configuration.

        `robots: {obey: true}` says more than its default does: a host of one's own is obeyed by it.
        """
        whole = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        robots = self.options.robots
        if "obey" in robots.model_fields_set:
            whole.setdefault("options", {}).setdefault("robots", {})["obey"] = robots.obey
        return {
            "name": self.name,
            "base_url": self.base_url,
            "search_url_template": self.search_url_template,
        } | whole

    def to_wire(self) -> ScraperWire:
        """As `GET job` sends it: the contract's six keys, `selectors` always an object."""
        plain = self.as_written()
        return ScraperWire(
            name=self.name,
            disabled=self.disabled,
            base_url=self.base_url,
            search_url_template=self.search_url_template,
            selectors=plain.get("selectors", {}),
            options=plain.get("options", {}),
        )


@lru_cache(maxsize=1024)
def _joined(base: str, template: str) -> str:
    """The absolute address that a template stands for, the same for every SKU of a site."""
    return urljoin(base, template)


def read_document(text: str, *, source: str) -> tuple[ScraperConfig, list[Problem]]:
    """A configuration as a person wrote it, YAML or JSON, and warnings about what its older form lost.

    Raises `Faults`, each with its line where it has one.
    """
    from scraper_backend.core.yaml import load_yaml  # a runner is given JSON, and reads none

    value, lines = load_yaml(text, source=source)
    try:
        config, warnings = read_value(value, source=source)
    except Faults as faults:
        raise Faults(source, [_with_line(problem, lines) for problem in faults.problems]) from None
    return config, [_with_line(problem, lines) for problem in warnings]


def read_value(value: object, *, source: str) -> tuple[ScraperConfig, list[Problem]]:
    """The same from parsed JSON.  Raises `Faults`."""
    if not isinstance(value, dict):
        hint = "write an object with name, base_url, search_url_template"
        raise Faults(source, [Problem("", f"found {found(value)}", hint)])
    document, told = older.modernise(value) if older.is_older(value) else (value, [])
    faults = [problem for problem in told if problem.severity == "error"]
    document = _without_empty_keys(document)
    try:
        config = ScraperConfig.model_validate(document)
    except ValidationError as error:
        known = {fault.path for fault in faults}
        told_by_models = from_validation(error, ScraperConfig, document=document)
        faults += [fault for fault in told_by_models if fault.path not in known]
    if faults:
        raise Faults(source, faults)
    return config, told


def parse_document(text: str, *, source: str) -> ScraperConfig:
    """`read_document` for those who have nobody to warn."""
    return read_document(text, source=source)[0]


def parse_value(value: object, *, source: str) -> ScraperConfig:
    """`read_value` for those who have nobody to warn."""
    return read_value(value, source=source)[0]


def from_wire(scraper: ScraperWire) -> ScraperConfig:
    """A configuration as a coordinator sent it: what we do not know is left out and logged.

    Its name is the coordinator's business, whatever it looks like.  Raises `Faults` for what we do know and
    cannot read.
    """
    source = f"scraper {scraper.name}"
    value = _today(_without_nulls({**scraper.model_dump(mode="json"), "name": "scraper"}), source)
    while True:
        try:
            return ScraperConfig.model_validate(value).model_copy(update={"name": scraper.name})
        except ValidationError as error:
            unknown = [fault["loc"] for fault in error.errors() if fault["type"] == "extra_forbidden"]
            if not any([_removed(value, loc, scraper.name) for loc in unknown]):  # noqa: C419 - all of them
                raise Faults(source, from_validation(error, ScraperConfig, document=value)) from None


def _today(value: dict[str, Any], source: str) -> dict[str, Any]:
    """What a coordinator sent, in today's form; the older keys travel in `options`."""
    options = value.get("options", {})
    whole = {**options, **{k: v for k, v in value.items() if k != "options"}}
    if not older.is_older(whole):
        return value
    document, told = older.modernise(whole if older.is_older(options) else value)
    faults = [problem for problem in told if problem.severity == "error"]
    if faults:
        raise Faults(source, faults)
    if told:
        logs.of(__name__).info("config.older", scraper=source, left_out=[problem.path for problem in told])
    return document


_AS_THEY_STAND: Final = ("steps", "login", "expect", "headers", "cookies", "normalize")


def _without_empty_keys(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a person left empty, or a program wrote as null, has its default.

    A field without a selector stays a fault: `title: #name` lost its selector to a comment.  What `steps`,
    `login` and `expect` say inside is their own.
    """
    kept = {key: value for key, value in document.items() if value is not None}
    fields, options = kept.get("selectors"), kept.get("options")
    if isinstance(fields, dict):
        kept["selectors"] = {name: _filled(where) for name, where in fields.items()}
    if isinstance(options, dict):
        kept["options"] = {
            key: value if key in _AS_THEY_STAND else _filled(value)
            for key, value in options.items()
            if value is not None
        }
    return kept


def _filled(value: object) -> object:
    """An object, or each of several, without its keys that are null."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_filled(one) if isinstance(one, dict) else one for one in value]
    return value


def _without_nulls(value: Any) -> Any:
    """An optional key that is null is one that is absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _removed(value: Any, loc: Iterable[int | str], scraper: str) -> bool:
    """Take out the key at `loc`; steps that pydantic added to the path are skipped."""
    *path, last = loc
    for part in path:
        inside = part in value if isinstance(value, dict) else _is_index(part, value)
        value = value[part] if inside else value
    if not isinstance(value, dict) or last not in value:
        return False
    del value[last]
    logs.of(__name__).info(
        "config.unknown_key", scraper=scraper, key=".".join(str(part) for part in (*path, last))
    )
    return True


def _is_index(part: int | str, value: object) -> bool:
    return isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value)


def _with_line(problem: Problem, lines: Mapping[str, int]) -> Problem:
    """With the line that its place has.  The older form has at the top what is in `options` today."""
    moved = problem.path.removeprefix("options.")
    path = moved if "options" not in lines and moved.partition(".")[0] in lines else problem.path
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return Problem(problem.path, problem.message, problem.hint, problem.severity, lines.get(path))
