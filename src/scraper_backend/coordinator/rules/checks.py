"""`bsr db check`: what must hold in the database, recounted while it is in use."""

from __future__ import annotations

from typing import NamedTuple

from scraper_backend.coordinator.store import Transaction, reads


class Fault(NamedTuple):
    """Something that must not be, and in which job."""

    job_id: str
    fault: str


async def check(tx: Transaction) -> list[Fault]:
    """Every fault there is, a hundred of a kind at most; on one snapshot, so nothing in flight shows."""
    return [Fault(*row) for row in await reads.faults(tx)]
