"""A thread's own line to the coordinator: its own client, one try a call, its own patience.

The threads share nothing, so a slow upload never delays a heartbeat.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from scraper_backend.core import logs
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.errors import BackendError, KeyRefused, Trouble
from scraper_backend.core.retry import ONCE, Retry
from scraper_backend.runner.daemon.messages import Away
from scraper_backend.runner.stop import Stop

log = logs.named(__name__)

Connect = Callable[[Retry, float], ScraperAPIClient]
"""Opens a client with this patience and timeout."""
REFUSED_S: Final = 60.0
"""After a refusal (a revoked key, say) a person must act; we look again this often."""


class Line:
    """Calls that fail are counted, and waited for with full jitter, without end."""

    def __init__(
        self,
        connect: Connect,
        stop: Stop,
        *,
        timeout: float = 10.0,
        cap: float = 60.0,
        tell: Callable[[Away], object] = lambda _: None,
    ) -> None:
        self._connect, self._timeout = connect, timeout
        self.client = connect(ONCE, timeout)
        self._stop, self._tell = stop, tell
        self._retry = Retry(base=0.5, cap=cap)
        self._failures = 0

    def succeeded(self) -> None:
        """The coordinator answered."""
        self._failures = 0

    def pause_after(self, error: BackendError) -> float:
        """Seconds until the next try; with a refused key, by a client that has read it again."""
        self._failures += 1
        self._tell(Away(str(error)))
        if isinstance(error, Trouble):
            return self._retry.pause(self._failures, getattr(error, "retry_after", None))
        log.error("coordinator.refused", words=str(error))
        if isinstance(error, KeyRefused):
            self._read_the_key_again()
        return REFUSED_S

    def _read_the_key_again(self) -> None:
        with suppress(BackendError):
            fresh = self._connect(ONCE, self._timeout)
            self.client.close()
            self.client = fresh

    def rest_after(self, error: BackendError) -> None:
        """Wait that long, unless we are told to stop."""
        self._stop.wait(self.pause_after(error))
