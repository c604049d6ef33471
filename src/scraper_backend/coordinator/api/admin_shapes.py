"""What the admin API takes and answers (`/api/v1`): frozen bodies, made of what the rules give."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, JsonValue

from scraper_backend.core.wire import Instant, JobStatus, Outcome, ScraperWire, Wire

Shape = TypeVar("Shape", bound=Wire)
Days = Annotated[int, Field(ge=1, le=3650)]
Scope = Literal["read", "jobs", "scrapers", "runners", "admin"]
Role = Literal["viewer", "operator", "admin"]


def shaped(model: type[Shape], value: Any, **more: Any) -> Shape:
    """A rule's value as a body; what the body does not name stays inside."""
    return model.model_validate({**value._asdict(), **more}, strict=False)


class Done(Wire):
    """It is done; there is nothing else to say."""

    ok: bool = True


class Me(Wire):
    """Whose token this is and what it may do."""

    user: str
    token: str
    scopes: list[Scope]
    expires_at: Instant | None = None


# ── Scrapers ───────────────────────────────────────────────────────────────────────────────────────


class ScraperBody(Wire):
    """A scraper with its current configuration."""

    name: str
    revision: int
    disabled: bool
    paused_at: Instant | None = None
    pause_reason: str | None = None
    created_at: Instant
    updated_at: Instant
    config: ScraperWire


class ScraperList(Wire):
    """Every scraper by name."""

    scrapers: list[ScraperBody]


class ScraperDocument(Wire):
    """A configuration: a JSON object, or YAML or JSON as text."""

    document: dict[str, JsonValue] | str


class ScraperDocuments(Wire):
    """Several configurations; all are imported, or none."""

    documents: list[dict[str, JsonValue] | str] = Field(min_length=1, max_length=500)


class ScraperSaved(Wire):
    """What saving did."""

    scraper: ScraperBody
    is_new: bool
    is_changed: bool


class ScrapersSaved(Wire):
    """What importing did."""

    saved: list[ScraperSaved]


class ProblemBody(Wire):
    """One fault or warning, by path and line."""

    path: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"]
    line: int | None = None


class Checked(Wire):
    """Whether it could be saved, and all that is wrong or fragile in it."""

    is_valid: bool
    problems: list[ProblemBody]


class RevisionBody(Wire):
    """One configuration a scraper had."""

    number: int
    created_at: Instant
    created_by: str
    config: ScraperWire


class RevisionList(Wire):
    """All revisions, oldest first."""

    revisions: list[RevisionBody]


class TryBody(Wire):
    """A configuration to try, on these SKUs or its own test SKUs."""

    document: dict[str, JsonValue] | str
    skus: list[str] = Field(default_factory=list, max_length=100)


class Pair(Wire):
    """What the current revision and the draft say of one SKU; absent until it is reported."""

    sku: str
    current: Outcome | None = None
    draft: Outcome | None = None


class TrialBody(Wire):
    """A draft in its test job, beside the current revision."""

    job_id: str
    current_job_id: str | None = None
    scraper: str
    base: int | None = None
    status: JobStatus
    results: list[Pair] = Field(default_factory=list)


class Reason(Wire):
    """Why."""

    reason: str = Field(default="", max_length=500)


# ── Jobs ───────────────────────────────────────────────────────────────────────────────────────────


class JobBody(Wire):
    """A job with its counters."""

    job_id: str
    status: JobStatus
    test_mode: bool
    max_workers: int
    priority: int
    label: str
    skus: int
    scrapers: list[str]
    counts: dict[str, int]
    error: str | None = None
    created_by: str
    created_at: Instant
    started_at: Instant | None = None
    ended_at: Instant | None = None
    paused_at: Instant | None = None
    deadline_at: Instant | None = None


class JobList(Wire):
    """Jobs, newest first; `before` of the next page is the `created_at` of the last."""

    jobs: list[JobBody]


class JobQuery(Wire):
    """Which jobs."""

    status: JobStatus | None = None
    before: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500, strict=False)] = 50


class NewJob(Wire):
    """A job to create: every SKU on every scraper."""

    skus: list[str] = Field(default_factory=list, max_length=100_000)
    scrapers: list[str]
    test_mode: bool = False
    max_workers: int = 3
    priority: int = 0
    label: str = ""
    deadline_at: Instant | None = None


class WaitingBody(Wire):
    """`tasks` of a scraper wait, and why."""

    scraper: str
    tasks: int
    reason: str


class WaitingList(Wire):
    """What waits in a job; nothing when all of it is done or being done."""

    waiting: list[WaitingBody]


class JobCreated(Wire):
    """A new job."""

    job_id: str
    skus: int
    tasks: int
    duplicates: int
    disabled: list[str]


class Retry(Wire):
    """Which outcomes to ask again; those that went wrong when none is named."""

    outcomes: list[str] = Field(default_factory=list)


class ResultsQuery(Wire):
    """Which results; `after` is the `next` of the page before."""

    outcome: str | None = None
    scraper: str | None = None
    after: Annotated[int, Field(ge=0, strict=False)] = 0
    limit: Annotated[int, Field(ge=1, le=1000, strict=False)] = 500


