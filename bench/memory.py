"""A million SKUs in the memory of a thousand."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.table import Row, Section, interleave

HERE = Path(__file__).parent / "contenders"
MOST_GROWTH = 1.1
HOW = (
    "One process takes so many SKUs through the whole walk, search page to outcome, over pages made on the spot; SKUs stream "
    "in and outcomes stream out. What it holds is read after 1,000 SKUs and at the end."
)


def run(*, quick: bool) -> Section:
    """Measure; every outcome must also be right."""
    count = 20_000 if quick else 1_000_000
    command = [sys.executable, HERE / "flat.py", str(count)]
    answer = interleave({f"{count:,} SKUs": command}, rounds=1, timeout=3 * 3600)[f"{count:,} SKUs"][0]
    growth = answer["last_mib"] / answer["first_mib"]
    rows = [
        Row("after 1,000 SKUs", f"{answer['first_mib']:.0f} MiB"),
        Row(f"after {count:,} SKUs", f"{answer['last_mib']:.0f} MiB; {answer['right']:.1%} right"),
        Row(f"{count:,} SKUs : 1,000 SKUs", f"{growth:.2f}", f"≤ {MOST_GROWTH}", growth <= MOST_GROWTH),
    ]
    return Section("A million SKUs", HOW, rows)
