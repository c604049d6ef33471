"""Protocol bugs that the simulation must catch: each put into the simulated system only, while it runs.

A bug is a statement of the store with one thing changed, a rule or a part of the daemon replaced, or a
number that is wrong.  `caught` runs worlds until the oracle objects.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scraper_backend.coordinator import chores
from scraper_backend.coordinator.rules import (
    directives,
    heartbeats,
    leases,
    patience,
    politeness,
    results,
    transitions,
)
from scraper_backend.coordinator.store import fleet, sqlite, writes
from scraper_backend.coordinator.store.rows import HostRate
from scraper_backend.coordinator.store.statements import spell, spelled, statements
from scraper_backend.runner.daemon.claims import Claims
from scraper_backend.runner.daemon.ledger import Lease, Ledger
from scraper_backend.runner.daemon.line import Line
from scraper_backend.runner.daemon.post import Post
from scraper_backend.runner.outbox.spool import Spool
from tests.simulation.store import MemoryStore
from tests.simulation.world import Report, simulate

SEEDS: Final = 60
"""In how many worlds each must be caught."""


@dataclass(frozen=True)
class Bug:
    """What is wrong, and how it is put in: (owner, name, value) or, of a statement, (name, from, to)."""

    name: str
    patches: tuple[tuple[Any, str, Any], ...] = ()
    sql: tuple[tuple[str, str, str], ...] = ()


@contextlib.contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The simulated system with this bug in it."""
    undo: list[Callable[[], None]] = []
    for owner, name, value in bug.patches:
        undo.append(_put(owner, name, value))
    if bug.sql:
        undo.append(_put(sqlite, "spelled", _respelled(bug.sql)))
    try:
        yield
    finally:
        for put_back in reversed(undo):
            put_back()


def caught(bug: Bug, seeds: int = SEEDS) -> Report | None:
    """The first world that shows the bug."""
    with planted(bug):
        for seed in range(seeds):
            report = simulate(seed)
            if report.violation:
                return report
    return None


def _put(owner: Any, name: str, value: Any) -> Callable[[], None]:
    if isinstance(owner, dict):
        kept = owner[name]
        owner[name] = value
        return lambda: owner.__setitem__(name, kept)
    before = owner.__dict__[name]
    setattr(owner, name, value)
    return lambda: setattr(owner, name, before)


def _respelled(changes: tuple[tuple[str, str, str], ...]) -> Callable[[str, Any], Any]:
    changed = {}
    for name, old, new in changes:
        text = statements()[name].text
        assert old in text, f"{name} has no {old!r}"
        changed[name] = spell(text.replace(old, new), "sqlite")
    return lambda name, engine: changed.get(name) or spelled(name, engine)


# ── What the bugs are made of ──────────────────────────────────────────────────────────────────────


async def _none(*_: Any, **__: Any) -> Mapping[str, str]:
    return {}


async def _nothing(*_: Any, **__: Any) -> int:
    return 0


def _moves(event: str, **changes: transitions.Move) -> tuple[Any, str, Any]:
    return (transitions.TASK, event, {**transitions.TASK[event], **changes})  # type: ignore[index]


async def _counted_twice(tx: Any, job: Any, differences: Mapping[str, int]) -> Any:
    return await _count_job(tx, job, {name: 2 * n for name, n in differences.items()})


_count_job = writes.count_job


async def _count_found_as_empty(tx: Any, job: Any, differences: Mapping[str, int]) -> Any:
    moved = dict(differences)
    moved["not_found"] = moved.get("not_found", 0) + moved.pop("found", 0)
    return await _count_job(tx, job, moved)


async def _insert_under_a_new_key(tx: Any, lease_id: str, *, claim_key: str, **more: Any) -> bool:
    return await _insert_lease(tx, lease_id, claim_key=claim_key + lease_id, **more)


_insert_lease = fleet.insert_lease


def _crash_counted_again(task: Any, standing: Any, *, attempt: int, now: int) -> fleet.Put:
    put = _after_crash(task, standing, attempt=attempt, now=now)
    return put._replace(crashes=put.crashes + 1)


_after_crash = patience.after_crash


def _block_counted_as_failure(task: Any, job: Any, detail: Any, *, now: int) -> fleet.Put | None:
    put = patience.after_failure(task, now=now)
    return put and put._replace(blocks=task.blocks + 1)


async def _directives_without_cancel(tx: Any, runner: str, *, cancelled: Any = (), **more: Any) -> Any:
    return await _for_runner(tx, runner, **more)


_for_runner = directives.for_runner


async def _everything_is_worth_doing(tx: Any, lease: Any, *, now: Any) -> Any:
    told = await _for_runner(tx, lease.runner, now=now)
    return None, told


async def _never_draining(tx: Any, runner: str) -> bool:
    return False


def _whole_budget(whole: HostRate, others: Any, *, most: int, is_newcomer: bool) -> HostRate:
    return whole


def _send_after_deleting(self: Post, batch: Any) -> None:
    self._spool.delivered(spooled.id for spooled in batch)
    _send(self, batch)


_send = Post._send


def _turn_in_memory(self: Spool, finished: Any, started: Any) -> None:
    """Marks are not written."""
    _turn(self, finished, ())


_turn = Spool.turn


def _write_early(self: MemoryStore, *arguments: Any) -> None:
    _init_store(self, *arguments)
    self.acknowledges_early = True


