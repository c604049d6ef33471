"""The contract's callback: what a runner that knows no leases tells of its job.

`running` takes an hour's lease over the open tasks, `completed` and `failed` end it; whatever results come
along are kept, also with a late report, because a result is expensive.  Reports may be repeated,
late and out of order: what they leave behind does not depend on it (docs/decisions/0012-order-of-reports.md).
A cancelled job takes nothing any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, NamedTuple

from scraper_backend.coordinator.rules import closing, keys, results
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.rules.results import Accepted, Report, Source
from scraper_backend.coordinator.rules.transitions import CONTRACT_EVENT
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import JobRow, LeaseName, TaskRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import Forbidden, NoSuchJob
from scraper_backend.core.wire import Callback, CallbackAnswer, Ignored, OutcomeNote, ProductData, Results

LEGACY_TTL: Final = timedelta(hours=1)
"""How long `running` holds a job's tasks: the longest that older workflows run."""
MAX_ERROR_LETTERS: Final = 10_000


class Signature(Enum):
    """A report without a key whose body was signed with the webhook's secret."""

    SIGNED = "signed"


SIGNED: Final = Signature.SIGNED


class _Said(NamedTuple):
    """A report of the whole job: who said what, as whom, when."""

    body: Callback
    caller: Key | Signature
    runner: str
    now: int


class _Told(NamedTuple):
    """One item of a callback."""

    sku: str
    scraper: str
    outcome: str
    data: Mapping[str, Any]
    detail: Mapping[str, Any]
    scraped_at: datetime | None


class _Taken(NamedTuple):
    """What became of the items."""

    accepted: list[Accepted]
    duplicates: int
    ignored: list[Ignored]


async def apply(tx: Transaction, body: Callback, caller: Key | Signature, *, now: datetime) -> CallbackAnswer:
    """Apply one report.  Raises `NoSuchJob`, or `Forbidden` when the caller may not say this."""
    runner = await _runner_of(tx, body, caller, now=now)
    job = await reads.job_held(tx, body.job_id)
    if job is None:
        raise NoSuchJob(f"no job has the id {body.job_id}")
    if runner:
        await writes.runner_seen(tx, runner, now=to_ms(now))
    if job.state == "cancelled":
        return _answer(job, job, _Taken([], 0, []), applied=False)
    taken = await _judge(tx, job, body.results or Results(), now=now)
    key_id = caller.id if isinstance(caller, Key) else None
    source = Source(runner, key_id, "callback")
    after = await results.accept(tx, job, taken.accepted, source, now=to_ms(now))
    after, is_taken = await _EFFECTS[body.status](tx, after, _Said(body, caller, runner, to_ms(now)))
    after = await closing.settle(tx, after, now=to_ms(now))
    return _answer(job, after, taken, applied=is_taken or bool(taken.accepted) or after != job)


async def _runner_of(tx: Transaction, body: Callback, caller: Key | Signature, *, now: datetime) -> str:
    """The runner's label, if this caller may use it."""
    label = (body.runner_name or "").replace("\x00", "").strip()[:200]
    if isinstance(caller, Signature):
        if body.status != "failed":
            raise Forbidden(
                f"a signature may only report `failed`, not `{body.status}`; send X-API-Key to report results"
            )
        return label
    label = label or caller.bound or ""
    if label:
        await keys.ensure_may_speak_for(tx, caller, label, now=now)
    return label


# ── What the report says of the whole job ──────────────────────────────────────────────────────────


async def _running(tx: Transaction, job: JobRow, said: _Said) -> tuple[JobRow, bool]:
    """Take what waits, for an hour; on an ended job there is nothing to take."""
    if job.ended_at is not None or not isinstance(said.caller, Key):
        return job, False
    lease = _lease(job, said.caller, said.runner)
    expires_at = said.now + LEGACY_TTL // timedelta(milliseconds=1)
    if not await writes.take_legacy_lease(tx, lease, now=said.now, expires_at=expires_at):
        return job, False
    await writes.take_tasks(tx, job.id, lease.id)
    return await closing.step(tx, job, "begun", now=said.now), True


