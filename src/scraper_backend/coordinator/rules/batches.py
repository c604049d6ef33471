"""Results of the fleet: each item judged by itself, each job's items stored together.

A success wins from any attempt that was really granted to this key, the first one in; everything else
counts only with the exact lease and attempt.  Nothing an item says can hurt its batch, and whatever
the verdict is, the runner may delete the item: it is stored, or it will never be worth more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from scraper_backend.coordinator.rules import closing, directives, leases, patience, pauses, rests, results
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.rules.results import Accepted, Report, Source
from scraper_backend.coordinator.rules.transitions import FLEET_EVENT, Standing, move
from scraper_backend.coordinator.store import Transaction, fleet, reads
from scraper_backend.coordinator.store.rows import AttemptRow, JobRow, TaskRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core import problems, wire
from scraper_backend.core.errors import Faults
from scraper_backend.core.wire import MAX_ITEM, Invalid, ResultItem, ResultsAnswer, ResultsBatch, Verdict

Answer = Verdict | Invalid
ITEMS: Final = TypeAdapter(list[ResultItem])


class _Judged(NamedTuple):
    """What one item does to its task."""

    verdict: Verdict
    accepted: Accepted | None = None
    put: fleet.Put | None = None
    answered: tuple[int, int, str] | None = None


class _Context(NamedTuple):
    """What is known when an item is judged."""

    job: JobRow
    tasks: Mapping[tuple[str, str], TaskRow]
    attempts: Mapping[tuple[int, int], AttemptRow]
    key: Key
    now: int


async def deliver(tx: Transaction, body: ResultsBatch, key: Key, *, now: datetime) -> ResultsAnswer:
    """Take the items in; one verdict each, in their order."""
    items = _read(body.items)
    runner = await _renew(tx, [i for i in items if isinstance(i, ResultItem)], key, now=now)
    answers: list[Answer] = [item if isinstance(item, Invalid) else "unknown" for item in items]
    by_job: dict[str, list[tuple[int, ResultItem]]] = defaultdict(list)
    for index, item in enumerate(items):
        if isinstance(item, ResultItem):
            by_job[item.job_id].append((index, item))
    for job_id in sorted(by_job):
        verdicts = await _take_in(tx, job_id, [item for _, item in by_job[job_id]], key, now=now)
        for (index, _), verdict in zip(by_job[job_id], verdicts, strict=True):
            answers[index] = verdict
    return ResultsAnswer(items=answers, directives=await directives.for_runner(tx, runner, now=now))


def _read(items: Sequence[object]) -> Sequence[ResultItem | Invalid]:
    """Each item, or why it is none.  Hardly any batch needs a closer look, so it is asked as one."""
    text = orjson.dumps(items)
    if len(text) <= MAX_ITEM and b"\\u0000" not in text:
        return _all_understood(items)
    return [_cleaned(_understood(item), orjson.dumps(item)) for item in items]


def _all_understood(items: Sequence[object]) -> Sequence[ResultItem | Invalid]:
    try:
        return ITEMS.validate_python(items)
    except ValidationError:
        return [_understood(item) for item in items]


def _understood(item: object) -> ResultItem | Invalid:
    try:
        return wire.understand(ResultItem, item, source="item")
    except Faults as faults:
        return Invalid(invalid=problems.sentence(faults.problems))


def _cleaned(read: ResultItem | Invalid, text: bytes) -> ResultItem | Invalid:
    """One item without what no database keeps; or why it cannot be kept at all."""
    if isinstance(read, Invalid):
        return read
    if len(text) > MAX_ITEM and results.is_too_large(read.data, read.detail):
        return Invalid(invalid="larger than 256 KiB; send less of it")
    if "\x00" in read.sku + read.scraper:
        return Invalid(invalid="has a NUL character in its name")
    if b"\\u0000" not in text:
        return read
    return read.model_copy(update={"data": results.clean(read.data), "detail": results.clean(read.detail)})


async def _take_in(
    tx: Transaction, job_id: str, items: Sequence[ResultItem], key: Key, *, now: datetime
) -> list[Verdict]:
    """All items of one job: judge them one after another, then write once."""
    job = await reads.job_held(tx, job_id)
    if job is None:
        return ["unknown"] * len(items)
    context = await _context(tx, job, items, key, now=now)
    judged: dict[int, _Judged] = {}
    moved: set[int] = set()
    for index in _turns(items):
        item = items[index]
        found = judged[index] = _judge(item, context, moved)
        task = context.tasks.get((item.sku, item.scraper))
        if task is not None and found.put and item.outcome == "crash":
            context = _counted(context, task, found.put, item.attempt or 0)
        elif task is not None and (found.accepted or found.put):
            moved.add(task.id)
    await _write(tx, job, list(judged.values()), context, key, now=now)
    return [judged[index].verdict for index in range(len(items))]


def _turns(items: Sequence[ResultItem]) -> Sequence[int]:
    """Results before crashes, and those in the order they happened: a task may have killed us twice."""
    crashes = [index for index, item in enumerate(items) if item.outcome == "crash"]
    if not crashes:
        return range(len(items))
    others = [index for index, item in enumerate(items) if item.outcome != "crash"]
    return others + sorted(crashes, key=lambda index: items[index].attempt or 0)


def _counted(context: _Context, task: TaskRow, put: fleet.Put, attempt: int) -> _Context:
    """The task after one of its crashes, for the next item that speaks of it."""
    after = task._replace(
        state=put.state, outcome=put.outcome, crashes=put.crashes, crash_attempt=put.crash_attempt,
        lease_id=task.lease_id if put.state == "leased" else None,
    )  # fmt: skip
    known = context.attempts[task.id, attempt]._replace(outcome="crash")
    return context._replace(
        tasks={**context.tasks, (task.sku, task.scraper): after},
        attempts={**context.attempts, (task.id, attempt): known},
    )


async def _context(
    tx: Transaction, job: JobRow, items: Sequence[ResultItem], key: Key, *, now: datetime
) -> _Context:
    names = sorted({(item.sku, item.scraper) for item in items})
    tasks = {(task.sku, task.scraper): task for task in await reads.tasks_by_key(tx, job.id, names)}
    wanted = {
        (tasks[item.sku, item.scraper].id, item.attempt)
        for item in items
        if (item.sku, item.scraper) in tasks and item.attempt is not None and 0 < item.attempt < 2**31
    }
    found = await reads.attempts(tx, sorted(wanted)) if wanted else []
    return _Context(job, tasks, {(a.task_id, a.attempt): a for a in found}, key, to_ms(now))


def _judge(item: ResultItem, context: _Context, moved: set[int]) -> _Judged:
    """One item.  `moved` are the tasks that an earlier item of the batch has moved already."""
    task = context.tasks.get((item.sku, item.scraper))
    if task is None:
        return _Judged("unknown")
    attempt = context.attempts.get((task.id, item.attempt or 0))
    if attempt is None or not _may_answer(context.key, attempt):
        return _Judged("cancelled" if task.state == "cancelled" else "stale")
    if task.id in moved or attempt.outcome == item.outcome:
        return _Judged("duplicate")
    is_held = (task.lease_id, task.attempt) == (attempt.lease_id, attempt.attempt) and (
        item.lease_id in (None, attempt.lease_id)
    )
    return _effect(item, task, results.standing_of(task, is_held=is_held), context)


def _may_answer(key: Key, attempt: AttemptRow) -> bool:
    """Who took the lease, with that key or its successor; or who has the runner's own key by now."""
    return attempt.family == key.family or attempt.runner == key.bound


