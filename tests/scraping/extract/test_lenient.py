"""JSON is read however a shop broke it, and what is no JSON costs nothing."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.extract.lenient import Unreadable, literal_at, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('/*<![CDATA[*/{"a": 1}/*]]>*/', {"a": 1}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('{"a": "one\ntwo\tthree"}', {"a": "one two three"}),
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('{"a": 1 /* why */, "b": 2 // so\n}', {"a": 1, "b": 2}),
        ("{&quot;a&quot;: &quot;b&quot;}", {"a": "b"}),
        ("{'a': 'it\\'s'}", {"a": "it's"}),
        ('{"a": "TV 55" OLED", "b": 2}', {"a": 'TV 55" OLED', "b": 2}),
        ('{"a": "x" "b": "y"}', {"a": "x", "b": "y"}),
        ('{"a": , "b": 2}', {"a": None, "b": 2}),
        ('{"a": 1};', {"a": 1}),
        ('{"a": 1}}', {"a": 1}),
        ('{"a": {"b": 1}', {"a": {"b": 1}}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('{"a": "http://x.example//y"}', {"a": "http://x.example//y"}),
        ('{"a": "<!-- not a comment -->"}', {"a": "<!-- not a comment -->"}),
        ('{"price": NaN, "b": 1}', {"price": None, "b": 1}),
    ],
)
def test_broken_json_is_read(text: str, value: object) -> None:
    read = loads(text)

    assert len(read) == 1
    assert read[0] == value or (read[0]["b"] == 1 and read[0]["price"] != read[0]["price"])


def test_documents_in_a_row_are_all_read() -> None:
    assert loads('{"a": 1}\n{"b": 2} [3]') == [{"a": 1}, {"b": 2}, [3]]


@pytest.mark.parametrize("text", ["", "  ", "nothing", "<p>", "{{ product.json }}", "{% if x %}"])
def test_what_is_no_json_is_nothing(text: str) -> None:
    assert loads(text) in ([], [{}])


def test_object_literals_of_scripts_are_read() -> None:
    script = 'x = {a: !0, b: void 0, "c": price(1, "}"), d: function () { return {} }, e: "x" + "y", f: .5};'

    value, end = literal_at(script, script.index("{"))

    assert value == {"a": True, "b": None, "c": None, "d": None, "e": "xy", "f": 0.5}
    assert script[end:] == ";"


def test_names_stand_for_what_they_were_called_with() -> None:
    value, _ = literal_at("{title: a, price: b, a}", 0, names={"a": "Feeder", "b": 29.99})

    assert value == {"title": "Feeder", "price": 29.99, "a": "Feeder"}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":"' + '"x' * 200_000,
        "{a:" + "f(" * 200_000,
        '{"a":1,' + "//" * 300_000,
    ],
)
def test_hostile_json_costs_bounded_time(text: str) -> None:
    started = time.process_time()

    loads(text)

    assert time.process_time() - started < 3


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_valid_json_is_read_as_it_is(value: Any) -> None:
    assert loads(json.dumps(value)) == [value]


@given(plain)
def test_the_patient_reader_agrees_with_json_on_valid_literals(value: Any) -> None:
    text = json.dumps({"value": value})

    assert literal_at(text, 0, names={"unused": 0}) == ({"value": value}, len(text))


@given(st.text(alphabet="{}[]\"':,/*\\ab1.-+!n\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    loads(text)
    with suppress(Unreadable):
        literal_at(text, 0, mend_quotes=True)
