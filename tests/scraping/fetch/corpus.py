"""The robots corpus: files, crawlers, and what each may fetch.  Asked here and by the benchmark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.robots import Answer, RobotsFiles

_FILE = Path(__file__).parent / "robots_corpus.json"


@dataclass(frozen=True)
class Question:
    """Whether a crawler may fetch a path by this robots.txt."""

    robots: str
    agent: str
    path: str
    is_allowed: bool


def questions() -> Iterator[Question]:
    """Every question of the corpus."""
    for example in json.loads(_FILE.read_text("utf-8"))["examples"]:
        for key in ("allowed", "forbidden"):
            for path in example.get(key, ()):
                yield Question(example["robots"], example["agent"], path, key == "allowed")


async def answered(question: Question) -> bool:
    """What our own reading of the file says."""

    async def ask(_: object) -> Answer:
        return Answer(200, question.robots)

    url = parse(f"http://shop.example{question.path}")
    assert url is not None
    rules = await RobotsFiles(question.agent).rules(url, ask)
    return rules.refusal(url, question.agent) is None
