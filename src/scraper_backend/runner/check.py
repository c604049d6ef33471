"""What a person needs to know about this machine before it runs anything: `bsr runner check`.

Each line is a check with a state and what to do about it, in the contract's own shape; none of them changes
anything or raises.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import apsw

from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.environment import data_folder
from scraper_backend.core.errors import BackendError, Faults, Mistake
from scraper_backend.core.retry import Retry
from scraper_backend.core.wire import Check
from scraper_backend.runner.identity import machine_id, runner_name
from scraper_backend.runner.outbox import dead, jobs, open_file, spool
from scraper_backend.scraping.fetch import chromium
from scraper_backend.scraping.fetch.auto import can_render
from scraper_backend.scraping.fetch.guard import AllowList

SKEW_S: Final = 30.0
"""A clock this far off misdates every `scraped_at`."""
ROOM_MB: Final = 200
_QUICK: Final = Retry(tries=2, total=10.0)


def check(
    api_url: str | None = None,
    runner_name: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> list[Check]:
    """Everything about this runner: address, key, clock, name, outbox, browser, private hosts."""
    env = os.environ if environment is None else environment
    folder = data_folder(env)
    return [
        *_coordinator(api_url, env),
        _name(folder, runner_name, env),
        *_outbox(folder),
        _browser(),
        _private_hosts(env),
    ]


def _coordinator(api_url: str | None, env: Mapping[str, str]) -> Iterator[Check]:
    try:
        client = ScraperAPIClient(api_url, timeout=5.0, retry=_QUICK, environment=env)
    except Faults as faults:
        for problem in faults.problems:
            name = "API key" if "KEY" in problem.path else "Coordinator"
            yield Check(name=name, status="error", message=str(problem))
        return
    with client:
        try:
            health = client.health_check()
        except Mistake as error:
            yield Check(name="Coordinator", status="ok", message=f"{client.api_url} answers")
            yield Check(name="API key", status="error", message=str(error))
        except BackendError as error:
            yield Check(name="Coordinator", status="error", message=str(error))
        else:
            yield Check(name="Coordinator", status="ok", message=f"{client.api_url} answers")
            yield Check(name="API key", status="ok", message="accepted")
            yield from (told for told in health.checks if told.status != "ok")
        yield from _clock(client.clock_offset)


def _clock(offset: float | None) -> Iterator[Check]:
    if offset is None:
        return
    told = f"{abs(offset):.0f} s {'behind' if offset > 0 else 'ahead of'} the coordinator's"
    if abs(offset) > SKEW_S:
        yield Check(name="Clock", status="warning", message=f"{told}; set this machine's time")
    else:
        yield Check(name="Clock", status="ok", message=told)


def _name(folder: Path, chosen: str | None, env: Mapping[str, str]) -> Check:
    hint = "" if chosen or env.get("RUNNER_NAME") else " (the host's name; set RUNNER_NAME to choose another)"
    try:
        machine = machine_id(folder)
    except OSError as error:
        return Check(name="Name", status="error", message=f"cannot write to {folder}: {error.strerror}")
    return Check(name="Name", status="ok", message=f"{chosen or runner_name(env)}{hint}; machine {machine}")


def _outbox(folder: Path) -> Iterator[Check]:
    path = folder / "outbox.db"
    try:
        with open_file(path) as file:
            waiting = jobs.waiting(file)
            spooled = spool.waiting(file)
            letters = dead.letters(file, limit=1)
            refused = dead.count(file)
    except (apsw.Error, OSError, BackendError) as error:
        yield Check(name="Outbox", status="error", message=f"{path}: {error}")
        return
    if waiting:
        told = f"{len(waiting)} jobs wait; `bsr runner deliver` sends them"
        yield Check(name="Outbox", status="warning", message=told)
    for coordinator, n in spooled.items():
        told = f"{n} results wait for {coordinator}; `bsr runner start --api-url {coordinator}` sends them"
        yield Check(name="Outbox", status="warning", message=told)
    if not waiting and not spooled:
        yield Check(name="Outbox", status="ok", message=f"empty ({path})")
    if refused:
        told = f"{refused} results were refused, the last with: {letters[0].words}"
        yield Check(name="Dead letters", status="warning", message=told)
    free = shutil.disk_usage(folder).free // 2**20
    told = f"{free} MB free in {folder}"
    yield Check(name="Disk", status="ok" if free >= ROOM_MB else "warning", message=told)


def _browser() -> Check:
    """Pages that scripts build need one; most shops do not."""
    try:
        found = chromium.find()
    except chromium.NoChromium as error:
        return Check(name="Browser", status="warning", message=str(error))
    if not can_render():
        hint = "Chromium is there, Playwright is not: pip install 'baystate-scraper[browser]'"
        return Check(name="Browser", status="warning", message=hint)
    return Check(name="Browser", status="ok", message=found)


def _private_hosts(env: Mapping[str, str]) -> Check:
    text = env.get("RUNNER_ALLOW_PRIVATE_HOSTS", "").strip()
    try:
        AllowList.from_text(text)
    except Mistake as error:
        return Check(name="Private hosts", status="error", message=str(error))
    return Check(name="Private hosts", status="ok", message=text or "none allowed")
