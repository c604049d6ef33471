"""The work runs in a child process, and this one speaks for it when it dies.

An exception the child tells itself.  A kill by the system (out of memory), a crash of the interpreter or
`os._exit` leave nobody in there to speak, so the smallest possible process stands outside: standard library
only, and nothing of a website ever gets into its memory.  Called by both doors.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import IO, Final

from scraper_backend.core.environment import setting
from scraper_backend.core.errors import UsageError
from scraper_backend.runner.crash import Report, last_words
from scraper_backend.runner.events import Ended, Event, Exit, Scraped, Started, Watch, from_line
from scraper_backend.runner.order import Order
from scraper_backend.runner.switches import expect_right

COMMAND: Final = (sys.executable, "-m", "scraper_backend.runner.child")
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
GRACE_S: Final = 15.0
"""After the first signal the child has this long for an orderly end."""
Handler = Callable[[int, FrameType | None], object]


def run(order: Order, watch: Watch, *, command: tuple[str, ...] = COMMAND) -> Ended:
    """Run one job to its end; `watch` sees every event, the end included.

    Signals wait until somebody can answer them: here until there is a child to pass them on to, in the child,
    which is born with them held, until it listens.  Raises `UsageError` for a wrong setting.
    """
    expect_right(os.environ)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    child = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    told = _Told(watch)
    with _signals_for(child):
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _hand_over(order, child)
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        told.read(child.stdout)
        code = child.wait()
    _clear_away(child)
    ended = told.ended
    if ended is None or ended.untold:
        ended = _spoken_for(order, told, ended.message if ended else _of(code))
    watch(ended)
    return ended


@dataclass
class _Told:
    """What the child has said so far."""

    watch: Watch
    started: Started | None = None
    done: int = 0
    ended: Ended | None = None

    def read(self, lines: IO[str]) -> None:
        """Pass events on until the pipe ends; the end itself waits until the process has, too."""
        for line in lines:
            event = from_line(line)
            if event is None:
                sys.stderr.write(line)
            else:
                self._note(event)

    def _note(self, event: Event) -> None:
        if isinstance(event, Ended):
            self.ended = event
            return
        if isinstance(event, Started):
            self.started, self.done = event, event.resumed
        elif isinstance(event, Scraped):
            self.done += 1
        self.watch(event)


def _hand_over(order: Order, child: subprocess.Popen[str]) -> None:
    """Give it the order; the pipe stays open, as its lifeline."""
    assert child.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(OSError):
        child.stdin.write(order.to_line() + "\n")
        child.stdin.flush()


def _spoken_for(order: Order, told: _Told, death: str) -> Ended:
    """The last words of a child that had none."""
    reached = f" after {told.done} of {told.started.total}" if told.started else ""
    message = f"the runner died{reached}: {death}"
    try:
        report = _report(order, message, os.environ)
    except UsageError as error:
        return Ended(Exit.FAILED, f"{message}; {error}", kept=told.done, untold=True)
    if last_words(report):
        return Ended(Exit.FAILED, message, kept=told.done)
    return Ended(
        Exit.FAILED, f"{message}, and the coordinator could not be told", kept=told.done, untold=True
    )


def _report(order: Order, message: str, environment: Mapping[str, str]) -> Report:
    url = order.api_url or setting("SCRAPER_API_URL", environment)
    if not url:
        raise UsageError("SCRAPER_API_URL is not set")
    return Report(
        api_url=url.strip().rstrip("/"),
        job_id=order.job_id,
        message=message,
        runner_name=order.runner_name or setting("RUNNER_NAME", environment) or platform.node(),
        api_key=order.api_key or setting("SCRAPER_API_KEY", environment),
        secret=setting("SCRAPER_WEBHOOK_SECRET", environment),
    )


def _of(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    return f"{name}" + (" (out of memory?)" if name == "SIGKILL" else "")


@contextmanager
def _signals_for(child: subprocess.Popen[str]) -> Iterator[None]:
    """The first signal asks the child to end, the second, or `GRACE_S` of waiting, ends it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    timer = threading.Timer(GRACE_S, _kill, (child,))
    timer.daemon = True

    def handle(number: int, _: FrameType | None) -> None:
        if timer.is_alive():
            _kill(child)
            return
        timer.start()
        with suppress(ProcessLookupError):
            child.send_signal(number)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _kill(child: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _clear_away(child: subprocess.Popen[str]) -> None:
    """Whatever the child started (a browser) goes with it."""
    _kill(child)
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
