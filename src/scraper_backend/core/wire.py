"""The JSON bodies of the contract and of the fleet protocol, one frozen type each.

Both sides read with these types and write with them, so a change here is a change of the contract.
A field nobody knows is ignored (a newer peer may send it); a known field of the wrong type is a fault.
Shapes: docs/contract.md for the first four endpoints, docs/reference/fleet-protocol.md for the rest.
"""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, TypeVar

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    Strict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem, from_validation

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of a body after inflation."""
MAX_DEPTH: Final = 32
"""How deep JSON may nest."""
MAX_ITEM: Final = 256 * 1024
"""Bytes of one result item as JSON."""
MAX_PART: Final = 6 * 1024 * 1024
"""Above this many bytes the client sends a result set in parts."""

MAX_WHOLE: Final = 2**53
"""Beyond this a number of JSON is no longer exact everywhere."""

OutcomeKind = Literal["found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed"]
JobStatus = Literal["pending", "running", "completed", "failed", "cancelled"]
CallbackStatus = Literal["running", "completed", "failed"]
TaskState = Literal["ready", "delayed", "leased", "succeeded", "empty", "failed", "quarantined", "cancelled"]

_UUID: Final = re.compile(
    r"\s*(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?\s*",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)  # a batch says the same one again and again
def _uuid(text: str) -> str:
    """A UUID as we write it: others write it in capitals, in braces, or without its dashes."""
    parts = _UUID.fullmatch(text)
    if parts is None:
        raise ValueError(
            f"found {text[:60]!r}; write the job's UUID, such as 550e8400-e29b-41d4-a716-446655440000"
        )
    return "-".join(parts.groups()).lower()


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`, to the second, or to the millisecond where there is one."""
    return _utc_text(moment, "milliseconds" if moment.microsecond // 1000 else "seconds")


def _to_the_second(moment: datetime) -> str:
    """As the contract shows it: many a parser takes no fraction."""
    return _utc_text(moment, "seconds")


def _utc_text(moment: datetime, precision: str) -> str:
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


JobId = Annotated[str, AfterValidator(_uuid), Field(json_schema_extra={"format": "uuid"})]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Token = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", min_length=8, max_length=100)]
Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=200)]


def _label(text: str) -> str:
    name = text.strip(" ")
    if not re.fullmatch(_LABEL, name):
        raise ValueError("is no name; write 1 to 200 printable characters")
    return name


def _whole(value: object) -> object:
    """JSON has one kind of number: 25.0 is as whole as 25."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _written_time(value: object) -> object:
    """A time is text with its date in front: a bare number could be seconds or milliseconds."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("is a time without its zone; write datetime.now(UTC)")
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[Tt ]", value)):
        return value
    raise ValueError("is no time; write text such as 2024-01-15T10:30:00Z")


def _in_utc(moment: datetime) -> datetime:
    """Text without a zone is UTC: a product is not refused over the clock's habits."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_LABEL: Final = r"[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]{0,199}"
RunnerName = Annotated[str, AfterValidator(_label), Field(json_schema_extra={"pattern": f"^{_LABEL}$"})]
Whole = Annotated[int, Field(ge=-MAX_WHOLE, le=MAX_WHOLE), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0, le=MAX_WHOLE), BeforeValidator(_whole)]
Instant = Annotated[
    datetime,
    Strict(False),
    BeforeValidator(_written_time),
    AfterValidator(_in_utc),
    PlainSerializer(utc_text, return_type=str, when_used="json"),
]
Price = Annotated[float, Field(allow_inf_nan=False)]


class Wire(BaseModel):
    """What every body has in common: frozen, strict about types, deaf to unknown fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        """The body as plain JSON values; optional fields that are absent stay absent."""
        return self.model_dump(mode="json", exclude_none=True)

    def as_bytes(self) -> bytes:
        """The body as UTF-8 JSON."""
        return orjson.dumps(self.as_json())

    def __contains__(self, name: object) -> bool:
        return name in type(self).model_fields or name in (self.__pydantic_extra__ or ())

    def __getitem__(self, name: str) -> Any:
        """A field by its name in the contract, for programs that think of an answer as the JSON it was."""
        if name not in self:
            raise KeyError(name)
        return getattr(self, name)

    def get(self, name: str, default: Any = None) -> Any:
        """The same, or `default` for a name that is not there."""
        return getattr(self, name) if name in self else default