_init_store = MemoryStore.__init__


def _held_by_anybody(task: Any, *, is_held: bool) -> Any:
    return _standing_of(task, is_held=True)


_standing_of = results.standing_of


async def _lease_of_any_age(tx: Any, lease: Any, *, now: int) -> bool:
    return True


async def _release_nothing(tx: Any, lease: Any, *, now: Any) -> int:
    return 0


async def _all_in_progress_at_once(tx: Any, lease_id: str, task_ids: Any) -> None:
    """Everything under the lease counts as begun."""
    await tx.run("tasks_started", lease_id=lease_id, marks=[(n,) for n in range(1, 200)])


def _forget_nothing(self: Ledger, job_ids: Any) -> None:
    return None


def _keep_all(self: Ledger, lease_id: str, now: float, ttl_s: float, kept: Any) -> None:
    _keep(self, lease_id, now, ttl_s, None)


_keep = Ledger.keep


def _may_always_start(self: Lease, now: float) -> bool:
    return True


def _note_or_break(self: Any, key: str, answer: Any) -> None:
    self._spool.claimed(key, answer.lease.id if answer.lease else None)


BUGS: Final = (
    Bug(
        "ghosts are heard: who does not hold a task may fail it",
        ((results, "standing_of", _held_by_anybody),),
    ),
    Bug(
        "successes are fenced: only the one who holds a task may finish it",
        (
            _moves(
                "found", waiting=transitions.Move(None, "stale"), elsewhere=transitions.Move(None, "stale")
            ),
        ),
    ),
    Bug("acknowledged before COMMIT", ((MemoryStore, "__init__", _write_early),)),
    Bug("deleted before the acknowledgement", ((Post, "_send", _send_after_deleting),)),
    Bug("results do not renew a lease", ((fleet, "renew_leases", _none),)),
    Bug("heartbeats do not renew a lease", ((fleet, "renew_lease", _nothing),)),
    Bug("the claim key is ignored", ((fleet, "insert_lease", _insert_under_a_new_key),)),
    Bug("a crash is counted twice", ((patience, "after_crash", _crash_counted_again),)),
    Bug("crashes are blamed on everything granted", ((fleet, "mark_started", _all_in_progress_at_once),)),
    Bug("crashes are not counted", ((patience, "MAX_CRASHES", 1000),)),
    Bug(
        "runners never hear of a cancellation",
        (
            (directives, "for_runner", _directives_without_cancel),
            (heartbeats, "_tidings", _everything_is_worth_doing),
        ),
    ),
    Bug(
        "the daemon forgets cancellations", ((Ledger, "cancel", _forget_nothing), (Ledger, "keep", _keep_all))
    ),
    Bug(
        "a cancellation leaves what is held",
        sql=(("tasks_cancel", "outcome IS NULL", "outcome IS NULL AND lease_id IS NULL"),),
    ),
    Bug("leases expire without amnesty", ((chores.Chores, "_pardon", _nothing),)),
    Bug("counters are moved twice", ((writes, "count_job", _counted_twice),)),
    Bug("found is counted as not found", ((writes, "count_job", _count_found_as_empty),)),
    Bug("nothing beats found", (_moves("nothing", succeeded=transitions.Move("empty", "accepted")),)),
    Bug("a late failure beats found", (_moves("failed", succeeded=transitions.Move("failed", "accepted")),)),
    Bug(
        "a contract runner takes what fleet runners hold",
        sql=(("tasks_take", "state IN ('ready', 'delayed')", "state IN ('ready', 'delayed', 'leased')"),),
    ),
    Bug(
        "`completed` ends what fleet runners hold",
        sql=(("tasks_close", "(lease_id IS NULL OR", "(true OR"),),
    ),
    Bug("blocked burns attempts", ((patience, "after_block", _block_counted_as_failure),)),
    Bug("a host's budget is given to everybody", ((politeness, "_fair", _whole_budget),)),
    Bug(
        "a success is accepted again", (_moves("found", succeeded=transitions.Move("succeeded", "accepted")),)
    ),
    Bug("a resting host is asked", ((politeness, "rest", _nothing),)),
    Bug(
        "a draining runner gets tasks",
        sql=(
            ("runner_present", "RETURNING draining", "RETURNING 0"),
            ("runner_draining", "SELECT draining", "SELECT 0"),
        ),
    ),
    Bug("a paused job is granted", sql=(("queues_ready", "AND j.paused_at IS NULL", ""),)),
    Bug(
        "leases are lost half a minute early",
        ((leases, "_is_over", _lease_of_any_age),),
        (("leases_expired", "expires_at <= :now", "expires_at <= :now + 30000"),),
    ),
    Bug("delayed tasks are never due", ((fleet, "ready_due_tasks", _nothing),)),
    Bug("released leases keep their tasks", ((fleet, "release_tasks", _nothing),)),
    Bug("a runner does not fence itself", ((Lease, "may_start", _may_always_start),)),
    Bug("every failure is tried again at once, for ever", ((Line, "pause_after", lambda *_: 0.05),)),
    Bug("what is in hand is not written down", ((Spool, "turn", _turn_in_memory),)),
    Bug("a full disk ends the asking", ((Claims, "_note", _note_or_break),)),
)


def catch(number: int) -> tuple[str, Report | None]:
    """The bug of this number: its name and the world that shows it."""
    return BUGS[number].name, caught(BUGS[number])
