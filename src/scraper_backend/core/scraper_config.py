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
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from urllib.parse import quote, urljoin, urlsplit

import structlog
import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem, did_you_mean, found, from_validation
from scraper_backend.core.wire import ScraperWire

log = structlog.get_logger(__name__)

STANDARD_FIELDS: Final = (
    "title", "price", "currency", "availability", "brand", "description", "images", "url",
    "sku", "gtin", "mpn", "weight", "rating", "reviews_count", "category",
)  # fmt: skip

FieldType = Literal[
    "text", "number", "integer", "price", "currency", "availability", "url", "image", "html",
    "date", "boolean", "gtin",
]  # fmt: skip

_OLDER_FIELD_NAMES: Final = {
    "name": "title",
    "product_name": "title",
    "image": "images",
    "image_url": "images",
    "image_urls": "images",
    "stock": "availability",
    "stock_status": "availability",
    "upc": "gtin",
    "ean": "gtin",
    "barcode": "gtin",
    "manufacturer": "brand",
}


class Strict(BaseModel):
    """What a person writes: nothing converted, nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    MOVED: ClassVar[Mapping[str, str]] = {}
    """Keys that used to stand here, and what to write instead."""


def _sequence(value: object) -> object:
    """One thing, or several in order: both become a tuple."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _float(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _sku_text(value: object) -> object:
    """SKUs are text: `012345` without quotes has lost its zero before we could see it."""
    if isinstance(value, list):
        wrong = [v for v in value if not isinstance(v, str)]
        if wrong:
            raise ValueError(
                f"found {found(wrong[0])}; write each SKU in quotes, so that leading zeros survive"
            )
        return tuple(value)
    return value


Number = Annotated[float, BeforeValidator(_float), Field(allow_inf_nan=False)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_sequence)]
Skus = Annotated[tuple[str, ...], BeforeValidator(_sku_text)]


# ── Selectors ──────────────────────────────────────────────────────────────────────────────────────

_AT_ATTRIBUTE = re.compile(r"^(?P<css>.*?)@(?P<attribute>[A-Za-z_][\w:.-]*)$", re.S)
_PSEUDO_ATTR = re.compile(r"^(?P<css>.*?)::attr\((?P<attribute>[^)]+)\)$", re.S)


def is_xpath(selector: str) -> bool:
    """Whether a selector string is XPath: it starts with `/`, `./` or `(`."""
    return selector.lstrip().startswith(("/", "./", "("))


class Selector(Strict):
    """Where a value stands: CSS or XPath in the page, or `json_path` into JSON embedded in it."""

    MOVED: ClassVar[Mapping[str, str]] = {
        "css": "write `selector`",
        "xpath": "write `selector`; XPath starts with / or ./ or (",
        "attr": "write `attribute`",
        "path": "write `json_path`",
    }

    selector: Annotated[str, StringConstraints(min_length=1)] | None = None
    json_path: Annotated[str, StringConstraints(min_length=1)] | None = None
    attribute: str | None = None
    multiple: bool = False
    required: bool = False
    regex: str | None = None
    type: FieldType | None = None
    join: str | None = None

    @field_validator("regex")
    @classmethod
    def _regex_compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(
                    f"is no regular expression: {error}; the value is its first group, or all of it"
                ) from None
        return pattern

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.selector is None) == (self.json_path is None):
            raise ValueError("needs exactly one of `selector` and `json_path`; remove one or write one")
        return self

    @classmethod
    def from_text(cls, text: str) -> Selector:
        """CSS, XPath, `css@attribute`, or the older `css::attr(x)` and `css::text`."""
        return cls.model_validate(_selector_object(text))

    def as_written(self) -> JsonValue:
        """The shortest form that reads back as this selector."""
        plain = self.model_dump(exclude_defaults=True)
        return plain["selector"] if list(plain) == ["selector"] else plain


def _selector_object(value: object) -> object:
    """The object form of one selector, whichever form it was written in."""
    if isinstance(value, Selector):
        return value
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, dict) and isinstance(value.get("selector"), str):
        return {
            **_from_text(value["selector"].strip()),
            **{k: v for k, v in value.items() if k != "selector"},
        }
    if not isinstance(value, dict):
        raise ValueError(  # noqa: TRY004 - pydantic makes a fault of a ValueError
            f"found {found(value)}; write CSS, XPath or an object with `selector` or `json_path`"
        )
    return value


def _from_text(text: str) -> dict[str, str]:
    if is_xpath(text):
        return {"selector": text}
    for form in (_PSEUDO_ATTR, _AT_ATTRIBUTE):
        match = form.match(text)
        if match and not _inside_brackets(match["css"]):
            return {"selector": match["css"].strip() or "*", "attribute": match["attribute"].strip()}
    return {"selector": text.removesuffix("::text").strip() or text}


def _inside_brackets(css: str) -> bool:
    return css.count("[") > css.count("]") or css.count('"') % 2 == 1 or css.count("'") % 2 == 1


