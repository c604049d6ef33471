"""One worker process: pages in, outcomes out.  `python -m scraper_backend.runner.daemon.worker`.

Its standard input brings sites, tasks, budgets and pauses as JSON lines, its standard output takes outcomes.
It holds no key and no database.  When its input ends, the daemon is gone and so is it.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from scraper_backend.core import logs
from scraper_backend.core.errors import Faults
from scraper_backend.core.loop import run_async
from scraper_backend.core.scraper_config import ScraperConfig, from_wire
from scraper_backend.core.wire import Outcome, ScraperWire
from scraper_backend.runner.fit import fitted
from scraper_backend.runner.hands import open_hands
from scraper_backend.runner.switches import word
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.fetch.polite import Politeness
from scraper_backend.scraping.sku import scrape

NO_SHARE_S: Final = 30.0
"""A host of which this runner has no share rests until the next heartbeats may have brought one."""


class Worker:
    """The sites it knows and the walks under way."""

    def __init__(self, fetcher: Fetcher, politeness: Politeness) -> None:
        self._fetcher, self._politeness = fetcher, politeness
        self._sites: dict[str, ScraperConfig | Faults] = {}
        self._walks: set[asyncio.Task[None]] = set()

    def hear(self, told: Mapping[str, Any]) -> None:
        """One line from the daemon."""
        match told["do"]:
            case "site":
                self._sites[told["rev"]] = _read(told["scraper"])
            case "scrape":
                walk = asyncio.create_task(self._walk(told))
                self._walks.add(walk)
                walk.add_done_callback(self._walks.discard)
            case "pause":
                self._politeness.pause(told["host"], told["seconds"])
            case "budget" if told["per_second"] > 0 and told["concurrency"] > 0:
                self._politeness.set_budget(told["host"], told["per_second"], told["concurrency"])
            case "budget":
                self._politeness.pause(told["host"], NO_SHARE_S)

    async def end(self) -> None:
        """Walks end before the fetcher does, and nobody reports them."""
        walks = list(self._walks)
        for walk in walks:
            walk.cancel()
        await asyncio.gather(*walks, return_exceptions=True)

    async def _walk(self, told: Mapping[str, Any]) -> None:
        site = self._sites[told["rev"]]
        if isinstance(site, Faults):
            outcome = Outcome(
                sku=told["sku"], scraper=told["scraper"], outcome="failed", scraped_at=datetime.now(UTC),
                detail={"reason": "configuration", "evidence": [str(site)]},
            )  # fmt: skip
        else:
            outcome = await scrape(site, told["sku"], self._fetcher)
        pauses = {host: round(s, 1) for host, s in self._politeness.pauses().items()}
        say({"task": told["task"], "outcome": fitted(outcome), "pauses": pauses})


def say(told: Mapping[str, Any]) -> None:
    """One line to the daemon; if nobody listens, the end of the input will end us."""
    with suppress(OSError):
        sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
        sys.stdout.buffer.flush()


def _read(sent: Mapping[str, Any]) -> ScraperConfig | Faults:
    try:
        return from_wire(ScraperWire.model_validate(sent))
    except Faults as faults:
        return faults


async def work() -> None:
    """Until the input ends."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    async with open_hands() as fetcher:
        worker = Worker(fetcher, fetcher.politeness)

        def listen() -> None:
            for line in sys.stdin.buffer:
                loop.call_soon_threadsafe(worker.hear, orjson.loads(line))
            loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=listen, daemon=True, name="listener").start()
        await ended.wait()
        await worker.end()


def main() -> None:
    """Signals are the daemon's business: a Ctrl-C in a terminal reaches the whole group."""
    faulthandler.enable()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    logs.configure(
        level=word("LOG_LEVEL", os.environ, "warning"), form=logs.form(word("LOG_FORMAT", os.environ, "auto"))
    )
    run_async(work())


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
