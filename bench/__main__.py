"""`python -m bench [SECTION …] [--quick] [--write]`: print the table; --write puts it into docs/benchmarks.md.

Sections that were not measured this time stay in the page as they are.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from bench.table import ROOT, render, renewed

SECTIONS = ("accuracy", "engine", "memory", "browser", "panel", "office")
HEAD = """# Benchmarks

Made by `make bench`; `python -m bench --write` renews this page. Speeds are ratios of CPU time from one interleaved run,
because the machines these run on are shared and noisy.

"""


def main() -> None:
    """Run the sections that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="which; all when none is named")
    parser.add_argument(
        "--quick", action="store_true", help="one short round: to see that it runs, not to quote"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    wanted = parser.parse_args()
    sections = [
        import_module(f"bench.{name}").run(quick=wanted.quick) for name in wanted.sections or SECTIONS
    ]
    texts = {section.title: render(section) for section in sections}
    print("\n".join(texts.values()))
    if wanted.write:
        page = Path(ROOT / "docs" / "benchmarks.md")
        page.write_text(HEAD + renewed(page.read_text(encoding="utf-8"), texts), encoding="utf-8")


main()
