"""Everything about a site that has a default.  Reference: docs/reference/configuration.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
    model_validator,
)

from scraper_backend.core.selector import Selectors
from scraper_backend.core.strict import Number, Skus, Strict, Texts, as_tuple, sequence


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

    by: Annotated[tuple[Literal["sku", "gtin", "mpn", "title", "url"], ...], BeforeValidator(as_tuple)] = (
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


Step = TextStep | Replace
Steps = Annotated[tuple[Step, ...], BeforeValidator(sequence, json_schema_input_type=Step | list[Step])]


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
    wait_for: Annotated[WaitFor, BeforeValidator(_wait_for, json_schema_input_type=str | WaitFor)] | None = (
        None
    )
    steps: tuple[dict[str, JsonValue], ...] = ()
    login: dict[str, JsonValue] | None = None
    timeout: Number = Field(default=30.0, gt=0, le=600)
    retries: int = Field(default=2, ge=0, le=10)
    headers: dict[str, str] = Field(default_factory=dict)
    cookies: dict[str, str] = Field(default_factory=dict)
    proxy: str | None = None
    rate: Rate | None = None
    robots: Annotated[
        Robots, BeforeValidator(_robots_object, json_schema_input_type=Literal[True] | Robots)
    ] = Robots()
    identity: Identity = Identity()
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,4})*$")] | None = (
        Field(default=None, description="a language and, if it matters, a country, such as de or en-GB")
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="three capital letters, such as EUR"
    )
    normalize: dict[str, Steps] = Field(default_factory=dict)
    test_skus: Skus = ()
    fake_skus: Skus = ()
    expect: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)

    @field_validator("steps", mode="before")
    @classmethod
    def _list_of_steps(cls, value: object) -> object:
        return as_tuple(value)

    @field_validator("headers")
    @classmethod
    def _sendable_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or re.search(r"[\r\n\0]", value):
                raise ValueError(f"header {name!r} cannot be sent; use one line of text and a plain name")
        return headers