def _effect(item: ResultItem, task: TaskRow, standing: Standing, context: _Context) -> _Judged:
    event = FLEET_EVENT[item.outcome]
    found = move(event, standing)
    if found.to is None and found.verdict != "accepted":
        return _Judged(found.verdict)
    now, attempt = context.now, item.attempt or 0
    answered = (task.id, attempt, "robots" if _is_robots(item) else item.outcome)
    if event == "crash":
        put = patience.after_crash(task, standing, attempt=attempt, now=now)
        return _Judged(found.verdict, put=put, answered=answered)
    again = None
    if event == "failed":
        again = patience.after_failure(task, now=now)
    elif event == "blocked":
        again = patience.after_block(task, context.job, item.detail, now=now)
    if again is not None:
        return _Judged(found.verdict, put=again, answered=answered)
    scraped_at = min(to_ms(item.scraped_at), now) if item.scraped_at else now
    report = Report(task, item.outcome, item.data, item.detail, scraped_at, attempt)
    state = found.at_last or found.state
    return _Judged(found.verdict, accepted=Accepted(report, state), answered=answered)


async def _write(
    tx: Transaction,
    job: JobRow,
    judged: Sequence[_Judged],
    context: _Context,
    key: Key,
    *,
    now: datetime,
) -> None:
    """Everything one job's items change, in a handful of statements."""
    answered = sorted({j.answered for j in judged if j.answered})
    if answered:
        await fleet.end_attempts(tx, answered, now=to_ms(now))
    puts = list({j.put.id: j.put for j in judged if j.put}.values())
    if puts:
        await fleet.put_tasks(tx, puts, now=to_ms(now))
    runners = {a.runner for a in context.attempts.values()}
    source = Source(min(runners, default=""), key.id, "batch")
    accepted = [j.accepted for j in judged if j.accepted]
    job = await results.accept(tx, job, accepted, source, now=to_ms(now))
    job = await closing.count_puts(tx, job, puts, now=to_ms(now))
    await closing.settle(tx, job, now=to_ms(now))
    by_id = {task.id: task.scraper for task in context.tasks.values()}
    who = rests.Who(source.runner, key.family)
    for scraper in sorted({by_id[task_id] for task_id, _, outcome in answered if outcome in rests.BAD}):
        ends = await reads.last_ends(tx, scraper, limit=rests.LOOKED_AT)
        if not await rests.rest_if_sick(tx, job.id, scraper, who, ends, now=now):
            await pauses.pause_if_refused(tx, scraper, ends, now=now)


async def _renew(tx: Transaction, items: Sequence[ResultItem], key: Key, *, now: datetime) -> str:
    """Results are a sign of life; whose they are."""
    lease_ids = sorted({item.lease_id for item in items if item.lease_id})
    if not lease_ids:
        return ""
    expires_at = to_ms(now + leases.TTL)
    living = await fleet.renew_leases(tx, lease_ids, family=key.family, expires_at=expires_at)
    runner = living.get(lease_ids[0])
    if runner is None:
        lease = await reads.lease_held(tx, lease_ids[0])
        if lease is None or lease.family != key.family:
            return lease.runner if lease is not None else ""
        runner = lease.runner
    await fleet.renew_shares(tx, family=key.family, runner=runner, expires_at=expires_at, now=to_ms(now))
    return runner


def _is_robots(item: ResultItem) -> bool:
    return item.outcome == "blocked" and item.detail.get("reason") == "robots"