SelectorIn = Annotated[Selector, BeforeValidator(_selector_object)]
Selectors = Annotated[
    tuple[SelectorIn, ...],
    BeforeValidator(_sequence),
    Field(min_length=1),
    PlainSerializer(lambda many: [s.as_written() for s in many] if len(many) != 1 else many[0].as_written()),
]
"""One selector or several tried in order."""


def _selectors_object(value: object) -> object:
    """The object form of `selectors`; the older list of objects with `name` is accepted."""
    if not isinstance(value, list):
        return value
    result: dict[str, list[object]] = {}
    for index, entry in enumerate(value):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(  # noqa: TRY004 - pydantic makes a fault of a ValueError
                f"entry {index} has no `name`; write an object `field: selector`"
            )
        name = re.sub(r"\W+", "_", entry["name"].strip().lower()).strip("_")
        rest = {k: v for k, v in entry.items() if k not in ("name", "fallback_selectors", "fallbacks")}
        several = [rest]
        for other in entry.get("fallback_selectors") or entry.get("fallbacks") or ():
            several.append({**rest, "selector": other} if isinstance(other, str) else other)
        result.setdefault(_OLDER_FIELD_NAMES.get(name, name), []).extend(several)
    return result


# ── Options ────────────────────────────────────────────────────────────────────────────────────────


class NoResults(Strict):
    """How the site says that it has no such product."""

    selectors: Texts = ()
    text: Texts = ()


class Rate(Strict):
    """How often we may knock at one host."""

    MOVED: ClassVar[Mapping[str, str]] = {
        "rps": "write `per_second`",
        "delay": "write `per_second: 1 / delay`",
    }

    per_second: Number = Field(default=2.0, gt=0, le=1000)
    concurrency: int = Field(default=2, ge=1, le=256)


class Robots(Strict):
    """Whether robots.txt is honoured; not to is a decision with a reason, and it is logged."""

    obey: bool = True
    reason: str | None = None

    @model_validator(mode="after")
    def _reason_for_disobeying(self) -> Self:
        if not self.obey and not (self.reason or "").strip():
            raise ValueError("`obey: false` needs a `reason`; write who allowed it")
        return self


class Identity(Strict):
    """How a page proves that it shows the SKU that was asked for.

    by: which of the page's codes count.  trust_search: accept a page without any code when the
    search led to it alone.
    """

    by: Annotated[tuple[Literal["sku", "gtin", "mpn", "title", "url"], ...], BeforeValidator(_tuple)] = (
        "sku", "gtin", "mpn", "title", "url",
    )  # fmt: skip
    trust_search: bool = False


def _robots_object(value: object) -> object:
    return {"obey": True} if value is True else value


def _wait_for(value: object) -> object:
    return {"selector": value} if isinstance(value, str) else value


class WaitFor(Strict):
    """What a browser page must show before it is read.  timeout: seconds."""

    selector: str
    timeout: Number | None = Field(default=None, gt=0)


class Replace(Strict):
    """Replace what `pattern` matches with `with` in a text field."""

    pattern: str = Field(alias="replace")
    replacement: str = Field(default="", alias="with")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        return pattern


TextStep = Literal["strip", "collapse", "lower", "upper", "title_case", "remove_brand"]


class Options(Strict):
    """Everything about a site that has a default."""

    MOVED: ClassVar[Mapping[str, str]] = {
        "headless": "set HEADLESS on the runner",
        "use_stealth": "remove it: we do not disguise ourselves",
        "anti_detection": "remove it: we do not disguise ourselves",
        "delay": "write `rate: {per_second: …}`",
        "requires_login": "write `login`",
        "browser": "write `render: browser`",
        "javascript": "write `render: browser`",
        "validation": "write `no_results: {selectors: …, text: …}`",
        "normalization": "write `normalize`",
        "workflows": "write `steps`",
    }

    product_link: Selectors | None = None
    no_results: NoResults = NoResults()
    render: Literal["auto", "http", "browser"] = "auto"
    wait_for: Annotated[WaitFor, BeforeValidator(_wait_for)] | None = None
    steps: tuple[dict[str, JsonValue], ...] = ()
    login: dict[str, JsonValue] | None = None
    timeout: Number = Field(default=30.0, gt=0, le=600)
    retries: int = Field(default=2, ge=0, le=10)
    headers: dict[str, str] = Field(default_factory=dict)
    cookies: dict[str, str] = Field(default_factory=dict)
    proxy: str | None = None
    rate: Rate | None = None
    robots: Annotated[Robots, BeforeValidator(_robots_object)] = Robots()
    identity: Identity = Identity()
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,4})*$")] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    normalize: dict[str, Annotated[tuple[TextStep | Replace, ...], BeforeValidator(_sequence)]] = Field(
        default_factory=dict
    )
    test_skus: Skus = ()
    fake_skus: Skus = ()
    expect: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)

    @field_validator("steps", mode="before")
    @classmethod
    def _list_of_steps(cls, value: object) -> object:
        return _tuple(value)

    @field_validator("headers")
    @classmethod
    def _sendable_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or re.search(r"[\r\n\0]", value):
                raise ValueError(f"header {name!r} cannot be sent; use one line of text and a plain name")
        return headers