async def _completed(tx: Transaction, job: JobRow, said: _Said) -> tuple[JobRow, bool]:
    """What this runner leaves, another contract runner still holds, or nobody found."""
    job = await _report(tx, job, "completed", None)
    if job.ended_at is not None:
        return await closing.reclose(tx, job, closing.JOB_FAILED, closing.NOT_REPORTED), False
    return await _leave(tx, job, said, closing.NOT_REPORTED), False


async def _failed(tx: Transaction, job: JobRow, said: _Said) -> tuple[JobRow, bool]:
    """What was found stays; the rest has failed, unless another runner still holds it."""
    if job.ended_at is not None or await _is_to_be_doubted(tx, job, said):
        return job, False
    if job.reported == "completed":
        return await _leave(tx, job, said, closing.NOT_REPORTED), False
    message = (said.body.error_message or "").replace("\x00", "")[:MAX_ERROR_LETTERS]
    job = await _report(tx, job, "failed", message)
    return await _leave(tx, job, said, closing.JOB_FAILED), False


_EFFECTS: Final = {"running": _running, "completed": _completed, "failed": _failed}


async def _report(tx: Transaction, job: JobRow, reported: str, error: str | None) -> JobRow:
    if job.reported == reported:
        return job
    await writes.note_report(tx, job.id, reported=reported, error=error)
    return job._replace(reported=reported, error=error)


async def _is_to_be_doubted(tx: Transaction, job: JobRow, said: _Said) -> bool:
    """A signed report that came before, or that says a job is dead whose runner still lives."""
    if isinstance(said.caller, Key):
        return False
    body_sha = hashlib.sha256(said.body.as_bytes()).hexdigest()
    is_new = await writes.is_new_receipt(tx, job.id, job.run, body_sha, now=said.now)
    return not is_new or await reads.is_in_fleet(tx, job.id)


async def _leave(tx: Transaction, job: JobRow, said: _Said, how: writes.Closing) -> JobRow:
    """End this runner's leases; its tasks go to another contract runner at work on the job, or end."""
    live = await reads.legacy_leases(tx, job.id)
    ended = [lease for lease in live if _is_its_own(lease, said)]
    if isinstance(said.caller, Signature) and not ended:
        ended = live
    for lease in ended:
        await writes.end_lease(tx, lease.id, "released", now=said.now)
    others = [lease for lease in live if lease not in ended]
    if not others:
        return await closing.close_open(tx, job, how, now=said.now)
    for lease in ended:
        await writes.hand_over_tasks(tx, lease.id, others[0].id)
    if isinstance(said.caller, Key):
        await writes.note_legacy_end(tx, _lease(job, said.caller, said.runner), now=said.now)
    await writes.take_tasks(tx, job.id, others[0].id)
    return await closing.step(tx, job, "begun", now=said.now)


def _is_its_own(lease: LeaseName, said: _Said) -> bool:
    """A lease is the key's and the name's; whoever leaves its name out, here or there, means any name."""
    if isinstance(said.caller, Signature):
        return lease.runner == said.runner
    if lease.family != said.caller.family:
        return False
    return lease.runner == said.runner or not said.runner or not lease.runner


def _lease(job: JobRow, key: Key, runner: str) -> writes.LegacyLease:
    claim_key = f"job {job.id} run {job.run}"
    digest = hashlib.sha256("\0".join((key.family, runner, claim_key)).encode()).hexdigest()
    return writes.LegacyLease(f"legacy-{digest[:32]}", key.family, runner, claim_key, job.id)


# ── What it says of single SKUs ────────────────────────────────────────────────────────────────────


