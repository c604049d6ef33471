"""What `bsr job`, `key` and `scraper` ask of a coordinator, wherever it is.

Two fulfil it: `here` runs the rules in this process, on the coordinator's own database; `there` asks the
admin API of a coordinator elsewhere with a person's token.  A command does not know which of them answers:
`where` chooses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from scraper_backend.core.errors import NoSuchJob, UsageError

if TYPE_CHECKING:
    from scraper_backend.cli.documents import Document
    from scraper_backend.coordinator.rules.jobs import Created, Job
    from scraper_backend.coordinator.rules.keys import Key, NewKey
    from scraper_backend.coordinator.rules.runners import Runner
    from scraper_backend.coordinator.rules.scrapers import Saved, Scraper
    from scraper_backend.coordinator.rules.waiting import Waiting
    from scraper_backend.core.wire import JobStatus, Outcome

WHOLE_ID: Final = len("550e8400-e29b-41d4-a716-446655440000")
NEWEST: Final = 1000
"""The beginning of an id is looked for among so many jobs."""


class Order(NamedTuple):
    """A job to make."""

    skus: Sequence[str]
    scrapers: Sequence[str]
    test_mode: bool
    max_workers: int
    priority: int


class Desk(Protocol):
    """A coordinator's desk.  Job ids are whole ones; `one_job` finds them."""

    async def create_job(self, order: Order) -> Created: ...
    async def jobs(self, *, status: JobStatus | None = None, limit: int = NEWEST) -> list[Job]: ...
    async def job(self, job_id: str) -> Job: ...
    async def waiting(self, job_id: str) -> list[Waiting]: ...
    async def cancel(self, job_id: str) -> Job: ...
    async def pause(self, job_id: str) -> bool: ...
    async def resume(self, job_id: str) -> bool: ...
    async def retry(self, job_id: str, outcomes: Sequence[str]) -> Job: ...
    def results(self, job_id: str) -> AsyncIterator[Outcome]: ...
    async def changed(self, within: float) -> None:
        """Return when a job may have changed, after `within` seconds at the latest."""

    async def keys(self) -> list[Key]: ...
    async def create_key(self, name: str, *, bind: str | None, days: int | None) -> NewKey: ...
    async def rotate_key(self, name: str, *, overlap_hours: float) -> NewKey: ...
    async def revoke_key(self, name: str) -> Key: ...

    async def runners(self) -> list[Runner]: ...

    async def scrapers(self) -> list[Scraper]: ...
    async def scraper(self, name: str) -> Scraper: ...
    async def save_scrapers(self, documents: Sequence[Document]) -> list[Saved]: ...
    async def switch_scraper(self, name: str, *, on: bool) -> Scraper: ...


async def one_job(desk: Desk, job_id: str) -> Job:
    """The job that this id, or the beginning of one, names."""
    wanted = job_id.strip().lower()
    if len(wanted) >= WHOLE_ID:
        return await desk.job(wanted)
    several = [job for job in await desk.jobs(limit=NEWEST) if wanted and job.job_id.startswith(wanted)]
    if len(several) > 1:
        raise UsageError(f"{len(several)} jobs have an id that starts with {wanted}; write more of it")
    if not several:
        raise NoSuchJob(f"no job has the id {job_id}; `bsr job list` shows them")
    return several[0]


def of_job(job_id: str, act: Callable[[Desk, str], Awaitable[Any]]) -> Callable[[Desk], Awaitable[Any]]:
    """Work on the job that `job_id`, or the beginning of one, names."""

    async def work(desk: Desk) -> Any:
        return await act(desk, (await one_job(desk, job_id)).job_id)

    return work
