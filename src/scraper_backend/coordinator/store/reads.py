"""Questions to the database, one function a statement; nothing here changes anything.

`{lock}` statements are here too: they hold a row for the rule that asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from scraper_backend.coordinator.store.protocol import Transaction
from scraper_backend.coordinator.store.rows import (
    AttemptRow,
    AuditRow,
    ClaimedLease,
    CountRow,
    EndRow,
    ExpiredLease,
    FaultRow,
    HeldHost,
    HeldTask,
    JobRow,
    JobScraperName,
    JobScraperRow,
    KeyRow,
    LeaseName,
    LeaseRow,
    LogRow,
    NameRow,
    NumberRow,
    ObservationRow,
    PresentRunner,
    ProductRow,
    QueueRow,
    RestingHost,
    ResultRow,
    RevisionRow,
    RunnerRow,
    RunnerShare,
    ScraperRow,
    ShareRow,
    TaskRow,
    UnansweredRow,
    WaitingRow,
)

FOREVER = 2**53


# ── keys, runners, audit ───────────────────────────────────────────────────────────────────────────


async def keys(tx: Transaction) -> list[KeyRow]:
    """Every key, oldest first."""
    return await tx.all(KeyRow, "keys_all")


async def key_by_hash(tx: Transaction, hashed: str) -> KeyRow | None:
    """The key with this hash, whatever became of it."""
    return await tx.one(KeyRow, "key_by_hash", hash=hashed)


async def keys_unrevoked(tx: Transaction) -> list[KeyRow]:
    """The keys that can be revoked, held."""
    return await tx.all(KeyRow, "keys_unrevoked")


async def key_owning(tx: Transaction, runner: str, *, now: int) -> int | None:
    """The number of the live key bound to this runner."""
    owner: int | None = await tx.scalar("key_owning", runner=runner, now=now)
    return owner


async def runners(tx: Transaction) -> list[RunnerRow]:
    """Every runner by name."""
    return await tx.all(RunnerRow, "runners_all")


async def audit(tx: Transaction, *, before: int = FOREVER, limit: int = 100) -> list[AuditRow]:
    """The last changes, newest first."""
    return await tx.all(AuditRow, "audit_newest", before=before, limit=limit)


# ── scrapers ───────────────────────────────────────────────────────────────────────────────────────


async def scrapers(tx: Transaction) -> list[ScraperRow]:
    """Every scraper by name."""
    return await tx.all(ScraperRow, "scrapers_all")


async def scraper(tx: Transaction, name: str) -> ScraperRow | None:
    """One scraper."""
    return await tx.one(ScraperRow, "scraper_by_name", name=name)


async def scraper_names(tx: Transaction) -> list[str]:
    """All names."""
    return [row.name for row in await tx.all(NameRow, "scraper_names")]


async def scraper_held(tx: Transaction, name: str) -> bool:
    """Hold the scraper; whether there is one."""
    return await tx.scalar("scraper_lock", name=name) is not None


async def revisions(tx: Transaction, name: str) -> list[RevisionRow]:
    """All revisions of a scraper, oldest first."""
    return await tx.all(RevisionRow, "revisions_of", scraper=name)


# ── jobs ───────────────────────────────────────────────────────────────────────────────────────────


async def job(tx: Transaction, job_id: str) -> JobRow | None:
    """One job."""
    return await tx.one(JobRow, "job_by_id", id=job_id)


async def job_held(tx: Transaction, job_id: str) -> JobRow | None:
    """One job, held until the transaction ends."""
    return await tx.one(JobRow, "job_lock", id=job_id)


async def jobs(tx: Transaction, *, state: str | None, before: int, limit: int) -> list[JobRow]:
    """Jobs created before a moment, newest first."""
    return await tx.all(JobRow, "jobs_newest", state=state, before=before, limit=limit)


async def job_skus(tx: Transaction, job_id: str) -> str:
    """The job's SKUs as a JSON list."""
    skus: str = await tx.scalar("job_skus", job_id=job_id)
    return skus


async def job_scrapers(tx: Transaction, job_id: str) -> list[JobScraperRow]:
    """The job's scrapers in their order."""
    return await tx.all(JobScraperRow, "job_scrapers", job_id=job_id)


