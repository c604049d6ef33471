"""The process that does the work: `python -m scraper_backend.runner.child`, started by `guard` alone.

Its standard input carries the order and is its lifeline: when it ends, the guard is gone, and the run stops
as if it had been told to.  Its standard output carries events.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from contextlib import suppress

from scraper_backend.core import logs
from scraper_backend.runner import events
from scraper_backend.runner.hands import open_hands
from scraper_backend.runner.job import run
from scraper_backend.runner.order import Order
from scraper_backend.runner.stop import Stop
from scraper_backend.runner.switches import word

log = logs.named(__name__)


def main() -> int:
    """Read the order, run it, say how it ended."""
    faulthandler.enable()
    order = Order.from_line(sys.stdin.readline())
    logs.configure(
        level="debug" if order.debug else word("LOG_LEVEL", os.environ, "warning"),
        form=logs.form(word("LOG_FORMAT", os.environ, "auto")),
    )
    stop = Stop()
    _listen(stop)
    try:
        ended = run(order, say, stop, hands=open_hands)
    except Exception as error:
        log.exception("runner.died", job_id=order.job_id)
        ended = events.Ended(events.Exit.FAILED, f"{type(error).__name__}: {error}", untold=True)
    say(ended)
    return ended.exit_code


def say(event: events.Event) -> None:
    """One event to the guard.  When nobody reads any more the work goes on."""
    with suppress(OSError):
        sys.stdout.write(events.to_line(event) + "\n")
        sys.stdout.flush()


def _listen(stop: Stop) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: stop.set(f"stopped by {signal.Signals(got).name}"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))  # our guard held them
    threading.Thread(target=_hold_lifeline, args=(stop,), daemon=True, name="lifeline").start()


def _hold_lifeline(stop: Stop) -> None:
    while sys.stdin.read(1):
        pass
    stop.set("the runner's own process was killed")


if __name__ == "__main__":
    code = main()
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code)  # the outbox is closed; a thread that still waits for a slow site must not hold us
