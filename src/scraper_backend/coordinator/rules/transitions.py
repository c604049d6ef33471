"""What may happen to a task and to a job, as data.

The rules ask these tables; docs/reference/states.md is printed from them, and the tests walk every
cell.  A cell that is missing means: that event cannot meet that state.

A closed task is seen in one of two ways: with a report (`succeeded`, `empty`, `failed`), or `unreported`,
when a contract runner said that the whole job was over and left the task out.  Anything a runner
reports is worth more than that silence; beyond it a success beats everything, and a contract
runner's answer about the product beats its failure to get one, so that the order in which reports
arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from scraper_backend.core.wire import JobStatus, OutcomeKind, TaskState, Verdict

Standing = Literal[
    "waiting", "held", "elsewhere", "succeeded", "empty", "failed", "unreported", "quarantined", "cancelled"
]
"""A task as the one who reports sees it.

waiting: ready or delayed.  held: leased under exactly this lease and attempt (for a contract
callback: by any contract runner).  elsewhere: leased otherwise.
"""

Event = Literal[
    "found", "nothing", "blocked", "drifted", "failed", "crash",
    "told nothing", "told failure", "left out", "given up",
    "granted", "due", "released", "lease lost", "cancelled", "retried",
]  # fmt: skip


class Move(NamedTuple):
    """Where a task goes (None: it stays) and what the reporter hears.

    `at_last`: where it goes instead when its patience is used up: the third failure, the third
    crash, the job's deadline.
    """

    to: TaskState | None
    verdict: Verdict
    at_last: TaskState | None = None

    @property
    def state(self) -> TaskState:
        """Where it goes, of a move that is known to go somewhere."""
        if self.to is None:
            raise ValueError(f"{self} goes nowhere")
        return self.to


def _to(state: TaskState, *, at_last: TaskState | None = None) -> Move:
    return Move(state, "accepted", at_last)


_STALE: Final = Move(None, "stale")
_DUPLICATE: Final = Move(None, "duplicate")
_CANCELLED: Final = Move(None, "cancelled")

STANDINGS: Final[tuple[Standing, ...]] = (
    "waiting", "held", "elsewhere", "succeeded", "empty", "failed", "unreported", "quarantined", "cancelled",
)  # fmt: skip

TASK: Final[Mapping[Event, Mapping[Standing, Move]]] = {
    # A success wins from any attempt that was really granted, and from any contract runner.
    "found": {
        "waiting": _to("succeeded"),
        "held": _to("succeeded"),
        "elsewhere": _to("succeeded"),
        "succeeded": _DUPLICATE,
        "empty": _to("succeeded"),
        "failed": _to("succeeded"),
        "unreported": _to("succeeded"),
        "quarantined": _to("succeeded"),
        "cancelled": _CANCELLED,
    },
    # Everything else a fleet runner says counts only with the exact lease and attempt.
    "nothing": {
        "waiting": _STALE,
        "held": _to("empty"),
        "elsewhere": _STALE,
        "succeeded": _DUPLICATE,
        "empty": _STALE,
        "failed": _STALE,
        "unreported": _to("empty"),
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    "blocked": {
        "waiting": _STALE,
        "held": _to("delayed", at_last="failed"),
        "elsewhere": _STALE,
        "succeeded": _STALE,
        "empty": _STALE,
        "failed": _STALE,
        "unreported": _STALE,
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    "drifted": {
        "waiting": _STALE,
        "held": _to("failed"),
        "elsewhere": _STALE,
        "succeeded": _STALE,
        "empty": _STALE,
        "failed": _STALE,
        "unreported": _STALE,
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    "failed": {
        "waiting": _STALE,
        "held": _to("delayed", at_last="failed"),
        "elsewhere": _STALE,
        "succeeded": _STALE,
        "empty": _STALE,
        "failed": _STALE,
        "unreported": _STALE,
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    # A crash is counted once an attempt, even when the task has been given back or to another meanwhile.
    "crash": {
        "waiting": Move(None, "accepted", at_last="quarantined"),
        "held": _to("delayed", at_last="quarantined"),
        "elsewhere": Move(None, "accepted"),
        "succeeded": _STALE,
        "empty": _STALE,
        "failed": _STALE,
        "unreported": _STALE,
        "quarantined": _STALE,
        "cancelled": _STALE,
    },
    # The contract's callbacks know no leases: what they tell counts unless a fleet runner holds the task.
    "told nothing": {
        "waiting": _to("empty"),
        "held": _to("empty"),
        "elsewhere": _STALE,
        "succeeded": _DUPLICATE,
        "empty": _DUPLICATE,
        "failed": _to("empty"),
        "unreported": _to("empty"),
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    "told failure": {
        "waiting": _to("failed"),
        "held": _to("failed"),
        "elsewhere": _STALE,
        "succeeded": _DUPLICATE,
        "empty": _DUPLICATE,
        "failed": _DUPLICATE,
        "unreported": _to("failed"),
        "quarantined": _STALE,
        "cancelled": _CANCELLED,
    },
    # `completed` without this task in its data, and `failed`.
    "left out": {"waiting": _to("empty"), "held": _to("empty"), "unreported": _to("empty")},
    "given up": {"waiting": _to("failed"), "held": _to("failed")},
    # The office's own events.
    "granted": {"waiting": _to("leased")},
    "due": {"waiting": _to("ready")},
    "released": {"held": _to("ready")},
    "lease lost": {"held": _to("ready")},
    "cancelled": {"waiting": _to("cancelled"), "held": _to("cancelled"), "elsewhere": _to("cancelled")},
    "retried": {
        "empty": _to("ready"),
        "failed": _to("ready"),
        "unreported": _to("ready"),
        "quarantined": _to("ready"),
    },
}

FLEET_EVENT: Final[Mapping[str, Event]] = {
    "found": "found",
    "not_found": "nothing",
    "mismatch": "nothing",
    "ambiguous": "nothing",
    "blocked": "blocked",
    "drifted": "drifted",
    "failed": "failed",
    "crash": "crash",
}
CONTRACT_EVENT: Final[Mapping[OutcomeKind, Event]] = {
    "found": "found",
    "not_found": "told nothing",
    "mismatch": "told nothing",
    "ambiguous": "told nothing",
    "blocked": "told failure",
    "drifted": "told failure",
    "failed": "told failure",
}

JobEvent = Literal[
    "begun", "all answered", "all failed", "reported failed", "late success", "cancelled", "retried"
]

JOB: Final[Mapping[JobEvent, Mapping[JobStatus, JobStatus]]] = {
    "begun": {"pending": "running"},
    "all answered": {"pending": "completed", "running": "completed"},
    "all failed": {"pending": "failed", "running": "failed"},
    "reported failed": {"pending": "failed", "running": "failed"},
    "late success": {"failed": "completed"},
    "cancelled": {"pending": "cancelled", "running": "cancelled"},
    "retried": {"completed": "running", "failed": "running"},
}


def move(event: Event, standing: Standing) -> Move:
    """What the event does to a task that stands so."""
    return TASK[event][standing]


def job_after(event: JobEvent, state: JobStatus) -> JobStatus:
    """The job's state after the event; the same when the event changes nothing."""
    return JOB[event].get(state, state)