# ── The contract: GET /api/scraper/v1/job ──────────────────────────────────────────────────────────


class ScraperWire(Wire):
    """One site, as `GET job` gives it; `core.scraper_config` reads its selectors and options."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")

    name: Name
    disabled: bool = False
    base_url: str
    search_url_template: str
    selectors: dict[str, JsonValue] | list[JsonValue] = Field(default_factory=dict)
    options: dict[str, JsonValue] = Field(default_factory=dict)


class JobConfig(Wire):
    """What a runner is asked to do: each SKU on each scraper that is not disabled.

    `job_id` is whatever the coordinator calls the job: only a coordinator insists on a UUID.
    """

    job_id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    skus: list[str]
    scrapers: list[ScraperWire]
    test_mode: bool = False
    max_workers: Annotated[int, Field(ge=1), BeforeValidator(_whole)] = 1


# ── The contract: POST /api/admin/scraping/callback ────────────────────────────────────────────────


class ProductData(Wire):
    """What one scraper found for one SKU.  The contract's fields are typed, any other is kept as sent."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    price: Price | None = None
    title: str | None = None
    url: str | None = None
    scraped_at: Instant | None = None


class OutcomeNote(Wire):
    """How one SKU × scraper ended, beside the contract's `data` (ours; other coordinators ignore it)."""

    outcome: OutcomeKind
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    scraped_at: Instant | None = None


def _without_nulls(scrapers: object) -> object:
    if isinstance(scrapers, dict):
        return {name: item for name, item in scrapers.items() if item is not None}
    return {} if scrapers is None else scrapers


class Results(Wire):
    """`data` and `outcomes` are keyed by SKU, then by scraper."""

    skus_processed: Count | None = None
    scrapers_run: list[str] | None = None
    data: dict[str, dict[str, ProductData]] = Field(default_factory=dict)
    outcomes: dict[str, dict[str, OutcomeNote]] = Field(
        default_factory=dict, exclude_if=lambda notes: not notes
    )

    @field_validator("data", "outcomes", mode="before")
    @classmethod
    def _nothing_said(cls, value: object) -> object:
        """Null where an object belongs says what an empty object says, or what is not there at all."""
        if not isinstance(value, dict):
            return {} if value is None else value
        return {sku: _without_nulls(scrapers) for sku, scrapers in value.items()}


class Callback(Wire):
    """A runner's report of a whole job."""

    model_config = ConfigDict(json_schema_extra={
        "if": {"properties": {"status": {"const": "failed"}}},
        "then": {"properties": {"error_message": {"type": "string"}}, "required": ["error_message"]},
    })  # fmt: skip

    job_id: JobId
    status: CallbackStatus
    runner_name: str | None = None
    error_message: str | None = Field(default=None, validate_default=True)
    results: Results | None = None

    @field_validator("error_message")
    @classmethod
    def _failed_says_why(cls, message: str | None, others: ValidationInfo) -> str | None:
        if others.data.get("status") == "failed" and message is None:
            raise ValueError("is missing, and the job failed; write what went wrong")
        return message


class Ignored(Wire):
    """One item that was not stored, and why."""

    sku: str
    scraper: str | None = None
    reason: str


class CallbackAnswer(Wire):
    """`applied` is false when the report changed nothing (a repeat, or it came too late)."""

    success: Literal[True] = True
    applied: bool
    status: JobStatus
    stored: Whole = 0
    duplicates: Whole = 0
    ignored: list[Ignored] = Field(default_factory=list)
    message: str


# ── The contract: register and health ──────────────────────────────────────────────────────────────


class Register(Wire):
    """A runner introduces itself; metadata is free."""

    runner_name: RunnerName
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class RunnerWire(Wire):
    """A runner as the contract shows it."""

    name: str
    status: str
    registered_at: Annotated[Instant, PlainSerializer(_to_the_second, return_type=str, when_used="json")]


class Registered(Wire):
    """The answer to `Register`."""

    success: Literal[True] = True
    runner: RunnerWire
    message: str


class Check(Wire):
    """One line of the health report."""

    name: str
    status: Literal["ok", "warning", "error"]
    message: str


class Health(Wire):
    """The contract's three checks by name, then ours."""

    checks: list[Check]


class ErrorBody(Wire):
    """Every error, of every endpoint."""

    error: Annotated[str, StringConstraints(min_length=1)]


