"""From the outbox to the coordinator: whole jobs, as many callbacks as their size needs.

A row goes when its job's report was acknowledged.  A coordinator that refuses a batch is asked for each half
of it, so that one bad item is found, put aside with the coordinator's words, and never blocks the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scraper_backend.core import logs
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.errors import BackendError, BadRequest, NoSuchJob
from scraper_backend.core.wire import MAX_PART
from scraper_backend.runner.lock import is_held
from scraper_backend.runner.outbox import File, jobs
from scraper_backend.runner.outbox.jobs import Kept, KeptJob, Status

log = logs.named(__name__)

ROOM: Final = MAX_PART - 256 * 1024
"""Bytes of outcomes in one callback; each travels once, found ones with their fields beside the note."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One job's way home.  dead: outcomes the coordinator refused; error: why the job is still here."""

    job_id: str
    status: Status
    outcomes: int = 0
    ignored: int = 0
    dead: int = 0
    error: BackendError | None = None


def deliver_job(client: ScraperAPIClient, file: File, job: KeptJob) -> Delivered:
    """Send everything of this job and its status.

    Raises `Unreachable` (all is still here), `KeyRefused` or `Forbidden` (likewise); `NoSuchJob` after the
    outcomes were put aside, because no coordinator will ever take them.
    """
    post = _Post(client, file, job)
    try:
        post.everything()
    except NoSuchJob as error:
        for batch in jobs.batches(file, job, ROOM):
            jobs.refuse(file, job, batch, str(error))
        jobs.acknowledged(file, replace(job, status="completed"))
        raise
    jobs.acknowledged(file, job)
    log.info("job.delivered", job_id=job.job_id, status=job.status, outcomes=post.sent, dead=post.dead)
    return Delivered(job.job_id, job.status, post.sent, post.ignored, post.dead)


def deliver_all(
    file: File, connect: Callable[[], ScraperAPIClient], *, lock_of: Callable[[str], Path]
) -> Iterator[Delivered]:
    """Everything that waits for `connect()`'s coordinator; what a run still works on is left to it.

    A job whose run died is reported as failed, with what it had found.
    """
    with connect() as client:
        for job in jobs.waiting(file):
            if job.coordinator != client.api_url or is_held(lock_of(job.job_id)):
                continue
            try:
                yield deliver_job(client, file, _ended(file, job))
            except BackendError as error:
                yield Delivered(job.job_id, job.status, error=error)


def _ended(file: File, job: KeptJob) -> KeptJob:
    if job.status != "running":
        return job
    done = sum(jobs.counts(file, job).values())
    return jobs.finish(file, job, "failed", f"the run ended before it was done: {done} of {job.total}")


class _Post:
    """One delivery, and what became of its parts."""

    def __init__(self, client: ScraperAPIClient, file: File, job: KeptJob) -> None:
        self._client, self._file, self._job = client, file, job
        self.sent = self.ignored = self.dead = 0

    def everything(self) -> None:
        """Each batch but the last as `running`, the last with the status the job ended in."""
        last: list[Kept] = []
        for batch in jobs.batches(self._file, self._job, ROOM):
            if last:
                self._batch(last, "running")
            last = batch
        try:
            self._send(last, self._job.status)
        except BadRequest as refusal:
            if not last:
                raise
            self._halves(last, refusal)
            self._send([], self._job.status)

    def _batch(self, batch: list[Kept], status: Status) -> None:
        try:
            self._send(batch, status)
        except BadRequest as refusal:
            self._halves(batch, refusal)

    def _halves(self, batch: list[Kept], refusal: BadRequest) -> None:
        """Find what the coordinator cannot take.  When it takes nothing at all, no item is to blame."""
        if len(batch) > 1:
            self._send([], "running")
            middle = len(batch) // 2
            self._batch(batch[:middle], "running")
            self._batch(batch[middle:], "running")
            return
        jobs.refuse(self._file, self._job, batch, str(refusal))
        self.dead += len(batch)
        log.error("outcome.refused", job_id=self._job.job_id, sku=batch[0].sku, words=str(refusal))

    def _send(self, batch: list[Kept], status: Status) -> None:
        job = self._job
        answer = self._client.submit_results(
            job.job_id,
            status,
            _results(batch, job, jobs.skus(self._file, job) if status != "running" else None),
            job.error_message if status == "failed" else None,
            job.runner_name,
        )
        self.sent += len(batch)
        self.ignored += len(answer.ignored)
        for item in answer.ignored[:20]:
            log.warning(
                "outcome.ignored", job_id=job.job_id, sku=item.sku, scraper=item.scraper, why=item.reason
            )


def _results(batch: list[Kept], job: KeptJob, processed: int | None) -> dict[str, Any]:
    """The contract's `results`: products under `data`, how each SKU ended under `outcomes`."""
    data: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, dict[str, Any]] = {}
    for kept in batch:
        line = kept.line
        if line["outcome"] == "found":
            product = {**line["data"], "scraped_at": line["scraped_at"]}
            data.setdefault(kept.sku, {})[kept.scraper] = product
        note = {"outcome": line["outcome"], "detail": line["detail"], "scraped_at": line["scraped_at"]}
        outcomes.setdefault(kept.sku, {})[kept.scraper] = note
    counted = {} if processed is None else {"skus_processed": processed}
    return {**counted, "scrapers_run": list(job.scrapers), "data": data, "outcomes": outcomes}
