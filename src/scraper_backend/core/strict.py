"""What all documents written by a person have in common: strict, frozen, one or several alike.

The ground of `selector`, `options` and `scraper_config`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scraper_backend.core.problems import found


class Strict(BaseModel):
    """What a person writes: nothing converted, nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    MOVED: ClassVar[Mapping[str, str]] = {}
    """Keys that used to stand here, and what to write instead."""


def sequence(value: object) -> object:
    """One thing, or several in order: both become a tuple."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def as_tuple(value: object) -> object:
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
Texts = Annotated[tuple[str, ...], BeforeValidator(sequence, json_schema_input_type=str | list[str])]
Skus = Annotated[tuple[str, ...], BeforeValidator(_sku_text)]
