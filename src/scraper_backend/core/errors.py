"""The exception tree.  What a website does is an outcome and never comes here.

    BackendError
    ├── Mistake               a person must act: say what to write or set instead
    │   ├── Faults            a document or body with one or more faults, all told at once
    │   ├── UsageError        a command or call that cannot mean anything
    │   ├── KeyRefused        401: the API key is wrong, expired or revoked
    │   ├── Forbidden         403: the key is right, but not for this
    │   ├── NoSuchJob         404: no job has this id
    │   ├── BadRequest        400 and other 4xx: the coordinator's own words
    │   └── UnsafeRedirect    the coordinator's address leads elsewhere; the key was not sent on
    └── Trouble               the world must change: we retry, keep what we have, then report
        ├── Unreachable       no usable answer from the coordinator after all retries
        ├── LeaseLost         410: the coordinator gave our work to another runner
        └── StoreBusy         the database did not take the write in time

Only `cli` and `coordinator.app` turn one of these into words for a person.
Standard library only, so that last words can always be said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper_backend.core.problems import Problem


class BackendError(Exception):
    """Everything this package raises on purpose."""


class Mistake(BackendError):
    """A person must act; the message says how."""


class Trouble(BackendError):
    """The world is not ready; trying again later may work."""


class Faults(Mistake):
    """A document with faults, every one of them in `problems`."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__(source, self.problems)

    def __str__(self) -> str:
        from scraper_backend.core.problems import render

        return render(self.source, self.problems)


class UsageError(Mistake):
    """What was asked for cannot mean anything; the message says what to write."""


class KeyRefused(Mistake):
    """The coordinator answered 401: the key is wrong, expired or revoked."""


class Forbidden(Mistake):
    """The coordinator answered 403: the key is valid, but not for this."""


class NoSuchJob(Mistake):
    """The coordinator answered 404: it knows no such job."""


class BadRequest(Mistake):
    """The coordinator refused the request (400, 405, 409, 413, 415 or 422), in its words."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        self.status = status
        super().__init__(message)


class UnsafeRedirect(Mistake):
    """The coordinator redirected to another host or to plain http; the key was not sent on."""


class Unreachable(Trouble):
    """The coordinator gave no usable answer, after all retries.

    retry_after: seconds, where it said how long to stay away.  lasting: trying again at once is no use.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, lasting: bool = False) -> None:
        self.retry_after = retry_after
        self.lasting = lasting
        super().__init__(message)


class LeaseLost(Trouble):
    """The lease is over (410): what was not started belongs to another runner now."""


class StoreBusy(Trouble):
    """The database was locked or away for longer than we wait."""
