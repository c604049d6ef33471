"""What a person wrote becomes values, or a message; it never takes the house with it."""

from __future__ import annotations

import json
import time

import pytest

from scraper_backend.core.errors import Faults
from scraper_backend.core.yaml import load_yaml


def test_aliases_of_aliases_are_refused_before_they_are_followed() -> None:
    """Ten lines that stand for a thousand million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    started = time.process_time()

    with pytest.raises(Faults, match="write plain mappings, lists and text"):
        load_yaml("\n".join(lines), source="bomb")

    assert time.process_time() - started < 5


def test_an_alias_says_a_thing_twice() -> None:
    value, lines = load_yaml("one: &name [h1, h2]\ntwo: *name\n", source="aliases")
    assert {"one": ["h1", "h2"], "two": ["h1", "h2"]} == value
    assert 2 == lines["two"]


@pytest.mark.parametrize("indent", ["\t", 2, None])
def test_json_may_be_indented_with_tabs_and_escape_what_it_likes(indent: str | int | None) -> None:
    document = {
        "name": "shop \U0001f600",
        "options": {"timeout": 2.5, "render": None},
        "skus": ["007", "a\tb"],
    }
    value, lines = load_yaml(json.dumps(document, indent=indent), source="json")
    assert document == value
    assert {"name", "options.timeout", "skus.1"} <= lines.keys()


def test_json_with_a_comma_too_many_is_read_as_yaml_reads_it() -> None:
    assert {"name": "shop", "skus": ["1"]} == load_yaml('{"name": "shop", "skus": ["1",],}', source="json")[0]


def test_a_key_written_twice_is_told_in_json_too() -> None:
    with pytest.raises(Faults, match="is written twice"):
        load_yaml('{"name": "a",\n"name": "b"}', source="json")


def test_a_character_that_no_text_has_is_told_as_that() -> None:
    with pytest.raises(Faults, match="special characters are not allowed"):
        load_yaml("name: shop\x00\n", source="yaml")
