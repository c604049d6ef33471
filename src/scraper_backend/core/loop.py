"""The event loop that everything of ours runs on: uvloop where there is one, a fifth less CPU a page.

Called by the doors and by whoever starts a process or thread of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes a loop; None for Python's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def run_async(work: Coroutine[Any, Any, Answer]) -> Answer:
    """`asyncio.run`, on that loop."""
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(work)
