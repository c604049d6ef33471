"""Pages of the corpus, broken in every way that markup breaks, through everything that reads a page.

    python -m tests.fuzz [SECONDS] [SEED]

No exception, no page that takes long, no memory that stays.  What went wrong is kept as a file with its
seed, so that it can be made a test.
"""

from __future__ import annotations

import gc
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Final

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping import search, straight
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract import extract
from scraper_backend.scraping.judge import judge
from tests.pages.score import Recorded, corpus

LONGEST: Final = 5.0
"""Seconds of processor for one page, at most."""
GROWTH_MB: Final = 64.0
_CONFIG: Final = ScraperConfig.model_validate(
    {
        "name": "fuzz",
        "base_url": "https://fuzz.example",
        "search_url_template": "/s?q={sku}",
        "selectors": {
            "note": ["//h1/following::p[1]", ".note@title", "meta[name=description]@content"],
            "deal": {"selector": "[class*=price]", "regex": r"(\d+)[.,](\d+)", "type": "price"},
        },
    }
)
_TAGS: Final = ("div", "p", "table", "td", "b", "a", "select", "template", "svg", "math", "form", "script")
_ODD: Final = (
    "\x00", "\ufffd", "\u202e", "&#xD800;", "&#0;", "<!--", "-->", "]]>", "<![CDATA[", "</script>", "\\u0000",
    "1e999", "-0", "NaN", "9" * 400, "$" * 50, "٣٫٥", "null", "{", "}", "[", "]", '"', "'", ",", "€1.2.3,4",
    "<script type=application/ld+json>", "\ud800",
)  # fmt: skip
_NOWHERE: Final = (
    "https://[shop]/", "http://[::1", "//[", "http://h:99999/", "http://h:x/", "https:///", "http://\u2100.com/",
    "javascript:", "http://user:pw@h/", "tel:", "%", "\\\\h\\", "?", "#",
)  # fmt: skip

Mutation = Callable[[random.Random, str, str], str]


# ── Ways to break a page ───────────────────────────────────────────────────────────────────────────


def _span(chance: random.Random, text: str, most: int) -> tuple[int, int]:
    start = chance.randrange(len(text) + 1)
    return start, min(len(text), start + chance.randrange(1, most))


def _without(chance: random.Random, text: str, other: str) -> str:
    start, end = _span(chance, text, 2_000)
    return text[:start] + text[end:]


def _twice(chance: random.Random, text: str, other: str) -> str:
    start, end = _span(chance, text, 3_000)
    return text[:end] + text[start:end] * chance.choice((1, 3, 20)) + text[end:]


def _spliced(chance: random.Random, text: str, other: str) -> str:
    at = _span(chance, text, 2)[0]
    start, end = _span(chance, other, 6_000)
    return text[:at] + other[start:end] + text[at:]


