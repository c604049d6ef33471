"""How often a task is tried again, and when: what failures, blocks and crashes count against it.

Delays grow and are spread by the task's own number, so that a thousand tasks that failed together do
not come back together; nothing is left to chance, and a rule that runs twice decides the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from scraper_backend.coordinator.rules.transitions import Event, Standing, move
from scraper_backend.coordinator.store import fleet
from scraper_backend.coordinator.store.rows import JobRow, TaskRow
from scraper_backend.core.wire import TaskState

MAX_FAILS: Final = 3
MAX_CRASHES: Final = 3
FIRST_DELAY_MS: Final = 5_000
LONGEST_DELAY_MS: Final = 600_000
FIRST_BLOCK_MS: Final = 60_000
LONGEST_BLOCK_MS: Final = 1_800_000
LONGEST_TOLD_MS: Final = 86_400_000
MAX_BLOCKS: Final = 50
"""How often a job without a deadline asks a site that refuses us: about a day."""
POISON: Final = "crashed_its_runners"


def put(task: TaskRow, state: TaskState, *, run_at: int, **changes: Any) -> fleet.Put:
    """The task in another state; what is not named stays as it was counted."""
    kept = {
        "outcome": None, "reason": None, "fails": task.fails, "blocks": task.blocks, "crashes": task.crashes,
        "crash_attempt": task.crash_attempt,
    }  # fmt: skip
    return fleet.Put(id=task.id, state=state, run_at=run_at, **{**kept, **changes})


def after_failure(task: TaskRow, *, now: int) -> fleet.Put | None:
    """The task waits a while; None when that was its last failure."""
    fails = task.fails + 1
    if fails >= MAX_FAILS:
        return None
    delay = _spread(task, min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2**fails))
    return put(task, move("failed", "held").state, run_at=now + delay, fails=fails, reason="failed")


def after_block(task: TaskRow, job: JobRow, detail: Mapping[str, Any], *, now: int) -> fleet.Put | None:
    """The site refused: wait as long as it says, without using an attempt; None when that is too long.

    What robots.txt forbids will still be forbidden in an hour.
    """
    if detail.get("reason") == "robots":
        return None
    blocks = task.blocks + 1
    delay = max(_told(detail), _spread(task, min(LONGEST_BLOCK_MS, FIRST_BLOCK_MS * 2 ** min(blocks, 10))))
    is_too_late = blocks >= MAX_BLOCKS if job.deadline_at is None else now + delay >= job.deadline_at
    if is_too_late:
        return None
    return put(task, move("blocked", "held").state, run_at=now + delay, blocks=blocks, reason="blocked")


def after_crash(task: TaskRow, standing: Standing, *, attempt: int, now: int) -> fleet.Put:
    """Count the crash once an attempt; the third puts the task away.

    An attempt from before the present one counts as well, unless it was answered as a crash already:
    whoever asks has looked.
    """
    event: Event = "crash"
    found = move(event, standing)
    crashes = task.crashes + (task.crash_attempt != attempt)
    counted = {"crashes": crashes, "crash_attempt": max(task.crash_attempt, attempt)}
    if crashes >= MAX_CRASHES and found.at_last is not None:
        return put(task, found.at_last, run_at=now, outcome="quarantined", reason=POISON, **counted)
    delay = _spread(task, min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2**crashes))
    return put(task, found.to or task.state, run_at=now + delay, reason="crash", **counted)


def _told(detail: Mapping[str, Any]) -> int:
    """What the site itself asked for, within reason."""
    seconds = detail.get("retry_after_s")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        return 0
    return round(min(seconds, LONGEST_TOLD_MS / 1000) * 1000)


def _spread(task: TaskRow, delay: int) -> int:
    """Between half the delay and all of it."""
    digest = hashlib.sha256(f"{task.id} {task.attempt}".encode()).digest()
    return delay // 2 + delay * digest[0] // 510
