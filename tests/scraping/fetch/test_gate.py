"""The only way out for a browser."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.gate import Gate
from scraper_backend.scraping.fetch.guard import AllowList, Guard, GuardedResolver
from tests.scraping.fetch.shops import Shop, answer, open_shop


@contextlib.asynccontextmanager
async def gate(*allowed: Shop, answers: str = "127.0.0.1") -> AsyncIterator[Gate]:
    async def lookup(host: str, port: int) -> list[str]:
        return [answers]

    allow = AllowList.from_text(",".join(f"127.0.0.1:{shop.port}" for shop in allowed))
    async with Gate(Guard(allow), GuardedResolver(allow, lookup)) as opened:
        yield opened


async def say(opened: Gate, text: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(opened.address.rpartition(":")[2]))
    writer.write(text.encode())
    async with asyncio.timeout(5):
        heard = await reader.read()
    writer.close()
    return heard


async def test_a_plain_request_is_carried_there_and_back() -> None:
    async with (
        open_shop({"/p?a=%2F": answer(b"hello", headers="Connection: keep-alive")}) as shop,
        gate(shop) as it,
    ):
        heard = await say(
            it, f"GET {shop.url}/p?a=%2F HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n"
        )

    assert heard.endswith(b"hello")
    assert b"Connection: close" in heard
    assert b"keep-alive" not in heard
    assert {"host": "x", "connection": "close"} == shop.seen[0].headers


async def test_a_tunnel_is_opened_to_an_allowed_machine() -> None:
    async with open_shop({"/p": answer(b"hello", headers="Connection: close")}) as shop, gate(shop) as it:
        connect = f"CONNECT 127.0.0.1:{shop.port} HTTP/1.1\r\n\r\n"
        talk = asyncio.create_task(say(it, connect + "GET /p HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\nX: "))
        while not shop.asked:
            await asyncio.sleep(0.01)
        shop.seen[0].writer.close()
        heard = await talk

    assert heard.startswith(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert ["/p"] == shop.asked


@pytest.mark.parametrize("host", ["127.0.0.1", "shop.example", "localhost", "0x7f.1", "[::1]"])
async def test_private_machines_cannot_be_reached(host: str) -> None:
    async with open_shop({"/": answer()}) as shop, gate() as it:
        tunnel = await say(it, f"CONNECT {host}:{shop.port} HTTP/1.1\r\n\r\n")
        plain = await say(it, f"GET http://{host}:{shop.port}/ HTTP/1.1\r\n\r\n")
        at = parse(f"http://{host}:{shop.port}/")
        assert at is not None
        fault = it.fault_of(at)

    assert tunnel.startswith(b"HTTP/1.1 403")
    assert b"" == plain
    assert [] == shop.asked
    assert fault is not None
    assert "private_address" == fault.reason


async def test_trackers_are_turned_away() -> None:
    async with open_shop() as shop, gate(shop, answers="127.0.0.1") as it:
        for host in ("www.google-analytics.com", "bat.bing.com", "connect.facebook.net"):
            assert (await say(it, f"CONNECT {host}:{shop.port} HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403")

    assert {} == it.faults


@pytest.mark.parametrize(
    "text",
    ["\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "CONNECT x\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n"],
)
async def test_what_is_no_request_is_hung_up_on(text: str) -> None:
    async with gate() as it:
        heard = await say(it, text)

    assert heard in (b"", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
