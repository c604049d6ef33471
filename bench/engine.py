"""Pages per CPU second and peak memory of the HTTP walk, beside Scrapy, Crawlee and the bare loop."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.site import generate, served
from bench.table import Row, Section, interleave, middle, peers_python, ratio

HERE = Path(__file__).parent / "contenders"
HOW = (
    "Search page, product link, product page, ten fields (seven by CSS, three by XPath), for each SKU, 16 at once, against "
    "pages of about 100 KB on loopback. CPU is user and system time of the whole process, its start-up excluded; ratios are "
    "medians of rounds in which all contenders ran in turn. Ours does more than its peers: robots.txt, identity, cleaning, "
    "provenance. The bare loop is aiohttp and one parse with nothing around it."
)


def run(*, quick: bool) -> Section:
    """Measure; every contender must also get the answers right."""
    count, rounds = (100, 1) if quick else (500, 5)
    root = generate(Path(tempfile.gettempdir()) / "bsr-bench", 300)
    peers = peers_python()
    truth = root / "truth.json"
    with served(root) as base:
        work = [base, str(count), truth]
        answers = interleave(
            {
                "ours": [sys.executable, HERE / "ours.py", *work, "selectors"],
                "ours, no selectors": [sys.executable, HERE / "ours.py", *work, "silent"],
                "bare loop": [sys.executable, HERE / "bare.py", *work],
                "Scrapy": [peers, HERE / "scrapy_spider.py", *work],
                "Crawlee": [peers, HERE / "crawlee_crawler.py", *work],
            },
            rounds=rounds,
        )
        memory = interleave(
            {
                f"{n:,}": [sys.executable, HERE / "ours.py", base, str(n), truth, "selectors"]
                for n in (200, 2000)
            },
            rounds=1,
        )
    rows = [
        Row(
            f"{name}: CPU a page",
            f"{middle(a, 'cpu_ms_per_page'):.2f} ms; {middle(a, 'right'):.1%} right; peak {middle(a, 'peak_mib'):.0f} MiB",
        )
        for name, a in answers.items()
    ]
    rows += [
        _goal(
            "pages per CPU second, ours : Scrapy + parsel",
            ratio(answers, "pages_per_cpu_s", "ours", "Scrapy"),
            5,
        ),
        _goal(
            "pages per CPU second, ours : Crawlee", ratio(answers, "pages_per_cpu_s", "ours", "Crawlee"), 4
        ),
        _goal(
            "pages per CPU second, ours : bare loop",
            ratio(answers, "pages_per_cpu_s", "ours", "bare loop"),
            0.75,
        ),
        _most("peak memory, ours : Scrapy", ratio(answers, "peak_mib", "ours", "Scrapy"), 0.4),
        _most(
            "peak memory, 2,000 SKUs : 200 SKUs",
            memory["2,000"][0]["peak_mib"] / memory["200"][0]["peak_mib"],
            1.1,
        ),
    ]
    return Section("The HTTP walk", HOW, rows)


def _goal(what: str, measured: float, least: float) -> Row:
    return Row(what, f"{measured:.2f}", f"≥ {least}", measured >= least)


def _most(what: str, measured: float, most: float) -> Row:
    return Row(what, f"{measured:.2f}", f"≤ {most}", measured <= most)
