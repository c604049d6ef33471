"""Faults in words: where, what was found, what to write instead."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from scraper_backend.core.problems import Problem, at, did_you_mean, found, from_validation, render, sentence


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    size: int
    spokes: tuple[str, ...] = ()


class Cart(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    colour: Literal["red", "green"] = "red"
    wheels: Annotated[
        tuple[Wheel | str, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else (v,))
    ] = ()
    note: str = ""


def _problems(document: dict[str, object]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Cart.model_validate(document)
    return [str(problem) for problem in from_validation(caught.value, Cart, document=document)]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"color": "red"}, "color: unknown key; did you mean `colour`?"),
        ({"colour": "gren"}, 'colour: found "gren" (text); did you mean `green`?'),
        ({"note": 5}, "note: found 5 (a whole number); write text"),
        ({"note": None}, "note: found nothing (null) (nothing (null)); write text"),
        ({"wheels": [{"size": "x"}]}, 'wheels.0.size: found "x" (text); write a whole number'),
        ({"wheels": {"size": "x"}}, 'wheels.size: found "x" (text); write a whole number'),
        ({"wheels": {"sise": 3, "size": 1}}, "wheels.sise: unknown key; did you mean `size`?"),
        ({"wheels": {}}, "wheels.size: is missing"),
    ],
)
def test_a_fault_says_where_what_and_what_instead(document: dict[str, object], problem: str) -> None:
    assert problem.replace("(null) (nothing (null))", "(null)") in _problems(document)


def test_all_faults_are_told_at_once() -> None:
    document: dict[str, object] = {"colour": 1, "note": 2, "x": 3}

    assert 3 == len(_problems(document))


def test_the_table_stands_under_the_name_of_its_document() -> None:
    problems = [
        Problem("selectors.price.typ", "unknown key", "did you mean `type`?", line=7),
        Problem("", "is empty"),
    ]

    assert (
        "amazon.yaml: 2 problems\n"
        "  line 7: selectors.price.typ  unknown key; did you mean `type`?\n"
        "  (document)                   is empty"
    ) == render("amazon.yaml", problems)


def test_the_same_problems_fit_one_line() -> None:
    assert "a: is missing; b: is missing" == sentence(
        [Problem("a", "is missing"), Problem("b", "is missing")]
    )


def test_a_problem_moves_into_a_larger_document() -> None:
    assert "scrapers.0.name" == at(Problem("name", "is missing"), "scrapers.0").path
    assert "scrapers.0" == at(Problem("", "is empty"), "scrapers.0").path


@pytest.mark.parametrize(
    ("word", "hint"),
    [("pric", "did you mean `price`?"), ("PRICE", "did you mean `price`?"), ("zzz", "known: brand, price")],
)
def test_the_nearest_word_is_named_or_else_all(word: str, hint: str) -> None:
    assert hint == did_you_mean(word, ["price", "brand"])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true (true or false)"),
        ("é", '"é" (text)'),
        ([1], "a list"),
        ({}, "an object"),
        (None, "nothing (null)"),
    ],
)
def test_what_was_found_is_named_briefly(value: object, words: str) -> None:
    assert words == found(value)


def test_a_long_value_is_cut() -> None:
    assert len(found("x" * 1000)) < 80
