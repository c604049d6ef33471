"""`/api/v1/me`, users, tokens, audit, settings: who may what, and what they did."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Bearer, Who
from scraper_backend.coordinator.api import admin_shapes as shapes
from scraper_backend.coordinator.routes import Desk, answer, caller_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import audit, links, retention, tokens, users, webhook
from scraper_backend.coordinator.rules.retention import Retention
from scraper_backend.coordinator.rules.tokens import Token
from scraper_backend.coordinator.store import Transaction, reads
from scraper_backend.coordinator.store.rows import AuditRow
from scraper_backend.coordinator.store.times import to_moment
from scraper_backend.core.errors import BadRequest, UsageError

router = new_router()
TAGS: Final[list[str | Enum]] = ["people and settings"]


def token_of(request: Request) -> Token:
    """The token of a caller who must have one."""
    caller = caller_of(request)
    if not isinstance(caller, Bearer):
        raise TypeError(f"{request.url.path} admits callers without a token")
    return caller.token


@router.get("/api/v1/me", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.Me)
async def who_am_i(request: Request) -> Response:
    """Whose token this is and what it may do: what `bsr login` asks after a token was pasted.

    A person gets one at `/settings/tokens?name=…&scopes=read+jobs` of the panel.
    """
    token = token_of(request)
    return answer(
        shapes.Me(user=token.owner, token=token.name, scopes=list(token.scopes), expires_at=token.expires_at)
    )


@router.get("/api/v1/users", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.UserList)
async def list_users(request: Request, desk: Desk) -> Response:
    """Everybody who may use the panel."""
    return answer(await _users(desk))


@router.post("/api/v1/users", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(body=shapes.NewUser, answers=shapes.Invitation, errors=(409,))
async def invite_user(request: Request, desk: Desk) -> Response:
    """Invite a person; the link lets them choose a password, once, within three days."""
    asked, now, by = await body.read(request, shapes.NewUser), desk.clock(), str(caller_of(request))
    token = links.new_token()
    await desk.store.write(lambda tx: users.invite(tx, asked.name, asked.role, token, by=by, now=now))
    return answer(shapes.Invitation(name=asked.name, link=f"{desk.settings.address}/invite?token={token}"))


@router.post("/api/v1/users/{name}", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(body=shapes.UserChange, answers=shapes.UserBody, errors=(409,))
async def change_user(request: Request, desk: Desk) -> Response:
    """Change what a person may do, or whether they may come in; the last admin stays."""
    asked, now, by = await body.read(request, shapes.UserChange), desk.clock(), str(caller_of(request))
    name = request.path_params["name"]

    async def change(tx: Transaction) -> None:
        await users.known(tx, name)
        if asked.role is not None:
            await users.change_role(tx, name, asked.role, by=by, now=now)
        if asked.disabled is not None:
            await (users.disable if asked.disabled else users.enable)(tx, name, by=by, now=now)

    await desk.store.write(change)
    return answer(next(user for user in (await _users(desk)).users if user.name == name))


@router.get("/api/v1/tokens", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.TokenList)
async def list_tokens(request: Request, desk: Desk) -> Response:
    """Every token, without its secret."""
    every, now = await desk.store.read(tokens.every), desk.clock()
    return answer(shapes.TokenList(tokens=[_token(token, now) for token in every]))


@router.post("/api/v1/tokens", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(body=shapes.NewToken, answers=shapes.TokenMade)
async def create_token(request: Request, desk: Desk) -> Response:
    """Make another token of the caller's own; its secret is in this answer and nowhere else."""
    asked, now, by = await body.read(request, shapes.NewToken), desk.clock(), str(caller_of(request))
    owner = token_of(request).owner
    lives = None if asked.expires_days is None else timedelta(days=asked.expires_days)
    made = await desk.store.write(
        lambda tx: tokens.create(tx, owner, asked.name, asked.scopes, expires_in=lives, by=by, now=now)
    )
    return answer(shapes.TokenMade(secret=made.secret, token=_token(made.token, now)))


