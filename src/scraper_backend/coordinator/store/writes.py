"""Changes to the database, one function a statement.  Only `rules` call them: what may be changed,
and when, is decided there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from scraper_backend.coordinator.store.protocol import Transaction
from scraper_backend.coordinator.store.rows import (
    JobRow,
    KeyRow,
    RunnerRow,
)
from scraper_backend.core.wire import JobStatus, TaskState

# ── keys, runners, audit ───────────────────────────────────────────────────────────────────────────


async def insert_key(
    tx: Transaction,
    *,
    name: str,
    bound: str | None,
    family: str,
    hashed: str,
    display: str,
    not_after: int | None,
    predecessor_id: int | None,
    now: int,
) -> KeyRow:
    """A new key."""
    return await tx.sole(
        KeyRow, "key_insert", name=name, bound=bound, family=family, hash=hashed, display=display,
        not_after=not_after, predecessor_id=predecessor_id, now=now,
    )  # fmt: skip


async def revoke_key(tx: Transaction, key_id: int, *, now: int) -> None:
    """The key is nobody's from now on."""
    await tx.run("key_revoke", id=key_id, now=now)


async def supersede_key(tx: Transaction, key_id: int, *, not_after: int, now: int) -> None:
    """The key has a successor and ends at `not_after`."""
    await tx.run("key_rotated", id=key_id, not_after=not_after, now=now)


async def touch_key(tx: Transaction, key_id: int, *, before: int, now: int) -> None:
    """The key was used, if that was not noted since `before`."""
    await tx.run("key_touch", id=key_id, before=before, now=now)


async def upsert_runner(tx: Transaction, name: str, *, metadata: str, now: int) -> RunnerRow:
    """The runner, new or with new metadata."""
    return await tx.sole(RunnerRow, "runner_upsert", name=name, metadata=metadata, now=now)


async def runner_seen(tx: Transaction, name: str, *, now: int) -> None:
    """A sign of life."""
    await tx.run("runner_seen", name=name, now=now)


async def insert_audit(
    tx: Transaction,
    *,
    actor: str,
    action: str,
    subject: str,
    before: str | None,
    after: str | None,
    now: int,
) -> None:
    """One line in the book of changes."""
    await tx.run(
        "audit_insert", actor=actor, action=action, subject=subject, before=before, after=after, now=now
    )


async def insert_event(tx: Transaction, topic: str, body: str, *, now: int) -> None:
    """Something for others to hear of."""
    await tx.run("outbox_insert", topic=topic, body=body, now=now)


# ── scrapers ───────────────────────────────────────────────────────────────────────────────────────


async def insert_scraper(tx: Transaction, name: str, *, disabled: bool, now: int) -> bool:
    """A new scraper; False if the name is taken."""
    return await tx.run("scraper_insert", name=name, disabled=int(disabled), now=now) == 1


async def update_scraper(tx: Transaction, name: str, *, revision: int, disabled: bool, now: int) -> None:
    """Another current revision, or another switch."""
    await tx.run("scraper_update", name=name, revision=revision, disabled=int(disabled), now=now)


async def switch_scraper(tx: Transaction, name: str, *, disabled: bool, now: int) -> bool:
    """Enable or disable; whether that changed anything."""
    return await tx.run("scraper_switch", name=name, disabled=int(disabled), now=now) == 1


class NewRevision(NamedTuple):
    """A revision and what follows from its document."""

    scraper: str
    number: int
    document: str
    sha: str
    host: str
    per_second: float
    concurrency: int
    needs: str


async def insert_revision(tx: Transaction, revision: NewRevision, *, by: str, now: int) -> None:
    """A new revision."""
    await tx.run("revision_insert", by=by, now=now, **revision._asdict())


async def pause_scraper(tx: Transaction, name: str, *, reason: str, now: int) -> bool:
    """Grant nothing more of it; False if it rests already."""
    return await tx.run("scraper_pause", name=name, reason=reason, now=now) == 1


async def resume_scraper(tx: Transaction, name: str, *, now: int) -> bool:
    """Grant it again; False if it was not resting."""
    return await tx.run("scraper_resume", name=name, now=now) == 1


# ── jobs ───────────────────────────────────────────────────────────────────────────────────────────


class PinnedScraper(NamedTuple):
    """A scraper of a new job."""

    position: int
    scraper: str
    revision: int
    disabled: int


async def insert_job(
    tx: Transaction,
    job_id: str,
    *,
    skus: Sequence[str],
    skus_json: str,
    scrapers: Sequence[PinnedScraper],
    state: JobStatus,
    test: bool,
    max_workers: int,
    priority: int,
    turn: int,
    label: str,
    deadline_at: int | None,
    by: str,
    now: int,
) -> int:
    """A job, what was asked for, and its tasks; how many tasks."""
    enabled = [s for s in scrapers if not s.disabled]
    total = len(skus) * len(enabled)
    await tx.run(
        "job_insert", id=job_id, state=state, test=int(test), max_workers=max_workers, priority=priority,
        turn=turn, label=label, skus_n=len(skus), total=total, ended_at=None if total else now,
        deadline_at=deadline_at, by=by, now=now,
    )  # fmt: skip
    await tx.run("job_input_insert", job_id=job_id, skus=skus_json)
    await tx.run("job_scrapers_insert", job_id=job_id, scrapers=scrapers)
    if total:
        await tx.run(
            "tasks_insert", job_id=job_id, now=now, skus=list(enumerate(skus)),
            scrapers=[s[:3] for s in enabled],
        )  # fmt: skip
    return total


OUTCOMES = (
    "found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed", "quarantined", "cancelled",
)  # fmt: skip


