"""Certificates are checked, and what is wrong with one is said."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime

import pytest
import trustme

from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import answer, fetcher, open_shop, site

CA = trustme.CA()
STRANGER = trustme.CA()
PAST = datetime(2001, 1, 1, tzinfo=UTC)


def server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def client() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


async def get(tls: ssl.SSLContext) -> Page | NoPage:
    async with open_shop({"/": answer()}, tls=tls) as shop, fetcher(shop, ssl_context=client()) as made:
        return await made.get(shop.url + "/", shop.site())


async def test_a_page_over_tls() -> None:
    got = await get(server(CA.issue_cert("127.0.0.1")))

    assert isinstance(got, Page)
    assert got.url.startswith("https://")


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (STRANGER.issue_cert("127.0.0.1"), "unable to get local issuer certificate"),
        (CA.issue_cert("other.example"), "ip address mismatch"),
        (CA.issue_cert("127.0.0.1", not_after=PAST), "certificate has expired"),
    ],
    ids=["stranger", "other name", "expired"],
)
async def test_a_wrong_certificate_is_named(certificate: trustme.LeafCert, words: str) -> None:
    got = await get(server(certificate))

    assert isinstance(got, NoPage)
    assert "tls" == got.reason
    assert words in got.message


async def test_a_server_that_speaks_no_tls_is_named() -> None:
    async def answer_anything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer())
        writer.close()

    server = await asyncio.start_server(answer_anything, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, fetcher(f"127.0.0.1:{port}") as made:
        got = await made.get(f"https://127.0.0.1:{port}/", site(f"https://127.0.0.1:{port}"))

    assert isinstance(got, NoPage)
    assert "tls" == got.reason
