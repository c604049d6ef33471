"""The coordinator's calls, from the runner's side; reference: docs/reference/client.md.

Synchronous and safe to share between threads.  Every call may be repeated, so every call is, until it is
answered: network faults, 408, 425, 429, 5xx and bodies that are not JSON are tried again; any other refusal
is one exception of `core.errors` at once, with the coordinator's words.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Self, get_args
from urllib.parse import quote, urlsplit

import httpx2

from scraper_backend.core import answers, logs, wire
from scraper_backend.core.answers import Body
from scraper_backend.core.connection import Connection
from scraper_backend.core.environment import setting
from scraper_backend.core.errors import BadRequest, Faults, LeaseLost, NoSuchJob, UsageError
from scraper_backend.core.parts import cut
from scraper_backend.core.plain import plain
from scraper_backend.core.problems import Problem, found
from scraper_backend.core.retry import Retry
from scraper_backend.core.wire import MAX_PART

JOB: Final = "/api/scraper/v1/job"
CALLBACK: Final = "/api/admin/scraping/callback"
REGISTER: Final = "/api/admin/scraper-network/runners/register"
HEALTH: Final = "/api/admin/scraper-network/health"
CLAIM: Final = "/api/scraper/v1/claim"
LEASES: Final = "/api/scraper/v1/leases"
RESULTS: Final = "/api/scraper/v1/results"
LOGS: Final = "/api/scraper/v1/logs"


class ScraperAPIClient:
    """A runner's line to its coordinator.

    What is not given is read from SCRAPER_API_URL, SCRAPER_API_KEY (or SCRAPER_API_KEY_FILE) and
    RUNNER_NAME, which is the host's name by default.  timeout: seconds of silence.  Raises `Faults`
    that says everything that is missing at once.
    """

    def __init__(
        self,
        api_url: str | None = None,
        api_key: str | None = None,
        runner_name: str | None = None,
        timeout: float = 30.0,
        *,
        retry: Retry | None = None,
        environment: Mapping[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        env = os.environ if environment is None else environment
        url, key, self.runner_name = _line(api_url, api_key, runner_name, env)
        self.api_url = url
        self._line = Connection(url, key, timeout=timeout, retry=retry or Retry(), transport=transport)
        if url.startswith("http://") and not _is_loopback(url):
            logs.of(__name__).warning(
                "client.plain_http", api_url=url, hint="the API key travels unencrypted; use https"
            )

    def __repr__(self) -> str:
        return f"ScraperAPIClient(api_url={self.api_url!r}, runner_name={self.runner_name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._line.close()

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the coordinator's clock is ahead of ours; None before the first answer."""
        return self._line.clock_offset

    # ── The contract ───────────────────────────────────────────────────────────────────────────────

    def get_job_config(self, job_id: str) -> wire.JobConfig:
        """What to do for this job.  Raises `NoSuchJob`."""
        name = str(job_id)
        read = partial(answers.job_config, job_id=name)
        return self._line.get(JOB, read, params={"job_id": name}, missing=NoSuchJob)

    def submit_results(
        self,
        job_id: str,
        status: str,
        results: wire.Results | Mapping[str, Any] | None = None,
        error_message: str | None = None,
        runner_name: str | None = None,
    ) -> wire.CallbackAnswer:
        """Report a job's status with what was found so far; the answer to the last part.

        Values may be Decimal or a datetime with its zone.  What JSON cannot carry is refused before
        anything is sent (`Faults`, with the path of each fault).  More than 6 MiB travels in parts:
        `running` with results, then `status` with the last of them; in smaller ones where that is too much.
        """
        _expect_status(status, error_message)
        said = {"runner_name": runner_name or self.runner_name, "error_message": error_message}
        if results is None:
            return self._callback(job_id, status, None, said)
        whole, limit, parts = _plain_results(results), MAX_PART, 0
        while True:
            sets = cut(whole, limit)
            try:
                return self._in_parts(job_id, status, sets, said)
            except BadRequest as refusal:
                # A proxy in front may take less than its coordinator: nginx 1 MB, if nobody says otherwise.
                if refusal.status != 413 or len(sets) == parts:
                    raise
                limit, parts = limit // 4, len(sets)

    def update_status(
        self,
        job_id: str,
        status: str,
        error_message: str | None = None,
        runner_name: str | None = None,
    ) -> wire.CallbackAnswer:
        """Report a job's status alone."""
        return self.submit_results(job_id, status, None, error_message, runner_name)

    def register_runner(self, metadata: Mapping[str, Any] | None = None) -> wire.Registered:
        """Introduce this runner; without metadata, its platform, Python and host."""
        told = plain(_about_here() if metadata is None else metadata, source="metadata")
        body = {"runner_name": self.runner_name, "metadata": told}
        return self._line.post(REGISTER, body, partial(answers.registered, name=self.runner_name))

    def health_check(self) -> wire.Health:
        """Whether the coordinator is well and knows our key."""
        return self._line.get(HEALTH, answers.health)

    # ── The fleet protocol: docs/reference/fleet-protocol.md ───────────────────────────────────────

    def claim(
        self,
        claim_key: str,
        max_tasks: int,
        *,
        wait_s: float = 0,
        capabilities: Sequence[str] = (),
        labels: Sequence[str] = (),
    ) -> wire.ClaimAnswer:
        """Ask for tasks.  The same `claim_key` again gives the same lease; `LeaseLost` when that is over."""
        body = wire.Claim(
            claim_key=claim_key,
            runner_name=self.runner_name,
            max_tasks=max_tasks,
            wait_s=wait_s,
            capabilities=list(capabilities),
            labels=list(labels),
        )
        return self._line.post(CLAIM, body.as_json(), _fleet(wire.ClaimAnswer), wait_s=wait_s)

    def heartbeat(self, lease_id: str, beat: wire.Heartbeat) -> wire.HeartbeatAnswer:
        """Keep a lease alive.  Raises `LeaseLost` when it is not ours any more."""
        path = f"{LEASES}/{quote(lease_id, safe='')}/heartbeat"
        read = _fleet(wire.HeartbeatAnswer)
        return self._line.post(path, beat.as_json(), read, wait_s=beat.wait_s, missing=LeaseLost)

    def send_results(self, items: Sequence[wire.ResultItem | Mapping[str, Any]]) -> wire.ResultsAnswer:
        """Hand in a batch; one verdict an item, in order."""
        body = {"items": plain(list(items), source="items")}
        return self._line.post(RESULTS, body, partial(answers.results, sent=len(items)), packed=True)

    def release(self, lease_id: str, reason: str = "shutdown") -> wire.ReleaseAnswer:
        """Give back the tasks of a lease that were not started."""
        path = f"{LEASES}/{quote(lease_id, safe='')}/release"
        return self._line.post(path, {"reason": reason}, _fleet(wire.ReleaseAnswer), missing=LeaseLost)

    def send_logs(self, events: Iterable[wire.LogEvent | Mapping[str, Any]]) -> wire.LogsAnswer:
        """Hand in structured events; (runner, seq) makes a repeat harmless."""
        body = {"runner_name": self.runner_name, "events": plain(list(events), source="events")}
        return self._line.post(LOGS, body, _fleet(wire.LogsAnswer))

    def _in_parts(
        self, job_id: str, status: str, sets: Sequence[object], said: Mapping[str, str | None]
    ) -> wire.CallbackAnswer:
        for part in sets[:-1]:
            self._callback(job_id, "running", part, {**said, "error_message": None})
        return self._callback(job_id, status, sets[-1], said)

    def _callback(
        self, job_id: str, status: str, results: object, said: Mapping[str, str | None]
    ) -> wire.CallbackAnswer:
        body = plain({"job_id": str(job_id), "status": status, **said}) | {"results": results}
        sent = {key: value for key, value in body.items() if value is not None}
        read = partial(answers.callback_answer, status=status)
        return self._line.post(CALLBACK, sent, read, missing=NoSuchJob)


