"""One job by the contract: report running, fetch it, scrape it, keep each outcome, deliver them all.

Each outcome is on the disk before it counts as done, so a second run of the same job after a crash scrapes
only what is missing.  Called by `child`; a test may call it directly.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scraper_backend.core import errors, logs, wire
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.environment import data_folder
from scraper_backend.core.loop import run_async
from scraper_backend.core.problems import sentence
from scraper_backend.core.retry import Retry
from scraper_backend.core.scraper_config import ScraperConfig, from_wire
from scraper_backend.runner import deliver
from scraper_backend.runner.events import Delivering, Ended, Exit, Scraped, Started, Watch
from scraper_backend.runner.keeping import Keeping
from scraper_backend.runner.lock import hold
from scraper_backend.runner.order import Order
from scraper_backend.runner.outbox import File, jobs, open_file
from scraper_backend.runner.outbox.jobs import KeptJob
from scraper_backend.runner.stop import Stop
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.stream import scrape_all

log = logs.named(__name__)

TROUBLED: Final = ("blocked", "drifted", "failed")
"""Outcomes that a person should look at; the others are answers."""
MAX_WORKERS: Final = 64
PATIENCE: Final = Retry(tries=12, total=120.0)
"""An outcome is expensive: the coordinator gets two minutes to come back before we leave them on disk."""
HASTE: Final = Retry(tries=4, total=6.0)
"""Once we are told to stop, somebody is about to be less polite."""
OTHER_RUN_S: Final = 15.0

Hands = Callable[[], AbstractAsyncContextManager[Fetcher]]
"""What fetches pages, opened for one run."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is left to scrape: groups of SKUs with the scrapers they need; and what cannot be."""

    groups: tuple[tuple[tuple[ScraperConfig, ...], tuple[str, ...]], ...]
    hopeless: tuple[wire.Outcome, ...]
    scrapers: tuple[str, ...]
    total: int


def run(
    order: Order,
    watch: Watch,
    stop: Stop,
    *,
    hands: Hands,
    folder: Path | None = None,
    patience: Retry = PATIENCE,
    other_run_s: float = OTHER_RUN_S,
) -> Ended:
    """Run the job to its end, whatever that is; the exit code says which, no exception does.

    other_run_s: how long another run of the same job on this machine is waited for.
    """
    place = data_folder() if folder is None else folder
    try:
        with (
            _client(order, stop, patience) as client,
            hold(
                lock_path(place, order.job_id), wait_s=other_run_s, who=f"job {order.job_id}", sleep=stop.wait
            ),
            open_file(place / "outbox.db") as file,
        ):
            return _Run(order, watch, stop, client, file, patience).whole(hands)
    except errors.Trouble as error:
        end = ended_by(error)
        return replace(end, message=f"{stop.reason} before it began: {error}") if stop.is_set() else end
    except errors.BackendError as error:
        return ended_by(error)


def lock_path(folder: Path, job_id: str) -> Path:
    """The lock of one job; any text may be an id."""
    name = (
        job_id
        if job_id.replace("-", "").isalnum() and len(job_id) < 100
        else f"x{job_id.encode().hex()[:80]}"
    )
    return folder / "locks" / f"{name}.lock"


def ended_by(error: errors.BackendError) -> Ended:
    """The end that an exception means: its words and the exit code of whoever must act."""
    codes: Mapping[type[errors.BackendError], Exit] = {
        errors.KeyRefused: Exit.KEY_REFUSED,
        errors.Forbidden: Exit.KEY_REFUSED,
        errors.NoSuchJob: Exit.NO_SUCH_JOB,
        errors.BadRequest: Exit.FAILED,
        errors.Mistake: Exit.USAGE,
        errors.Trouble: Exit.LATER,
    }
    code = next(code for kind, code in codes.items() if isinstance(error, kind))
    return Ended(code, str(error))


