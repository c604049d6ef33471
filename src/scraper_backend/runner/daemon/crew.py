"""The worker processes, seen from the daemon: a host always goes to the same one.

So one process keeps that host's pace, its cookies and its browser, and a page that kills a parser kills
one process and not the runner.  What a dead process had in hand is the desk's business.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from scraper_backend.runner.daemon.messages import Died, Message, Scraped

COMMAND: Final = (sys.executable, "-m", "scraper_backend.runner.daemon.worker")


class Crew:
    """A fixed number of places, in each a process: started when it is first needed, again after a death."""

    def __init__(
        self, places: int, tell: Callable[[Message], None], command: tuple[str, ...] = COMMAND
    ) -> None:
        self.places = places
        self._tell = tell
        self._command = command
        self._members: dict[int, _Member] = {}
        self._generations = 0
        self._budgets: dict[str, Mapping[str, Any]] = {}

    def place_of(self, base_url: str) -> int:
        """Who works on this site."""
        host = urlsplit(base_url).netloc.lower()
        return zlib.crc32(host.encode()) % self.places

    def send(self, place: int, rev: str, scraper: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        """Let a task begin; a site is explained once a process."""
        member = self._member(place)
        if rev not in member.sites:
            member.sites.add(rev)
            member.say({"do": "site", "rev": rev, "scraper": scraper})
        member.say({"do": "scrape", "rev": rev, **task})

    def everybody(self, told: Mapping[str, Any]) -> None:
        """A pause or a budget; whoever is started later hears the budgets first."""
        if told["do"] == "budget":
            self._budgets[told["host"]] = told
        for member in self._members.values():
            member.say(told)

    def generation(self, place: int) -> int:
        """Which life of the process at this place it is; a death of an earlier one is old news."""
        member = self._members.get(place)
        return member.generation if member else 0

    def bury(self, place: int) -> None:
        """The process is gone; the next task starts another."""
        member = self._members.pop(place, None)
        if member is not None:
            member.end()

    def end(self) -> None:
        """Everybody goes, at once."""
        for place in list(self._members):
            self.bury(place)

    def _member(self, place: int) -> _Member:
        if place not in self._members:
            self._generations += 1
            member = _Member(place, self._generations, self._tell, self._command)
            self._members[place] = member
            for budget in self._budgets.values():
                member.say(budget)
        return self._members[place]


class _Member:
    """One process and the thread that listens to it."""

    def __init__(
        self, place: int, generation: int, tell: Callable[[Message], None], command: tuple[str, ...]
    ) -> None:
        self.generation = generation
        self.sites: set[str] = set()
        self._place, self._tell = place, tell
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=_without_secrets(),
        )
        threading.Thread(target=self._listen, daemon=True, name=f"worker-{place}").start()

    def say(self, told: Mapping[str, Any]) -> None:
        """One line; when the process is gone its listener notices."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(OSError, ValueError):
            self._process.stdin.write(orjson.dumps(told) + b"\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Kill it and everything it started (a browser)."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with self._process.stdout as lines:
            for line in lines:
                with suppress(ValueError, KeyError):
                    told = orjson.loads(line)
                    self._tell(Scraped(self._place, told["task"], told["outcome"], told["pauses"]))
        self._tell(Died(self._place, self.generation, _how(self._process.wait())))


def _how(code: int) -> str:
    if code < 0 and -code in set(signal.Signals):
        return signal.Signals(-code).name
    return f"exit code {code}"


def _without_secrets() -> dict[str, str]:
    """A process that parses strangers' pages has no use for our key."""
    secret = ("SCRAPER_API_KEY", "SCRAPER_WEBHOOK_SECRET")
    return {name: value for name, value in os.environ.items() if not name.startswith(secret)}