def _cut(chance: random.Random, text: str, other: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _odd(chance: random.Random, text: str, other: str) -> str:
    for _ in range(chance.randrange(1, 30)):
        at = _span(chance, text, 2)[0]
        text = text[:at] + chance.choice(_ODD) + text[at + chance.randrange(3) :]
    return text


def _deep(chance: random.Random, text: str, other: str) -> str:
    at = _span(chance, text, 2)[0]
    return text[:at] + f"<{chance.choice(_TAGS)}>" * chance.choice((50, 1_000, 20_000)) + text[at:]


def _wide(chance: random.Random, text: str, other: str) -> str:
    at = text.find(">", _span(chance, text, 2)[0])
    name = chance.choice(("class", "content", "data-x", "href", "style", "itemprop"))
    return (
        text[:at]
        + f' {name}="{chance.choice(("a ", "$1 ", "x")) * chance.choice((100, 50_000))}"'
        + text[at:]
    )


def _swapped(chance: random.Random, text: str, other: str) -> str:
    one, another = chance.choice(_TAGS), chance.choice(_TAGS)
    return text.replace(f"<{one}", f"<{another}", chance.randrange(1, 50))


def _digits(chance: random.Random, text: str, other: str) -> str:
    return "".join(
        chance.choice("0123456789.,- ") if one.isdigit() and chance.random() < 0.2 else one for one in text
    )


def _nowhere(chance: random.Random, text: str, other: str) -> str:
    """Addresses that are none, wherever the page has one."""
    parts = re.split(r"(https?://[\w.-]+|(?<=href=[\"'])/(?!/))", text)
    return "".join(
        chance.choice(_NOWHERE) if i % 2 and chance.random() < 0.3 else p for i, p in enumerate(parts)
    )


MUTATIONS: Final[Sequence[Mutation]] = (
    _without, _twice, _spliced, _cut, _odd, _deep, _wide, _swapped, _digits, _nowhere,
)  # fmt: skip


def pages(seed: int) -> Iterator[tuple[str, Recorded]]:
    """Broken pages without end, always the same ones for a seed; each with the name of what was done."""
    chance, known = random.Random(seed), list(corpus())
    for number in count():
        one, other = chance.choice(known), chance.choice(known)
        text, done = one.page.text, []
        for _ in range(chance.randrange(1, 5)):
            breaking = chance.choice(MUTATIONS)
            text = breaking(chance, text, other.page.text)[:3_000_000]
            done.append(breaking.__name__)
        name = f"{number}-{one.name}{''.join(done)}"
        # As the fetchers do: what came over the wire is text without lone surrogates.
        text = text.encode("utf-8", "replace").decode()
        yield name, replace(one, page=replace(one.page, text=text, rendered=chance.random() < 0.3))


# ── Reading them ───────────────────────────────────────────────────────────────────────────────────


def read(one: Recorded) -> float:
    """Everything that a walk makes of a page, and how much processor it took."""
    started, asked = time.process_time(), one.sku or "AB-1"
    page = replace(one.page)
    extract(page, _CONFIG, asked)
    outcome = judge(_CONFIG, asked, page)
    json.dumps([outcome.data, outcome.detail], allow_nan=False).encode()
    straight.link(page, _CONFIG, Asked(asked))
    search.glance(page, _CONFIG, Asked(asked))
    search.read(page, _CONFIG, Asked(asked))
    assert isinstance(page.document, Document)
    return time.process_time() - started


@dataclass
class Run:
    """What came of it."""

    read: int = 0
    slowest: float = 0.0
    slowest_name: str = ""
    started_mb: float = 0.0
    ended_mb: float = 0.0

    @property
    def growth_mb(self) -> float:
        """Memory that stayed, the warming up left out."""
        return self.ended_mb - self.started_mb


def run(broken: Iterator[tuple[str, Recorded]], warm: int = 200) -> Run:
    """Read them all.  An exception, and a page that takes too long, leaves the page behind as a file."""
    told = Run()
    for name, one in broken:
        try:
            took = read(one)
            assert took < LONGEST, f"{took:.1f} s"
        except BaseException as error:
            if isinstance(error, Exception):
                kept = Path(tempfile.gettempdir()) / f"{name[:120]}.html"
                kept.write_text(one.page.text, "utf-8")
                error.add_note(f"the page is {kept}, asked for {one.sku!r}")
            raise
        told.read += 1
        if took > told.slowest:
            told.slowest, told.slowest_name = took, name
        if told.read == warm:
            told.started_mb = _resident_mb()
    told.ended_mb = _resident_mb()
    return told


def _resident_mb() -> float:
    gc.collect()
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6
    except OSError:
        return 0.0


def _until(end: float, broken: Iterator[tuple[str, Recorded]]) -> Iterator[tuple[str, Recorded]]:
    for one in broken:
        if time.monotonic() > end:
            return
        yield one


def main(seconds: float = 60, seed: int | None = None) -> None:
    """As long as it is told to; says with which seed."""
    seed = random.randrange(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    told = run(_until(time.monotonic() + seconds, pages(seed)))
    print(f"{told.read} pages, {told.growth_mb:+.0f} MB, slowest {told.slowest:.2f} s ({told.slowest_name})")
    if told.read > 400 and told.growth_mb > GROWTH_MB:
        sys.exit(f"memory has grown by more than {GROWTH_MB:g} MB")


def share(seed: int, pages_read: int) -> Run:
    """A short run for the tests."""
    return run(islice(pages(seed), pages_read), warm=pages_read // 2)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else None)
