"""How right the hand is with nothing configured: fields of unknown shops, prices as text, robots.txt."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path

from tests.pages.score import FIELDS, corpus, read, scores
from tests.scraping.fetch.corpus import answered, questions

from bench.table import ROOT, Row, Section
from scraper_backend.scraping import clean

PRICES = ROOT / "tests" / "scraping" / "clean" / "price_parser_corpus.json"
HOW = (
    "The pages of `tests/pages`, written after the markup of real platforms and retailers in a dozen languages, are read with "
    "nothing configured but their address. A wrong value counts as a false positive and as a miss. The goals of price "
    "and SKU are the best that a commercial service has published for saved pages of real retailers; those pages can't be "
    "had here, so this is a stand-in for them and no proof. Prices as text are price-parser's own examples (two are "
    "answered otherwise on purpose: a price that is now nothing is 0, and of two prices the taxed one is paid). The "
    "questions about robots.txt are RFC 9309's, the documentation's of the largest crawler and, in our words, those "
    "of protego's own tests, of which one is answered otherwise: a line that nobody knows does not end a list of "
    "crawlers (RFC 9309, 2.2.4)."
)
GOALS = {"price": 0.918, "sku": 0.841}


def run(*, quick: bool) -> Section:
    """Read every page once; there is nothing to be quicker about."""
    del quick
    return Section("Accuracy with nothing configured", HOW, [*_fields(), _prices(), _robots()])


def _fields() -> list[Row]:
    pages = list(corpus())
    result = scores(pages)
    rows = []
    for name in FIELDS:
        score, goal = result[name], GOALS.get(name)
        measured = (
            f"{score.f1:.3f} (precision {score.precision:.3f}, recall {score.recall:.3f}; "
            f"{score.right + score.missed} values)"
        )
        rows.append(
            Row(f"{name}: F1", measured, f"> {goal}" if goal else "", score.f1 > goal if goal else None)
        )
    others = [page for page in pages if not page.is_product]
    claimed = sum(read(page).is_product_page for page in others)
    rows.append(
        Row("products claimed on news, lists and forms", f"{claimed} of {len(others)}", "0", claimed == 0)
    )
    return rows


def _prices() -> Row:
    examples = json.loads(Path(PRICES).read_text("utf-8"))["examples"]
    right = sum(_amount(raw, hint) == (amount and Decimal(amount)) for raw, hint, amount, _ in examples)
    return Row("price-parser's examples", f"{right:,} of {len(examples):,}", "≥ 1,040", right >= 1040)


def _amount(raw: str | None, hint: str | None) -> Decimal | None:
    found = clean.price(raw, currency=clean.currency(hint))
    return found.amount if found else None


def _robots() -> Row:
    asked = list(questions())
    wrong = sum(asyncio.run(answered(question)) != question.is_allowed for question in asked)
    return Row("robots.txt: answers other than the standard's", f"{wrong} of {len(asked)}", "0", wrong == 0)
