"""Every exception as an answer: a status and `{"error": …}` for machines, a page for people.

Used by `app`, and by nobody else: inside the house a refusal is an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from scraper_backend.core import errors, wire
from scraper_backend.core.problems import sentence

STATUSES: Final[Mapping[type[Exception], int]] = {
    errors.Faults: 400,
    errors.KeyRefused: 401,
    errors.Forbidden: 403,
    errors.NoSuchJob: 404,
    errors.UsageError: 409,
    errors.LeaseLost: 410,
    errors.Trouble: 503,
    ClientDisconnect: 400,
}
"""The nearest ancestor in this table decides; anything else is our fault."""
RETRY_AFTER_S: Final = 2
CHALLENGE: Final = 'ApiKey realm="coordinator", header="X-API-Key", Bearer realm="coordinator"'
WORDS: Final[Mapping[int, str]] = {
    404: "There is nothing at this address; /docs lists what there is.",
    405: "This address does not take that method; the Allow header lists what it takes.",
}


def status_of(error: Exception) -> int:
    """The HTTP status an exception means."""
    if isinstance(error, (errors.BadRequest)):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def words_of(error: Exception, request: Request) -> str:
    """What the caller is told: never the inside of a fault of ours."""
    if isinstance(error, errors.Faults):
        return sentence(error.problems)
    if isinstance(error, errors.BackendError):
        return str(error)
    status = status_of(error)
    if isinstance(error, HTTPException):
        return WORDS.get(status) or str(error.detail) or HTTPStatus(status).phrase
    if isinstance(error, ClientDisconnect):
        return "The request was cut off."
    return f"The coordinator failed; its log says more under {request.scope.get('request_id', '?')}."


def headers_of(error: Exception, status: int) -> dict[str, str]:
    """What belongs beside the words: how to sign in, when to come back."""
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    if status == 503:
        return {"Retry-After": str(RETRY_AFTER_S)}
    if status in (408, 413):
        return {"Connection": "close"}
    if status == 415:
        return {"Accept-Encoding": "gzip"}
    return dict(getattr(error, "headers", None) or {})


def as_json(request: Request, error: Exception) -> Response:
    """The answer a machine gets."""
    status = status_of(error)
    body = wire.ErrorBody(error=words_of(error, request) or HTTPStatus(status).phrase)
    return Response(
        body.as_bytes(),
        status_code=status,
        media_type="application/json",
        headers=headers_of(error, status),
    )
