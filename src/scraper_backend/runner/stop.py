"""Being told to stop: by a signal, by a guard that died, by the coordinator.

One value that every thread may wait on.  The first reason stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stop:
    """Set once, with a reason; waiting on it is a sleep that ends early."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.RLock()
        self._callbacks: list[Callable[[], object]] = []
        self.reason = ""

    def set(self, reason: str) -> None:
        """Tell everyone.  May be called from a signal handler or any thread."""
        with self._lock:
            if self._event.is_set():
                return
            self.reason = reason
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        """Whether it is over."""
        return self._event.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Sleep, but not past the stop; whether it came."""
        return self._event.wait(seconds)

    def then(self, callback: Callable[[], object]) -> None:
        """Call this when it comes, at once when it has come already."""
        with self._lock:
            self._callbacks.append(callback)
            if not self._event.is_set():
                return
        callback()

    def forget(self, callback: Callable[[], object]) -> None:
        """No longer call this."""
        with self._lock:
            self._callbacks.remove(callback)
