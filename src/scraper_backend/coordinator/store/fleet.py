"""Changes that the fleet's protocol makes: presence, leases, grants, attempts, second runs, hosts, logs.

One function a statement, and only `rules` call them, as with `writes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scraper_backend.coordinator.store.protocol import Transaction
from scraper_backend.coordinator.store.rows import GrantedTask, HostRate, LivingLease, NameRow, NumberRow
from scraper_backend.core.wire import JobStatus, TaskState


async def runner_present(tx: Transaction, name: str, *, capabilities: str, labels: str, now: int) -> bool:
    """A runner of the fleet is here; whether a person asked it to take nothing more."""
    return bool(
        await tx.scalar("runner_present", name=name, capabilities=capabilities, labels=labels, now=now)
    )


async def runner_alive(tx: Transaction, name: str, *, spool_n: int, now: int) -> None:
    """A runner of the fleet is still here."""
    await tx.run("runner_alive", name=name, spool_n=spool_n, now=now)


async def drain_runner(tx: Transaction, name: str, *, draining: bool, note: str | None) -> bool:
    """Ask the runner to take nothing more, or to go on; whether that is news."""
    return await tx.run("runner_drain", name=name, draining=int(draining), note=note) == 1


async def insert_lease(
    tx: Transaction,
    lease_id: str,
    *,
    family: str,
    runner: str,
    claim_key: str,
    params: str,
    now: int,
    expires_at: int,
) -> bool:
    """A new lease; False when the claim key was used before."""
    inserted = await tx.run(
        "lease_insert", id=lease_id, family=family, runner=runner, claim_key=claim_key, params=params,
        now=now, expires_at=expires_at,
    )  # fmt: skip
    return inserted == 1


async def delete_lease(tx: Transaction, lease_id: str) -> None:
    """The lease under which nothing was granted."""
    await tx.run("lease_delete", id=lease_id)


async def renew_lease(tx: Transaction, lease_id: str, *, expires_at: int) -> None:
    """A sign of life."""
    await tx.run("lease_renew", id=lease_id, expires_at=expires_at)


async def renew_leases(
    tx: Transaction, lease_ids: Sequence[str], *, family: str, expires_at: int
) -> Mapping[str, str]:
    """Signs of life of several leases of one key; those that live, and whose they are."""
    ids = [(lease_id,) for lease_id in lease_ids]
    return dict(await tx.all(LivingLease, "leases_renew", ids=ids, family=family, expires_at=expires_at))


async def renew_shares(tx: Transaction, *, family: str, runner: str, expires_at: int, now: int) -> None:
    """A sign of life of who has shares of hosts."""
    await tx.run("shares_renew", family=family, runner=runner, expires_at=expires_at, now=now)


async def grant_tasks(
    tx: Transaction, lease_id: str, *, job_id: str, scraper: str, limit: int
) -> list[GrantedTask]:
    """The first ready tasks of a job at a scraper."""
    return await tx.all(
        GrantedTask, "tasks_grant", lease_id=lease_id, job_id=job_id, scraper=scraper, limit=limit
    )


async def insert_attempts(tx: Transaction, lease_id: str, *, runner: str, now: int) -> None:
    """The proof of every grant under the lease."""
    await tx.run("attempts_insert", lease_id=lease_id, runner=runner, now=now)


async def end_attempts(tx: Transaction, ended: Sequence[tuple[int, int, str]], *, now: int) -> None:
    """These (task, attempt) were answered with this outcome."""
    await tx.run("attempts_end", ended=ended, now=now)


async def end_attempts_of_lease(tx: Transaction, lease_id: str, outcome: str, *, now: int) -> None:
    """What is unanswered under the lease ends with it."""
    await tx.run("attempts_end_lease", lease_id=lease_id, outcome=outcome, now=now)


async def mark_started(tx: Transaction, lease_id: str, task_ids: Sequence[int]) -> None:
    """These tasks of the lease are in progress, and no others."""
    await tx.run("tasks_started", lease_id=lease_id, marks=[(i,) for i in task_ids])


class Put(NamedTuple):
    """A task that goes on or is given up, with what has been counted against it."""

    id: int
    state: TaskState
    outcome: str | None
    reason: str | None
    run_at: int
    fails: int
    blocks: int
    crashes: int
    crash_attempt: int


async def put_tasks(tx: Transaction, puts: Sequence[Put], *, now: int) -> None:
    """Each to its place."""
    await tx.run("tasks_put", put=puts, now=now)


async def release_tasks(tx: Transaction, lease_id: str) -> int:
    """What the lease holds waits again; how many there were."""
    return await tx.run("tasks_released", lease_id=lease_id)


async def release_unstarted(tx: Transaction, job_id: str) -> int:
    """What fleet runners hold of the job without having begun it."""
    return await tx.run("tasks_unstarted", job_id=job_id)


async def ready_due_tasks(tx: Transaction, *, now: int, limit: int) -> int:
    """Delayed tasks whose time has come; how many."""
    return len(await tx.all(NumberRow, "tasks_due", now=now, limit=limit))


async def fail_overdue_tasks(tx: Transaction, job_id: str, *, now: int) -> list[str]:
    """What nobody works on; the outcome of each."""
    return [row.name for row in await tx.all(NameRow, "tasks_overdue", job_id=job_id, now=now)]


async def pause_job(tx: Transaction, job_id: str, *, now: int) -> bool:
    """Grant nothing more of it; False if it is over or paused."""
    return await tx.run("job_pause", id=job_id, now=now) == 1


async def resume_job(tx: Transaction, job_id: str) -> bool:
    """Grant it again; False if it was not paused."""
    return await tx.run("job_resume", id=job_id) == 1


async def retry_job(
    tx: Transaction, job_id: str, expected: JobStatus, state: JobStatus, *, deadline_at: int | None
) -> None:
    """The job's next run."""
    await tx.run("job_retry", id=job_id, expected=expected, state=state, deadline_at=deadline_at)


async def retry_tasks(tx: Transaction, job_id: str, outcomes: Sequence[str], *, now: int) -> int:
    """Ask again for what ended so; how many tasks."""
    kinds = [(outcome,) for outcome in outcomes]
    await tx.run("results_forget", job_id=job_id, kinds=kinds)
    return await tx.run("tasks_retry", job_id=job_id, kinds=kinds, now=now)


async def note_hosts(tx: Transaction, hosts: Sequence[str]) -> None:
    """There are such hosts."""
    await tx.run("hosts_note", names=[(host,) for host in hosts])


async def pause_host(tx: Transaction, host: str, *, until: int) -> None:
    """The host rests."""
    await tx.run("host_pause", host=host, until=until)


async def put_share(tx: Transaction, share: HostRate, *, family: str, runner: str, expires_at: int) -> None:
    """A runner's share of a host."""
    await tx.run("share_put", family=family, runner=runner, expires_at=expires_at, **share._asdict())


async def keep_shares(tx: Transaction, hosts: Sequence[str], *, family: str, runner: str) -> None:
    """The runner's shares of all other hosts are free again."""
    await tx.run("shares_drop", kept=[(host,) for host in hosts], family=family, runner=runner)


class NewLog(NamedTuple):
    """One event of a runner."""

    seq: int
    at: int
    level: str
    event: str
    job_id: str | None
    facts: str


async def store_logs(tx: Transaction, runner: str, events: Sequence[NewLog], *, now: int) -> int:
    """How many of them were new."""
    return await tx.run("logs_insert", runner=runner, events=events, now=now)
