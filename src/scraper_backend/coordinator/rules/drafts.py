"""Drafts: a configuration tried on a few SKUs before it is saved, beside the one that runs now.

A draft is a revision with a negative number that only its own test job names: it never becomes a
scraper's current one, and is gone after a day (`retention`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson

from scraper_backend.coordinator.rules import audit, jobs, scrapers
from scraper_backend.coordinator.rules.jobs import Job
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import Problem
from scraper_backend.core.scraper_config import ScraperConfig, from_wire
from scraper_backend.core.wire import Outcome

LIVES: Final = timedelta(days=1)
MOST_SKUS: Final = 20
PRIORITY: Final = 100
"""Somebody sits and waits for it."""


class DraftRow(NamedTuple):
    """A draft as its row has it."""

    job_id: str
    current_job_id: str | None
    scraper: str
    number: int
    base: int | None
    text: str
    created_by: str
    created_at: int


class Draft(NamedTuple):
    """A draft, its test job, and the job of the revision it is compared with.  `text` is as it was typed."""

    job_id: str
    current_job_id: str | None
    config: ScraperConfig
    base: int | None
    text: str
    created_by: str
    created_at: datetime


class Pair(NamedTuple):
    """What the current revision and the draft say of one SKU; None while nothing was reported."""

    sku: str
    current: Outcome | None
    draft: Outcome | None


class Trial(NamedTuple):
    """A draft with its jobs and what they found so far."""

    draft: Draft
    job: Job
    current_job: Job | None
    pairs: tuple[Pair, ...]


async def make(
    tx: Transaction, config: ScraperConfig, skus: Sequence[str], *, text: str = "", by: str, now: datetime
) -> Draft:
    """Try `config` on these SKUs, or on its own test SKUs.  Raises `Faults`."""
    asked = list(dict.fromkeys(sku.strip() for sku in (skus or config.options.test_skus) if sku.strip()))
    _check(asked)
    row = await reads.scraper(tx, config.name)
    base = row.revision if row and row.document != scrapers.document_of(config) else None
    number = await _revision(tx, config, by=by, now=now)
    job_id = await _test_job(tx, asked, config.name, number, by=by, now=now)
    current = None if base is None else await _test_job(tx, asked, config.name, base, by=by, now=now)
    await tx.run(
        "draft_add", job_id=job_id, current_job_id=current, scraper=config.name, number=number, base=base,
        text=text, by=by, now=to_ms(now),
    )  # fmt: skip
    after = {"skus": asked, "job_id": job_id}
    await audit.note(tx, "scraper.tried", config.name, by=by, now=to_ms(now), after=after)
    tx.announce("jobs", "work")
    return await get(tx, job_id)


async def get(tx: Transaction, job_id: str) -> Draft:
    """The draft that this job tries.  Raises `BadRequest` (404) when its day is over."""
    row = await tx.one(DraftRow, "draft_by_job", job_id=job_id)
    if row is None:
        raise BadRequest("There is no such draft; drafts are kept for a day.", status=404)
    document: str = await tx.scalar("revision_document", scraper=row.scraper, number=row.number)
    config = from_wire(scrapers.wire_of(document, disabled=False))
    moment = to_moment(row.created_at)
    return Draft(row.job_id, row.current_job_id, config, row.base, row.text, row.created_by, moment)


async def trial(tx: Transaction, job_id: str) -> Trial:
    """The draft's values beside the current revision's, SKU by SKU."""
    draft = await get(tx, job_id)
    job = await jobs.show(tx, job_id)
    current_job = await jobs.show(tx, draft.current_job_id) if draft.current_job_id else None
    skus: list[str] = orjson.loads(await reads.job_skus(tx, job_id))
    new = await _outcomes(tx, job_id)
    old = await _outcomes(tx, draft.current_job_id) if draft.current_job_id else {}
    return Trial(draft, job, current_job, tuple(Pair(sku, old.get(sku), new.get(sku)) for sku in skus))


def _check(skus: Sequence[str]) -> None:
    if not skus:
        hint = "write one a line, or `options.test_skus` in the configuration"
        raise Faults("try", [Problem("skus", "is empty", hint)])
    if len(skus) > MOST_SKUS:
        raise Faults("try", [Problem("skus", f"has {len(skus)} SKUs", f"try at most {MOST_SKUS}")])
    if any(len(sku) > jobs.MAX_SKU_LETTERS or not sku.isprintable() for sku in skus):
        raise Faults("try", [Problem("skus", "has one that is no SKU", "write one printable SKU a line")])


async def _outcomes(tx: Transaction, job_id: str) -> dict[str, Outcome]:
    return {found.outcome.sku: found.outcome for found in await jobs.results(tx, job_id)}


async def _revision(tx: Transaction, config: ScraperConfig, *, by: str, now: datetime) -> int:
    """The draft's revision, under a number below zero; a scraper that is new stays unseen."""
    await tx.run("draft_ground", name=config.name, now=to_ms(now))
    number: int = await tx.scalar("draft_number", scraper=config.name)
    revision = scrapers.new_revision(config, number)
    await writes.insert_revision(tx, revision, by=by, now=to_ms(now))
    return number


async def _test_job(
    tx: Transaction, skus: Sequence[str], scraper: str, revision: int, *, by: str, now: datetime
) -> str:
    job_id = str(uuid.uuid4())
    await writes.insert_job(
        tx, job_id, skus=skus, skus_json=orjson.dumps(list(skus)).decode(),
        scrapers=[writes.PinnedScraper(0, scraper, revision, 0)], state="pending", test=True, max_workers=3,
        priority=PRIORITY, turn=to_ms(now) - PRIORITY * jobs.HEAD_START_MS, label="",
        deadline_at=to_ms(now + LIVES / 2), by=by, now=to_ms(now),
    )  # fmt: skip
    return job_id
