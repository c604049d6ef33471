"""What the environment says about this daemon, all faults at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scraper_backend.core.environment import data_folder
from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem, found
from scraper_backend.runner.daemon.crew import COMMAND
from scraper_backend.runner.switches import wrong


@dataclass(frozen=True, slots=True)
class Settings:
    """walks: at once in all.  processes: that they are spread over.  poll_s: between two looks for work when
    the coordinator does not hold the line.  port: of the local door, 0 for any free one.  worker: the command
    of one of those processes.
    """

    folder: Path
    walks: int = 8
    processes: int = 1
    poll_s: float = 5.0
    labels: tuple[str, ...] = ()
    port: int = 0
    spool_limit: int = 2**30
    drain_s: float = 30.0
    worker: tuple[str, ...] = COMMAND


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """RUNNER_WORKERS, RUNNER_PROCESSES, POLL_INTERVAL, RUNNER_LABELS, RUNNER_PORT.

    Raises `Faults`, those of LOG_LEVEL, LOG_FORMAT and HEADLESS among them.
    """
    env = os.environ if environment is None else environment
    problems = [Problem(name, f"found {found(text)}", hint) for name, text, hint in wrong(env)]

    def number(name: str, default: float, low: float, high: float) -> float:
        text = env.get(name, "").strip()
        try:
            value = float(text) if text else default
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            problems.append(Problem(name, f"found {found(text)}", f"write a number from {low:g} to {high:g}"))
        return value

    cores = min(4, os.cpu_count() or 1)
    settings = Settings(
        folder=data_folder(env),
        walks=int(number("RUNNER_WORKERS", 8, 1, 256)),
        processes=int(number("RUNNER_PROCESSES", cores, 1, 64)),
        poll_s=number("POLL_INTERVAL", 5, 0.1, 3600),
        labels=tuple(label for word in env.get("RUNNER_LABELS", "").split(",") if (label := word.strip())),
        port=int(number("RUNNER_PORT", 0, 0, 65535)),
    )
    if problems:
        raise Faults("environment", problems)
    return settings
