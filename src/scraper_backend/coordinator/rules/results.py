"""Results come in: judged one by one against the table, stored and counted together.

Callbacks and the fleet's batches both end here.  The caller holds the job's row, has looked the tasks
up and says for each report which event it is and how its task stands; the rest is a handful of
statements, however many reports there are.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from scraper_backend.coordinator.rules.transitions import Event, Standing, move
from scraper_backend.coordinator.store import Transaction, writes
from scraper_backend.coordinator.store.rows import JobRow, TaskRow
from scraper_backend.core.wire import MAX_ITEM, TaskState

UNMEASURED: Final = frozenset({"scraped_at"})
"""Fields that are no value of the product."""


class Source(NamedTuple):
    """Who sent a batch of reports, and how."""

    runner: str
    key_id: int | None
    channel: str


class Report(NamedTuple):
    """One outcome of one task, ready to be stored; `scraped_at` in milliseconds."""

    task: TaskRow
    outcome: str
    data: Mapping[str, Any]
    detail: Mapping[str, Any]
    scraped_at: int
    attempt: int | None = None


class Accepted(NamedTuple):
    """A report that moves its task."""

    report: Report
    state: TaskState


def standing_of(task: TaskRow, *, is_held: bool) -> Standing:
    """How the task stands for a reporter who holds it, or does not."""
    if task.state in ("ready", "delayed"):
        return "waiting"
    if task.state == "leased":
        return "held" if is_held else "elsewhere"
    if task.reported is None and task.state in ("empty", "failed"):
        return "unreported"
    return _CLOSED[task.state]


_CLOSED: Final[Mapping[TaskState, Standing]] = {
    "succeeded": "succeeded",
    "empty": "empty",
    "failed": "failed",
    "quarantined": "quarantined",
    "cancelled": "cancelled",
}


def judge(event: Event, report: Report, standing: Standing) -> Accepted | str:
    """The report with its task's next state, or the verdict that refuses it."""
    found = move(event, standing)
    return found.verdict if found.to is None else Accepted(report, found.to)


async def accept(
    tx: Transaction, job: JobRow, accepted: Sequence[Accepted], source: Source, *, now: int
) -> JobRow:
    """Store these reports, end their tasks, move the counters; the job afterwards."""
    if not accepted:
        return job
    texts = {a.report.task.id: _canonical(a.report.data) for a in accepted if a.report.outcome == "found"}
    stored = [_stored(a.report, texts.get(a.report.task.id, "{}")) for a in accepted]
    await writes.end_tasks(
        tx, [writes.Ended(a.report.task.id, a.state, a.report.outcome) for a in accepted], now=now
    )
    await writes.store_results(
        tx, stored, runner=source.runner, key_id=source.key_id, source=source.channel, now=now
    )
    found = [a.report for a in accepted if a.report.outcome == "found"]
    if found and not job.test:
        seen = [_sighting(report, texts[report.task.id]) for report in found]
        await writes.observe_products(tx, job.id, seen)
    tx.announce("jobs")
    return await writes.count_job(tx, job, _differences(accepted))


def clean(value: Any) -> Any:
    """JSON without NUL characters, which no database's text keeps; the same object when it has none."""
    if b"\\u0000" not in orjson.dumps(value):
        return value
    return _without_nul(value)


def is_too_large(data: Mapping[str, Any], detail: Mapping[str, Any]) -> bool:
    """Whether one item is more than a result may be."""
    return len(orjson.dumps(data)) + len(orjson.dumps(detail)) > MAX_ITEM


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nul(inner) for inner in value]
    return value


def _differences(accepted: Sequence[Accepted]) -> Counter[str]:
    moved: Counter[str] = Counter()
    for report, _ in accepted:
        moved[report.task.outcome or "open"] -= 1
        moved[report.outcome] += 1
    return moved


def _stored(report: Report, data: str) -> writes.StoredResult:
    return writes.StoredResult(
        report.task.id,
        report.outcome,
        data,
        _canonical(report.detail) if report.detail else "{}",
        report.attempt,
        report.scraped_at,
    )


def _sighting(report: Report, text: str) -> writes.Sighting:
    """The product's values as the product table and its history keep them."""
    data, task = report.data, report.task
    images, price = data.get("images"), data.get("price")
    document = text
    if not UNMEASURED.isdisjoint(data):
        document = _canonical({key: value for key, value in data.items() if key not in UNMEASURED})
    return writes.Sighting(
        _text(data.get("title")),
        _text(data.get("brand")),
        len(images) if isinstance(images, list) else int(bool(images)),
        _text(data.get("url")),
        task.sku,
        task.scraper,
        float(price) if isinstance(price, (int, float)) and not isinstance(price, bool) else None,
        _text(data.get("currency")),
        _text(data.get("availability")),
        hashlib.sha256(document.encode()).hexdigest(),
        task.id,
        report.scraped_at,
        document,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _canonical(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
