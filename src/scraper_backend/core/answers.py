"""Reading what a coordinator answers, ours or one that others wrote from the contract alone.

What the contract does not promise may be missing, null, or of a looser type (an empty object written as
`[]`, a number as text).  What no runner can do without is a fault that names its path; an answer that is
not of the contract at all (a proxy's page) is no answer, so it is retried.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from scraper_backend.core.errors import BadRequest, Faults, Unreachable
from scraper_backend.core.problems import Problem, found, from_validation
from scraper_backend.core.reply import said_in
from scraper_backend.core.wire import (
    CallbackAnswer,
    Health,
    JobConfig,
    JobStatus,
    Registered,
    ResultsAnswer,
    check,
)

Body = TypeVar("Body", bound=BaseModel)


def job_config(value: object, *, job_id: str) -> JobConfig:
    """The job that was asked for.  Raises `Faults` when it cannot be run as it is."""
    job = _object(value)
    if not {"skus", "scrapers"} & job.keys():
        said = said_in(job)
        raise Unreachable(
            "the coordinator's answer is no job: it has neither `skus` nor `scrapers`"
            + (f", and says: {said[:200]}" if said else "")
        )
    return _loose(
        JobConfig,
        {
            **job,
            "job_id": str(job.get("job_id", job_id)),
            "skus": _skus(job.get("skus", [])),
            "scrapers": [_scraper(entry) for entry in _list(job.get("scrapers", []))],
            "max_workers": _workers(job.get("max_workers")),
        },
        source=f"job {job_id}",
    )


def callback_answer(value: object, *, status: str) -> CallbackAnswer:
    """An acknowledgement.  The contract does not say what is in it, but an `error` is one in every answer."""
    answer = _object(value if isinstance(value, dict) else {"success": value is not False})
    if answer.get("error") and "success" not in answer:
        raise BadRequest(said_in(answer))
    kept = {key: inner for key, inner in answer.items() if key not in ("success", "status")}
    told = answer.get("status") if answer.get("status") in get_args(JobStatus) else status
    whole: dict[str, Any] = {"applied": True, "message": "", **kept, "status": told}
    try:
        return check(CallbackAnswer, whole)
    except Faults:
        return check(CallbackAnswer, {"applied": True, "message": "", "status": told})


def registered(value: object, *, name: str) -> Registered:
    """The coordinator's record of this runner; a bare nod leaves it to us what to write down."""
    answer = _object({} if isinstance(value, str) else value)
    runner = answer.get("runner") if isinstance(answer.get("runner"), dict) else {}
    whole = {"name": name, "status": "online", "registered_at": datetime.now(UTC), **(runner or {})}
    return _loose(
        Registered, {"message": str(answer.get("message", "")), "runner": whole}, source="registration"
    )


def health(value: object) -> Health:
    """The checks; a state we do not know reads as a warning."""
    checks = _object(value).get("checks")
    if not isinstance(checks, list):
        raise Unreachable("the coordinator's answer is no health report: it has no `checks`")
    return _loose(Health, {"checks": [_check(entry) for entry in checks]}, source="health")


def results(value: object, *, sent: int) -> ResultsAnswer:
    """One verdict an item.  A verdict we do not know is left as it is: keep the item and send it again."""
    answer = _object(value)
    verdicts = answer.get("items")
    if not isinstance(verdicts, list) or len(verdicts) != sent:
        raise Unreachable(f"the coordinator's answer does not judge the {sent} results that were sent")
    known = check(ResultsAnswer, {**answer, "items": []}, source="results")
    return known.model_copy(update={"items": [_verdict(entry) for entry in verdicts]})


def fleet(model: type[Body], value: object) -> Body:
    """An answer of the fleet calls.  One that cannot be read is no answer."""
    try:
        return check(model, value, source="the coordinator's answer")
    except Faults as faults:
        raise Unreachable(str(faults)) from None


def _verdict(entry: object) -> object:
    from scraper_backend.core.wire import Invalid

    if isinstance(entry, dict) and "invalid" in entry:
        return Invalid(invalid=str(entry["invalid"]))
    return entry if isinstance(entry, str) else "unreadable"


def _object(value: object) -> dict[str, Any]:
    """The answer without its nulls: an optional field that is null is one that is absent.

    Raises `BadRequest` for one that says itself that it is none: `success: false`, under whatever status.
    """
    if not isinstance(value, dict):
        raise Unreachable(f"the coordinator answered {found(value)} where an object belongs")
    if value.get("success") is False:
        raise BadRequest(said_in(value) or "the coordinator says no")
    return {key: inner for key, inner in value.items() if inner is not None}


def _loose(model: type[Body], value: Mapping[str, object], *, source: str) -> Body:
    try:
        return model.model_validate(value, strict=False)
    except ValidationError as error:
        raise Faults(source, from_validation(error, model)) from None


def _scraper(entry: object) -> object:
    """A scraper's entry; what is missing from it is a fault of that site alone, found where it is read."""
    if not isinstance(entry, dict):
        return entry
    told = {key: inner for key, inner in entry.items() if inner is not None}
    for key in ("selectors", "options"):
        if told.get(key) == []:
            told[key] = {}
    return {"base_url": "", "search_url_template": "", **told}


def _skus(value: object) -> list[object]:
    """SKUs are text; one that came as a whole number is written out."""
    return [str(sku) if isinstance(sku, int) and not isinstance(sku, bool) else sku for sku in _list(value)]


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Faults("job", [Problem("", f"found {found(value)}", "write a list")])
    return value


def _workers(value: object) -> int:
    try:
        return max(1, int(value))  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return 1


def _check(entry: object) -> dict[str, str]:
    told = entry if isinstance(entry, dict) else {"name": str(entry)}
    status = str(told.get("status", "warning")).lower()
    return {
        "name": str(told.get("name", "unnamed")),
        "status": status if status in ("ok", "warning", "error") else "warning",
        "message": str(told.get("message") or status),
    }
