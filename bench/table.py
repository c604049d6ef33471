"""A row of the table: what was measured, the goal, what came out, and whether the goal is met."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-bench"


@dataclass(frozen=True)
class Row:
    """`met` is None for a figure without a goal."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Section:
    """The rows of one subject, and how they were measured."""

    title: str
    how: str
    rows: Sequence[Row] = field(default_factory=tuple)


def render(section: Section) -> str:
    """A section as Markdown, with the day and the machine it was measured on."""
    lines = [
        f"## {section.title}",
        "",
        section.how,
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}.",
        "",
        "| what | measured | goal | met |",
        "|---|---|---|---|",
        *(f"| {r.what} | {r.measured} | {r.goal} | {_mark(r.met)} |" for r in section.rows),
        "",
    ]
    return "\n".join(lines)


def renewed(page: str, sections: Mapping[str, str]) -> str:
    """The sections of a page, those by these titles renewed; a new one comes last."""
    old = {part.partition("\n")[0]: f"## {part.strip()}\n" for part in page.split("\n## ")[1:]}
    return "\n".join({**old, **sections}.values())


def _mark(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"


def interleave(
    commands: Mapping[str, Sequence[str | Path]], *, rounds: int, timeout: float = 600
) -> dict[str, list[dict[str, float]]]:
    """Run every command once a round, in turn; the JSON line each one printed, by name."""
    answers: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            print(f"  round {number + 1}/{rounds}: {name}", file=sys.stderr, flush=True)
            answers[name].append(_one(name, command, timeout))
    return answers


def _one(name: str, command: Sequence[str | Path], timeout: float) -> dict[str, float]:
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode:
        raise SystemExit(f"bench: {name} failed with {done.returncode}\n{done.stderr[-3000:]}")
    answer: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def ratio(answers: Mapping[str, Sequence[Mapping[str, float]]], key: str, above: str, below: str) -> float:
    """The median over rounds of `key` of one contender over that of another."""
    return statistics.median(a[key] / b[key] for a, b in zip(answers[above], answers[below], strict=True))


def middle(answers: Sequence[Mapping[str, float]], key: str) -> float:
    """The median of one contender's figure."""
    return statistics.median(a[key] for a in answers)


def peers_python() -> Path:
    """The Python of `.venv-bench`, made from the pinned requirements when it is not there."""
    python = PEERS / "bin" / "python"
    lock = ROOT / "requirements" / "bench.txt"
    stamp = PEERS / ".ready"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        print("  making .venv-bench (once)", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
        subprocess.run(install, check=True)
        stamp.touch()
    return python