# ── The outcome of one SKU on one site ─────────────────────────────────────────────────────────────


class Outcome(Wire):
    """One SKU on one scraper: the line that `bsr scrape --json` and `bsr job export` print.

    `data`: the fields (price a JSON number, url and images absolute); empty unless found.
    `detail`: evidence and provenance, `reason` for everything that was not found.
    """

    sku: str
    scraper: str
    outcome: OutcomeKind
    data: dict[str, JsonValue] = Field(default_factory=dict)
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    scraped_at: Instant


# ── The fleet protocol (docs/reference/fleet-protocol.md) ──────────────────────────────────────────


class HostPause(Wire):
    """A host that must rest, for this long."""

    host: Word
    ms: Count


class Directives(Wire):
    """What the coordinator wants of a runner; rides on every answer of the fleet calls."""

    cancel_jobs: list[str] = Field(default_factory=list)
    drain: bool = False
    pause_hosts: list[HostPause] = Field(default_factory=list)
    slow_down_ms: Whole = 0
    min_version: str | None = None


class Claim(Wire):
    """Ask for work.  The same `claim_key` again gets the same lease again."""

    claim_key: Token
    runner_name: RunnerName
    max_tasks: Annotated[int, Field(ge=1, le=50), BeforeValidator(_whole)]
    wait_s: float = Field(default=0, ge=0, le=25)
    capabilities: list[Word] = Field(default_factory=list, max_length=100)
    labels: list[Word] = Field(default_factory=list, max_length=100)


class LeaseGrant(Wire):
    """Durations, never deadlines: the runner's clock is its own."""

    id: str
    ttl_ms: Whole
    heartbeat_ms: Whole


class TaskGrant(Wire):
    """One SKU on one scraper, held under a lease.  `attempt` is the fencing token."""

    id: Whole
    job_id: str
    sku: str
    scraper: str
    attempt: Whole
    config_rev: str
    test_mode: bool = False


class HostBudget(Wire):
    """This runner's share of a host's rate while it holds the lease."""

    host: str
    per_second: float
    concurrency: Whole


class ClaimAnswer(Wire):
    """A lease with tasks, or none and how long to wait before asking again."""

    lease: LeaseGrant | None = None
    tasks: list[TaskGrant] = Field(default_factory=list)
    configs: dict[str, ScraperWire] = Field(default_factory=dict)
    credentials: dict[str, dict[str, str]] = Field(default_factory=dict)
    budgets: list[HostBudget] = Field(default_factory=list)
    retry_after_ms: Whole | None = None
    directives: Directives = Field(default_factory=Directives)


class Heartbeat(Wire):
    """A sign of life; `in_progress` are the tasks that a crash now would be blamed on.

    `seen`: the `news` of the last answer, so that the same is not told at once again.
    """

    in_progress: list[Whole] = Field(default_factory=list, max_length=1000)
    done_n: Count = 0
    spool_n: Count = 0
    wait_s: float = Field(default=0, ge=0, le=25)
    host_pauses: list[HostPause] = Field(default_factory=list, max_length=1000)
    seen: Word = ""


class HeartbeatAnswer(Wire):
    """`keep`: the tasks still worth doing, or null for all of them.  `news`: a mark of what is told here."""

    ttl_ms: Whole
    keep: list[Whole] | None = None
    budgets: list[HostBudget] = Field(default_factory=list)
    directives: Directives = Field(default_factory=Directives)
    news: str = ""


class ResultItem(Wire):
    """One outcome on its way home; the natural key is (job_id, sku, scraper)."""

    task_id: Whole | None = None
    job_id: JobId
    sku: str
    scraper: str
    attempt: Whole | None = None
    lease_id: Word | None = None
    outcome: Literal["found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed", "crash"]
    data: dict[str, Any] = Field(default_factory=dict)
    detail: dict[str, Any] = Field(default_factory=dict)
    scraped_at: Instant | None = None


class ResultsBatch(Wire):
    """Items are judged one by one: one bad item never fails its batch.

    What came through `read` is JSON already; to prove it again, value by value, costs more than to store it.
    """

    items: list[Any] = Field(max_length=1000)


class Invalid(Wire):
    """Why one item of a batch could not be understood."""

    invalid: str


Verdict = Literal["accepted", "duplicate", "stale", "cancelled", "unknown"]


class ResultsAnswer(Wire):
    """One verdict an item, in the order they were sent."""

    items: list[Verdict | Invalid]
    directives: Directives = Field(default_factory=Directives)