@router.post("/api/v1/tokens/{token_id}/revoke", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.TokenBody, errors=(404,))
async def revoke_token(request: Request, desk: Desk) -> Response:
    """End a token at once."""
    number, now, by = request.path_params["token_id"], desk.clock(), str(caller_of(request))
    if not number.isdecimal():
        raise BadRequest("There is no such token.", status=404)
    ended = await desk.store.write(lambda tx: tokens.revoke(tx, int(number), by=by, now=now))
    return answer(_token(ended, now))


@router.get("/api/v1/audit", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(query=shapes.AuditQuery, answers=shapes.AuditList)
async def list_changes(request: Request, desk: Desk) -> Response:
    """Who changed what, before and after, newest first; `kind` is the first word of an action."""
    asked = body.query(request, shapes.AuditQuery)
    found = await desk.store.read(
        lambda tx: audit.page(
            tx,
            actor=asked.actor,
            kind=asked.kind,
            subject=asked.subject,
            since=asked.since,
            before=reads.FOREVER if asked.before is None else asked.before,
            limit=asked.limit + 1,
        )
    )
    shown = found[: asked.limit]
    more = shown[-1].id if len(found) > asked.limit else None
    return answer(shapes.AuditList(changes=[_change(row) for row in shown], next=more))


@router.get("/api/v1/settings/retention", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.RetentionBody)
async def show_retention(request: Request, desk: Desk) -> Response:
    """For how many days things are kept; what is absent is kept for ever."""
    kept = await desk.store.read(retention.get)
    return answer(shapes.RetentionBody(**kept.model_dump()))


@router.post("/api/v1/settings/retention", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(body=shapes.RetentionBody, answers=shapes.RetentionBody)
async def choose_retention(request: Request, desk: Desk) -> Response:
    """Keep things for another time; the body is the whole choice."""
    asked, now, by = await body.read(request, shapes.RetentionBody), desk.clock(), str(caller_of(request))
    chosen = Retention(**asked.model_dump())
    await desk.store.write(lambda tx: retention.choose(tx, chosen, by=by, now=now))
    return answer(asked)


@router.post("/api/v1/settings/webhook/rotate", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.WebhookMade, errors=(409,))
async def rotate_webhook(request: Request, desk: Desk) -> Response:
    """Make a new secret for crash reports; 409 where the environment sets it or there is no master key."""
    if desk.settings.webhook_secrets:
        raise UsageError("SCRAPER_WEBHOOK_SECRET is set in the environment, which wins; change it there.")
    now, by, key = desk.clock(), str(caller_of(request)), desk.settings.sealing_key
    return answer(
        shapes.WebhookMade(secret=await desk.store.write(lambda tx: webhook.rotate(tx, key, by=by, now=now)))
    )


@router.post("/api/v1/settings/webhook/end-previous", tags=TAGS)
@may_call(Who.TOKEN_ADMIN)
@speaks(answers=shapes.Done)
async def end_previous_webhook(request: Request, desk: Desk) -> Response:
    """Refuse from now on what is signed with the secret before the current one."""
    now, by = desk.clock(), str(caller_of(request))
    await desk.store.write(lambda tx: webhook.end_previous(tx, by=by, now=now))
    return answer(shapes.Done())


async def _users(desk: Desk) -> shapes.UserList:
    every = await desk.store.read(users.every)
    return shapes.UserList(users=[shapes.shaped(shapes.UserBody, one) for one in every])


def _token(token: Token, now: datetime) -> shapes.TokenBody:
    return shapes.shaped(shapes.TokenBody, token, status=token.status(now))


def _change(row: AuditRow) -> shapes.AuditLine:
    pairs = (("before", row.before), ("after", row.after))
    sides = {side: orjson.loads(text) if text else None for side, text in pairs}
    return shapes.shaped(shapes.AuditLine, row, at=to_moment(row.at), **sides)
