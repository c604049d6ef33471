"""Questions to the database, one function a statement; nothing here changes anything.

`{lock}` statements are here too: they hold a row for the rule that asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from scraper_backend.coordinator.store.protocol import Transaction
from scraper_backend.coordinator.store.rows import (
    AuditRow,
    CountRow,
    ExpiredLease,
    JobRow,
    JobScraperName,
    JobScraperRow,
    KeyRow,
    LeaseName,
    LeaseRow,
    NameRow,
    ObservationRow,
    ProductRow,
    ResultRow,
    RevisionRow,
    RunnerRow,
    ScraperRow,
    TaskRow,
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