async def count_job(tx: Transaction, job: JobRow, differences: Mapping[str, int]) -> JobRow:
    """Move the counters of a job that is held; the job after that."""
    await tx.run("job_count", id=job.id, **{name: differences.get(name, 0) for name in _COUNTERS})
    after = {column: getattr(job, column) + differences.get(name, 0) for name, column in _COUNTERS.items()}
    return job._replace(**after)


_COUNTERS: Final = {name: f"{name}_n" for name in ("open", *OUTCOMES)}


async def move_job(
    tx: Transaction, job_id: str, expected: JobStatus, state: JobStatus, *, ended_at: int | None, now: int
) -> bool:
    """The job's state, from the one it was seen in; False if it has moved on."""
    return (
        await tx.run("job_move", id=job_id, expected=expected, state=state, ended_at=ended_at, now=now) == 1
    )


async def note_report(tx: Transaction, job_id: str, *, reported: str, error: str | None) -> None:
    """What a runner said of the whole job."""
    await tx.run("job_reported", id=job_id, reported=reported, error=error)


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────────


class Ended(NamedTuple):
    """How one task ends."""

    id: int
    state: TaskState
    outcome: str


class Closing(NamedTuple):
    """How many tasks end alike."""

    state: TaskState
    outcome: str
    reason: str


async def end_tasks(tx: Transaction, ended: Sequence[Ended], *, now: int) -> None:
    """Each in its own way."""
    await tx.run("tasks_end", ended=ended, now=now)


async def close_tasks(tx: Transaction, job_id: str, closing: Closing, *, now: int) -> int:
    """Every open task that no queue lease holds; how many there were."""
    return await tx.run("tasks_close", job_id=job_id, now=now, **closing._asdict())


async def reclose_tasks(
    tx: Transaction, job_id: str, closing: Closing, *, expected: TaskState, expected_reason: str
) -> int:
    """Tasks that ended for another reason, without a report; how many there were."""
    return await tx.run(
        "tasks_reclose", job_id=job_id, expected=expected, expected_reason=expected_reason,
        **closing._asdict(),
    )  # fmt: skip


async def cancel_tasks(tx: Transaction, job_id: str, closing: Closing, *, now: int) -> int:
    """Every open task; how many there were."""
    return await tx.run("tasks_cancel", job_id=job_id, now=now, **closing._asdict())


async def take_tasks(tx: Transaction, job_id: str, lease_id: str) -> int:
    """A contract runner takes what waits."""
    return await tx.run("tasks_take", job_id=job_id, lease_id=lease_id)


async def hand_over_tasks(tx: Transaction, ended_id: str, lease_id: str) -> int:
    """From a lease that ended to one that lives."""
    return await tx.run("tasks_hand_over", ended_id=ended_id, lease_id=lease_id)


async def give_back_tasks(tx: Transaction, lease_id: str) -> int:
    """What the lease held waits again."""
    return await tx.run("tasks_give_back", lease_id=lease_id)


# ── leases ─────────────────────────────────────────────────────────────────────────────────────────


class LegacyLease(NamedTuple):
    """A contract runner on a job: always the same lease."""

    id: str
    family: str
    runner: str
    claim_key: str
    job_id: str


async def take_legacy_lease(tx: Transaction, lease: LegacyLease, *, now: int, expires_at: int) -> bool:
    """The lease lives until `expires_at`; False when its holder has given it back."""
    return await tx.scalar("legacy_upsert", now=now, expires_at=expires_at, **lease._asdict()) is not None


async def note_legacy_end(tx: Transaction, lease: LegacyLease, *, now: int) -> None:
    """The runner is done, whether or not it ever began."""
    await tx.run("legacy_given_back", now=now, **lease._asdict())


async def is_new_receipt(tx: Transaction, job_id: str, run: int, body_sha: str, *, now: int) -> bool:
    """Note a signed report; False when it was noted before."""
    return await tx.run("receipt_insert", job_id=job_id, run=run, body_sha=body_sha, now=now) == 1


async def end_lease(tx: Transaction, lease_id: str, state: str, *, now: int) -> bool:
    """The lease is over; False if it was already."""
    return await tx.run("lease_end", id=lease_id, state=state, now=now) == 1


async def end_legacy_leases(tx: Transaction, job_id: str, *, now: int) -> None:
    """A closed job has no contract runners."""
    await tx.run("legacy_end_all", job_id=job_id, now=now)


async def prolong_leases(tx: Transaction, *, until: int) -> int:
    """Amnesty: no live lease ends before `until`."""
    return await tx.run("leases_amnesty", until=until)


# ── results ────────────────────────────────────────────────────────────────────────────────────────


class StoredResult(NamedTuple):
    """What was reported of one task, as it is kept."""

    task_id: int
    outcome: str
    data: str
    detail: str
    attempt: int | None
    scraped_at: int


class Sighting(NamedTuple):
    """What a scraper said of a product: `products` has all but the last, `observations` all but four."""

    title: str | None
    brand: str | None
    images_n: int
    url: str | None
    sku: str
    scraper: str
    price: float | None
    currency: str | None
    availability: str | None
    sha: str
    task_id: int
    seen_at: int
    data: str


async def store_results(
    tx: Transaction, items: Sequence[StoredResult], *, runner: str, key_id: int | None, source: str, now: int
) -> None:
    """The reports of these tasks."""
    await tx.run("results_upsert", items=items, runner=runner, key_id=key_id, source=source, now=now)


async def observe_products(tx: Transaction, job_id: str, sightings: Sequence[Sighting]) -> None:
    """The history first (it compares with the current values), then the current values."""
    seen = sorted(sightings, key=attrgetter("sku", "scraper"))
    await tx.run("observations_insert", job_id=job_id, items=[s[4:] for s in seen])
    await tx.run("products_upsert", job_id=job_id, items=[s[:12] for s in seen])
