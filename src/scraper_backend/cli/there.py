"""A desk elsewhere: the admin API of a coordinator, with a person's token.

Answers become the very values that the rules give, so that a command prints the same.  Redirects are not
followed: a token goes to the address that was logged in to, and nowhere else.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from scraper_backend.cli.desk import NEWEST, Order
from scraper_backend.cli.logins import Login
from scraper_backend.coordinator.api import admin_shapes as shapes
from scraper_backend.coordinator.rules.jobs import Counts, Created, Job
from scraper_backend.coordinator.rules.keys import Key, NewKey
from scraper_backend.coordinator.rules.runners import Runner
from scraper_backend.coordinator.rules.scrapers import Saved, Scraper
from scraper_backend.coordinator.rules.waiting import Waiting
from scraper_backend.core.errors import BadRequest, Faults, Forbidden, KeyRefused, NoSuchJob, Unreachable
from scraper_backend.core.problems import unknown_name
from scraper_backend.core.scraper_config import from_wire
from scraper_backend.core.wire import Wire, utc_text

if TYPE_CHECKING:
    import httpx2

    from scraper_backend.cli.desk import Desk
    from scraper_backend.cli.documents import Document
    from scraper_backend.core.wire import JobStatus, Outcome

Shape = TypeVar("Shape", bound=Wire)
PAGE: Final = 500
PATIENCE_S: Final = 30.0


@asynccontextmanager
async def at_desk_of(login: Login) -> AsyncIterator[Desk]:
    """The desk of this coordinator while the block lasts."""
    async with connection(login) as client:
        yield There(client, login.url)


def connection(login: Login) -> httpx2.AsyncClient:
    """A client that sends the token to this address and to no other."""
    import httpx2

    headers = {"Authorization": f"Bearer {login.token}", "Accept": "application/json"}
    trusted = ssl.create_default_context()
    return httpx2.AsyncClient(base_url=login.url, headers=headers, timeout=PATIENCE_S, verify=trusted)


class There:
    """`Desk` by the admin API; one call, one request, but for lists."""

    def __init__(self, client: httpx2.AsyncClient, url: str) -> None:
        self._client, self._url = client, url

    async def me(self) -> shapes.Me:
        """Whose token it is."""
        return await self._get(shapes.Me, "/api/v1/me")

    async def create_job(self, order: Order) -> Created:
        made = await self._post(shapes.JobCreated, "/api/v1/jobs", order._asdict())
        return Created(made.job_id, made.skus, made.tasks, made.duplicates, tuple(made.disabled))

    async def jobs(self, *, status: JobStatus | None = None, limit: int = NEWEST) -> list[Job]:
        found: list[Job] = []
        while len(found) < limit:
            asked = min(PAGE, limit - len(found))
            before = {"before": utc_text(found[-1].created_at)} if found else {}
            told = await self._get(
                shapes.JobList,
                "/api/v1/jobs",
                limit=asked,
                **before,
                **({"status": status} if status else {}),
            )
            found += map(_job, told.jobs)
            if len(told.jobs) < asked:
                break
        return found

    async def job(self, job_id: str) -> Job:
        return _job(await self._get(shapes.JobBody, f"/api/v1/jobs/{_part(job_id)}"))

    async def waiting(self, job_id: str) -> list[Waiting]:
        told = await self._get(shapes.WaitingList, f"/api/v1/jobs/{_part(job_id)}/waiting")
        return [Waiting(one.scraper, one.tasks, one.reason) for one in told.waiting]

    async def cancel(self, job_id: str) -> Job:
        return _job(await self._post(shapes.JobBody, f"/api/v1/jobs/{_part(job_id)}/cancel"))

    async def pause(self, job_id: str) -> bool:
        return await self._switched(job_id, "pause")

    async def resume(self, job_id: str) -> bool:
        return await self._switched(job_id, "resume")

    async def _switched(self, job_id: str, verb: str) -> bool:
        before = await self.job(job_id)
        after = _job(await self._post(shapes.JobBody, f"/api/v1/jobs/{_part(job_id)}/{verb}"))
        return before.paused_at != after.paused_at

    async def retry(self, job_id: str, outcomes: Sequence[str]) -> Job:
        path = f"/api/v1/jobs/{_part(job_id)}/retry"
        return _job(await self._post(shapes.JobBody, path, {"outcomes": list(outcomes)}))

    async def results(self, job_id: str) -> AsyncIterator[Outcome]:
        after: int | None = 0
        while after is not None:
            told = await self._get(
                shapes.ResultList, f"/api/v1/jobs/{_part(job_id)}/results", after=after, limit=PAGE
            )
            for one in told.results:
                yield one
            after = told.next

    async def changed(self, within: float) -> None:
        import asyncio

        await asyncio.sleep(within)

    async def keys(self) -> list[Key]:
        return [_key(one) for one in (await self._get(shapes.KeyList, "/api/v1/keys")).keys]

    async def create_key(self, name: str, *, bind: str | None, days: int | None) -> NewKey:
        asked = {"name": name, "bind": bind, "expires_days": days}
        return _new_key(await self._post(shapes.KeyMade, "/api/v1/keys", asked))

    async def rotate_key(self, name: str, *, overlap_hours: float) -> NewKey:
        number = (await self._named(name))[-1].id
        asked = {"overlap_hours": overlap_hours}
        return _new_key(await self._post(shapes.KeyMade, f"/api/v1/keys/{number}/rotate", asked))

    async def revoke_key(self, name: str) -> Key:
        """As here: a name also ends the keys it was rotated from."""
        ended = [
            await self._post(shapes.KeyBody, f"/api/v1/keys/{key.id}/revoke")
            for key in await self._named(name)
        ]
        return _key(ended[-1])

    async def _named(self, name: str) -> list[Key]:
        """The unrevoked keys of this name or `#number`, oldest first."""
        candidates = [key for key in await self.keys() if key.revoked_at is None]
        chosen = [key for key in candidates if name in (key.name, f"#{key.id}")]
        if not chosen:
            raise Faults("key", [unknown_name(name, {key.name for key in candidates}, kind="key")])
        return chosen

    async def runners(self) -> list[Runner]:
        return [_runner(one) for one in (await self._get(shapes.RunnerList, "/api/v1/runners")).runners]

    async def scrapers(self) -> list[Scraper]:
        return [_scraper(one) for one in (await self._get(shapes.ScraperList, "/api/v1/scrapers")).scrapers]

    async def scraper(self, name: str) -> Scraper:
        return _scraper(await self._get(shapes.ScraperBody, f"/api/v1/scrapers/{_part(name)}"))

    async def save_scrapers(self, documents: Sequence[Document]) -> list[Saved]:
        texts = {"documents": [one.text for one in documents]}
        told = await self._post(shapes.ScrapersSaved, "/api/v1/scrapers/import", texts)
        return [Saved(_scraper(one.scraper), one.is_new, one.is_changed) for one in told.saved]

    async def switch_scraper(self, name: str, *, on: bool) -> Scraper:
        verb = "enable" if on else "disable"
        return _scraper(await self._post(shapes.ScraperBody, f"/api/v1/scrapers/{_part(name)}/{verb}"))

    async def _get(self, shape: type[Shape], path: str, **query: Any) -> Shape:
        return await self._call(shape, "GET", path, params=query)

    async def _post(self, shape: type[Shape], path: str, body: dict[str, Any] | None = None) -> Shape:
        return await self._call(shape, "POST", path, json=body or {})

    async def _call(self, shape: type[Shape], method: str, path: str, **said: Any) -> Shape:
        import httpx2

        try:
            answer = await self._client.request(method, path, **said)
        except httpx2.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Unreachable(f"no answer from {self._url}: {why}; is it the right address?") from None
        if answer.status_code >= 300:
            raise self._refusal(answer, path)
        try:
            return shape.model_validate_json(answer.content)
        except ValueError:
            raise Unreachable(
                f"{self._url} does not answer like a coordinator; is it the right address?"
            ) from None

    def _refusal(self, answer: httpx2.Response, path: str) -> Exception:
        """What the coordinator did not want, as the exception that says who must act."""
        words, status = _words(answer), answer.status_code
        if status == 401:
            return KeyRefused(f"{self._url} does not take the token; run: bsr login {self._url}")
        if status == 403:
            return Forbidden(words or f"the token may not do this at {self._url}")
        if status >= 500 or status == 429:
            return Unreachable(
                f"{self._url} answered {status}{f': {words}' if words else ''}; try again later"
            )
        if status == 404 and words and path.startswith("/api/v1/jobs/"):
            return NoSuchJob(words)
        return BadRequest(words or self._stranger(answer), status=status)

    def _stranger(self, answer: httpx2.Response) -> str:
        """Words for an answer that no coordinator gives."""
        to = answer.headers.get("location")
        if to and answer.is_redirect:
            return f"{self._url} leads to {to}; log in there: bsr login {to}"
        return (
            f"{self._url} does not answer like a coordinator ({answer.status_code}); is it the right address?"
        )


def _words(answer: httpx2.Response) -> str:
    """The coordinator's own words; none from whoever else answers there."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told["error"]) if isinstance(told, dict) and "error" in told else ""


def _part(name: str) -> str:
    return quote(name, safe="")


def _job(body: shapes.JobBody) -> Job:
    told: dict[str, Any] = {name: getattr(body, name) for name in Job._fields}
    counts = Counts(*(body.counts.get(name, 0) for name in Counts._fields))
    return Job(**{**told, "counts": counts, "scrapers": tuple(body.scrapers)})


def _key(body: shapes.KeyBody) -> Key:
    told: dict[str, Any] = {name: getattr(body, name, None) for name in Key._fields}
    return Key(**{**told, "family": "", "scopes": ()})


def _new_key(made: shapes.KeyMade) -> NewKey:
    return NewKey(made.secret, _key(made.key))


def _runner(body: shapes.RunnerBody) -> Runner:
    told: dict[str, Any] = {name: getattr(body, name) for name in Runner._fields}
    return Runner(**{**told, "capabilities": tuple(body.capabilities), "labels": tuple(body.labels)})


def _scraper(body: shapes.ScraperBody) -> Scraper:
    config = from_wire(body.config)
    return Scraper(config, body.revision, body.created_at, body.updated_at, body.paused_at, body.pause_reason)
