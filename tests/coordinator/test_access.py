"""Who may call what: every route says so, and each identity gets exactly what it says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import RANK, SCOPE, Who
from scraper_backend.coordinator.app import ROUTERS
from scraper_backend.coordinator.routes import Guarded, new_router
from scraper_backend.coordinator.rules import links, users
from tests.coordinator.live import NOBODY, Live, csrf_of, live

ROUTES = [route for router in ROUTERS for route in router.routes]
CALLS = [
    (method, route)
    for route in ROUTES
    if isinstance(route, Guarded)
    for method in sorted(route.methods or ())
]
DOORS = {"/enter", "/setup", "/login", "/login/code", "/invite"}
"""Open to anyone; they answer 403 themselves, to a used link and to a wrong password."""
PEOPLE = (Who.VIEWER, Who.OPERATOR, Who.ADMIN)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    async with live(sqlite_url) as opened:
        yield opened


def test_every_route_declares_who_may_call_it() -> None:
    undeclared = [route for route in ROUTES if not isinstance(route, Guarded) or not route.who]

    assert [] == undeclared


def test_a_route_that_does_not_declare_it_cannot_be_made() -> None:
    async def endpoint(request: Request) -> Response:
        return Response()

    with pytest.raises(TypeError, match="does not say who may call it"):
        new_router().get("/secret")(endpoint)


def test_two_routes_never_stand_on_the_same_method_and_path() -> None:
    places = [(method, route.path) for method, route in CALLS]

    assert len(places) == len(set(places))


def _is_admitted(route: Guarded, identity: Who) -> bool:
    if Who.ANYONE in route.who:
        return True
    if identity in RANK:
        return any(RANK[identity] >= RANK[role] for role in route.who if role in RANK)
    if identity in SCOPE:
        return any(one in SCOPE and SCOPE[one] in _brought_by(identity) for one in route.who)
    return identity in route.who


def _brought_by(identity: Who) -> set[str]:
    """The scopes that come with a token's own."""
    return set(SCOPE.values()) if identity is Who.TOKEN_ADMIN else {SCOPE[identity], "read"}


async def _callers(office: Live) -> dict[Who, httpx2.AsyncClient]:
    people = {role: await office.person(role.value) for role in PEOPLE}  # type: ignore[arg-type]
    for browser in people.values():
        browser.headers["X-CSRF-Token"] = await csrf_of(browser)
    return {
        Who.ANYONE: office.caller(Accept="text/html"),
        Who.KEY: await office.machine(),
        Who.SIGNATURE: office.signed(b"{}"),
        **{who: await office.bearer(scope) for who, scope in SCOPE.items()},
        **people,
    }


async def _admits(caller: httpx2.AsyncClient, method: str, path: str) -> bool:
    """Refused is 401, 403, or being led to the sign-in page; whatever else comes back was let in."""
    async with caller.stream(method, path, content=b"{}" if method == "POST" else None) as answer:
        is_led_away = answer.headers.get("location", "").startswith("/login?to=")
        return answer.status_code not in (401, 403) and not is_led_away


async def test_each_identity_gets_what_each_route_declares(office: Live) -> None:
    """All routes with all identities; signing out comes last, because it works."""
    callers = await _callers(office)
    wrong = []

    for method, route in sorted(CALLS, key=lambda call: call[1].path == "/logout"):
        path = re.sub(r"\{[^}]*\}", NOBODY, route.path)
        for identity, caller in callers.items():
            if path in DOORS and identity is not Who.ANYONE:
                continue  # open to all alike, and a guesser is slowed
            is_let_in = await _admits(caller, method, path)
            if path not in DOORS and is_let_in != _is_admitted(route, identity):
                wrong.append((method, path, identity.value, "let in" if is_let_in else "refused"))

    assert [] == wrong


async def test_a_form_without_its_token_changes_nothing(office: Live) -> None:
    browser = await office.person()

    answers = [await browser.post("/logout"), await browser.post("/logout", data={"csrf": "guessed"})]

    assert [403, 403] == [answer.status_code for answer in answers]
    assert 200 == (await browser.get("/jobs")).status_code


async def test_a_form_of_another_site_changes_nothing(office: Live) -> None:
    browser = await office.person()
    csrf = await csrf_of(browser)

    foreign = await browser.post("/logout", data={"csrf": csrf}, headers={"Origin": "https://evil.example"})
    fetched = await browser.post("/logout", data={"csrf": csrf}, headers={"Sec-Fetch-Site": "cross-site"})
    login = await office.caller().post("/login", data={}, headers={"Origin": "null"})

    assert [403, 403, 403] == [answer.status_code for answer in (foreign, fetched, login)]


async def test_signing_out_ends_the_session_on_the_server(office: Live) -> None:
    browser = await office.person()
    cookie = browser.cookies["bsr_session"]

    answer = await browser.post(
        "/logout", data={"csrf": await csrf_of(browser)}, headers={"Origin": office.address}
    )

    assert (303, "/login") == (answer.status_code, answer.headers["location"])
    stolen = await office.caller(Cookie=f"bsr_session={cookie}", Accept="text/html").get("/jobs")
    assert (303, "/login?to=%2Fjobs") == (stolen.status_code, stolen.headers["location"])


async def test_behind_tls_the_cookie_belongs_to_this_host_alone(sqlite_url: str) -> None:
    async with live(sqlite_url, BSR_PUBLIC_URL="https://scraper.example.com") as office:
        address = f"http://127.0.0.1:{office.office.settings.port}"
        async with httpx2.AsyncClient(base_url=address) as browser:
            link = await _way_in(office)
            answer = await browser.get("/enter", params={"token": link})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-bsr_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=" in answer.headers["strict-transport-security"]


async def _way_in(office: Live) -> str:
    token = links.new_token()
    await office.office.store.write(lambda tx: users.way_in(tx, token, now=office.now()))
    return token