async def job_scraper_names(tx: Transaction, job_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of these jobs' scrapers."""
    names: dict[str, tuple[str, ...]] = {}
    for row in await tx.all(JobScraperName, "job_scraper_names", jobs=[(job_id,) for job_id in job_ids]):
        names[row.job_id] = (*names.get(row.job_id, ()), row.scraper)
    return names


async def recount(tx: Transaction, job_id: str) -> dict[str, int]:
    """The job's counters as its tasks have them."""
    return {row.outcome: row.n for row in await tx.all(CountRow, "tasks_recount", job_id=job_id)}


# ── tasks, leases, results ─────────────────────────────────────────────────────────────────────────


async def tasks_by_key(tx: Transaction, job_id: str, keys: Iterable[tuple[str, str]]) -> list[TaskRow]:
    """Those of the job's tasks that these (SKU, scraper) pairs name."""
    return await tx.all(TaskRow, "tasks_by_key", job_id=job_id, keys=list(keys))


async def tasks_of(tx: Transaction, job_id: str) -> list[TaskRow]:
    """Every task of the job."""
    return await tx.all(TaskRow, "tasks_of", job_id=job_id)


async def legacy_leases(tx: Transaction, job_id: str) -> list[LeaseName]:
    """The contract runners at work on a job, the first to come first."""
    return await tx.all(LeaseName, "legacy_live", job_id=job_id)


async def is_in_fleet(tx: Transaction, job_id: str) -> bool:
    """Whether a living fleet runner holds one of the job's tasks."""
    return bool(await tx.scalar("tasks_in_fleet", job_id=job_id))


async def expired_leases(tx: Transaction, *, now: int, limit: int) -> list[ExpiredLease]:
    """Live leases whose time is over."""
    return await tx.all(ExpiredLease, "leases_expired", now=now, limit=limit)


async def lease_held(tx: Transaction, lease_id: str) -> LeaseRow | None:
    """One lease, held until the transaction ends."""
    return await tx.one(LeaseRow, "lease_lock", id=lease_id)


async def lease(tx: Transaction, lease_id: str) -> LeaseRow | None:
    """One lease as it is now."""
    return await tx.one(LeaseRow, "lease_look", id=lease_id)


async def results(
    tx: Transaction, job_id: str, *, after: int, limit: int, outcome: str | None, scraper: str | None
) -> list[ResultRow]:
    """A page of the job's ended tasks."""
    return await tx.all(
        ResultRow, "results_page", job_id=job_id, after=after, limit=limit, outcome=outcome, scraper=scraper
    )


async def observations(tx: Transaction, sku: str, scraper: str) -> list[ObservationRow]:
    """The history of one product at one scraper, oldest first."""
    return await tx.all(ObservationRow, "observations_of", sku=sku, scraper=scraper)


async def products(tx: Transaction, *, after: str = "", limit: int = 500) -> list[ProductRow]:
    """What the scrapers say of products now, a page by SKU."""
    return await tx.all(ProductRow, "products_page", after=after, limit=limit)


# ── the fleet ──────────────────────────────────────────────────────────────────────────────────────


async def runners_present(tx: Transaction, *, since: int) -> list[PresentRunner]:
    """The runners that were here lately."""
    return await tx.all(PresentRunner, "runners_present", since=since)


async def is_draining(tx: Transaction, runner: str) -> bool:
    """Whether a person asked the runner to take nothing more."""
    return bool(await tx.scalar("runner_draining", name=runner))


async def queues(
    tx: Transaction,
    *,
    abilities: Iterable[str],
    labels: Iterable[str],
    runner: str,
    without: Iterable[str],
    now: int,
    limit: int,
) -> list[QueueRow]:
    """What could be granted, in its turn."""
    return await tx.all(
        QueueRow, "queues_ready", abilities=[(a,) for a in abilities], labels=[(name,) for name in labels],
        runner=runner, without=[(host,) for host in without], now=now, limit=limit,
    )  # fmt: skip


async def draining(tx: Transaction) -> frozenset[str]:
    """The runners that are to take nothing more."""
    return frozenset(row.name for row in await tx.all(NameRow, "runners_draining"))


async def claimed_lease(tx: Transaction, *, family: str, runner: str, claim_key: str) -> ClaimedLease | None:
    """The lease a claim key stands for."""
    return await tx.one(ClaimedLease, "lease_claimed", family=family, runner=runner, claim_key=claim_key)


async def grants_held(tx: Transaction, lease_id: str) -> list[HeldTask]:
    """What the lease holds."""
    return await tx.all(HeldTask, "grants_held", lease_id=lease_id)


async def tasks_kept(tx: Transaction, lease_id: str) -> list[int]:
    """The tasks the lease holds."""
    return [row.n for row in await tx.all(NumberRow, "tasks_kept", lease_id=lease_id)]


async def jobs_cancelled_under(tx: Transaction, *, family: str, runner: str) -> list[str]:
    """Cancelled jobs of which this runner has not answered everything yet."""
    rows = await tx.all(NameRow, "jobs_cancelled_under", family=family, runner=runner)
    return [row.name for row in rows]


async def unanswered(tx: Transaction, lease_id: str) -> list[UnansweredRow]:
    """How many grants under a lease are unanswered, by job."""
    return await tx.all(UnansweredRow, "attempts_open", lease_id=lease_id)


async def attempts(tx: Transaction, keys: Iterable[tuple[int, int]]) -> list[AttemptRow]:
    """Who held these tasks at these attempts."""
    return await tx.all(AttemptRow, "attempts_by_key", keys=list(keys))


async def jobs_of_lease(tx: Transaction, lease_id: str) -> list[str]:
    """The jobs whose tasks the lease holds."""
    return [row.name for row in await tx.all(NameRow, "jobs_of_lease", lease_id=lease_id)]


async def tasks_of_lease(tx: Transaction, lease_id: str, job_id: str) -> list[TaskRow]:
    """The tasks of a job that the lease holds."""
    return await tx.all(TaskRow, "tasks_of_lease", lease_id=lease_id, job_id=job_id)


async def last_ends(tx: Transaction, scraper: str, *, limit: int) -> list[EndRow]:
    """How the scraper's last grants ended, newest first."""
    return await tx.all(EndRow, "scraper_recent", scraper=scraper, limit=limit)


async def jobs_overdue(tx: Transaction, *, now: int, limit: int) -> list[str]:
    """Open jobs past their deadline."""
    return [row.name for row in await tx.all(NameRow, "jobs_overdue", now=now, limit=limit)]


async def hosts_resting(tx: Transaction, *, now: int) -> list[RestingHost]:
    """Which hosts rest."""
    return await tx.all(RestingHost, "hosts_resting", now=now)


async def hold_hosts(tx: Transaction, hosts: Iterable[str]) -> None:
    """Hold the hosts' rows, which must have been noted."""
    await tx.all(NameRow, "hosts_lock", names=[(host,) for host in hosts])


async def shares(tx: Transaction, host: str, *, now: int) -> list[ShareRow]:
    """How the host's rate is shared out."""
    return await tx.all(ShareRow, "shares_of_host", host=host, now=now)


async def hosts_of_runner(tx: Transaction, *, family: str, runner: str) -> list[HeldHost]:
    """The hosts with a rate that a runner holds tasks for."""
    return await tx.all(HeldHost, "runner_hosts", family=family, runner=runner)


async def shares_of_runner(tx: Transaction, *, family: str, runner: str) -> list[RunnerShare]:
    """What the runner may ask of which host, and until when."""
    return await tx.all(RunnerShare, "shares_of_runner", family=family, runner=runner)


async def logs(tx: Transaction, job_id: str, *, after: int = 0, limit: int = 500) -> list[LogRow]:
    """What runners said of a job."""
    return await tx.all(LogRow, "logs_of_job", job_id=job_id, after=after, limit=limit)


async def waiting(tx: Transaction, job_id: str, *, now: int) -> list[WaitingRow]:
    """What waits in a job, by scraper."""
    return await tx.all(WaitingRow, "queues_waiting", job_id=job_id, now=now)


async def faults(tx: Transaction) -> list[FaultRow]:
    """Everything that must not be."""
    found: list[FaultRow] = []
    for check in ("check_counters", "check_open_jobs", "check_leases", "check_results", "check_attempts"):
        found += await tx.all(FaultRow, check)
    return found
