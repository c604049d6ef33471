"""What other people's HTTP clients do, each thing seen in one: they get the answer all the same."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from tests.coordinator.live import CALLBACK, HEALTH, JOB, Live

JAVA = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
"""What java.net.http.HttpClient sends with every request to a plain address; also `curl --http2`."""


async def _spoken(office: Live, *packets: str) -> tuple[int, dict[str, object]]:
    """The answer to these bytes, packet by packet."""
    place = urlsplit(office.address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    for packet in packets:
        writer.write(packet.encode())
        await writer.drain()
        await asyncio.sleep(0.02)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
    length = next(line for line in head.lower().split("\r\n") if line.startswith("content-length:"))
    body = json.loads(await reader.readexactly(int(length.split(":")[1])))
    writer.close()
    return int(head.split()[1]), body


def _head(method: str, path: str, key: str, more: str = "") -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: office\r\nX-API-Key: {key}\r\n{more}\r\n"


@pytest.mark.parametrize("is_whole", [True, False])
async def test_an_offer_of_another_protocol_does_not_cost_the_body(office: Live, is_whole: bool) -> None:
    job_id, key = await office.new_job(), await office.new_key()
    body = json.dumps({"job_id": job_id, "status": "running"})
    head = _head("POST", CALLBACK, key, f"{JAVA}Content-Length: {len(body)}\r\n")

    packets = [head + body] if is_whole else [head[:40], head[40:], body[:9], body[9:]]
    status, answer = await _spoken(office, *packets)

    assert (200, "running") == (status, answer.get("status"))


async def test_an_offer_with_nothing_behind_it_is_declined_too(office: Live) -> None:
    status, answer = await _spoken(office, _head("GET", HEALTH, await office.new_key(), JAVA))

    assert (200, True) == (status, "checks" in answer)


async def test_a_request_for_a_tunnel_is_refused_in_words(office: Live) -> None:
    status, answer = await _spoken(office, "CONNECT office:443 HTTP/1.1\r\nHost: office:443\r\n\r\n")

    assert (405, True) == (status, "proxy" in str(answer["error"]))


@pytest.mark.parametrize("around", ["{} ", "\t{}\t", "   {}"])
async def test_blanks_around_a_key_are_not_of_it(office: Live, around: str) -> None:
    status, _ = await _spoken(office, _head("GET", HEALTH, around.format(await office.new_key())))

    assert 200 == status


@pytest.mark.parametrize("path", [f"/{CALLBACK}", f"{CALLBACK}/", CALLBACK.replace("/", "//")])
async def test_a_slash_too_many_changes_nothing(office: Live, path: str) -> None:
    """A base address that ended in one, a framework that ends every path with one."""
    job_id, machine = await office.new_job(), await office.machine()

    told = await machine.post(office.address + path, json={"job_id": job_id, "status": "running"})
    asked = await machine.get(f"{office.address}/{JOB}/", params={"job_id": job_id})

    assert (200, 200) == (told.status_code, asked.status_code)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1"]
)
async def test_json_is_json_whatever_it_is_called(office: Live, kind: str) -> None:
    """`curl -d` calls every body a form."""
    job_id, machine = await office.new_job(), await office.machine()
    body = json.dumps({"job_id": job_id, "status": "running", "runner_name": "möwe"}).encode()

    answer = await machine.post(CALLBACK, content=body, headers={"Content-Type": kind} if kind else {})

    assert 200 == answer.status_code
