"""`python -m tests.simulation`: many worlds, one world again, or every planted bug."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from multiprocessing import get_context

from tests.simulation.handover import hand_over
from tests.simulation.planted import BUGS, SEEDS, catch
from tests.simulation.world import Report, simulate


def main() -> int:
    """The exit code: 1 when anything was found, or a planted bug was not."""
    asked = _arguments()
    if asked.seed is not None:
        return _one(asked.seed)
    if asked.planted:
        return _planted()
    if asked.handover:
        return _many(hand_over, asked.first, asked.seeds)
    return _many(simulate, asked.first, asked.seeds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="this world only")
    parser.add_argument("--handover", action="store_true", help="only: a runner dies, another has time")
    parser.add_argument("--planted", action="store_true", help="every planted bug must be caught")
    return parser.parse_args()


def _one(seed: int) -> int:
    report = simulate(seed)
    print(f"seed {seed}: {report.violation or 'holds'}")
    print(f"{report.simulated_s:.0f} s simulated, {report.commits} commits, {report.tasks} tasks")
    return int(bool(report.violation))


def _many(world: Callable[[int], Report], first: int, seeds: int) -> int:
    began = time.monotonic()
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        reports = []
        for report in pool.imap_unordered(world, range(first, first + seeds), chunksize=8):
            reports.append(report)
            if report.violation:
                print(f"VIOLATION in seed {report.seed}: {report.violation}", flush=True)
    _sum_up(reports, time.monotonic() - began)
    return int(any(report.violation for report in reports))


def _sum_up(reports: list[Report], seconds: float) -> None:
    bad = [report for report in reports if report.violation]
    silent = sorted(s for report in reports for s in report.given_back)
    elsewhere = sorted(s for report in reports for s in report.elsewhere)
    print(
        f"{len(reports)} worlds in {seconds:.0f} s: {len(bad)} violations, "
        f"{sum(r.commits for r in reports)} commits, {sum(r.tasks for r in reports)} tasks, "
        f"{sum(r.found for r in reports)} found, {sum(r.deaths for r in reports)} deaths, "
        f"{sum(r.simulated_s for r in reports) / 86400:.1f} days simulated"
    )
    print(f"silent runner → lease taken back: {_spread(silent)}")
    print(f"runner killed → its tasks with another: {_spread(elsewhere)}")


def _spread(values: list[float]) -> str:
    if not values:
        return "never"
    return (
        f"p50 {values[len(values) // 2]:.0f} s, p99 {values[len(values) * 99 // 100]:.0f} s, "
        f"longest {values[-1]:.0f} s, of {len(values)}"
    )


def _planted() -> int:
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        missed = list(_told(pool.imap(catch, range(len(BUGS)))))
    print(f"{len(BUGS) - len(missed)} of {len(BUGS)} planted bugs caught, each within {SEEDS} worlds")
    return int(bool(missed))


def _told(answers: Iterable[tuple[str, Report | None]]) -> Iterable[str]:
    for name, report in answers:
        if report is None:
            print(f"MISSED  {name}", flush=True)
            yield name
        else:
            print(f"caught  {name}\n        seed {report.seed}: {report.violation[:150]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
