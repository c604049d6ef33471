"""Whether this machine can work as a runner: settings, coordinator, key, disk, what waits to be delivered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper_backend.core.errors import BackendError, Faults, KeyRefused
from scraper_backend.core.retry import Retry
from scraper_backend.core.wire import Check

if TYPE_CHECKING:
    from scraper_backend.core.api_client import ScraperAPIClient

SKEW_S: Final = 30.0
LOW_DISK: Final = 500 * 1024 * 1024


def look(api_url: str | None, runner_name: str | None, environment: Mapping[str, str]) -> Iterator[Check]:
    """Each thing that a run needs, whether it is there, and what to do when it is not."""
    from scraper_backend.core.environment import data_folder

    folder = data_folder(environment)
    yield from _coordinator(api_url, runner_name)
    yield _disk(folder)
    yield from _outbox(folder)
    yield _private_hosts(environment)


def _coordinator(api_url: str | None, runner_name: str | None) -> Iterator[Check]:
    """The line to the coordinator and, where it is good, what the coordinator says of itself."""
    from scraper_backend.core.api_client import ScraperAPIClient

    try:
        client = ScraperAPIClient(api_url, runner_name=runner_name, timeout=10, retry=Retry(tries=2))
    except Faults as faults:
        for problem in faults.problems:
            yield _check("Settings", "error", str(problem))
        return
    yield _check("Settings", "ok", f"{client.runner_name} works for {client.api_url}")
    with client:
        try:
            health = client.health_check()
        except KeyRefused as error:
            yield _check("API key", "error", f"{error}; make one with `bsr key create`")
        except BackendError as error:
            yield _check("Coordinator", "error", str(error))
        else:
            yield _check("Coordinator", "ok", "reachable, and it knows the key")
            yield from _clock(client)
            yield from (_check(f"Coordinator: {c.name}", c.status, c.message) for c in health.checks)


def _clock(client: ScraperAPIClient) -> Iterator[Check]:
    offset = client.clock_offset
    if offset is not None and abs(offset) > SKEW_S:
        way = "behind" if offset > 0 else "ahead of"
        yield _check("Clock", "warning", f"{abs(offset):.0f} s {way} the coordinator's; set it by NTP")
    elif offset is not None:
        yield _check("Clock", "ok", "agrees with the coordinator's")


def _disk(folder: Path) -> Check:
    there = next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))
    if not os.access(there, os.W_OK):
        return _check("Disk", "error", f"{there} cannot be written to; set BSR_DATA_DIR")
    free = shutil.disk_usage(there).free
    said = f"{free / 1024**3:.1f} GiB free for results at {folder}"
    return _check("Disk", "warning" if free < LOW_DISK else "ok", said)


def _outbox(folder: Path) -> Iterator[Check]:
    """What is on this machine and not yet with the coordinator."""
    from scraper_backend.runner.outbox import dead, jobs, open_file

    path = folder / "outbox.db"
    if not path.exists():
        yield _check("Outbox", "ok", "empty")
        return
    with open_file(path) as file:
        waiting, refused = len(jobs.waiting(file)), dead.count(file)
    several = "" if waiting == 1 else "s"
    waits = f"{waiting} job{several} to deliver; run `bsr runner deliver`"
    yield _check("Outbox", "warning" if waiting else "ok", waits if waiting else "empty")
    if refused:
        yield _check(
            "Dead letters", "warning", f"the coordinator refused {refused} results; they are in {path}"
        )


def _private_hosts(environment: Mapping[str, str]) -> Check:
    named = environment.get("RUNNER_ALLOW_PRIVATE_HOSTS", "").strip()
    return _check("Private hosts", "ok", f"may visit {named}" if named else "none may be visited")


def _check(name: str, status: str, message: str) -> Check:
    return Check.model_validate({"name": name, "status": status, "message": message})
