"""What the coordinator's own work costs, beside a bare loop, an ORM twin and two other queues."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.coordinator import servers

from bench.table import Row, Section, interleave, middle, peers_python, ratio

HERE = Path(__file__).parent / "contenders" / "office"
HOW = (
    "Every call is durable before it is answered (SQLite with synchronous=FULL). CPU is user and system time of the process "
    "that serves, without its clients and without PostgreSQL; ratios are medians of rounds in which all contenders ran in "
    "turn; a million tasks are done once. The bare loop writes the same rows into the same schema in the same commits, with "
    "the same settings of SQLite, and decides nothing. Over HTTP "
    "sixteen connections share commits, where the loop makes each alone and speaks no HTTP. The ORM twin does the "
    "same with a callback as ours, with fewer checks. Scrapyd and Procrastinate hand out one job a call; a runner "
    "of ours asks for sixteen or fifty, so they are compared by the task. The PostgreSQL that both share is the tests': "
    "it does not wait for its disk."
)
Answers = Mapping[str, Sequence[Mapping[str, float]]]


def run(*, quick: bool) -> Section:
    """Measure; a contender that is refused anything ends the run."""
    rounds, size, tasks = (1, 1, 4_000) if quick else (3, 5, 1_000_000)
    peers = peers_python()
    with tempfile.TemporaryDirectory(prefix="bsr-bench-") as folder:
        answers = interleave(_at_size(Path(folder), tasks), rounds=1, timeout=3600)
    answers |= interleave(_on_sqlite(peers, size), rounds=rounds)
    server = servers.start()
    try:
        answers |= interleave(_on_postgres(server.address, peers, size), rounds=rounds)
    finally:
        servers.stop(server)
    figures = [_figure(name, found) for name, found in answers.items()]
    return Section("The coordinator", HOW, [*figures, *_goals(answers, tasks)])


def _at_size(folder: Path, tasks: int) -> dict[str, Sequence[str | Path]]:
    """From an office where all of it waits to one where all of it is done: how large it is, is what costs."""
    return {
        _ingest(tasks, whose): [sys.executable, HERE / "fresh.py", f"tasks_{whose}", folder, str(tasks), "50"]
        for whose in ("ours", "bare")
    }


def _ingest(tasks: int, whose: str) -> str:
    return f"claim and ingest of {tasks:,} tasks by fifties, {whose}"


def _on_sqlite(peers: Path, size: int) -> dict[str, Sequence[str | Path]]:
    python, tasks = sys.executable, str(4000 * size)
    return {
        "results over HTTP by tens, ours": [python, HERE / "http_ours.py", tasks],
        "results by tens, bare": [python, HERE / "http_bare.py", tasks],
        "callbacks of 125, ours": [python, HERE / "callback_ours.py", str(20 * size)],
        "callbacks of 125, ORM twin": [python, HERE / "callback_orm.py", str(20 * size), peers],
        "claims over HTTP, ours": [python, HERE / "claim_ours_http.py", tasks],
        "claims over HTTP, Scrapyd": [python, HERE / "claim_scrapyd.py", str(100 * size), peers],
    }


def _on_postgres(address: str, peers: Path, size: int) -> dict[str, Sequence[str | Path]]:
    return {
        "claims on PostgreSQL, ours": [sys.executable, HERE / "claim_ours_pg.py", address, str(2000 * size)],
        "claims on PostgreSQL, Procrastinate": [
            peers, HERE / "claim_procrastinate.py", address, str(400 * size),
        ],
    }  # fmt: skip


def _figure(name: str, found: Sequence[Mapping[str, float]]) -> Row:
    return Row(
        name, f"{middle(found, 'per_s'):,.0f} a second; {middle(found, 'per_cpu_s'):,.0f} a CPU second"
    )


def _goals(answers: Answers, tasks: int) -> list[Row]:
    return [
        _goal(f"claim and ingest of {tasks:,} tasks, by CPU, ours : bare", answers, "per_cpu_s", 0.5,
              _ingest(tasks, "ours"), _ingest(tasks, "bare")),
        _goal("results over HTTP, by CPU, ours : bare", answers, "per_cpu_s", 0.6,
              "results over HTTP by tens, ours", "results by tens, bare"),
        _told("the same by the clock, which is mostly the disk's", answers, "per_s",
              "results over HTTP by tens, ours", "results by tens, bare"),
        _goal("callbacks, by CPU, ours : ORM twin", answers, "per_cpu_s", 6,
              "callbacks of 125, ours", "callbacks of 125, ORM twin"),
        _goal("tasks handed out over HTTP, by CPU, ours : Scrapyd", answers, "per_cpu_s", 5,
              "claims over HTTP, ours", "claims over HTTP, Scrapyd"),
        _goal("tasks handed out on PostgreSQL, by the clock, ours : Procrastinate", answers, "per_s", 8,
              "claims on PostgreSQL, ours", "claims on PostgreSQL, Procrastinate"),
    ]  # fmt: skip


def _told(what: str, answers: Answers, key: str, ours: str, other: str) -> Row:
    return Row(what, f"{ratio(answers, key, ours, other):.2f}")


def _goal(  # noqa: PLR0917 - a row, in its order
    what: str, answers: Answers, key: str, least: float, ours: str, other: str
) -> Row:
    measured = ratio(answers, key, ours, other)
    return Row(what, f"{measured:.2f}", f"≥ {least}", measured >= least)
