"""Jobs and results as people see them: the list, one job, hostile values, live changes."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser

import httpx2
import pytest

from scraper_backend.coordinator.panel import doorbell
from scraper_backend.coordinator.panel.jobs import slices
from scraper_backend.coordinator.rules.jobs import Counts
from tests.coordinator.live import CALLBACK, Live, csrf_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "</title><svg/onload=alert(1)>",
    "\u202eevil\u0007\u001b[31m",
]


async def _results(office: Live, data: dict[str, object], sku: str = "SKU-001") -> str:
    """A finished job whose only result is this."""
    job_id = await office.new_job([sku])
    machine = await office.machine()
    report = {"job_id": job_id, "status": "completed", "results": {"data": {sku: {"amazon": data}}}}
    assert 1 == (await machine.post(CALLBACK, json=report)).json()["stored"]
    return job_id


class _Tags(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


async def test_an_empty_office_says_what_to_do_first(office: Live) -> None:
    page = await (await office.person("viewer")).get("/jobs")

    assert "No jobs yet" in page.text
    assert f"SCRAPER_API_URL={office.address}" in page.text


async def test_the_list_shows_each_job_with_its_state(office: Live) -> None:
    job_id = await _results(office, {"title": "Dog food"})
    browser = await office.person("viewer")

    everything, running = await browser.get("/jobs"), await browser.get("/jobs?status=running")

    assert f'href="/jobs/{job_id}"' in everything.text
    assert "1 found, 1 of 1 done" in everything.text
    assert "No such jobs" in running.text


async def test_one_job_shows_what_was_found(office: Live) -> None:
    data = {"title": "Dog food", "price": 1234.5, "currency": "USD", "url": "https://amazon.com/dp/1"}
    job_id = await _results(office, data, sku="012345")

    page = (await (await office.person("viewer")).get(f"/jobs/{job_id}")).text

    assert "012345" in page
    assert "1,234.50 USD" in page
    assert (
        '<a href="https://amazon.com/dp/1" rel="noopener noreferrer nofollow" target="_blank">Dog food</a>'
        in page
    )


async def test_results_can_be_narrowed_and_paged(office: Live) -> None:
    job_id = await office.new_job([f"SKU-{i:03}" for i in range(120)])
    machine = await office.machine()
    data = {"SKU-000": {"amazon": {"title": "Only one"}}}
    await machine.post(CALLBACK, json={"job_id": job_id, "status": "completed", "results": {"data": data}})
    browser = await office.person("viewer")

    found = await browser.get(f"/jobs/{job_id}?outcome=found")
    first = await browser.get(f"/jobs/{job_id}")
    more = re.search(r'href="(/jobs/[^"]*after=\d+)', first.text)
    assert more
    rest = await browser.get(more[1].replace("&amp;", "&"))

    assert ("Only one" in found.text, "SKU-001" in found.text) == (True, False)
    assert ("SKU-099" in first.text, "SKU-100" in first.text) == (True, False)
    assert ("SKU-099" in rest.text, "SKU-119" in rest.text) == (False, True)


@pytest.mark.parametrize("query", ["outcome=nonsense", "after=x", "after=-1"])
async def test_a_query_that_means_nothing_is_told(office: Live, query: str) -> None:
    job_id = await office.new_job()

    answer = await (await office.person("viewer")).get(f"/jobs/{job_id}?{query}")

    assert 400 == answer.status_code


async def test_a_job_that_is_not_there_is_a_page_that_says_so(office: Live) -> None:
    browser = await office.person("viewer")

    answers = [
        await browser.get(f"/jobs/{job}") for job in ("nonsense", "550e8400-e29b-41d4-a716-446655440000")
    ]

    assert [404, 404] == [answer.status_code for answer in answers]


@pytest.mark.parametrize("payload", HOSTILE)
async def test_what_a_site_wrote_is_text_and_nothing_else(office: Live, payload: str) -> None:
    job_id = await _results(
        office,
        {"title": payload, "url": payload, "availability": payload, "currency": payload, "price": 1.0},
        sku=re.sub(r"[\x00-\x1f]", "", payload),
    )

    page = (await (await office.person("viewer")).get(f"/jobs/{job_id}")).text

    tags = _Tags(page).tags
    assert {"src"} >= {
        name for tag, attributes in tags if tag == "script" for name in attributes if name != "defer"
    }
    assert [] == [
        tag for tag, attributes in tags for name in attributes if name.startswith("on") or name == "style"
    ]
    assert [] == [tag for tag, _ in tags if tag in ("img", "iframe", "object", "style", "base")]
    assert [] == [a["href"] for tag, a in tags if tag == "a" and str(a.get("href")).startswith("javascript")]
    assert "49" not in re.sub(r"[\da-f-]{8,}", "", page) or "{{7*7}}" != payload


async def test_a_page_is_told_when_results_come(office: Live) -> None:
    job_id = await office.new_job()
    browser, machine = await office.person("viewer"), await office.machine()

    async with browser.stream("GET", "/jobs/changes") as stream:
        lines = stream.aiter_lines()
        assert "retry: 2000" == await anext(lines)
        await machine.post(CALLBACK, json={"job_id": job_id, "status": "running"})
        async with asyncio.timeout(5):
            async for line in lines:
                if line == "event: changed":
                    break
    part = await browser.get(f"/jobs/{job_id}/live")

    assert "running" in part.text
    assert "<html" not in part.text


async def test_a_stream_ends_with_its_session(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "BREATH_S", 0.1)
    browser = await office.person("viewer")
    csrf = await csrf_of(browser)

    async with browser.stream("GET", "/jobs/changes") as stream:
        assert 303 == (await browser.post("/logout", data={"csrf": csrf})).status_code
        async with asyncio.timeout(5):
            rest = [line async for line in stream.aiter_lines()]

    assert "event: changed" not in rest


async def test_a_session_that_is_over_reloads_the_page_from_a_live_part(office: Live) -> None:
    answer = await office.caller(**{"HX-Request": "true"}).get("/jobs/live")

    assert (401, "/login") == (answer.status_code, answer.headers["hx-redirect"])


def test_a_bar_is_as_long_as_what_is_done() -> None:
    counts = Counts(10, 2, 3, 1, 0, 0, 1, 0, 2, 0, 1)

    pieces = slices(counts)

    assert [("good", 0, 30), ("calm", 30, 10), ("bad", 40, 30), ("dim", 70, 10)] == [tuple(p) for p in pieces]


async def test_assets_are_named_by_their_content(office: Live) -> None:
    async with office.caller() as nobody:
        page = (await nobody.get("/login")).text
        addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
        answers = [await nobody.get(address) for address in addresses]
        again = await nobody.get(addresses[0], headers={"If-None-Match": answers[0].headers["etag"]})
        missing: list[httpx2.Response] = [
            await nobody.get(f"/static/{name}")
            for name in ("nothing.css", "../pages.py", "%2e%2e/pages.py", "")
        ]

    assert len(addresses) >= 4
    assert {200} == {answer.status_code for answer in answers}
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert 304 == again.status_code
    assert {404} == {answer.status_code for answer in missing}
