"""Starting and stopping, as a supervisor sees it: a real process, its lines, its signals, its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import trustme
from structlog.testing import capture_logs

from scraper_backend.coordinator.serve import bind
from scraper_backend.core.errors import UsageError
from tests.coordinator.live import live

SERVE = (
    "from scraper_backend.coordinator.serve import serve;"
    "from scraper_backend.coordinator.settings import read_settings;"
    "serve(read_settings(port=0))"
)


@contextlib.asynccontextmanager
async def served(folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A coordinator in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "BSR_DATA_DIR": str(folder), **environment},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


async def _last_words(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    return (await process.stderr.read()).decode()


async def _address(process: asyncio.subprocess.Process) -> str:
    line = await _line(process)
    found = re.fullmatch(r"Coordinator ready at (https?://127\.0\.0\.1:\d+)", line)
    assert found, line or await _last_words(process)
    return found[1]


async def test_it_says_where_it_is_and_how_to_make_the_first_admin(tmp_path: Path) -> None:
    async with served(tmp_path) as process:
        address = await _address(process)
        link = (await _line(process)).rpartition(" ")[2]

        async with httpx2.AsyncClient() as browser:
            ready = await browser.get(f"{address}/readyz")
            setup = await browser.get(link)

    assert 200 == ready.status_code
    assert link.startswith(f"{address}/setup?token=")
    assert "Create the first admin" in setup.text


async def test_a_signal_ends_it_within_five_seconds_with_streams_open(tmp_path: Path) -> None:
    """A live page and a request whose body never comes are open; the exit is clean all the same."""
    async with served(tmp_path) as process:
        address = await _address(process)
        link = (await _line(process)).rpartition(" ")[2]
        async with httpx2.AsyncClient(base_url=address, timeout=30) as browser:
            form = {"token": link.partition("token=")[2], "name": "ann", "password": "four plain words"}
            assert 303 == (await browser.post("/setup", data={**form, "again": form["password"]})).status_code
            async with browser.stream("GET", "/jobs/changes") as stream:
                chunks = stream.aiter_text()
                await anext(chunks)
                host, port = address.removeprefix("http://").split(":")
                _, hanging = await asyncio.open_connection(host, int(port))
                hanging.write(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
                began = time.monotonic()

                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(httpx2.HTTPError):
                    async for _ in chunks:
                        pass
                streamed = time.monotonic() - began
                code = await asyncio.wait_for(process.wait(), 10)
                took = time.monotonic() - began
        hanging.close()

    assert 0 == code
    assert streamed < 2
    assert took < 5


async def test_it_starts_again_on_the_same_database_and_invites_nobody_twice(tmp_path: Path) -> None:
    async with served(tmp_path) as process:
        address = await _address(process)
        first = (await _line(process)).rpartition("token=")[2]
        form = {"token": first, "name": "ann", "password": "four plain words", "again": "four plain words"}
        async with httpx2.AsyncClient(base_url=address) as browser:
            await browser.post("/setup", data=form)
        process.send_signal(signal.SIGINT)
        assert 0 == await asyncio.wait_for(process.wait(), 10)

    async with served(tmp_path) as process:
        await _address(process)
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        assert b"" == await asyncio.wait_for(process.stdout.read(), 10)


async def test_no_secret_of_the_settings_reaches_the_log(tmp_path: Path) -> None:
    async with served(tmp_path, SCRAPER_WEBHOOK_SECRET="hush-hush", LOG_LEVEL="debug") as process:
        address = await _address(process)
        async with httpx2.AsyncClient(headers={"X-API-Key": "bsr_abcdefghijk"}) as machine:
            await machine.get(f"{address}/api/scraper/v1/job")
        process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(process.communicate(), 10)

    assert b"http.request" in log
    assert b"hush-hush" not in log
    assert b"abcdefghijk" not in log


async def test_it_speaks_tls_with_its_own_certificate(sqlite_url: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    mine = authority.issue_cert("127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(b"".join(part.bytes() for part in mine.cert_chain_pems))
    key.write_bytes(mine.private_key_pem.bytes())

    async with live(sqlite_url, BSR_TLS_CERT=str(cert), BSR_TLS_KEY=str(key)) as office:
        trust = ssl.create_default_context()
        authority.configure_trust(trust)
        async with httpx2.AsyncClient(verify=trust) as client:
            answer = await client.get(f"{office.address}/healthz")

    assert office.address.startswith("https://")
    assert "max-age=" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("proxies", "seen"), [("127.0.0.0/8", "203.0.113.9"), ("", "127.0.0.1")])
async def test_only_a_trusted_proxy_says_who_is_calling(sqlite_url: str, proxies: str, seen: str) -> None:
    async with live(sqlite_url, BSR_TRUSTED_PROXY=proxies) as office:
        with capture_logs() as lines:
            await office.caller(**{"X-Forwarded-For": "203.0.113.9"}).get("/healthz")

    assert [seen] == [line["client"] for line in lines if line["event"] == "http.request"]


def test_a_taken_port_is_told_with_what_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError) as told:
        bind("127.0.0.1", port := taken.getsockname()[1])

    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use; " in str(told.value)
    assert "--port" in str(told.value)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize(("host", "callers"), [("::", ["127.0.0.1", "::1"]), ("::1", ["::1"])])
def test_an_address_of_ipv6_is_listened_on(host: str, callers: list[str]) -> None:
    (listening,) = bind(host, 0)

    with listening:
        for caller in callers:
            socket.create_connection((caller, listening.getsockname()[1]), timeout=2).close()
