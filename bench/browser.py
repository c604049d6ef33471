"""Pages that a script builds: Chromium kept and reused, beside a browser for every page; and no Chromium
where HTTP suffices."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.site import generate, scripted, served
from bench.table import Row, Section, interleave, middle, ratio

HERE = Path(__file__).parent / "contenders"
HOW = (
    "Product pages of about 100 KB whose price and stock a script fetches, with a style sheet and 24 pictures. A page is "
    "shown until its fields are there. CPU is that of Python, Playwright's driver and every process of Chromium, from before "
    "the first start to after the last end (ours shows 120 pages after its one start, the peer 20). The peer starts a browser for each page with Playwright, as scripts are written; "
    "both use the same Chromium. The last row scrapes static pages with `render: auto`."
)


def run(*, quick: bool) -> Section:
    """Measure; every contender must also get the answers right."""
    many, few, rounds = (20, 4, 1) if quick else (120, 20, 3)
    root = generate(Path(tempfile.gettempdir()) / "bsr-bench", 300)
    truth = root / "truth.json"
    with scripted(root) as base:
        answers = interleave(
            {
                "ours": [sys.executable, HERE / "ours_browser.py", base, str(many), truth, "browser"],
                "a browser a page": [sys.executable, HERE / "browser_each.py", base, str(few), truth],
            },
            rounds=rounds,
        )
    with served(root) as base:
        plain = interleave(
            {"ours, no need": [sys.executable, HERE / "ours_browser.py", base, "100", truth, "auto"]},
            rounds=1,
        )["ours, no need"][0]
    figures = [
        Row(f"{name}: CPU a page", f"{middle(a, 'cpu_ms_per_page'):.0f} ms; {middle(a, 'right'):.1%} right")
        for name, a in answers.items()
    ]
    faster = ratio(answers, "pages_per_cpu_s", "ours", "a browser a page")
    starts = int(plain["starts"])
    goals = [
        Row("pages per CPU second, ours : a browser a page", f"{faster:.1f}", "≥ 4.5", faster >= 4.5),
        Row(
            "starts of Chromium where HTTP suffices, 100 SKUs",
            f"{starts}; {plain['right']:.1%} right",
            "0",
            starts == 0,
        ),
    ]
    return Section("The browser", HOW, [*figures, *goals])
