"""Five hundred payloads in every field a site can fill: none runs, none leads away, none is a formula."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import openpyxl

from scraper_backend.coordinator.rules import keys, pauses, runners, tokens, users
from scraper_backend.core.wire import Register
from tests.coordinator.live import CALLBACK, Live
from tests.coordinator.panel.browser import needs_browser, people

pytestmark = needs_browser

CODE = "alert(document.domain)"
TAGS = (
    "img src=x",
    "svg",
    "body",
    "video src=x",
    "details open",
    "input autofocus",
    "iframe",
    "object data=x",
    "math",
)
EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onanimationstart", "onpointerover", "onbegin")
BREAKS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "--></script>",
    "</title>",
    "</textarea>",
    "</style>",
    "]]>",
    "`",
    "${",
    "\\",
)
HEADS = (
    "<script>{}</script>",
    "<script src=data:,{}></script>",
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "\x01javascript:{}",
    "data:text/html,<script>{}</script>",
    "vbscript:{}",
    'https://x.example/"onclick={}',
    "http://[::1]/' onmouseover='{}",
    "//evil.example/{}",
    "{{{{constructor.constructor('{}')()}}}}",
    "{{% {} %}}",
    "<style>*{{background:url(javascript:{})}}</style>",
    "<meta http-equiv=refresh content=0;url=javascript:{}>",
    "<base href=javascript:{}//>",
    "<link rel=import href=data:,{}>",
    "<a href=javascript:{}>x</a>",
    "<form action=javascript:{}><button>x",
    "<x hx-get=/logout hx-trigger=load hx-on:load={}>",
    "<x hx-on::load={} hx-trigger=load>",
    "<x sse-connect=//evil.example data-{}>",
    "=cmd|'{}'!A0",
    '=HYPERLINK("https://evil.example","{}")',
    "@SUM({})",
    "+{}",
    "-{}",
    "＝{}",
    "\t={}",
    "\r={}",
)


def payloads() -> list[str]:
    """Tags × events × ways out of where a value stands, and what works without a tag."""
    tagged = (f"{way}<{tag} {event}={CODE}>" for tag, event, way in itertools.product(TAGS, EVENTS, BREAKS))
    bare = [f"{way}{head.format(CODE)}" for way, head in itertools.product(("", '">', "'"), HEADS)]
    return [*bare, *itertools.islice(tagged, 0, None, 2)][:500]


PAYLOADS = payloads()
NAMES = [text for text in PAYLOADS if text.isprintable() and text == text.strip()]
FIELDS = ("title", "brand", "description", "currency", "availability", "url", "category", "own")


async def _told(office: Live) -> str:
    """A job whose every field of every result is one of the payloads."""
    skus = [f"S{n:03}" for n in range(len(PAYLOADS))]
    job_id = await office.new_job(skus)
    data, outcomes = {}, {}
    for sku, text in zip(skus, PAYLOADS, strict=True):
        fields = (
            "title",
            "brand",
            "description",
            "currency",
            "availability",
            "url",
            "category",
            "own",
            text[:100],
        )
        data[sku] = {"amazon": {**dict.fromkeys(fields, text), "images": [text], "price": 1.5}}
        how = {name: dict.fromkeys(("raw", "strategy", "selector"), text) for name in fields}
        detail = {"reason": text, "evidence": [text, {"why": text}], "provenance": how, text[:100]: text}
        outcomes[sku] = {"amazon": {"outcome": "found", "detail": detail}}
    report = {
        "job_id": job_id, "status": "completed", "runner_name": "<b onclick=alert(1)>",
        "results": {"data": data, "outcomes": outcomes},
    }  # fmt: skip
    answer = await (await office.machine()).post(CALLBACK, json=report)
    assert len(PAYLOADS) == answer.json()["stored"], answer.text
    return job_id


async def test_nothing_that_a_site_wrote_runs_on_any_page(office: Live, browser: Any) -> None:
    job_id = await _told(office)
    other = await office.new_job(["S000"])
    pages = [f"/jobs/{job_id}?after={after}" for after in range(0, 500, 100)]
    pages += [f"/jobs/{job_id}/results/{task}" for task in range(1, 501, 40)]
    pages += [f"/products?after=S{n:03}" for n in range(0, 500, 25)]
    pages += [f"/products/one?sku=S{n:03}" for n in range(3, 500, 40)]
    pages += [f"/jobs/{job_id}/{end}" for end in ("logs", "compare", "export")] + [f"/jobs/{other}", "/jobs"]

    [anna] = await people(browser, office, "operator")
    for path in pages:
        await anna.open(path)
        assert office.address + path == anna.page.url
    marks: list[str] = await anna.page.evaluate("[...document.querySelectorAll('[onclick]')].map(String)")

    assert 500 == len(set(PAYLOADS))
    assert ([], []) == (anna.alarms, marks)


async def test_every_link_of_a_site_is_a_plain_web_address(office: Live, browser: Any) -> None:
    await _told(office)

    [anna] = await people(browser, office, "viewer")
    links = []
    for n in range(3, 500, 60):
        await anna.open(f"/products/one?sku=S{n:03}")
        links += await anna.page.evaluate(
            "[...document.querySelectorAll('main a[target]')].map((a) => [a.protocol, a.rel])"
        )
        assert (
            0 == await anna.page.locator("main img, main iframe, main object, main form[action*=':']").count()
        )

    assert all(["noopener noreferrer nofollow"] == link[1:] for link in links)
    assert {link[0] for link in links} <= {"http:", "https:"}


async def test_no_export_holds_a_formula(office: Live) -> None:
    job_id = await _told(office)
    browser = await office.person("viewer")

    for path in (f"/jobs/{job_id}/download", "/products/download"):
        for cell in _cells(await browser.get(f"{path}?format=csv")):
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠") or _is_number(cell), cell
        book = openpyxl.load_workbook(io.BytesIO((await browser.get(f"{path}?format=xlsx")).content))
        kinds: set[Any] = {cell.data_type for row in book.active.iter_rows() for cell in row}
        assert kinds <= {"s", "n"}


def _cells(answer: httpx2.Response) -> list[str]:
    assert 200 == answer.status_code
    assert "attachment; filename=" in answer.headers["content-disposition"]
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row]


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


async def _named(office: Live) -> str:
    """SKUs, runners, notes, keys, tokens, labels and log lines that are payloads, as far as they may be."""
    job_id = await office.new_job(NAMES)
    fleet = await office.machine()
    report = {
        "job_id": job_id, "status": "failed", "error_message": NAMES[0], "runner_name": NAMES[1],
        "results": {"data": {sku: {"amazon": {"title": "x", "price": 1}} for sku in NAMES[::2]}},
    }  # fmt: skip
    assert 200 == (await fleet.post(CALLBACK, json=report)).status_code
    events = [
        {
            "seq": n,
            "at": "2026-03-02T09:00:00Z",
            "event": text[:80],
            "facts": {text[:80]: text},
            "job_id": job_id,
        }
        for n, text in enumerate(NAMES[:200], start=1)
    ]
    sent = await fleet.post("/api/scraper/v1/logs", json={"runner_name": NAMES[2], "events": events})
    assert 200 == sent.status_code, sent.text

    async def rule(tx: Any) -> None:
        now = office.now()
        fleet_key = (await keys.every(tx))[0]
        user = await users.create(tx, "rosa", "", "admin", now=now)
        for text in NAMES:
            await runners.register(
                tx, Register(runner_name=text[:200], metadata={text[:40]: text}), fleet_key, now=now
            )
            await runners.rest(tx, text[:200], text, by=text, now=now)
        for n, text in enumerate(NAMES[:120]):
            await keys.create(tx, f"{n}{text}"[:100], now=now)
            await tokens.create(tx, user.name, f"{n}{text}"[:100], ["read"], by=text, now=now)
        await pauses.pause_scraper(tx, "amazon", reason=NAMES[3], by=NAMES[4], now=now)

    await office.office.store.write(rule)
    return job_id


async def test_nothing_that_somebody_named_runs_on_any_page(office: Live, browser: Any) -> None:
    """Who holds a key names runners and writes log lines; they are read by an admin."""
    job_id = await _named(office)
    pages = [f"/jobs/{job_id}?after={after}" for after in range(0, len(NAMES), 100)]
    pages += [f"/jobs/{job_id}/{end}" for end in ("logs", "compare", "export", "retry")]
    pages += [f"/products?{urlencode({'q': text})}" for text in NAMES[::90]]
    pages += [f"/products/one?{urlencode({'sku': sku})}" for sku in NAMES[::120]]
    pages += [f"/runners/-/{quote(text[:200], safe='')}" for text in NAMES[::90]]
    pages += [
        "/jobs",
        "/jobs/new",
        f"/jobs/new?like={job_id}",
        "/runners",
        "/keys",
        "/scrapers",
        "/scrapers/amazon",
    ]
    pages += [
        "/settings/tokens",
        "/settings/people",
        *(f"/settings/audit?kind={kind}" for kind in ("runner", "key")),
    ]
    pages += [f"/settings/tokens?{urlencode({'name': text, 'scopes': text})}" for text in NAMES[::90]]

    [anna] = await people(browser, office, "admin")
    for path in pages:
        await anna.open(path)
    marks: int = await anna.page.evaluate("document.querySelectorAll('[onclick], main script').length")

    assert len(NAMES) > 450
    assert ([], 0) == (anna.alarms, marks)