# ── As a page of the documentation ─────────────────────────────────────────────────────────────────

_INTRODUCTION = """\
# States of tasks and jobs

Printed from `coordinator/rules/transitions.py`, the tables the rules themselves ask.

A task is one SKU on one scraper: `ready`, `delayed`, `leased`, `succeeded`, `empty`, `failed`,
`quarantined` or `cancelled`.  Whoever reports sees it as

- **waiting**: `ready` or `delayed`;
- **held**: `leased` under exactly the lease and attempt that reports (for a contract callback: by any
  contract runner);
- **elsewhere**: `leased` otherwise;
- **unreported**: `empty` or `failed`, because a contract runner ended the job and left the task out.

A cell says where the task goes and what the reporter hears; `→ a / b` is `b` when patience is used up
(third failure, third crash, the job's deadline); an empty cell cannot happen.

## Tasks
"""


def as_markdown() -> str:
    """docs/reference/states.md."""
    states: tuple[JobStatus, ...] = ("pending", "running", "completed", "failed", "cancelled")
    task_rows = [[event, *(_cell(moves.get(s)) for s in STANDINGS)] for event, moves in TASK.items()]
    job_rows = [[event, *(_arrow(moves.get(s)) for s in states)] for event, moves in JOB.items()]
    return "\n".join(
        [
            _INTRODUCTION,
            *_table(["event", *STANDINGS], task_rows),
            "",
            "## Jobs",
            "",
            "A job has ended when none of its tasks is open: `failed` when every task failed or a runner",
            "reported so, else `completed`.  `completed` outweighs `failed` when runners report both,",
            "whichever came first.  An empty cell changes nothing.",
            "",
            *_table(["event", *states], job_rows),
            "",
        ]
    )


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _cell(found: Move | None) -> str:
    if found is None:
        return ""
    if found.to is None and found.at_last is None:
        return found.verdict
    return f"→ {found.to or 'stays'}" + (f" / {found.at_last}" if found.at_last else "")


def _arrow(state: str | None) -> str:
    return f"→ {state}" if state else ""


if __name__ == "__main__":
    print(as_markdown(), end="")