class Release(Wire):
    """Unstarted tasks go back without a penalty."""

    reason: Annotated[str, StringConstraints(max_length=2000)] = "shutdown"


class ReleaseAnswer(Wire):
    """How many tasks went back."""

    released: Whole
    directives: Directives = Field(default_factory=Directives)


class LogEvent(Wire):
    """One structured event of a runner.  `seq` rises by one an event within `runner_name`."""

    seq: Count
    at: Instant
    level: Literal["debug", "info", "warning", "error"] = "info"
    event: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    job_id: str | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)


class LogsBatch(Wire):
    """Events of one runner; (runner, seq) makes a repeat harmless."""

    runner_name: RunnerName
    events: list[LogEvent] = Field(max_length=1000)


class LogsAnswer(Wire):
    """How many events were new."""

    stored: Whole
    directives: Directives = Field(default_factory=Directives)


# ── Reading ────────────────────────────────────────────────────────────────────────────────────────

Body = TypeVar("Body", bound=BaseModel)


def read(model: type[Body], raw: bytes, *, source: str = "body") -> Body:
    """The typed body in `raw`.

    Raises `Faults` that names every fault by its path: not JSON, NaN or infinity, lone surrogates,
    nesting beyond `MAX_DEPTH`, wrong types, missing fields.
    """
    try:
        value = orjson.loads(raw)
    except ValueError:
        if raw.startswith(BOM_UTF8):  # Windows PowerShell writes one before every text
            return read(model, raw.removeprefix(BOM_UTF8), source=source)
        raise Faults(source, _why_not_json(raw)) from None
    return check(model, value, source=source)


def check(model: type[Body], value: object, *, source: str = "body") -> Body:
    """`value`, already parsed from JSON, as `model`.  Raises `Faults`."""
    too_deep = next(_deeper_than(value, MAX_DEPTH), None) if _is_deep(value) else None
    if too_deep is not None:
        raise Faults(source, [Problem(too_deep, f"nests deeper than {MAX_DEPTH} levels", "flatten it")])
    return understand(model, value, source=source)


def understand(model: type[Body], value: object, *, source: str = "body") -> Body:
    """`value`, a part of what has been read already, as `model`.  Raises `Faults`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Faults(source, from_validation(error, model)) from None


def _why_not_json(raw: bytes) -> list[Problem]:
    """What the strict parser would not say: the path of each NaN, infinity or broken character."""
    if not raw.strip():
        return [Problem("", "is not JSON: nothing was sent", "send a JSON object")]
    try:
        value = json.loads(raw.decode())
    except RecursionError:
        return [Problem("", f"nests deeper than {MAX_DEPTH} levels", "flatten it")]
    except UnicodeDecodeError:
        return [Problem("", "is not UTF-8", "send JSON as UTF-8")]
    except ValueError as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        return [Problem("", f"is not JSON{where}", "send a JSON object")]
    return list(_unspeakable(value, "")) or [
        Problem("", "is not JSON as RFC 8259 has it", "send a JSON object")
    ]


def _unspeakable(value: object, path: str, depth: int = 0) -> Iterator[Problem]:
    """Every value that JSON cannot carry, with its path."""
    if depth > MAX_DEPTH:
        yield Problem(path, f"nests deeper than {MAX_DEPTH} levels", "flatten it")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path, "is not a finite number", "write a number, or null when there is none")
    elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        yield Problem(path, "has half a character (a lone surrogate)", "send valid Unicode")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _unspeakable(key, path or "(key)", depth + 1)
            yield from _unspeakable(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unspeakable(inner, f"{path}.{index}" if path else str(index), depth + 1)


_NESTING: Final = frozenset((dict, list))
"""The types that JSON nests with."""


def _is_deep(value: object) -> bool:
    """Whether it nests more than `MAX_DEPTH` levels: level by level, because nearly nothing does."""
    level: list[Any] = [value] if type(value) in _NESTING else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NESTING
        ]
        if not level:
            return False
    return True


def _deeper_than(value: object, left: int, path: str = "") -> Iterator[str]:
    """The path of everything that nests more than `left` levels."""
    if not isinstance(value, (dict, list)):
        return
    if left == 0:
        yield path
        return
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, (dict, list)):
            yield from _deeper_than(inner, left - 1, f"{path}.{key}" if path else str(key))
