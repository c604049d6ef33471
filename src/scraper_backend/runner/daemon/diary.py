"""The diary: what this daemon logs, for the people at the coordinator as well.

It never makes anybody wait.  Events gather in memory, the oldest give way when there are too many, and a
thread of its own sends them when the coordinator has time; what a person must not miss is in the results.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from scraper_backend.core.errors import BackendError, BadRequest
from scraper_backend.core.logs import without_keys
from scraper_backend.runner.daemon.line import Connect, Line
from scraper_backend.runner.stop import Stop

KEPT: Final = 1000
AT_ONCE: Final = 100
GATHER_S: Final = 5.0
LOGGER: Final = "scraper_backend.runner"
_LEVELS: Final = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))
_NO_FACTS: Final = frozenset({"event", "level", "timestamp", "logger", "job_id", "exc_info"})


class Diary(logging.Handler):
    """Hears the runner's own log lines between `open` and `shut`."""

    def __init__(self, connect: Connect, stop: Stop, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._line = Line(connect, stop)
        self._stop, self._now = stop, now
        self._guard = threading.Lock()
        self._events: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._seq = int(now() * 1_000_000)
        """Rises also from one life of this runner to the next."""

    def open(self) -> None:
        """Listen."""
        logging.getLogger(LOGGER).addHandler(self)

    def shut(self) -> None:
        """Listen no more."""
        logging.getLogger(LOGGER).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the log."""
        said = record.msg if isinstance(record.msg, Mapping) else {"event": record.getMessage()}
        level = next((name for least, name in _LEVELS if record.levelno >= least), "debug")
        facts = {key: _plain(value) for key, value in said.items() if key not in _NO_FACTS}
        with self._guard:
            self._seq += 1
            self._events.append({
                "seq": self._seq, "at": datetime.fromtimestamp(self._now(), UTC), "level": level,
                "event": str(said.get("event", ""))[:200] or "?", "facts": facts,
                "job_id": str(said["job_id"]) if "job_id" in said else None,
            })  # fmt: skip

    def send_on(self) -> None:
        """Its own thread."""
        while not self._stop.wait(GATHER_S):
            try:
                self.send()
            except BackendError as error:
                self._line.rest_after(error)

    def send(self) -> None:
        """Everything, in batches; a batch that the coordinator does not take at all is dropped."""
        while batch := self._first():
            with suppress(BadRequest):
                self._line.client.send_logs(batch)
            self._line.succeeded()
            self._forget(batch[-1]["seq"])

    def _first(self) -> list[dict[str, Any]]:
        with self._guard:
            return [event for _, event in zip(range(AT_ONCE), self._events, strict=False)]

    def _forget(self, up_to: int) -> None:
        with self._guard:
            while self._events and self._events[0]["seq"] <= up_to:
                self._events.popleft()


def _plain(value: object) -> object:
    """A fact as JSON has it, short and without keys."""
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value[:50]]
    return without_keys(str(value))[:2000]
