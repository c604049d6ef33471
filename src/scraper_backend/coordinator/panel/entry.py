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
from scraper_backend.coordinator.rules import links, sessions, users
from scraper_backend.core.errors import Forbidden, UsageError

router = new_router()
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
    return await _signed_in(request, desk, user, to)


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
