"""A runner of the fleet for tests: asks for work, keeps its lease, delivers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.rules import batches, checks, claims, heartbeats
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.core import wire
from scraper_backend.core.wire import ClaimAnswer, HeartbeatAnswer, TaskGrant
from tests.coordinator.office import Office, product

_NUMBERS = itertools.count()


@dataclass
class FleetRunner:
    """One runner process."""

    office: Office
    name: str = "pi"
    capabilities: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    key: Key | None = None
    lease: str = ""
    held: list[TaskGrant] = field(default_factory=list)

    @property
    def caller(self) -> Key:
        """Its key; the fleet's if it has none of its own."""
        return self.key or self.office.known_keys["fleet"]

    async def claim(self, most: int = 10, *, claim_key: str | None = None) -> ClaimAnswer:
        """Ask for work."""
        body = wire.Claim(
            claim_key=claim_key or f"claim-{next(_NUMBERS):08}", runner_name=self.name, max_tasks=most,
            capabilities=list(self.capabilities), labels=list(self.labels),
        )  # fmt: skip
        answer = await self.office.store.write(
            lambda tx: claims.claim(tx, body, self.caller, now=self.office.now)
        )
        if answer.lease is not None:
            self.lease, self.held = answer.lease.id, answer.tasks
        return answer

    async def beat(self, in_progress: Sequence[TaskGrant] = (), **more: Any) -> HeartbeatAnswer:
        """A sign of life."""
        body = wire.Heartbeat(in_progress=[task.id for task in in_progress], **more)
        return await self.office.store.write(
            lambda tx: heartbeats.beat(tx, self.lease, body, self.caller, now=self.office.now)
        )

    async def release(self) -> wire.ReleaseAnswer:
        """Give everything back."""
        return await self.office.store.write(
            lambda tx: heartbeats.release(tx, self.lease, wire.Release(), self.caller, now=self.office.now)
        )

    async def deliver(self, *items: dict[str, Any]) -> list[Any]:
        """Send results; the verdicts."""
        body = wire.ResultsBatch(items=list(items))
        answer = await self.office.store.write(
            lambda tx: batches.deliver(tx, body, self.caller, now=self.office.now)
        )
        return answer.items

    def item(self, task: TaskGrant, outcome: str = "found", **more: Any) -> dict[str, Any]:
        """What it has to say of a task it was granted."""
        data = product(task.sku) if outcome == "found" else {}
        return {
            "task_id": task.id, "job_id": task.job_id, "sku": task.sku, "scraper": task.scraper,
            "attempt": task.attempt, "lease_id": self.lease, "outcome": outcome, "data": data, **more,
        }  # fmt: skip


async def tick(office: Office, chores: Chores | None = None, **time: float) -> None:
    """Time goes by in steps of a few seconds, with the office at its chores."""
    chores = chores or Chores(office.store, lambda: office.now)
    end = office.now + timedelta(**time)
    await chores.round(office.now)
    while office.now < end:
        office.later(seconds=min(20.0, (end - office.now).total_seconds()))
        await chores.round(office.now)


async def faults(office: Office) -> list[checks.Fault]:
    """What the database check finds."""
    return await office.store.read(checks.check)
