"""What admins decide: people, the webhook's secret, how long things are kept, the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import diff, forms
from scraper_backend.coordinator.panel.keys import number
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import audit, links, retention, totp, users, webhook
from scraper_backend.coordinator.rules.retention import Retention
from scraper_backend.coordinator.rules.users import Role
from scraper_backend.core.errors import BadRequest, Faults, Mistake, UsageError
from scraper_backend.core.problems import from_validation, sentence

router = new_router()
ROLES: tuple[Role, ...] = ("viewer", "operator", "admin")
PAGE = 50
KINDS = ("scraper", "job", "key", "runner", "user", "token", "webhook", "retention")


class AuditQuery(BaseModel):
    """Which changes."""

    model_config = ConfigDict(frozen=True)
    actor: str | None = Field(default=None, max_length=300)
    kind: str | None = Field(default=None, max_length=40, pattern=r"^[a-z_]+$")
    subject: str | None = Field(default=None, max_length=300)
    since: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    before: int | None = Field(default=None, ge=0)


@router.get("/settings/people")
@may_call(Who.ADMIN)
async def list_people(request: Request, desk: Desk) -> Response:
    return await _people(request, desk)


@router.post("/settings/people")
@may_call(Who.ADMIN)
async def invite_person(request: Request, desk: Desk) -> Response:
    """A person, and the link that lets them choose a password; it is shown once."""
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    token, name = links.new_token(), said.get("name", "").strip()
    try:
        role = role_of(said.get("role", ""))
        await desk.store.write(lambda tx: users.invite(tx, name, role, token, by=by, now=now))
    except Mistake as error:
        return await _people(request, desk, fault=_words(error), said=said)
    return await _people(request, desk, invited=(name, f"{desk.settings.address}/invite?token={token}"))


@router.post("/settings/people/change")
@may_call(Who.ADMIN)
async def change_person(request: Request, desk: Desk) -> Response:
    """`action` is role, disable, enable, factor (take it away) or link (a new invitation)."""
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    name, action = said.get("name", ""), said.get("action", "")
    try:
        if action == "link":
            token = links.new_token()
            await desk.store.write(lambda tx: users.invite_again(tx, name, token, by=by, now=now))
            return await _people(
                request, desk, invited=(name, f"{desk.settings.address}/invite?token={token}")
            )
        await _change(desk, name, action, said.get("role", ""), by=by, now=now)
    except Mistake as error:
        return await _people(request, desk, fault=_words(error))
    return RedirectResponse("/settings/people", status_code=303)


async def _change(desk: Office, name: str, action: str, role: str, *, by: str, now: datetime) -> None:
    if action == "role":
        chosen = role_of(role)
        await desk.store.write(lambda tx: users.change_role(tx, name, chosen, by=by, now=now))
    elif action == "disable":
        await desk.store.write(lambda tx: users.disable(tx, name, by=by, now=now))
    elif action == "enable":
        await desk.store.write(lambda tx: users.enable(tx, name, by=by, now=now))
    elif action == "factor":
        user = await desk.store.read(lambda tx: users.named(tx, name))
        if user is None:
            raise UsageError(f"There is no user {name!r} who may sign in.")
        await desk.store.write(lambda tx: totp.drop(tx, user.id, name, by=by, now=now))
    else:
        raise BadRequest("Say what to do: role, disable, enable, factor or link.")


def role_of(text: str) -> Role:
    """A role as a form or body says it.  Raises `BadRequest`."""
    if text not in ROLES:
        raise BadRequest(f"role: write one of {', '.join(ROLES)}.")
    return text


@router.get("/settings/webhook")
@may_call(Who.ADMIN)
async def webhook_page(request: Request, desk: Desk) -> Response:
    return await _webhook(request, desk)


@router.post("/settings/webhook")
@may_call(Who.ADMIN)
async def change_webhook(request: Request, desk: Desk) -> Response:
    """`action` is rotate or end (the previous secret)."""
    action, now, by = (await forms.fields(request)).get("action"), desk.clock(), str(caller_of(request))
    if desk.settings.webhook_secrets:
        return await _webhook(request, desk, fault="SCRAPER_WEBHOOK_SECRET is set; change it there.")
    key = desk.settings.sealing_key
    if action == "end":
        await desk.store.write(lambda tx: webhook.end_previous(tx, by=by, now=now))
        return RedirectResponse("/settings/webhook", status_code=303)
    try:
        fresh = await desk.store.write(lambda tx: webhook.rotate(tx, key, by=by, now=now))
    except UsageError as error:
        return await _webhook(request, desk, fault=str(error))
    return await _webhook(request, desk, fresh=fresh)


@router.get("/settings/retention")
@may_call(Who.ADMIN)
async def retention_page(request: Request, desk: Desk) -> Response:
    return page(
        request, "retention.html", here="Settings", kept=await desk.store.read(retention.get), fault="",
        is_saved=request.query_params.get("saved") == "1",
    )  # fmt: skip


@router.post("/settings/retention")
@may_call(Who.ADMIN)
async def choose_retention(request: Request, desk: Desk) -> Response:
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    try:
        chosen = Retention(**{name: number(said.get(name, ""), name) for name in Retention.model_fields})
    except (BadRequest, ValidationError) as error:
        words = (
            sentence(from_validation(error, Retention)) if isinstance(error, ValidationError) else str(error)
        )
        kept = await desk.store.read(retention.get)
        return page(
            request, "retention.html", status=400, here="Settings", kept=kept, fault=words, is_saved=False
        )
    await desk.store.write(lambda tx: retention.choose(tx, chosen, by=by, now=now))
    return RedirectResponse("/settings/retention?saved=1", status_code=303)


@router.get("/settings/audit")
@may_call(Who.ADMIN)
async def audit_page(request: Request, desk: Desk) -> Response:
    asked = query(request, AuditQuery)
    since = day(asked.since)
    found = await desk.store.read(
        lambda tx: audit.page(
            tx,
            actor=asked.actor,
            kind=asked.kind,
            subject=asked.subject,
            since=since,
            **({} if asked.before is None else {"before": asked.before}),
            limit=PAGE + 1,
        )
    )
    actors = await desk.store.read(audit.actors)
    lines = [(row, diff.rows(pretty(row.before), pretty(row.after))) for row in found[:PAGE]]
    return page(
        request, "audit.html", here="Settings", asked=asked, lines=lines, actors=actors, kinds=KINDS,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
    )  # fmt: skip


def day(text: str | None) -> datetime | None:
    """The begin of a day in UTC.  Raises `BadRequest` for one that the calendar does not have."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError:
        raise BadRequest(f"since: there is no day {text}.") from None


def pretty(text: str | None) -> str:
    """JSON as it is compared line by line."""
    if text is None:
        return ""
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _words(error: Mistake) -> str:
    return sentence(error.problems) if isinstance(error, Faults) else str(error)


async def _people(
    request: Request, desk: Office, *, fault: str = "", said: dict[str, str] | None = None,
    invited: tuple[str, str] | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "people.html", status=400 if fault else 200, here="Settings", roles=ROLES, fault=fault,
        people=await desk.store.read(users.every), said=said or {}, invited=invited,
    )  # fmt: skip


async def _webhook(request: Request, desk: Office, *, fault: str = "", fresh: str = "") -> Response:
    facts: dict[str, Any] = {"stored": 0, "broken": ""}
    try:
        key = desk.settings.sealing_key
        facts["stored"] = len(await desk.store.read(lambda tx: webhook.stored(tx, key)))
    except UsageError as error:
        facts["broken"] = str(error)
    return page(
        request, "webhook.html", status=400 if fault else 200, here="Settings", fault=fault, fresh=fresh,
        from_environment=len(desk.settings.webhook_secrets), can_seal=desk.settings.sealing_key is not None,
        **facts,
    )  # fmt: skip
