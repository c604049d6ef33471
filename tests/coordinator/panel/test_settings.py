"""Accounts, keys, runners, people and the audit log in the panel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pyotp
import pytest
import pytest_asyncio

from scraper_backend.coordinator.panel.account import browser_of
from scraper_backend.coordinator.rules import links, rests, users
from scraper_backend.coordinator.store.rows import EndRow
from tests.coordinator.live import HEALTH, REGISTER, Live, csrf_of, live

PASSWORD = "four plain words"
MASTER = "00" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def sealed(sqlite_url: str) -> AsyncIterator[Live]:
    """A coordinator that can keep secrets, and whose environment has no webhook secret."""
    async with live(sqlite_url, BSR_MASTER_KEY=MASTER, SCRAPER_WEBHOOK_SECRET="") as opened:
        yield opened


async def _send(browser: httpx2.AsyncClient, path: str, **form: str) -> Any:
    return await browser.post(path, data={"csrf": await csrf_of(browser), **form})


def _secret(text: str, prefix: str) -> str:
    found = re.search(rf"{prefix}[A-Za-z0-9_-]+", text)
    assert found
    return found[0]


async def _invited(office: Live, role: str = "operator") -> tuple[httpx2.AsyncClient, str]:
    """Somebody who came by an invitation; their browser, their name."""
    admin = await office.person("admin")
    page = await _send(admin, "/settings/people", name="tom", role=role)
    token = _secret(page.text, "token=").removeprefix("token=")
    browser = office.caller(Accept="text/html")
    form = {"token": token, "password": PASSWORD, "again": PASSWORD}
    assert 303 == (await browser.post("/invite", data=form)).status_code
    return browser, "tom"


async def test_a_key_is_shown_once_with_the_commands_that_use_it(office: Live) -> None:
    browser = await office.person("operator")

    made = await _send(browser, "/keys", name="garage-pi", bind="garage-pi", days="30")
    listed = await browser.get("/keys")

    secret = _secret(made.text, "bsr_")
    assert f"export SCRAPER_API_KEY={secret}" in made.text
    assert f"export SCRAPER_API_URL={office.address}" in made.text
    assert "no-store" == made.headers["cache-control"]
    assert secret not in listed.text
    assert 200 == (await office.caller(**{"X-API-Key": secret}).get(HEALTH)).status_code


async def test_a_revoked_key_opens_nothing_at_once(office: Live) -> None:
    browser = await office.person("operator")
    secret = _secret((await _send(browser, "/keys", name="pi")).text, "bsr_")

    await _send(browser, "/keys/1/revoke")

    assert 401 == (await office.caller(**{"X-API-Key": secret}).get(HEALTH)).status_code
    assert "revoked" in (await browser.get("/keys")).text


async def test_a_rotated_key_works_beside_its_successor(office: Live) -> None:
    browser = await office.person("operator")
    old = _secret((await _send(browser, "/keys", name="pi")).text, "bsr_")
    page = await _send(browser, "/keys/1/rotate", hours="24")

    codes = [
        (await office.caller(**{"X-API-Key": key}).get(HEALTH)).status_code
        for key in (old, _secret(page.text, "bsr_"))
    ]

    assert [200, 200] == codes
    assert "works for 24 hours more" in page.text


async def test_how_long_the_old_key_works_is_chosen(office: Live) -> None:
    browser = await office.person("operator")
    old = _secret((await _send(browser, "/keys", name="pi")).text, "bsr_")

    form = (await browser.get("/keys/1/rotate")).text
    page = await _send(browser, "/keys/1/rotate", hours="0")
    refused = await office.caller(**{"X-API-Key": old}).get(HEALTH)
    again = await browser.get("/keys/1/rotate")

    assert '<option value="24" selected>a day</option>' in form
    assert "The old key has ended" in page.text
    assert (401, 404) == (refused.status_code, again.status_code)


@pytest.mark.parametrize(
    ("form", "words"),
    [({"name": ""}, "is no name for a key"), ({"name": "pi", "days": "soon"}, "write a whole number"),
     ({"name": "pi", "days": "0"}, "is not in the future")],
)  # fmt: skip
async def test_a_faulty_key_form_says_what_to_write(office: Live, form: dict[str, str], words: str) -> None:
    answer = await _send(await office.person("operator"), "/keys", **form)

    assert (400, True) == (answer.status_code, words in answer.text)


async def test_a_runner_is_seen_paused_with_a_note_and_resumed(office: Live) -> None:
    browser = await office.person("operator")
    async with await office.machine() as machine:
        await machine.post(REGISTER, json={"runner_name": "shed/pi <4>", "metadata": {"version": "1.2"}})

    await _send(browser, "/runners/-/change", name="shed/pi <4>", action="pause", note="moves house")
    page = await browser.get("/runners")
    one = await browser.get("/runners/-/shed%2Fpi%20%3C4%3E")
    await _send(browser, "/runners/-/change", name="shed/pi <4>", action="resume")

    assert ("moves house" in page.text, "moves house" in one.text) == (True, True)
    assert "<4>" not in page.text + one.text
    assert "moves house" not in (await browser.get("/runners")).text


async def test_a_runner_that_rests_from_a_site_says_so(office: Live) -> None:
    async with await office.machine() as machine:
        await machine.post(REGISTER, json={"runner_name": "pi"})
    ends = [*[EndRow("pi", "blocked")] * 12, *[EndRow("mac", "found")] * 12]
    who = rests.Who("pi", "its key")

    await office.office.store.write(
        lambda tx: rests.rest_if_sick(tx, "a job", "amazon", who, ends, now=office.now())
    )

    page = (await (await office.person("viewer")).get("/runners/-/pi")).text
    assert "12 of its last 12 tasks went wrong, 0 of others&#39; 12" in page


async def test_a_runner_that_is_here_cannot_be_removed(office: Live) -> None:
    browser = await office.person("operator")
    async with await office.machine() as machine:
        await machine.post(REGISTER, json={"runner_name": "pi"})

    answer = await _send(browser, "/runners/-/change", name="pi", action="remove")

    assert (409, True) == (answer.status_code, "still here" in answer.text)


async def test_an_invited_person_signs_in_with_their_role(office: Live) -> None:
    browser, _ = await _invited(office)

    pages = [
        (await browser.get(path)).status_code for path in ("/keys", "/settings/people", "/settings/audit")
    ]

    assert [200, 403, 403] == pages


async def test_the_last_admin_is_kept_with_words(office: Live) -> None:
    admin = await office.person("admin")
    name = (await office.office.store.read(users.every))[0].name

    answer = await _send(admin, "/settings/people/change", name=name, action="disable")

    assert (400, True) == (answer.status_code, "is the last admin" in answer.text)


async def test_another_password_signs_out_other_browsers(office: Live) -> None:
    here, name = await _invited(office)
    there = office.caller(Accept="text/html")
    await there.post("/login", data={"name": name, "password": PASSWORD})

    wrong = await _send(
        here, "/settings/account/password", old="guessed", password="another one", again="another one"
    )
    right = await _send(
        here, "/settings/account/password", old=PASSWORD, password="another one", again="another one"
    )

    assert (400, 200) == (wrong.status_code, right.status_code)
    assert [200, 303] == [(await browser.get("/jobs")).status_code for browser in (here, there)]


async def test_a_session_elsewhere_can_be_ended_but_nobody_elses(office: Live) -> None:
    here, name = await _invited(office)
    there, other = office.caller(Accept="text/html"), await office.person("viewer")
    await there.post("/login", data={"name": name, "password": PASSWORD})
    hashed = links.hash_token(other.cookies["bsr_session"])

    await _send(here, "/settings/account/sessions/end", session=hashed)
    await _send(here, "/settings/account/sessions/end", session="others")

    codes = [(await browser.get("/jobs")).status_code for browser in (here, there, other)]
    assert [200, 303, 200] == codes


async def test_without_a_master_key_the_page_says_how_to_make_one(office: Live) -> None:
    browser, _ = await _invited(office)

    assert "openssl rand -base64 32" in (await browser.get("/settings/account")).text


async def _with_factor(sealed: Live) -> tuple[httpx2.AsyncClient, str, list[str]]:
    """Somebody with a second factor, the code that turned it on, and the spare ones."""
    browser, _ = await _invited(sealed)
    await _send(browser, "/settings/account/factor/begin", old=PASSWORD)
    page = await browser.get("/settings/account/factor")
    found = re.search(r"<code class=\"long\">([A-Z2-7]+)</code>", page.text)
    assert found
    code = pyotp.TOTP(found[1]).now()
    picture = await browser.get("/settings/account/factor.svg")
    assert (200, "image/svg+xml") == (picture.status_code, picture.headers["content-type"])
    done = await _send(browser, "/settings/account/factor", code=code)
    return browser, code, re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", done.text)


async def test_signing_in_asks_for_the_second_factor(sealed: Live) -> None:
    _, used, codes = await _with_factor(sealed)
    browser = sealed.caller(Accept="text/html")

    asked = await browser.post("/login", data={"name": "tom", "password": PASSWORD, "to": "/keys"})
    found = re.search(r'name="token" value="([^"]+)"', asked.text)
    assert found
    step = {"token": found[1], "to": "/keys"}
    replayed = await browser.post("/login/code", data={**step, "code": used})
    before = await browser.get("/jobs")
    entered = await browser.post("/login/code", data={**step, "code": codes[0]})
    again = await sealed.caller(Accept="text/html").post("/login/code", data={**step, "code": codes[1]})

    assert 10 == len(codes)
    assert (403, 303) == (replayed.status_code, before.status_code)
    assert (303, "/keys") == (entered.status_code, entered.headers["location"])
    assert 403 == again.status_code


async def test_a_factor_is_not_taken_away_without_the_password(sealed: Live) -> None:
    browser, _, _ = await _with_factor(sealed)

    wrong = await _send(browser, "/settings/account/factor/remove", old="guessed")
    right = await _send(browser, "/settings/account/factor/remove", old=PASSWORD)

    assert [400, 303] == [wrong.status_code, right.status_code]


async def test_a_webhook_secret_made_here_signs_crash_reports(sealed: Live) -> None:
    admin = await sealed.person("admin")
    job_id = await sealed.new_job()

    page = await _send(admin, "/settings/webhook", action="rotate")
    secret = _secret(page.text, "SCRAPER_WEBHOOK_SECRET=").partition("=")[2]
    body = f'{{"job_id": "{job_id}", "status": "failed", "error_message": "died"}}'.encode()
    signed = await sealed.signed(body, secret).post("/api/admin/scraping/callback", content=body)
    wrong = await sealed.signed(body, "guessed").post("/api/admin/scraping/callback", content=body)

    assert [200, 401] == [signed.status_code, wrong.status_code]


async def test_what_the_environment_sets_is_shown_and_not_changed(office: Live) -> None:
    admin = await office.person("admin")

    page = await admin.get("/settings/webhook")
    answer = await _send(admin, "/settings/webhook", action="rotate")

    assert "What the environment sets wins" in page.text
    assert 400 == answer.status_code


async def test_a_token_is_shown_once_and_works(office: Live) -> None:
    browser, _ = await _invited(office)
    filled = await browser.get("/settings/tokens?name=bsr+on+desk&scopes=read+jobs")

    made = await _send(browser, "/settings/tokens", name="desk", scopes="jobs", days="7")
    secret = _secret(made.text, "bsrt_")
    works = await office.caller(Authorization=f"Bearer {secret}").get("/api/v1/me")
    await _send(browser, "/settings/tokens/1/revoke")
    ended = await office.caller(Authorization=f"Bearer {secret}").get("/api/v1/me")

    assert 'value="bsr on desk"' in filled.text
    assert 'value="admin"' not in filled.text
    assert [200, 401] == [works.status_code, ended.status_code]
    assert secret not in (await browser.get("/settings/tokens")).text


async def test_nobody_revokes_a_token_of_somebody_else(office: Live) -> None:
    mine, _ = await _invited(office)
    await _send(mine, "/settings/tokens", name="mine", scopes="read")

    answer = await _send(await office.person("operator"), "/settings/tokens/1/revoke")

    assert 404 == answer.status_code


async def test_the_audit_log_shows_who_changed_what_from_what_to_what(office: Live) -> None:
    admin = await office.person("admin")
    await _send(admin, "/settings/retention", jobs="90", tests="7")

    page = await admin.get("/settings/audit?kind=retention")
    none = await admin.get("/settings/audit?kind=scraper&since=2020-01-01")
    wrong = await admin.get("/settings/audit?since=2020-02-31")

    assert ("&#34;jobs&#34;: 90" in page.text, "retention changed" in page.text) == (True, True)
    assert "Nothing fits" in none.text
    assert 400 == wrong.status_code


async def test_the_first_page_leads_to_a_scraper_a_job_and_a_key_with_its_commands(office: Live) -> None:
    browser = await office.person("admin")
    page = await browser.get("/jobs")
    made = await _send(browser, "/keys", name="first-runner")

    assert all(f'href="{path}"' in page.text for path in ("/scrapers/-/new", "/scrapers/-/import"))
    assert 'action="/keys"' in page.text
    assert f"export SCRAPER_API_KEY={_secret(made.text, 'bsr_')}" in made.text


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge 126 on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604", "Safari 18 on iPhone"),
        ("curl/8.5", "curl/8.5"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_a_browser_is_called_what_people_call_it(agent: str, name: str) -> None:
    assert name == browser_of(agent)