def _fleet(model: type[Body]) -> Callable[[object], Body]:
    return partial(answers.fleet, model)


def _line(
    api_url: str | None, api_key: str | None, runner_name: str | None, environment: Mapping[str, str]
) -> tuple[str, str, str]:
    """Address, key and name from the arguments and the environment.  Raises `Faults`, all at once."""
    problems: list[Problem] = []

    def told(name: str, given: str | None, argument: str) -> str:
        try:
            value = given.strip() if given is not None else setting(name, environment)
        except UsageError as error:
            problems.append(Problem(name, str(error)))
            return ""
        if not value:
            problems.append(Problem(name, "is not set", f"set it, or pass {argument}"))
        return value or ""

    url = told("SCRAPER_API_URL", api_url, "api_url= or --api-url").rstrip("/")
    key = told("SCRAPER_API_KEY", api_key, "api_key=")
    name = (runner_name or setting("RUNNER_NAME", environment) or platform.node() or "runner").strip()
    problems += _url_faults(url) if url else []
    if key and not re.fullmatch(r"[\x21-\x7e]+", key):
        problems.append(Problem("SCRAPER_API_KEY", "has spaces or characters no key has", "copy it again"))
    if problems:
        raise Faults("client", problems)
    return url, key, name


def _url_faults(url: str) -> list[Problem]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return [
            Problem("SCRAPER_API_URL", f"found {found(url)}", "write an address such as https://host.example")
        ]
    if "@" in parts.netloc or parts.query or parts.fragment:
        return [
            Problem(
                "SCRAPER_API_URL", "has a password, `?` or `#` in it", "write scheme, host and port alone"
            )
        ]
    return []


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _expect_status(status: str, error_message: str | None) -> None:
    known = get_args(wire.CallbackStatus)
    if status not in known:
        raise UsageError(f"found status {status!r}; write one of {', '.join(known)}")
    if status == "failed" and not error_message:
        raise UsageError("a failed job needs `error_message`; write what went wrong")


def _plain_results(results: wire.Results | Mapping[str, Any]) -> dict[str, Any]:
    """The results as JSON, in the contract's shape: SKU, then scraper, then fields."""
    value = plain(results, source="results")
    if not isinstance(value, dict):
        raise Faults("results", [Problem("", f"found {found(value)}", "write an object with `data`")])
    problems = [
        Problem(path, f"found {found(inner)}", "write an object")
        for kind in ("data", "outcomes")
        for path, inner in _levels(kind, value.get(kind))
        if not isinstance(inner, dict)
    ]
    if problems:
        raise Faults("results", problems)
    return value


def _levels(kind: str, value: object) -> Iterable[tuple[str, object]]:
    """What must be an object: the whole, each SKU in it, and each scraper of a SKU."""
    if value is None:
        return
    yield kind, value
    for sku, scrapers in value.items() if isinstance(value, dict) else ():
        yield f"{kind}.{sku}", scrapers
        for scraper, item in scrapers.items() if isinstance(scrapers, dict) else ():
            yield f"{kind}.{sku}.{scraper}", item


def _about_here() -> dict[str, str]:
    return {
        "platform": platform.system(),
        "python_version": platform.python_version(),
        "hostname": platform.node(),
    }