# ── The whole ──────────────────────────────────────────────────────────────────────────────────────


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

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    disabled: bool = False
    base_url: str
    search_url_template: str
    selectors: Annotated[dict[str, Selectors], BeforeValidator(_selectors_object)] = Field(
        default_factory=dict
    )
    options: Options = Options()

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"found {found(url)}; write an address that starts with https:// or http://")
        return url

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
        return urljoin(self.base_url, self.search_url_template.replace("{sku}", quote(sku, safe="")))

    def as_written(self) -> dict[str, Any]:
        """The shortest document that reads back as this configuration."""
        whole = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
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


def parse_document(text: str, *, source: str) -> ScraperConfig:
    """A configuration as a person wrote it, YAML or JSON.  Raises `Faults` with lines."""
    value, lines = load_yaml(text, source=source)
    try:
        return parse_value(value, source=source)
    except Faults as faults:
        raise Faults(source, [_with_line(problem, lines) for problem in faults.problems]) from None


def parse_value(value: object, *, source: str) -> ScraperConfig:
    """The same from parsed JSON.  Raises `Faults`."""
    if not isinstance(value, dict):
        raise Faults(
            source,
            [
                Problem(
                    "", f"found {found(value)}", "write an object with name, base_url, search_url_template"
                )
            ],
        )
    try:
        return ScraperConfig.model_validate(value)
    except ValidationError as error:
        raise Faults(source, from_validation(error, ScraperConfig)) from None


def from_wire(scraper: ScraperWire) -> ScraperConfig:
    """A configuration as a coordinator sent it: what we do not know is left out and logged.

    Raises `Faults` for what we do know and cannot read.
    """
    value = {key: inner for key, inner in scraper.model_dump(mode="json").items() if inner is not None}
    for _ in range(50):
        try:
            return ScraperConfig.model_validate(value)
        except ValidationError as error:
            unknown = [fault["loc"] for fault in error.errors() if fault["type"] == "extra_forbidden"]
            if not unknown:
                raise Faults(f"scraper {scraper.name}", from_validation(error, ScraperConfig)) from None
            for loc in unknown:
                log.info("config.unknown_key", scraper=scraper.name, key=".".join(str(part) for part in loc))
                _remove(value, loc)
    raise Faults(
        f"scraper {scraper.name}", [Problem("", "has more unknown keys than we look at", "update the runner")]
    )


def _remove(value: Any, loc: Iterable[int | str]) -> None:
    """Take out the key at `loc`; steps that pydantic added to the path are skipped."""
    *path, last = loc
    for part in path:
        inside = part in value if isinstance(value, dict) else _is_index(part, value)
        value = value[part] if inside else value
    if isinstance(value, dict):
        value.pop(last, None)


def _is_index(part: int | str, value: object) -> bool:
    return isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value)


# ── YAML with line numbers ─────────────────────────────────────────────────────────────────────────


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: dates stay text, `no` stays text, a key written twice is refused."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in pairs
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")
    ]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def load_yaml(text: str, *, source: str) -> tuple[object, dict[str, int]]:
    """The parsed document, and for each dotted path the line it stands on.  Raises `Faults`."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[str, int] = {}
            problems = list(_walk(node, "", lines)) if node else []
            if problems:
                raise Faults(source, problems)
            return (loader.construct_document(node) if node else None), lines
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise Faults(source, [_yaml_problem(error)]) from None
    except (RecursionError, ValueError):
        raise Faults(
            source, [Problem("", "is not YAML that can be read", "write plain mappings, lists and text")]
        ) from None


def _walk(node: yaml.Node, path: str, lines: dict[str, int]) -> Iterable[Problem]:
    lines.setdefault(path, node.start_mark.line + 1)
    children: list[tuple[str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(index), value, value) for index, value in enumerate(node.value)]
    seen: set[str] = set()
    for name, mark, value in children:
        inner = f"{path}.{name}" if path else name
        line = mark.start_mark.line + 1
        if name in seen:
            yield Problem(inner, "is written twice", "keep one of them", line=line)
        seen.add(name)
        lines[inner] = line
        yield from _walk(value, inner, lines)


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or "cannot be read"
    return Problem(
        "",
        f"is not YAML: {said}",
        "check the indentation and quotes there",
        line=mark.line + 1 if mark else None,
    )


def _with_line(problem: Problem, lines: Mapping[str, int]) -> Problem:
    path = problem.path
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return Problem(problem.path, problem.message, problem.hint, problem.severity, lines.get(path))


def unknown_name(name: str, known: Iterable[str], *, kind: str) -> Problem:
    """The fault of naming a `kind` that does not exist."""
    return Problem(name, f"no {kind} has this name", did_you_mean(name, known))