async def _judge(tx: Transaction, job: JobRow, body: Results, *, now: datetime) -> _Taken:
    """Each item against its task."""
    told = list(_items(body))
    if not told:
        return _Taken([], 0, [])
    names = [(item.sku, item.scraper) for item in told if "\x00" not in item.sku + item.scraper]
    tasks = {(task.sku, task.scraper): task for task in await reads.tasks_by_key(tx, job.id, names)}
    strangers = await _strangers(tx, job, [item for item in told if (item.sku, item.scraper) not in tasks])
    taken = _Taken([], 0, strangers)
    for item in told:
        task = tasks.get((item.sku, item.scraper))
        if task is not None:
            taken = _take(taken, item, task, now=now)
    return taken


def _take(taken: _Taken, item: _Told, task: TaskRow, *, now: datetime) -> _Taken:
    if results.is_too_large(item.data, item.detail):
        return _ignore(taken, item, "larger than 256 KiB")
    scraped_at = min(item.scraped_at or now, now)
    report = Report(task, item.outcome, item.data, item.detail, to_ms(scraped_at))
    standing = results.standing_of(task, is_held=task.lease_kind == "legacy")
    judged = results.judge(CONTRACT_EVENT[item.outcome], report, standing)  # type: ignore[index]
    if isinstance(judged, Accepted):
        taken.accepted.append(judged)
        return taken
    if judged == "duplicate":
        return taken._replace(duplicates=taken.duplicates + 1)
    return _ignore(taken, item, "another runner holds it" if standing == "elsewhere" else judged)


def _ignore(taken: _Taken, item: _Told, why: str) -> _Taken:
    taken.ignored.append(Ignored(sku=item.sku, scraper=item.scraper, reason=why))
    return taken


async def _strangers(tx: Transaction, job: JobRow, items: Sequence[_Told]) -> list[Ignored]:
    """Why each of these is no task of the job."""
    if not items:
        return []
    names = {row.scraper: row.disabled for row in await reads.job_scrapers(tx, job.id)}
    return [Ignored(sku=item.sku, scraper=item.scraper, reason=_why(item, names)) for item in items]


def _why(item: _Told, scrapers: Mapping[str, int]) -> str:
    if item.scraper not in scrapers:
        return "the scraper is not in this job"
    return "the scraper is disabled in this job" if scrapers[item.scraper] else "the SKU is not in this job"


def _items(body: Results) -> Iterator[_Told]:
    """Every SKU × scraper that the body speaks of, its data and its outcome put together."""
    for sku, by_scraper in body.data.items():
        for scraper, product in by_scraper.items():
            yield _told(sku, scraper, product, body.outcomes.get(sku, {}).get(scraper))
    for sku, notes in body.outcomes.items():
        for scraper, note in notes.items():
            if scraper not in body.data.get(sku, {}):
                yield _told(sku, scraper, ProductData(), note)


def _told(sku: str, scraper: str, product: ProductData, note: OutcomeNote | None) -> _Told:
    fields = results.clean(product.model_dump(mode="json", exclude_none=True, exclude={"scraped_at"}))
    outcome = note.outcome if note else "found" if fields else "not_found"
    detail = results.clean(note.detail) if note else {} if fields else {"reason": "no_fields"}
    scraped_at = product.scraped_at or (note.scraped_at if note else None)
    return _Told(sku, scraper, outcome, fields, detail, scraped_at)


# ── The answer ─────────────────────────────────────────────────────────────────────────────────────


def _answer(before: JobRow, after: JobRow, taken: _Taken, *, applied: bool) -> CallbackAnswer:
    return CallbackAnswer(
        applied=applied,
        status=after.state,
        stored=len(taken.accepted),
        duplicates=taken.duplicates,
        ignored=taken.ignored,
        message=_message(before, after, taken, applied=applied),
    )


def _message(before: JobRow, after: JobRow, taken: _Taken, *, applied: bool) -> str:
    if before.state == "cancelled":
        return "the job is cancelled; nothing was stored"
    if not applied:
        return f"nothing changed; the job is {after.state}"
    parts = [f"the job is {after.state}", f"{len(taken.accepted)} results stored"]
    if taken.duplicates:
        parts.append(f"{taken.duplicates} were known")
    if taken.ignored:
        parts.append(f"{len(taken.ignored)} ignored")
    return ", ".join(parts)