class ResultList(Wire):
    """A page of outcomes in the order they were asked for; no `next` on the last page."""

    results: list[Outcome]
    next: int | None = None


class ProductsQuery(Wire):
    """Which products; `after` is the `next` of the page before, `lacks` names a field without a value."""

    words: str = Field(default="", max_length=200)
    scraper: str | None = None
    availability: str | None = None
    lacks: Literal["title", "price", "images"] | None = None
    after: str = ""
    limit: Annotated[int, Field(ge=1, le=1000, strict=False)] = 100


class SourceBody(Wire):
    """What one scraper says of a SKU now."""

    scraper: str
    title: str | None = None
    brand: str | None = None
    price: float | None = None
    currency: str | None = None
    availability: str | None = None
    images: int
    url: str | None = None
    job_id: str
    first_seen_at: Instant
    changed_at: Instant
    seen_at: Instant


class ProductBody(Wire):
    """One SKU with what its sources say."""

    sku: str
    title: str
    sources: list[SourceBody]


class ProductList(Wire):
    """A page of products; no `next` on the last page."""

    products: list[ProductBody]
    next: str | None = None


# ── Runners and keys ───────────────────────────────────────────────────────────────────────────────


class RunnerBody(Wire):
    """A runner."""

    name: str
    status: Literal["online", "offline", "draining"]
    metadata: dict[str, JsonValue]
    capabilities: list[str]
    labels: list[str]
    note: str | None = None
    spool_n: int
    registered_at: Instant
    last_seen_at: Instant | None = None


class RunnerList(Wire):
    """Every runner by name."""

    runners: list[RunnerBody]


class RunnerName(Wire):
    """Which runner; with a note where it is paused."""

    name: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", max_length=500)


class KeyBody(Wire):
    """An API key, without what it could be used with."""

    id: int
    name: str
    bound: str | None = None
    display: str
    status: Literal["live", "rotated", "expired", "revoked"]
    created_at: Instant
    expires_at: Instant | None = None
    rotated_at: Instant | None = None
    revoked_at: Instant | None = None
    last_used_at: Instant | None = None


class KeyList(Wire):
    """Every key there ever was, oldest first."""

    keys: list[KeyBody]


class NewKey(Wire):
    """A key to make; `bind` lets it speak for one runner alone."""

    name: str
    bind: str | None = None
    expires_days: Days | None = None


class Rotate(Wire):
    """How long the old key works beside the new one."""

    overlap_hours: Annotated[float, Field(ge=0, le=8760)] = 24


class KeyMade(Wire):
    """A new key.  `secret` is shown this once."""

    secret: str
    key: KeyBody


# ── People, tokens, settings ───────────────────────────────────────────────────────────────────────


class UserBody(Wire):
    """A person."""

    name: str
    role: Role
    created_at: Instant
    disabled_at: Instant | None = None
    last_login_at: Instant | None = None
    has_factor: bool
    has_password: bool


class UserList(Wire):
    """Everybody by name."""

    users: list[UserBody]


class NewUser(Wire):
    """Somebody to invite."""

    name: str
    role: Role


class Invitation(Wire):
    """The link that lets them choose a password: once, within three days."""

    name: str
    link: str


class UserChange(Wire):
    """What to change of a person; what is absent stays."""

    role: Role | None = None
    disabled: bool | None = None


class TokenBody(Wire):
    """A token, without what it could be used with."""

    id: int
    name: str
    owner: str
    display: str
    scopes: list[Scope]
    status: Literal["live", "expired", "revoked"]
    created_at: Instant
    expires_at: Instant | None = None
    last_used_at: Instant | None = None


class TokenList(Wire):
    """Every token, newest first."""

    tokens: list[TokenBody]


class NewToken(Wire):
    """A token to make for the caller; null days let it work for ever."""

    name: str
    scopes: list[Scope]
    expires_days: Days | None = 90


class TokenMade(Wire):
    """A new token.  `secret` is shown this once."""

    secret: str
    token: TokenBody


class RetentionBody(Wire):
    """For how many days things are kept; absent or null keeps them for ever."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    jobs: Annotated[int, Field(ge=1, le=36500)] | None = None
    tests: Annotated[int, Field(ge=1, le=36500)] | None = None
    observations: Annotated[int, Field(ge=1, le=36500)] | None = None
    logs: Annotated[int, Field(ge=1, le=36500)] | None = None
    audit: Annotated[int, Field(ge=1, le=36500)] | None = None


class WebhookMade(Wire):
    """The new secret, shown this once; the one before it is accepted beside it."""

    secret: str


class AuditQuery(Wire):
    """Which changes; `before` is the `next` of the page before."""

    actor: str | None = None
    kind: str | None = None
    subject: str | None = None
    since: Instant | None = None
    before: Annotated[int, Field(ge=0, strict=False)] | None = None
    limit: Annotated[int, Field(ge=1, le=500, strict=False)] = 100


class AuditLine(Wire):
    """One change."""

    id: int
    at: Instant
    actor: str
    action: str
    subject: str
    before: JsonValue = None
    after: JsonValue = None


class AuditList(Wire):
    """Changes, newest first; no `next` on the last page."""

    changes: list[AuditLine]
    next: int | None = None
