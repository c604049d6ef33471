"""Claiming: a runner of the fleet asks for work and gets a lease over some tasks.

The claim key makes a lost answer harmless: the same key is the same lease.  Tasks are taken in the order
of their jobs' turn (docs/decisions/0011-queues-are-jobs.md), shared evenly between a job's scrapers,
from hosts whose budget has something left for this runner.  Every grant leaves a row in `attempts`, the
proof that a later success counts.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.rules import directives, keys, politeness, scrapers
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.coordinator.rules.leases import HEARTBEAT, TTL
from scraper_backend.coordinator.store import Transaction, fleet, reads, writes
from scraper_backend.coordinator.store.rows import HeldTask, HostRate, QueueRow
from scraper_backend.coordinator.store.times import to_ms
from scraper_backend.core.errors import BadRequest, LeaseLost
from scraper_backend.core.wire import Claim, ClaimAnswer, LeaseGrant, TaskGrant

NEAR: Final = 16
"""How many job × scraper queues a claim looks at first: hardly any needs more, and each costs some µs."""
QUEUES: Final = 100
"""How many it looks at together when those were not enough."""
ROUNDS: Final = 5
"""How often it looks further when their hosts have nothing left."""
ASK_AGAIN_MS: Final = 5_000
"""When to ask again after an empty answer, at the latest."""
ABILITIES: Final = ("browser", "login", "steps")
"""What a configuration may need of a runner."""


class _Claimant(NamedTuple):
    """Who claims what, under which new lease."""

    body: Claim
    key: Key
    lease_id: str
    now: datetime


async def draining(tx: Transaction) -> frozenset[str]:
    """The runners that are to take nothing more; who of them waits for work waits in vain."""
    return await reads.draining(tx)


async def is_work_for(tx: Transaction, body: Claim, *, now: datetime) -> bool:
    """Whether a claim could get anything: a question, so that waiting runners need not write.

    What one runner rests from is not asked: the answer holds for all with the same wishes.
    """
    return bool(await _queues(tx, body, runner="", now=now, limit=1))


async def claim(
    tx: Transaction, body: Claim, key: Key, *, lease_id: str | None = None, now: datetime
) -> ClaimAnswer:
    """A lease with tasks, or none and when to ask again.

    Raises `Forbidden` for another's name, `BadRequest` 409 for a claim key used with other wishes,
    `LeaseLost` for the key of a lease that is over.
    """
    await keys.ensure_may_speak_for(tx, key, body.runner_name, now=now)
    known = await reads.claimed_lease(
        tx, family=key.family, runner=body.runner_name, claim_key=body.claim_key
    )
    if known is not None:
        return await _same_again(tx, body, key, now=now)
    if await _is_draining(tx, body, now=now):
        return await _nothing(tx, body, draining=True, now=now)
    queues = await _queues(tx, body, runner=body.runner_name, now=now, limit=NEAR)
    if not queues:
        return await _nothing(tx, body, draining=False, now=now)
    return await _grant(tx, _Claimant(body, key, lease_id or uuid.uuid4().hex, now), queues)


async def _grant(tx: Transaction, who: _Claimant, queues: Sequence[QueueRow]) -> ClaimAnswer:
    inserted = await fleet.insert_lease(
        tx, who.lease_id, family=who.key.family, runner=who.body.runner_name, claim_key=who.body.claim_key,
        params=_wishes(who.body), now=to_ms(who.now), expires_at=to_ms(who.now + TTL),
    )  # fmt: skip
    if not inserted:  # the same claim, a moment earlier
        return await _same_again(tx, who.body, who.key, now=who.now)
    held = await _take(tx, who, queues)
    if not held:
        await fleet.delete_lease(tx, who.lease_id)
        return await _nothing(tx, who.body, draining=False, now=who.now)
    await fleet.insert_attempts(tx, who.lease_id, runner=who.body.runner_name, now=to_ms(who.now))
    tx.announce("jobs", "runners")
    return await _answer(tx, who, sorted(held), draining=False)


async def _take(tx: Transaction, who: _Claimant, queues: Sequence[QueueRow]) -> list[HeldTask]:
    """Take tasks, looking past queues that are empty now and hosts that have nothing left for this runner."""
    most, limit, used_up = who.body.max_tasks, NEAR, set[str]()
    taken, refused = await _take_from(tx, who, _whole_jobs(queues, limit), most)
    for _ in range(ROUNDS):
        if len(taken) == most or len(queues) < limit:
            break
        used_up |= refused
        limit = QUEUES
        queues = await _queues(
            tx, who.body, runner=who.body.runner_name, without=used_up, now=who.now, limit=limit
        )
        more, refused = await _take_from(tx, who, queues, most - len(taken))
        taken += more
    return taken


def _whole_jobs(queues: Sequence[QueueRow], limit: int) -> Sequence[QueueRow]:
    """Without the last job when it may have more scrapers than are seen here: they share it evenly."""
    if len(queues) < limit:
        return queues
    return [queue for queue in queues if queue.job_id != queues[-1].job_id]


async def _take_from(
    tx: Transaction, who: _Claimant, queues: Sequence[QueueRow], wanted: int
) -> tuple[list[HeldTask], set[str]]:
    """Take from these queues in their turn; the tasks, and whose hosts had nothing left."""
    wholes = politeness.whole_rates(_rate(queue) for queue in queues)
    await politeness.hold(tx, wholes)
    may_ask: dict[str, bool] = {}
    begun: set[str] = set()
    taken: list[HeldTask] = []
    for queue, part in _parts(queues, wanted):
        limit = min(part, wanted - len(taken))
        if limit <= 0:
            break
        if queue.host in wholes and queue.host not in may_ask:
            may_ask[queue.host] = await politeness.share_more(
                tx, wholes[queue.host], limit, family=who.key.family, runner=who.body.runner_name, now=who.now
            )
        if may_ask.get(queue.host, True):
            await _begin(tx, queue, begun, now=who.now)
            granted = await fleet.grant_tasks(
                tx, who.lease_id, job_id=queue.job_id, scraper=queue.scraper, limit=limit
            )
            taken += [HeldTask(*task, queue.test, queue.document) for task in granted]
    return taken, {host for host, may in may_ask.items() if not may}


async def _begin(tx: Transaction, queue: QueueRow, begun: set[str], *, now: datetime) -> None:
    """The job runs from its first grant on; its row is touched before any of its tasks, and never after."""
    if queue.job_state == "pending" and queue.job_id not in begun:
        await writes.move_job(tx, queue.job_id, "pending", "running", ended_at=None, now=to_ms(now))
    begun.add(queue.job_id)


def _parts(queues: Sequence[QueueRow], wanted: int) -> Iterator[tuple[QueueRow, int]]:
    """How much of each queue: a job's scrapers evenly, then what is left of them."""
    for _, group in itertools.groupby(queues, key=lambda q: q.job_id):
        of_job = list(group)
        even = -(-wanted // len(of_job))
        yield from ((queue, even) for queue in of_job)
    if len(queues) > 1:
        yield from ((queue, wanted) for queue in queues)


async def _same_again(tx: Transaction, body: Claim, key: Key, *, now: datetime) -> ClaimAnswer:
    """The lease that this claim key got before, from now on for a whole TTL, as the answer says."""
    known = await reads.claimed_lease(
        tx, family=key.family, runner=body.runner_name, claim_key=body.claim_key
    )
    held = None if known is None else await reads.lease_held(tx, known.id)
    if known is None or held is None or held.state != "live":
        raise LeaseLost("the lease of this claim is over; claim again with a new claim_key")
    if known.params != _wishes(body):
        raise BadRequest(
            "this claim_key was used for another claim; take a new one for each claim", status=409
        )
    await fleet.renew_lease(tx, known.id, expires_at=to_ms(now + TTL))
    tasks = await reads.grants_held(tx, known.id)
    return await _answer(tx, _Claimant(body, key, known.id, now), tasks, draining=None)


async def _answer(
    tx: Transaction, who: _Claimant, held: Sequence[HeldTask], *, draining: bool | None
) -> ClaimAnswer:
    runner = who.body.runner_name
    documents = {_revision(task): task.document for task in held}
    return ClaimAnswer(
        lease=LeaseGrant(id=who.lease_id, ttl_ms=_ms(TTL), heartbeat_ms=_ms(HEARTBEAT)),
        tasks=[_task(task) for task in held],
        configs={name: scrapers.wire_of(document, disabled=False) for name, document in documents.items()},
        budgets=await politeness.budgets(tx, family=who.key.family, runner=runner, now=who.now),
        directives=await directives.for_runner(tx, runner, draining=draining, now=who.now),
    )


async def _nothing(tx: Transaction, body: Claim, *, draining: bool, now: datetime) -> ClaimAnswer:
    found = await directives.for_runner(tx, body.runner_name, draining=draining, now=now)
    return ClaimAnswer(retry_after_ms=ASK_AGAIN_MS, directives=found)


async def _is_draining(tx: Transaction, body: Claim, *, now: datetime) -> bool:
    """The runner is here, and what it can do; whether a person asked it to take nothing more."""
    capabilities = orjson.dumps(sorted(set(body.capabilities))).decode()
    labels = orjson.dumps(sorted(set(body.labels))).decode()
    return await fleet.runner_present(
        tx, body.runner_name, capabilities=capabilities, labels=labels, now=to_ms(now)
    )


async def _queues(
    tx: Transaction,
    body: Claim,
    *,
    runner: str,
    without: Collection[str] = (),
    now: datetime,
    limit: int,
) -> list[QueueRow]:
    return await reads.queues(
        tx, abilities=abilities_of(body.capabilities), labels=sorted({"", *body.labels}),
        runner=runner, without=sorted(without), now=to_ms(now), limit=limit,
    )  # fmt: skip


def abilities_of(capabilities: Sequence[str]) -> list[str]:
    """Every set of needs that these capabilities satisfy."""
    able = [name for name in ABILITIES if name in capabilities]
    sizes = range(len(able) + 1)
    return [scrapers.needs_text(few) for size in sizes for few in itertools.combinations(able, size)]


def _wishes(body: Claim) -> str:
    """What a repeat must have in common; how long it waits may differ."""
    wishes = [body.max_tasks, sorted(body.capabilities), sorted(body.labels)]
    return hashlib.sha256(orjson.dumps(wishes)).hexdigest()


def _rate(queue: QueueRow) -> HostRate:
    return HostRate(queue.host, queue.per_second, queue.concurrency)


def _task(task: HeldTask) -> TaskGrant:
    return TaskGrant(
        id=task.id, job_id=task.job_id, sku=task.sku, scraper=task.scraper, attempt=task.attempt,
        config_rev=_revision(task), test_mode=bool(task.test),
    )  # fmt: skip


def _revision(task: HeldTask) -> str:
    return f"{task.scraper}@{task.revision}"


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
