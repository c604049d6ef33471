"""Whose rules of a robots.txt count, and what they forbid: the standard's questions, all answered."""

from __future__ import annotations

from tests.scraping.fetch.corpus import answered, questions


async def test_every_question_of_the_corpus_is_answered_as_the_standard_does() -> None:
    asked = list(questions())
    wrong = [question for question in asked if await answered(question) != question.is_allowed]

    assert not wrong
    assert len(asked) > 150
