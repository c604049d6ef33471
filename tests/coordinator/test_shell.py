"""What is true of every answer, and what is no request at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from scraper_backend.coordinator import connection
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.app import create_app
from scraper_backend.coordinator.routes import Guarded, may_call
from tests.coordinator.live import HEALTH, Live, live, send


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Live]:
    async with live(sqlite_url) as opened:
        yield opened


def _error(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    said = json.loads(body)
    assert ["error"] == list(said)
    return int(head.split()[1]), said["error"]


async def test_every_error_of_the_framework_is_ours(office: Live) -> None:
    async with office.caller() as nobody:
        missing = await nobody.get("/api/nothing")
        slashed = await nobody.get("/healthz/")
        wrong = await nobody.request("DELETE", HEALTH)
        weird = await nobody.request("BREW", "/healthz")

    assert [404, 404, 405] == [answer.status_code for answer in (missing, slashed, wrong)]
    assert weird.status_code in (400, 405)
    assert all(["error"] == list(answer.json()) for answer in (missing, slashed, wrong, weird))
    assert "GET, HEAD" == wrong.headers["allow"]


async def test_a_person_sees_a_page_where_a_machine_gets_json(office: Live) -> None:
    async with office.caller(Accept="text/html") as browser:
        page, machine = await browser.get("/nothing"), await browser.get("/api/nothing")

    assert (404, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "There is nothing here" in page.text
    assert "application/json" == machine.headers["content-type"]


async def test_head_is_get_without_a_body(office: Live) -> None:
    async with office.caller() as nobody:
        answer = await nobody.head("/healthz")

    assert (200, b"", "15") == (answer.status_code, answer.content, answer.headers["content-length"])


async def test_every_answer_forbids_what_it_does_not_need(office: Live) -> None:
    async with office.caller() as nobody:
        answers = [await nobody.get(path) for path in ("/healthz", "/nothing", "/login", "/docs", HEALTH)]

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "no-store" == answer.headers["cache-control"]
        assert answer.headers["x-request-id"]


@may_call(Who.ANYONE)
async def _broken(request: Request) -> Response:
    raise RuntimeError("a secret of the inside")


async def test_a_fault_of_ours_tells_a_number_and_nothing_of_the_inside(office: Live) -> None:
    """The traceback is in the log under the same number."""
    desk = office.office
    app = create_app(desk.store, desk.settings, clock=desk.clock)
    app.router.routes.append(Guarded("/api/broken", _broken, methods=["GET"]))

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as nobody:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            answer = await nobody.get("/api/broken")

    number = answer.headers["x-request-id"]
    (fault,) = (line for line in lines if line["event"] == "http.fault")
    assert 500 == answer.status_code
    assert {"error": f"The coordinator failed; its log says more under {number}."} == answer.json()
    assert (number, "/api/broken", True) == (fault["request_id"], fault["path"], fault["exc_info"])


async def test_a_database_that_is_away_is_503_and_a_moment_to_come_back(office: Live) -> None:
    await office.office.store.close()

    async with office.caller() as nobody:
        alive, ready = await nobody.get("/healthz"), await nobody.get("/readyz")

    assert [200, 503] == [alive.status_code, ready.status_code]
    assert {"error": "The database does not answer."} == ready.json()
    assert ready.headers["retry-after"]


async def test_the_log_has_routes_and_names_but_no_keys_and_no_queries(office: Live) -> None:
    machine = await office.machine("shed")

    with capture_logs() as lines:
        await machine.get(f"{HEALTH}?token=hidden")
        await machine.get("/nothing%0aforged%1b[31m")

    asked, lost = (line for line in lines if line["event"] == "http.request")
    assert (HEALTH, 200, "key shed") == (asked["path"], asked["status"], asked["caller"])
    assert "/nothing?forged?[31m" == lost["path"]
    assert "bsr_" not in str(lines)
    assert "hidden" not in str(lines)


@pytest.mark.parametrize(
    "raw",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/admin/scraping/callback HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_is_no_http_gets_a_json_error(office: Live, raw: bytes) -> None:
    assert 400 == _error(await send(office.address, raw))[0]


@pytest.mark.parametrize(
    "head",
    [
        b"X-Long: " + b"x" * 70_000 + b"\r\n",
        b"".join(b"X-%d: 1\r\n" % i for i in range(150)),
    ],
)
async def test_a_head_without_end_is_431(office: Live, head: bytes) -> None:
    answer = await send(office.address, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")

    assert 431 == _error(answer)[0]


async def test_a_head_that_never_ends_is_given_up(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.2)

    answers = await asyncio.gather(
        send(office.address, b""),
        send(office.address, b"GET /healthz HTTP/1.1\r\nHost"),
        send(office.address, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /he", wait=1),
    )

    assert [408, 408] == [_error(answer)[0] for answer in answers[:2]]
    assert answers[2].startswith(b"HTTP/1.1 200")


async def test_a_connection_is_used_again(office: Live) -> None:
    once = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = await send(office.address, once + b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + once, wait=1)

    assert answer.startswith(b"HTTP/1.1 200")


async def test_a_head_and_its_body_are_one_packet(office: Live) -> None:
    host, port = office.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    firsts = []
    for _ in range(20):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        firsts.append(await reader.read(65536))
    writer.close()

    assert {b'{"status":"ok"}'} == {first.partition(b"\r\n\r\n")[2] for first in firsts}


async def test_a_refused_body_is_read_to_its_end_so_that_the_refusal_is_heard(office: Live) -> None:
    key = (await office.new_key()).encode()
    head = b"POST /api/admin/scraping/callback HTTP/1.1\r\nHost: x\r\nX-API-Key: " + key
    body = bytes(9 * 2**20)

    plain = await send(office.address, head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    asked = await send(
        office.address, head + b"\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n"
    )

    assert [413, 413] == [_error(plain)[0], _error(asked)[0]]
