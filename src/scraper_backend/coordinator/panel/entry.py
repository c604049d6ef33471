"""The door of the panel: the first admin, signing in and out.

A wrong name and a wrong password get the same answer after the same time; guessing is slowed (`throttle`).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator import passwords
from scraper_backend.coordinator.access import Who, cookie_name, is_secure
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import links, sessions, totp, users
from scraper_backend.core.errors import Forbidden, UsageError

router = new_router()
TOO_SLOW: Final = "That took more than five minutes; sign in again."
WRONG: Final = "This name and password do not fit together."


@router.get("/setup")
@may_call(Who.ANYONE)
async def set_up(request: Request, desk: Desk) -> Response:
    token = request.query_params.get("token", "")
    return await _setup_page(request, desk, token)


@router.post("/setup")
@may_call(Who.ANYONE)
async def first_admin(request: Request, desk: Desk) -> Response:
    form = await _form(request)
    token, name, password, now = (
        form.get("token", ""),
        form.get("name", ""),
        form.get("password", ""),
        desk.clock(),
    )
    name = name.strip()
    try:
        _check_name(name)
        passwords.check_new(password, name)
        if password != form.get("again"):
            raise UsageError("The two passwords differ.")
        kept = await passwords.hashed(password)
        user = await desk.store.write(lambda tx: users.first_admin(tx, token, name, kept, now=now))
    except (UsageError, Forbidden) as error:
        return await _setup_page(request, desk, token, name=name, fault=str(error))
    return await _signed_in(request, desk, user, "/")


@router.get("/login")
@may_call(Who.ANYONE)
async def login(request: Request, desk: Desk) -> Response:
    return await _login_page(request, desk, to=request.query_params.get("to", "/"))


@router.post("/login")
@may_call(Who.ANYONE)
async def sign_in(request: Request, desk: Desk) -> Response:
    form = await _form(request)
    name, to = form.get("name", "").strip(), form.get("to", "/")
    whom = (f"name {name.casefold()}", f"from {request.client.host if request.client else '?'}")
    await desk.throttle.wait(*whom)
    user = await desk.store.read(lambda tx: users.named(tx, name))
    if (
        not await passwords.is_right(form.get("password", ""), user.password if user else None)
        or user is None
    ):
        desk.throttle.failed(*whom)
        return await _login_page(request, desk, to=to, name=name, fault=WRONG, status=403)
    desk.throttle.succeeded(*whom)
    if passwords.is_outdated(user.password):
        fresh, number = await passwords.hashed(form["password"]), user.id
        await desk.store.write(lambda tx: users.rehash(tx, number, fresh))
    if await _has_factor(desk, user):
        return await _ask_for_code(request, desk, user, to)
    return await _signed_in(request, desk, user, to)


@router.post("/login/code")
@may_call(Who.ANYONE)
async def second_factor(request: Request, desk: Desk) -> Response:
    """The code after the password; a wrong one may be tried again while the step is open, ever slower."""
    form, now = await _form(request), desk.clock()
    token, to = form.get("token", ""), form.get("to", "/")
    number = await desk.store.read(lambda tx: links.owner(tx, token, "factor", now=now))
    user = await desk.store.read(lambda tx: users.numbered(tx, number)) if number is not None else None
    if user is None:
        return await _login_page(request, desk, to=to, fault=TOO_SLOW, status=403)
    whom, key = f"factor {user.id}", desk.settings.sealing_key
    await desk.throttle.wait(whom)
    if not await desk.store.write(lambda tx: totp.check(tx, user, form.get("code", ""), key, now=now)):
        desk.throttle.failed(whom)
        return _code_page(request, token, to, fault=totp.WRONG)
    desk.throttle.succeeded(whom)
    await desk.store.write(lambda tx: links.use(tx, token, "factor", now=now))
    return await _signed_in(request, desk, user, to)


@router.get("/invite")
@may_call(Who.ANYONE)
async def invited(request: Request, desk: Desk) -> Response:
    return await _invite_page(request, desk, request.query_params.get("token", ""))


@router.post("/invite")
@may_call(Who.ANYONE)
async def accept_invitation(request: Request, desk: Desk) -> Response:
    form, now = await _form(request), desk.clock()
    token, password = form.get("token", ""), form.get("password", "")
    try:
        passwords.check_new(password, "")
        if password != form.get("again"):
            raise UsageError("The two passwords differ.")
        kept = await passwords.hashed(password)
        user = await desk.store.write(lambda tx: users.accept(tx, token, kept, now=now))
    except (UsageError, Forbidden) as error:
        return await _invite_page(request, desk, token, fault=str(error))
    if await _has_factor(desk, user):
        return await _ask_for_code(request, desk, user, "/")
    return await _signed_in(request, desk, user, "/")


@router.get("/enter")
@may_call(Who.ANYONE)
async def enter(request: Request, desk: Desk) -> Response:
    """A link from a terminal on this machine signs in its reader, once."""
    link, token, now = request.query_params.get("token", ""), links.new_token(), desk.clock()
    agent, address = _origin(request)
    user = await desk.store.write(
        lambda tx: sessions.by_link(tx, link, token, agent=agent, address=address, now=now)
    )
    if user is None:
        words = "This link was used already, or is older than ten minutes."
        return page(request, "refusal.html", status=403, title="The link does not work", words=words)
    return _with_cookie(request, desk, token, "/")


@router.post("/logout")
@may_call(Who.VIEWER)
async def sign_out(request: Request, desk: Desk) -> Response:
    name = cookie_name(request, desk)
    await desk.store.write(lambda tx: sessions.end(tx, request.cookies[name]))
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(name, path="/", secure=is_secure(request, desk), httponly=True, samesite="lax")
    return answer


def to_login(request: Request) -> Response:
    """Where a person without a session is led, and back afterwards."""
    to = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(f"/login?{urlencode({'to': to})}", status_code=303)


async def _form(request: Request) -> dict[str, str]:
    return {key: value for key, value in (await request.form()).items() if isinstance(value, str)}


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise UsageError("Write a name of 1 to 64 letters.")


def _origin(request: Request) -> tuple[str, str]:
    return request.headers.get("user-agent", ""), request.client.host if request.client else ""


async def _setup_page(
    request: Request, desk: Office, token: str, *, name: str = "", fault: str = ""
) -> Response:
    now = desk.clock()
    is_good = await desk.store.read(lambda tx: links.is_good(tx, token, "setup", now=now))
    facts = {"token": token, "name": name, "fault": fault, "is_good": is_good, "least": passwords.MIN}
    title = "Set up the panel" if is_good else "The link does not work"
    status = 403 if not is_good else 400 if fault else 200
    return page(request, "setup.html", status=status, title=title, **facts)


async def _invite_page(request: Request, desk: Office, token: str, *, fault: str = "") -> Response:
    now = desk.clock()
    number = await desk.store.read(lambda tx: links.owner(tx, token, "invite", now=now))
    user = await desk.store.read(lambda tx: users.numbered(tx, number)) if number is not None else None
    title = "Choose your password" if user else "The invitation does not work"
    status = 403 if user is None else 400 if fault else 200
    facts = {"token": token, "name": user.name if user else "", "fault": fault, "least": passwords.MIN}
    return page(request, "invite.html", status=status, title=title, **facts)


async def _has_factor(desk: Office, user: users.User) -> bool:
    return (await desk.store.read(lambda tx: totp.of(tx, user.id))).kept is not None


async def _ask_for_code(request: Request, desk: Office, user: users.User, to: str) -> Response:
    """The password was right; what proves that is a link for the next step alone."""
    token, now = links.new_token(), desk.clock()
    await desk.store.write(lambda tx: links.make(tx, token, "factor", user_id=user.id, now=now))
    return _code_page(request, token, to)


def _code_page(request: Request, token: str, to: str, *, fault: str = "") -> Response:
    status = 403 if fault else 200
    return page(request, "code.html", status=status, title="One more step", token=token, to=to, fault=fault)


async def _login_page(
    request: Request, desk: Office, *, to: str, name: str = "", fault: str = "", status: int = 200
) -> Response:
    is_first = await desk.store.read(users.is_first_start)
    facts = {"to": to, "name": name, "fault": fault, "is_first_start": is_first}
    return page(request, "login.html", status=status, title="Sign in", **facts)


async def _signed_in(request: Request, desk: Office, user: users.User, to: str) -> Response:
    """A fresh session; whatever this browser held before is ended."""
    token, now = links.new_token(), desk.clock()
    before = request.cookies.get(cookie_name(request, desk), "")
    agent, address = _origin(request)
    await desk.store.write(
        lambda tx: sessions.start(tx, user, token, before=before, agent=agent, address=address, now=now)
    )
    return _with_cookie(request, desk, token, to)


def _with_cookie(request: Request, desk: Office, token: str, to: str) -> Response:
    answer = RedirectResponse(own_path(to), status_code=303)
    answer.set_cookie(
        cookie_name(request, desk),
        token,
        max_age=int(sessions.LASTS.total_seconds()),
        path="/",
        secure=is_secure(request, desk),
        httponly=True,
        samesite="lax",
    )
    return answer


def own_path(to: str) -> str:
    """`to` if it is a path of ours; a link must not lead a freshly signed-in person elsewhere."""
    is_own = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and "\\" not in to
    return to if is_own else "/"
