"""My account: password, second factor, where I am signed in, the tokens of my scripts."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator import passwords
from scraper_backend.coordinator.access import Person, Who
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import forms
from scraper_backend.coordinator.panel.keys import number
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import sessions, tokens, totp, users
from scraper_backend.coordinator.rules.tokens import NewToken
from scraper_backend.core.errors import BadRequest, Faults, UsageError
from scraper_backend.core.problems import sentence

router = new_router()
HERE = "/settings/account"


def me(request: Request) -> sessions.Session:
    """The session of whoever asks."""
    caller = caller_of(request)
    if not isinstance(caller, Person):
        raise TypeError(f"{request.url.path} admits callers without a session")
    return caller.session


@router.get("/settings")
@may_call(Who.VIEWER)
async def settings(request: Request) -> Response:
    return RedirectResponse(HERE, status_code=303)


@router.get("/settings/account")
@may_call(Who.VIEWER)
async def account(request: Request, desk: Desk) -> Response:
    return await _page(request, desk)


@router.post("/settings/account/password")
@may_call(Who.VIEWER)
async def change_password(request: Request, desk: Desk) -> Response:
    """The old one, the new one twice; every other browser is signed out."""
    said, mine, now = await forms.fields(request), me(request), desk.clock()
    fresh = said.get("password", "")
    try:
        user = await _proven(desk, mine, said.get("old", ""))
        passwords.check_new(fresh, mine.user)
        if fresh != said.get("again"):
            raise UsageError("The two new passwords differ.")
    except UsageError as error:
        return await _page(request, desk, fault=str(error), about="password", status=400)
    kept = await passwords.hashed(fresh)
    await desk.store.write(
        lambda tx: users.set_password(
            tx, user, kept, kept_session=mine.hash, by=str(caller_of(request)), now=now
        )
    )
    return await _page(request, desk, done="Your password is changed; other browsers are signed out.")


@router.post("/settings/account/sessions/end")
@may_call(Who.VIEWER)
async def end_session(request: Request, desk: Desk) -> Response:
    mine, which = me(request), (await forms.fields(request)).get("session", "")
    await desk.store.write(lambda tx: sessions.end_one(tx, mine, which))
    return RedirectResponse(HERE, status_code=303)


@router.post("/settings/account/factor/begin")
@may_call(Who.VIEWER)
async def begin_factor(request: Request, desk: Desk) -> Response:
    """The password again, or a browser left open could lock its owner out."""
    said, mine = await forms.fields(request), me(request)
    try:
        await _proven(desk, mine, said.get("old", ""))
        await desk.store.write(lambda tx: totp.begin(tx, mine.user_id, desk.settings.sealing_key))
    except UsageError as error:
        return await _page(request, desk, fault=str(error), about="factor", status=400)
    return RedirectResponse("/settings/account/factor", status_code=303)


@router.get("/settings/account/factor")
@may_call(Who.VIEWER)
async def factor_page(request: Request, desk: Desk) -> Response:
    return await _factor(request, desk)


@router.get("/settings/account/factor.svg")
@may_call(Who.VIEWER)
async def factor_picture(request: Request, desk: Desk) -> Response:
    """The QR code of the factor that is being set up."""
    mine = me(request)
    factor = await desk.store.read(lambda tx: totp.of(tx, mine.user_id))
    address = totp.address(factor, mine.user_id, mine.user, desk.settings.sealing_key)
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=4, border=2, dark="#000", light="#fff")
    return Response(picture.getvalue(), media_type="image/svg+xml")


@router.post("/settings/account/factor")
@may_call(Who.VIEWER)
async def confirm_factor(request: Request, desk: Desk) -> Response:
    code, mine, now = (await forms.fields(request)).get("code", ""), me(request), desk.clock()
    whom = f"factor {mine.user_id}"
    await desk.throttle.wait(whom)
    key, by = desk.settings.sealing_key, str(caller_of(request))
    try:
        codes = await desk.store.write(
            lambda tx: totp.confirm(tx, mine.user_id, mine.user, code, key, by=by, now=now)
        )
    except UsageError as error:
        desk.throttle.failed(whom)
        return await _factor(request, desk, fault=str(error))
    desk.throttle.succeeded(whom)
    return page(request, "account_codes.html", here="Settings", codes=codes)


@router.post("/settings/account/factor/remove")
@may_call(Who.VIEWER)
async def remove_factor(request: Request, desk: Desk) -> Response:
    said, mine, now = await forms.fields(request), me(request), desk.clock()
    try:
        await _proven(desk, mine, said.get("old", ""))
    except UsageError as error:
        return await _page(request, desk, fault=str(error), about="factor", status=400)
    by = str(caller_of(request))
    await desk.store.write(lambda tx: totp.drop(tx, mine.user_id, mine.user, by=by, now=now))
    return RedirectResponse(HERE, status_code=303)


@router.get("/settings/tokens")
@may_call(Who.VIEWER)
async def list_tokens(request: Request, desk: Desk) -> Response:
    """`?name=` and `?scopes=` fill the form: `bsr login` leads here."""
    query = request.query_params
    said = {"name": query.get("name", "")[:100], "days": "90"}
    return await _tokens(request, desk, said=said, chosen=query.get("scopes", "").split())


@router.post("/settings/tokens")
@may_call(Who.VIEWER)
async def create_token(request: Request, desk: Desk) -> Response:
    said, now, mine = await forms.fields(request), desk.clock(), me(request)
    chosen, by = await forms.many(request, "scopes"), str(caller_of(request))
    try:
        days = number(said.get("days", ""), "days")
        lives = None if days is None else timedelta(days=days)
        made = await desk.store.write(
            lambda tx: tokens.create(
                tx, mine.user, said.get("name", ""), chosen, expires_in=lives, by=by, now=now
            )
        )
    except (Faults, BadRequest) as error:
        words = sentence(error.problems) if isinstance(error, Faults) else str(error)
        return await _tokens(request, desk, said=said, chosen=chosen, fault=words)
    return await _tokens(request, desk, made=made)


@router.post("/settings/tokens/{number}/revoke")
@may_call(Who.VIEWER)
async def revoke_token(request: Request, desk: Desk) -> Response:
    """One's own; an admin may end anybody's."""
    which, now, mine = request.path_params["number"], desk.clock(), me(request)
    owner, by = None if mine.role == "admin" else mine.user, str(caller_of(request))
    if not which.isdecimal():
        raise BadRequest("There is no such token.", status=404)
    await desk.store.write(lambda tx: tokens.revoke(tx, int(which), owner=owner, by=by, now=now))
    return RedirectResponse("/settings/tokens", status_code=303)


def browser_of(agent: str) -> str:
    """What a browser calls itself, as people would: `Firefox 140 on Linux`."""
    names = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Version", "Safari"),
    )
    found = ((label, re.search(rf"{mark}/(\d+)", agent)) for mark, label in names)
    name = next((f"{label} {version[1]}" for label, version in found if version), "")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
    system = next((word for word in systems if word in agent), "")
    return f"{name} on {system}" if name and system else name or agent or "unknown"


async def _proven(desk: Office, mine: sessions.Session, password: str) -> users.User:
    """Who is at this browser, after they said their password again.  Raises `UsageError`."""
    whom = f"again {mine.user_id}"
    await desk.throttle.wait(whom)
    user = await desk.store.read(lambda tx: users.numbered(tx, mine.user_id))
    if user is None:
        raise UsageError("This account may not sign in any more.")
    if user.password and not await passwords.is_right(password, user.password):
        desk.throttle.failed(whom)
        raise UsageError("This is not your current password.")
    desk.throttle.succeeded(whom)
    return user


async def _page(
    request: Request, desk: Office, *, fault: str = "", about: str = "", done: str = "", status: int = 200
) -> Response:
    mine, now = me(request), desk.clock()
    user = await desk.store.read(lambda tx: users.numbered(tx, mine.user_id))
    factor = await desk.store.read(lambda tx: totp.of(tx, mine.user_id))
    places = await desk.store.read(lambda tx: sessions.of(tx, mine.user_id, now=now))
    facts: dict[str, Any] = {
        "places": places,
        "names": [browser_of(place.agent) for place in places],
        "has_factor": factor.kept is not None,
        "codes_left": await desk.store.read(lambda tx: totp.codes_left(tx, mine.user_id)),
        "has_password": bool(user and user.password),
        "can_seal": desk.settings.sealing_key is not None,
        "least": passwords.MIN,
    }
    return page(
        request, "account.html", status=status, here="Settings", fault=fault, about=about, done=done, **facts
    )


async def _factor(request: Request, desk: Office, *, fault: str = "") -> Response:
    mine = me(request)
    factor = await desk.store.read(lambda tx: totp.of(tx, mine.user_id))
    if factor.pending is None:
        return RedirectResponse(HERE, status_code=303)
    secret = totp.secret_of(factor, mine.user_id, desk.settings.sealing_key)
    status = 400 if fault else 200
    return page(request, "account_factor.html", status=status, here="Settings", secret=secret, fault=fault)


async def _tokens(
    request: Request, desk: Office, *, made: NewToken | None = None, said: dict[str, str] | None = None,
    chosen: list[str] | None = None, fault: str = "",
) -> Response:  # fmt: skip
    mine = me(request)
    owner = None if mine.role == "admin" else mine.user
    every = await desk.store.read(lambda tx: tokens.every(tx, owner))
    return page(
        request, "tokens.html", status=400 if fault else 200, here="Settings", tokens=every, made=made,
        fault=fault, said=said or {"name": "", "days": "90"}, chosen=chosen or ["read"],
        meaning=tokens.MEANING, allowed=tokens.ALLOWED[mine.role], now=desk.clock(),
        address=desk.settings.address,
    )  # fmt: skip
