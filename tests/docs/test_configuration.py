"""The reference of the configuration language: every example parses, every key is described."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from scraper_backend.core.options import Options, TextStep
from scraper_backend.core.scraper_config import (
    STANDARD_FIELDS,
    FieldType,
    ScraperConfig,
    Selector,
    parse_document,
)
from scraper_backend.scraping.extract import jsonpath

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "configuration.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", REFERENCE, re.S | re.M)


@pytest.mark.parametrize("example", EXAMPLES, ids=[text.split("\n", 1)[0] for text in EXAMPLES])
def test_every_example_is_a_configuration(example: str) -> None:
    config = parse_document(example, source="docs/reference/configuration.md")

    assert parse_document(example, source="again") == config
    for selectors in config.selectors.values():
        for selector in selectors:
            if selector.json_path:
                jsonpath.compiled(selector.json_path)


@pytest.mark.parametrize(
    "word",
    [
        *ScraperConfig.model_fields,
        *Options.model_fields,
        *Selector.model_fields,
        *STANDARD_FIELDS,
        *get_args(FieldType),
        *get_args(TextStep),
    ],
)
def test_every_word_of_the_language_is_described(word: str) -> None:
    assert f"`{word}`" in REFERENCE
