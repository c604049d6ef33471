"""Where one value stands in a page, in every form a person may write it.

A string is CSS, XPath (it starts with `/`, `./` or `(`) or `css@attribute`; an object says more; a list is
tried in order.  Read by `scraper_config`; followed by `scraping.extract`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)

from scraper_backend.core.problems import found
from scraper_backend.core.strict import Strict, sequence

FieldType = Literal[
    "text", "number", "integer", "price", "currency", "availability", "url", "image", "html",
    "date", "boolean", "gtin",
]  # fmt: skip

OLDER_FIELD_NAMES: Final = {
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
    "mfg_part": "mpn",
    "model_number": "mpn",
    "part_number": "mpn",
    "review_count": "reviews_count",
    "reviews": "reviews_count",
    "product_sku": "sku",
}


def older_field_name(name: str) -> str:
    """Today's name of a field in the older list form: `Image URLs` is `images`, `ItemNumber` item_number."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name.strip())
    word = re.sub(r"\W+", "_", words.lower()).strip("_")
    return OLDER_FIELD_NAMES.get(word, word)


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
    if value is None:
        raise ValueError(
            "found nothing; write a selector, in quotes where it begins with `#`, or remove the key"
        )
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


SelectorIn = Annotated[Selector, BeforeValidator(_selector_object, json_schema_input_type=str | Selector)]
Selectors = Annotated[
    tuple[SelectorIn, ...],
    BeforeValidator(sequence, json_schema_input_type=SelectorIn | list[SelectorIn]),
    Field(min_length=1),
    PlainSerializer(lambda many: [s.as_written() for s in many] if len(many) != 1 else many[0].as_written()),
]
"""One selector or several tried in order."""
