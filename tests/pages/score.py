"""How well generic extraction reads pages of shops it has never seen: precision, recall and F1 a field.

Each page is a folder: `page.html`, `meta.json` (its address, and the asked `sku` where there is one) and
`expected.json` (fields and their right values; null where the page has none; `is_product_page: false` on
news, lists and forms).  Nothing is configured but the address: that is what is measured.

    python -m tests.pages.score [NAME…]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.extract import Extraction, extract
from scraper_backend.scraping.page import Page

PAGES = Path(__file__).parent
FIELDS = ("price", "currency", "availability", "title", "sku", "gtin", "brand")


@dataclass(frozen=True)
class Recorded:
    """One page of the corpus and what is right for it."""

    name: str
    page: Page
    sku: str
    expected: dict[str, Any]

    @property
    def is_product(self) -> bool:
        return bool(self.expected.get("is_product_page", True))


@dataclass
class Score:
    """Counts of one field over all pages: a wrong value is a false positive and a false negative."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def corpus(names: Sequence[str] = ()) -> Iterator[Recorded]:
    """The pages of the corpus, or those named."""
    for folder in sorted(path.parent for path in PAGES.glob("*/page.html")):
        if names and folder.name not in names:
            continue
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        page = Page(
            requested_url=meta["url"],
            url=meta["url"],
            status=meta["status"],
            headers=meta["headers"],
            text=(folder / "page.html").read_text("utf-8"),
            fetched_at=datetime(2024, 5, 1, tzinfo=UTC),
        )
        expected = json.loads((folder / "expected.json").read_text("utf-8"))
        yield Recorded(folder.name, page, meta.get("sku", ""), expected)


def read(recorded: Recorded) -> Extraction:
    """What generic extraction makes of a page."""
    config = ScraperConfig.model_validate(
        {"name": "corpus", "base_url": recorded.page.url, "search_url_template": "/search?q={sku}"}
    )
    return extract(recorded.page, config, recorded.sku)


def scores(pages: Sequence[Recorded]) -> dict[str, Score]:
    """The score of every field; `products` counts pages taken for a product's."""
    result = {name: Score() for name in (*FIELDS, "products")}
    for recorded in pages:
        extraction = read(recorded)
        _count(result["products"], recorded, recorded.is_product or None, extraction.is_product_page or None)
        for name in FIELDS:
            if recorded.is_product and name in recorded.expected:
                _count(result[name], recorded, recorded.expected[name], extraction.value(name))
            elif not recorded.is_product:
                _count(result[name], recorded, None, extraction.value(name))
    return result


def _count(score: Score, recorded: Recorded, expected: Any, value: Any) -> None:
    if expected is None and value is None:
        return
    if _same(expected, value):
        score.right += 1
        return
    score.wrong += value is not None
    score.missed += expected is not None
    score.misses.append(f"{recorded.name}: {value!r}, not {expected!r}")


def _same(expected: Any, value: Any) -> bool:
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(value, Decimal) and value == Decimal(str(expected))
    return bool(expected == value)


def table(result: dict[str, Score]) -> str:
    """The scores as text, every miss under its field."""
    lines = [f"{'field':<14}{'precision':>10}{'recall':>10}{'F1':>10}{'support':>10}"]
    for name, score in result.items():
        support = score.right + score.missed
        lines.append(f"{name:<14}{score.precision:>10.3f}{score.recall:>10.3f}{score.f1:>10.3f}{support:>10}")
        lines.extend(f"    {miss}" for miss in score.misses)
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(scores(list(corpus(sys.argv[1:])))))
