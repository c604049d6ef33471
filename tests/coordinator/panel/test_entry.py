"""The door: the first admin, signing in, guessing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.coordinator.panel.entry import own_path
from scraper_backend.coordinator.rules import links, users
from scraper_backend.coordinator.serve import setup_link
from tests.coordinator.live import Live

PASSWORD = "four plain words"


async def _token(office: Live) -> str:
    link = await setup_link(office.office)
    assert link
    return link.partition("token=")[2]


def _form(token: str, **more: str) -> dict[str, str]:
    return {"token": token, "name": "ann", "password": PASSWORD, "again": PASSWORD, **more}


async def _ann(office: Live) -> None:
    await office.caller().post("/setup", data=_form(await _token(office)))


async def test_the_set_up_link_makes_an_admin_who_is_signed_in(office: Live) -> None:
    async with office.caller(Accept="text/html") as browser:
        made = await browser.post("/setup", data=_form(await _token(office)))
        page = await browser.get("/jobs")

    assert (303, "/") == (made.status_code, made.headers["location"])
    assert 200 == page.status_code
    assert "ann" in page.text


async def test_the_set_up_link_works_once(office: Live) -> None:
    token = await _token(office)
    await office.caller().post("/setup", data=_form(token))

    again = await office.caller().post("/setup", data=_form(token, name="eve"))

    assert 403 == again.status_code
    assert await setup_link(office.office) is None
    assert await office.office.store.read(lambda tx: users.named(tx, "eve")) is None


async def test_a_new_set_up_link_takes_back_the_one_before(office: Live) -> None:
    old = await _token(office)
    await _token(office)

    assert 403 == (await office.caller().get("/setup", params={"token": old})).status_code


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"again": "another"}, "differ"),
        ({"password": "short", "again": "short"}, "shorter than 10"),
        ({"password": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "easy to guess"),
        ({"name": ""}, "1 to 64 letters"),
        ({"name": "a\x00b"}, "1 to 64 letters"),
    ],
)
async def test_a_bad_form_is_told_and_the_link_stays_good(
    office: Live, change: dict[str, str], words: str
) -> None:
    token = await _token(office)

    refused = await office.caller().post("/setup", data=_form(token, **change))

    assert 400 == refused.status_code
    assert words in refused.text
    assert PASSWORD not in refused.text
    assert 303 == (await office.caller().post("/setup", data=_form(token))).status_code


async def test_signing_in_leads_where_the_person_wanted_to_go(office: Live) -> None:
    await _ann(office)
    async with office.caller(Accept="text/html") as browser:
        led = await browser.get("/jobs?status=failed")
        answer = await browser.post(
            "/login", data={"name": "ann", "password": PASSWORD, "to": "/jobs?status=failed"}
        )
        page = await browser.get("/jobs")

    assert "/login?to=%2Fjobs%3Fstatus%3Dfailed" == led.headers["location"]
    assert (303, "/jobs?status=failed") == (answer.status_code, answer.headers["location"])
    assert 200 == page.status_code


async def test_signing_in_again_ends_the_session_before(office: Live) -> None:
    await _ann(office)
    async with office.caller(Accept="text/html") as browser:
        await browser.post("/login", data={"name": "ann", "password": PASSWORD})
        before = browser.cookies["bsr_session"]
        await browser.post("/login", data={"name": "ann", "password": PASSWORD})

        assert before != browser.cookies["bsr_session"]
    old = office.caller(Accept="text/html", Cookie=f"bsr_session={before}")
    assert 303 == (await old.get("/jobs")).status_code


async def test_a_wrong_name_and_a_wrong_password_look_the_same(office: Live) -> None:
    await _ann(office)
    await office.office.store.write(lambda tx: users.create(tx, "demo", "", "viewer", now=office.now()))

    answers = [
        await office.caller().post("/login", data={"name": name, "password": "guessed it"})
        for name in ("ann", "bob", "demo")
    ]

    assert [403, 403, 403] == [answer.status_code for answer in answers]
    assert 1 == len(
        {answer.text.replace(name, "") for answer, name in zip(answers, ("ann", "bob", "demo"), strict=True)}
    )


async def test_a_link_from_the_terminal_works_once(office: Live) -> None:
    token = links.new_token()
    await office.office.store.write(lambda tx: users.way_in(tx, token, now=office.now()))

    first = await office.caller().get("/enter", params={"token": token})
    second = await office.caller().get("/enter", params={"token": token})

    assert [303, 403] == [first.status_code, second.status_code]
    assert "HttpOnly" in first.headers["set-cookie"]


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nX: 1"],
)
def test_nobody_is_led_to_another_site_after_signing_in(to: str) -> None:
    assert "/" == own_path(to)


@given(st.text())
def test_wherever_someone_is_led_is_a_path_of_ours(to: str) -> None:
    path = own_path(to)

    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()