def plan(config: wire.JobConfig, done: set[tuple[str, str]], now: datetime) -> Work:
    """What remains of the job.  A scraper that cannot be read fails alone; a disabled one does not run."""
    names = tuple(s.name for s in config.scrapers if not s.disabled)
    read = [(s, _read(s)) for s in config.scrapers if not s.disabled]
    sites = [site for _, site in read if isinstance(site, ScraperConfig)]
    hopeless = [
        wire.Outcome(
            sku=sku, scraper=sent.name, outcome="failed", scraped_at=now,
            detail={"reason": "configuration", "evidence": [str(faults)]},
        )
        for sent, faults in read
        if isinstance(faults, errors.Faults)
        for sku in _skus(config, None)
    ]  # fmt: skip
    groups: dict[tuple[str, ...], list[str]] = {}
    for sku, missing in _missing(config, sites, done).items():
        groups.setdefault(missing, []).append(sku)
    by_name = {site.name: site for site in sites}
    total = len(hopeless) + sum(len(_skus(config, site)) for site in sites)
    return Work(
        tuple((tuple(by_name[n] for n in need), tuple(skus)) for need, skus in groups.items()),
        tuple(o for o in hopeless if (o.sku, o.scraper) not in done),
        names,
        total,
    )


def _missing(
    config: wire.JobConfig, sites: Sequence[ScraperConfig], done: set[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """For each SKU the scrapers that have no outcome yet, in the job's order."""
    need: dict[str, list[str]] = {}
    for site in sites:
        for sku in _skus(config, site):
            if (sku, site.name) not in done:
                need.setdefault(sku, []).append(site.name)
    return {sku: tuple(names) for sku, names in need.items()}


def _skus(config: wire.JobConfig, site: ScraperConfig | None) -> list[str]:
    """The job's SKUs, each once; a test without any takes those of the scraper."""
    if config.test_mode and not config.skus:
        return list(dict.fromkeys(site.options.test_skus)) if site else []
    return list(dict.fromkeys(config.skus))


def _read(sent: wire.ScraperWire) -> ScraperConfig | errors.Faults:
    try:
        return from_wire(sent)
    except errors.Faults as faults:
        log.warning("job.scraper_unreadable", scraper=sent.name, faults=str(faults))
        return faults


class _Run:
    """One job on its way: what every step needs."""

    def __init__(  # noqa: PLR0917 - each is used by most steps
        self,
        order: Order,
        watch: Watch,
        stop: Stop,
        client: ScraperAPIClient,
        file: File,
        patience: Retry,
    ) -> None:
        self._order, self._watch, self._stop = order, watch, stop
        self._client, self._file, self._patience = client, file, patience
        self._why: Counter[str] = Counter()

    def whole(self, hands: Hands) -> Ended:
        """All of it."""
        self._client.update_status(self._order.job_id, "running")
        job = self._begin(config := self._fetched())
        try:
            return self._scrape_and_deliver(config, job, hands)
        except errors.BackendError:
            raise
        except Exception as error:
            log.exception("job.crashed", job_id=job.job_id)
            return self._deliver(job, "failed", f"the runner failed: {type(error).__name__}: {error}")

    def _fetched(self) -> wire.JobConfig:
        """The job.  One that cannot be run has failed; its coordinator heard `running` and must hear that."""
        try:
            return self._client.get_job_config(self._order.job_id)
        except (errors.Faults, errors.BadRequest) as fault:
            words = sentence(fault.problems) if isinstance(fault, errors.Faults) else str(fault)
            with suppress(errors.BackendError):
                self._client.update_status(self._order.job_id, "failed", f"the job cannot be run: {words}")
            raise

    def _begin(self, config: wire.JobConfig) -> KeptJob:
        sent = [s.name for s in config.scrapers if not s.disabled]
        return jobs.begin(
            self._file,
            coordinator=self._client.api_url,
            job_id=self._order.job_id,
            runner_name=self._client.runner_name,
            scrapers=sent,
            total=len(config.skus) * len(sent),
        )

    def _scrape_and_deliver(self, config: wire.JobConfig, job: KeptJob, hands: Hands) -> Ended:
        done = jobs.pairs(self._file, job)
        work = plan(config, done, datetime.now(UTC))
        self._watch(Started(job.job_id, work.total, len(done), work.scrapers))
        workers = min(config.max_workers, MAX_WORKERS)
        run_async(self._scrape(job, work, workers, hands))
        counts = jobs.counts(self._file, job)
        reached = sum(counts.values())
        if self._stop.is_set() and reached < work.total:
            return self._deliver(job, "failed", f"{self._stop.reason}: {reached} of {work.total} done")
        return self._deliver(job, *verdict(counts, work.scrapers, self._why))

    async def _scrape(self, job: KeptJob, work: Work, workers: int, hands: Hands) -> None:
        """Every outcome into the outbox, until there is no more or we are told to stop."""
        task = asyncio.create_task(self._keep_all(job, work, workers, hands))
        loop = asyncio.get_running_loop()

        def cancel() -> None:
            loop.call_soon_threadsafe(task.cancel)

        self._stop.then(cancel)
        try:
            await task
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise
        finally:
            self._stop.forget(cancel)

    async def _keep_all(self, job: KeptJob, work: Work, workers: int, hands: Hands) -> None:
        async with Keeping(self._file, job, self._kept) as keeping:
            for outcome in work.hopeless:
                await keeping.put(outcome)
            if work.groups:
                async with hands() as fetcher:
                    for sites, skus in work.groups:
                        async with aclosing(scrape_all(sites, skus, fetcher, workers=workers)) as scraped:
                            async for outcome in scraped:
                                await keeping.put(outcome)

    def _kept(self, outcome: wire.Outcome) -> None:
        line = outcome.as_json() if self._order.whole else None
        reason = str(outcome.detail.get("reason", ""))
        if outcome.outcome in TROUBLED and reason:
            self._why[reason] += 1
        self._watch(Scraped(outcome.sku, outcome.scraper, outcome.outcome, reason, line))

    def _deliver(self, job: KeptJob, status: jobs.Status, message: str | None) -> Ended:
        """Tell how it ended; what cannot be told now stays, and `deliver` tells it later."""
        finished = jobs.finish(self._file, job, status, message)
        counts = jobs.counts(self._file, finished)
        kept = sum(counts.values())
        self._watch(Delivering(kept))
        try:
            with self._last_client() as client:
                delivered = deliver.deliver_job(client, self._file, finished)
        except errors.BackendError as error:
            end = ended_by(error)
            return Ended(end.exit_code, f"{end.message}; {_where(kept, error)}", counts, kept)
        code, words = _exit(status, counts, delivered.dead, self._why)
        return Ended(code, message or words, counts)

    def _last_client(self) -> ScraperAPIClient:
        if self._stop.is_set():
            return ScraperAPIClient(
                self._order.api_url, self._order.api_key, self._order.runner_name, timeout=5.0, retry=HASTE
            )
        return _client(self._order, self._stop, self._patience)


def verdict(
    counts: Mapping[str, int], scrapers: Sequence[str], why: Counter[str]
) -> tuple[jobs.Status, str | None]:
    """What to report: a job of which nothing at all worked has failed."""
    troubled = {kind: counts[kind] for kind in TROUBLED if counts.get(kind)}
    if troubled and sum(troubled.values()) == sum(counts.values()):
        told = ", ".join(f"{n} {kind}" for kind, n in troubled.items())
        return "failed", f"nothing could be scraped from {', '.join(scrapers)}: {told}{_because(why)}"
    return "completed", None


def _because(why: Counter[str]) -> str:
    """The reasons, the most frequent first: ` (timeout)`, or ` (timeout 7, dns 3)`."""
    if len(why) == 1:
        return f" ({next(iter(why))})"
    return f" ({', '.join(f'{reason} {n}' for reason, n in why.most_common(5))})" if why else ""


def _exit(status: jobs.Status, counts: Mapping[str, int], dead: int, why: Counter[str]) -> tuple[Exit, str]:
    if status == "failed":
        return Exit.FAILED, "failed"
    troubled = sum(counts.get(kind, 0) for kind in TROUBLED)
    if dead:
        return Exit.PARTLY, f"completed, but the coordinator refused {dead}; see `bsr runner check`"
    if troubled:
        return Exit.PARTLY, f"completed, but {troubled} could not be scraped{_because(why)}"
    return Exit.COMPLETED, "completed"


def _where(kept: int, error: errors.BackendError) -> str:
    if isinstance(error, errors.NoSuchJob):
        return f"its {kept} results are among the dead letters of the outbox"
    return f"the {kept} results are kept; `bsr runner deliver` sends them"


def _client(order: Order, stop: Stop, patience: Retry) -> ScraperAPIClient:
    patient = replace(patience, sleep=stop.wait)
    return ScraperAPIClient(order.api_url, order.api_key, order.runner_name, retry=patient)
