"""Rows as the statements give them: frozen, with the columns in the statement's order.

Times are milliseconds and flags are 0 or 1 here; `rules` turn them into what people see.
"""

from __future__ import annotations

from typing import NamedTuple

from scraper_backend.core.wire import JobStatus, TaskState


class KeyRow(NamedTuple):
    """An API key, without anything it could be used with."""

    id: int
    name: str
    bound: str | None
    family: str
    display: str
    scopes: str
    created_at: int
    not_after: int | None
    rotated_at: int | None
    revoked_at: int | None
    last_used_at: int | None


class AuditRow(NamedTuple):
    """One change somebody made."""

    id: int
    at: int
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None


class RunnerRow(NamedTuple):
    """A runner that registered."""

    name: str
    metadata: str
    capabilities: str
    labels: str
    draining: int
    note: str | None
    spool_n: int
    registered_at: int
    last_seen_at: int | None


class NameRow(NamedTuple):
    """A name alone."""

    name: str


class NumberRow(NamedTuple):
    """A number alone."""

    n: int


class ScraperRow(NamedTuple):
    """A scraper with its current revision."""

    name: str
    revision: int
    disabled: int
    paused_at: int | None
    pause_reason: str | None
    created_at: int
    updated_at: int
    document: str
    sha: str


class RevisionRow(NamedTuple):
    """One revision of a scraper."""

    scraper: str
    number: int
    document: str
    sha: str
    created_at: int
    created_by: str


class JobRow(NamedTuple):
    """A job with its counters."""

    id: str
    state: JobStatus
    reported: str | None
    run: int
    test: int
    max_workers: int
    priority: int
    label: str
    skus_n: int
    total: int
    open_n: int
    found_n: int
    not_found_n: int
    ambiguous_n: int
    mismatch_n: int
    blocked_n: int
    drifted_n: int
    failed_n: int
    quarantined_n: int
    cancelled_n: int
    error: str | None
    created_by: str
    created_at: int
    started_at: int | None
    ended_at: int | None
    paused_at: int | None
    deadline_at: int | None


class JobScraperRow(NamedTuple):
    """One scraper of a job, with the document it is pinned to."""

    scraper: str
    revision: int
    disabled: int
    document: str


class JobScraperName(NamedTuple):
    """Which job has which scraper."""

    job_id: str
    scraper: str


class TaskRow(NamedTuple):
    """One SKU on one scraper: where it stands, who holds it, what was reported of it."""

    id: int
    sku: str
    scraper: str
    state: TaskState
    outcome: str | None
    attempt: int
    fails: int
    blocks: int
    crashes: int
    crash_attempt: int
    started: int
    lease_id: str | None
    lease_kind: str | None
    reported: str | None
    reported_attempt: int | None


class LeaseName(NamedTuple):
    """A contract runner at work on a job."""

    id: str
    family: str
    runner: str


class ExpiredLease(NamedTuple):
    """A lease whose time is over."""

    id: str
    kind: str
    job_id: str | None


class LeaseRow(NamedTuple):
    """One lease."""

    id: str
    kind: str
    state: str
    family: str
    runner: str
    job_id: str | None
    expires_at: int


class CountRow(NamedTuple):
    """How many tasks of a job have this outcome (`open` for none)."""

    outcome: str
    n: int


class ObservationRow(NamedTuple):
    """What a scraper said of a product from a moment on."""

    observed_at: int
    price: float | None
    currency: str | None
    availability: str | None
    data: str
    job_id: str
    task_id: int


class ProductRow(NamedTuple):
    """What a scraper says of a product now."""

    sku: str
    scraper: str
    title: str | None
    brand: str | None
    price: float | None
    currency: str | None
    availability: str | None
    images_n: int
    url: str | None
    job_id: str
    task_id: int
    first_seen_at: int
    changed_at: int
    seen_at: int


class ResultRow(NamedTuple):
    """An ended task with what was reported of it, if anything was."""

    task_id: int
    sku: str
    scraper: str
    state: TaskState
    outcome: str
    reason: str | None
    revision: int
    ended_at: int
    data: str | None
    detail: str | None
    runner: str | None
    scraped_at: int | None
    received_at: int | None


# ── The fleet ──────────────────────────────────────────────────────────────────────────────────────


class PresentRunner(NamedTuple):
    """A runner that was here lately."""

    name: str
    capabilities: str
    labels: str
    draining: int


class QueueRow(NamedTuple):
    """A job and scraper with tasks to grant."""

    job_id: str
    scraper: str
    revision: int
    job_state: JobStatus
    test: int
    document: str
    host: str
    per_second: float
    concurrency: int


class ClaimedLease(NamedTuple):
    """The lease a claim key stands for."""

    id: str
    state: str
    params: str
    expires_at: int


class LivingLease(NamedTuple):
    """A lease that was just renewed, and whose it is."""

    id: str
    runner: str


class GrantedTask(NamedTuple):
    """A task just granted."""

    id: int
    job_id: str
    sku: str
    scraper: str
    revision: int
    attempt: int


class HeldTask(NamedTuple):
    """A task a lease holds, with all that is needed to do it."""

    id: int
    job_id: str
    sku: str
    scraper: str
    revision: int
    attempt: int
    test: int
    document: str


class UnansweredRow(NamedTuple):
    """How many grants of a job are unanswered under a lease."""

    job_id: str
    job_state: JobStatus
    n: int


class AttemptRow(NamedTuple):
    """Who held a task at an attempt."""

    task_id: int
    attempt: int
    lease_id: str
    outcome: str | None
    family: str
    runner: str


class EndRow(NamedTuple):
    """How a grant of a scraper ended, and by whom."""

    runner: str
    outcome: str


class RestingHost(NamedTuple):
    """A host that must not be asked until a moment."""

    host: str
    paused_until: int


class ShareRow(NamedTuple):
    """One runner's share of a host's rate."""

    family: str
    runner: str
    per_second: float
    concurrency: int


class HostRate(NamedTuple):
    """How often one host may be asked, by everybody together."""

    host: str
    per_second: float
    concurrency: int


class RunnerShare(NamedTuple):
    """One runner's share of a host's rate, until then."""

    host: str
    per_second: float
    concurrency: int
    expires_at: int


class HeldHost(NamedTuple):
    """A host that a runner holds tasks for."""

    host: str
    per_second: float
    concurrency: int
    tasks: int


class LogRow(NamedTuple):
    """One event of a runner."""

    id: int
    runner: str
    at: int
    level: str
    event: str
    facts: str


class WaitingRow(NamedTuple):
    """What waits at one scraper of a job."""

    scraper: str
    disabled: int
    paused_at: int | None
    pause_reason: str | None
    needs: str
    host: str
    concurrency: int
    host_paused_until: int
    ready: int
    delayed: int
    next_at: int | None
    concurrency_granted: int


class FaultRow(NamedTuple):
    """Something that must not be."""

    job_id: str
    fault: str
