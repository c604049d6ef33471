"""A page or a reason, in bounded time and memory, whatever the server does."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import Handler, Request, Shop, answer, fetcher, open_shop, redirect


async def page_of(shop: Shop, path: str = "/", **options: Any) -> Page:
    got = await get(shop, path, **options)
    assert isinstance(got, Page), got
    return got


async def reason_of(shop: Shop, path: str = "/", **options: Any) -> str:
    got = await get(shop, path, **options)
    assert isinstance(got, NoPage), got
    return got.reason


async def get(shop: Shop, path: str = "/", **options: Any) -> Page | NoPage:
    async with fetcher(shop) as made:
        return await made.get(shop.url + path, shop.site(**options))


# ── What comes back ────────────────────────────────────────────────────────────────────────────────


async def test_a_page_comes_with_everything_that_was_said_about_it() -> None:
    async with open_shop({"/p": answer("<p>Grün</p>".encode(), headers="X-One: 1\nX-One: 2")}) as shop:
        page = await page_of(shop, "/p")

    assert ("<p>Grün</p>", 200, f"{shop.url}/p", ()) == (page.text, page.status, page.url, page.history)
    assert ("1, 2", "text/html") == (page.headers["x-one"], page.content_type)
    assert page.fetched_at.tzinfo is UTC
    assert not page.rendered
    assert not page.truncated


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden", "500 Oh"])
async def test_an_error_page_is_a_page_for_the_walk_to_judge(status: str) -> None:
    async with open_shop({"/": answer(b"<h1>oh</h1>", status=status)}) as shop:
        page = await page_of(shop)

    assert (int(status[:3]), "<h1>oh</h1>") == (page.status, page.text)


async def test_the_sku_reaches_the_shop_encoded_as_it_was_written() -> None:
    async with open_shop({"/s": answer()}) as shop:
        await get(shop, "/s?q=A%2FB%20C%2B%27")

    assert shop.asked == ["/robots.txt", "/s?q=A%2FB%20C%2B%27"]


async def test_we_say_who_we_are() -> None:
    async with (
        open_shop({"/": answer()}) as shop,
        fetcher(shop, user_agent="bot/1 (+me@example.com)") as made,
    ):
        await made.get(shop.url, shop.site(locale="de_DE"))

    sent = shop.seen[-1].headers
    assert ("bot/1 (+me@example.com)", "me@example.com") == (sent["user-agent"], sent["from"])
    assert "de-DE,de;q=0.9,en;q=0.5" == sent["accept-language"]


async def test_connections_are_used_again() -> None:
    async with (
        open_shop({"/a": answer(), "/b": answer(), "/c": redirect("/b")}) as shop,
        fetcher(shop) as made,
    ):
        for path in ("/a", "/b", "/c"):
            await made.get(shop.url + path, shop.site())

    assert 1 == len({id(request.writer) for request in shop.seen})


async def test_walks_that_want_the_same_page_at_once_share_it() -> None:
    async def slow(request: Request) -> bytes:
        await asyncio.sleep(0.05)
        return answer(b"one")

    async with open_shop({"/": slow}) as shop, fetcher(shop) as made:
        got = await asyncio.gather(*(made.get(shop.url + "/", shop.site()) for _ in range(5)))

    assert {"one"} == {page.text for page in got if isinstance(page, Page)}
    assert 1 == shop.times_asked("/")


async def test_a_walk_that_gives_up_does_not_take_the_others_page_away() -> None:
    async def slow(request: Request) -> bytes:
        await asyncio.sleep(0.1)
        return answer(b"one")

    async with open_shop({"/": slow}) as shop, fetcher(shop) as made:
        first, second = (asyncio.create_task(made.get(shop.url + "/", shop.site())) for _ in range(2))
        await asyncio.sleep(0.02)
        first.cancel()
        page = await second

    assert isinstance(page, Page)
    assert "one" == page.text


# ── Bodies ─────────────────────────────────────────────────────────────────────────────────────────


def compressed(body: bytes, how: str) -> bytes:
    if how == "raw deflate":
        engine = zlib.compressobj(wbits=-15)
        return engine.compress(body) + engine.flush()
    return zlib.compress(body) if how == "deflate" else gzip.compress(body)


@pytest.mark.parametrize("how", ["gzip", "deflate", "raw deflate"])
async def test_compressed_bodies_are_inflated(how: str) -> None:
    body = compressed(b"<p>hello</p>" * 20_000, how)
    async with open_shop(
        {"/": answer(body, headers=f"Content-Encoding: {how.rsplit(maxsplit=1)[-1]}")}
    ) as shop:
        page = await page_of(shop)

    assert "<p>hello</p>" * 20_000 == page.text


async def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    async with open_shop({"/": answer(bomb, headers="Content-Encoding: gzip")}) as shop:
        started = time.monotonic()

        reason = await reason_of(shop)

    assert "too_large" == reason
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "encoding", ["gzip", "deflate", "br", "zstd", "gzip, br"], ids=lambda value: value.replace(", ", "+")
)
async def test_a_body_that_is_not_compressed_as_it_says_is_told(encoding: str) -> None:
    async with open_shop({"/": answer(b"plain <p>", headers=f"Content-Encoding: {encoding}")}) as shop:
        assert "bad_encoding" == await reason_of(shop)


async def test_an_announced_giant_is_not_downloaded() -> None:
    async with open_shop({"/": answer(b"<p>", length=500_000_000)}) as shop:
        assert "too_large" == await reason_of(shop)


async def test_an_infinite_body_ends_at_the_limit() -> None:
    async def forever(request: Request) -> None:
        request.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            request.writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await request.writer.drain()

    async with open_shop({"/": forever}) as shop:
        assert "too_large" == await reason_of(shop)


async def test_a_body_that_drips_is_given_up_after_the_sites_timeout() -> None:
    async def drip(request: Request) -> None:
        request.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            request.writer.write(b"1\r\nx\r\n")
            await request.writer.drain()
            await asyncio.sleep(0.02)

    async with open_shop({"/": drip}) as shop:
        started = time.monotonic()
        got = await get(shop, timeout=0.4)

    assert isinstance(got, NoPage)
    assert "timeout" == got.reason
    assert got.page is not None
    assert got.page.text.startswith("xxx")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("headers", ["slow", "endless"])
async def test_headers_that_never_end_are_given_up(headers: str) -> None:
    async def stall(request: Request) -> None:
        request.writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1_000_000):
            request.writer.write(b"X-%d: y\r\n" % number)
            await request.writer.drain()
            await asyncio.sleep(0.05 if headers == "slow" else 0)

    async with open_shop({"/": stall}) as shop:
        assert await reason_of(shop, timeout=0.5) in ("timeout", "protocol")


@pytest.mark.parametrize(
    "cut",
    [
        answer(b"<p>half", length=1000),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<p>half\r\n",
        answer(gzip.compress(b"<p>half" + b"%d" % 7**5000)[:-9], headers="Content-Encoding: gzip"),
    ],
    ids=["content-length", "chunked", "gzip"],
)
async def test_half_a_page_is_no_page(cut: bytes) -> None:
    def half(request: Request) -> bytes:
        request.writer.write(cut)
        request.writer.close()
        return b""

    async with open_shop({"/": half}) as shop:
        got = await get(shop)

    assert isinstance(got, NoPage)
    assert "truncated" == got.reason
    assert got.page is not None
    assert got.page.truncated
    assert got.page.text.startswith("<p>half")


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=["ssh", "status", "header"],
)
async def test_what_is_not_http_is_told(junk: bytes) -> None:
    async with open_shop({"/": junk}) as shop:
        assert "protocol" == await reason_of(shop)


async def test_large_but_honest_headers_are_read() -> None:
    async with open_shop({"/": answer(headers="Content-Security-Policy: " + "a" * 30_000)}) as shop:
        assert 200 == (await page_of(shop)).status


async def test_a_connection_that_is_dropped_is_told() -> None:
    async def hang_up(request: Request) -> None:
        request.writer.transport.abort()

    async with open_shop({"/": hang_up}) as shop:
        assert "reset" == await reason_of(shop)


async def test_a_closed_port_is_told() -> None:
    async with open_shop() as shop:
        pass
    got = await get(shop)

    assert isinstance(got, NoPage)
    assert "connect" == got.reason
    assert str(shop.port) in got.message


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image/png", b"\x89PNG\r\n"),
        ("application/pdf", b"%PDF-1.7"),
        ("text/html", b"%PDF-1.7"),
        ("", b"PK\x03\x04zip"),
        ("application/octet-stream", b"\x00\x01\x02"),
    ],
)
async def test_what_is_no_text_is_no_page(kind: str, body: bytes) -> None:
    async with open_shop({"/": answer(body, kind=kind)}) as shop:
        assert "not_text" == await reason_of(shop)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/ld+json", "application/xhtml+xml", "text/xml", "", "text/plain"]
)
async def test_every_kind_of_text_is_a_page(kind: str) -> None:
    async with open_shop({"/": answer(b'{"price": 1}', kind=kind)}) as shop:
        assert '{"price": 1}' == (await page_of(shop)).text


# ── Redirects ──────────────────────────────────────────────────────────────────────────────────────


async def test_redirects_are_followed_and_remembered() -> None:
    pages = {
        "/a": redirect("/b", "301 Moved"),
        "/b": redirect("c?x=1#frag", "307 Temporary"),
        "/c": answer(b"end"),
    }
    async with open_shop(pages) as shop:
        page = await page_of(shop, "/a")

    assert ("end", f"{shop.url}/c?x=1") == (page.text, page.url)
    assert (f"{shop.url}/a", f"{shop.url}/b") == page.history
    assert f"{shop.url}/a" == page.requested_url


async def test_a_redirect_loop_ends() -> None:
    async with open_shop({"/a": redirect("/b"), "/b": redirect("/a")}) as shop:
        assert "redirect_loop" == await reason_of(shop, "/a")

    assert 11 == shop.times_asked("/a") + shop.times_asked("/b")


async def test_a_redirect_that_only_sets_a_cookie_is_no_loop() -> None:
    def gate(request: Request) -> bytes:
        if "ok=1" in request.headers.get("cookie", ""):
            return answer(b"in")
        return answer(b"", status="302 Found", headers="Location: /\nSet-Cookie: ok=1")

    async with open_shop({"/": gate}) as shop:
        page = await page_of(shop)

    assert "in" == page.text
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://localhost/", "private_address"),
        ("http://[::ffff:127.0.0.1]/", "private_address"),
        ("http://0x7f.1/", "private_address"),
        ("http://2130706433/", "private_address"),
        ("//10.0.0.1/", "private_address"),
        ("file:///etc/passwd", "bad_address"),
        ("ftp://127.0.0.1/", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("http://elsewhere.example/", "off_site"),
    ],
)
async def test_a_redirect_cannot_send_us_anywhere(location: str, reason: str) -> None:
    async with open_shop({"/a": redirect(location), "/": answer()}) as shop:
        assert reason == await reason_of(shop, "/a")


async def test_a_site_that_has_moved_is_followed_to_where_it_moved() -> None:
    """The front door leads to the new domain, so the old one's links may lead there too."""
    async with open_shop({"/": answer(), "/p": answer(b"new")}) as new:

        async def lookup(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        url = f"http://new.example:{new.port}"
        async with (
            open_shop({"/": redirect(url), "/p": redirect(url + "/p")}) as old,
            fetcher("new.example", "old.example", "www.old.example", lookup=lookup) as made,
        ):
            moved = old.site().model_copy(update={"base_url": f"http://old.example:{old.port}/"})
            page = await made.get(f"http://old.example:{old.port}/p", moved)

    assert isinstance(page, Page)
    assert ("new", f"{url}/p") == (page.text, page.url)
    assert 1 == old.times_asked("/")


async def test_secrets_of_a_site_stay_at_home() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with open_shop({"/": answer(), "/p": answer(b"new")}) as new:
        url = f"http://new.example:{new.port}"
        async with (
            open_shop({"/": redirect(url), "/p": redirect(url + "/p")}) as old,
            fetcher("new.example", "old.example", "www.old.example", lookup=lookup) as made,
        ):
            options = {
                "headers": {"Authorization": "Bearer s3cret", "X-Plain": "1"},
                "cookies": {"login": "me"},
            }
            home = old.site(**options).model_copy(update={"base_url": f"http://www.old.example:{old.port}/"})
            await made.get(f"http://old.example:{old.port}/p", home)

    asked = next(request for request in old.seen if request.path == "/p")
    assert ("Bearer s3cret", "login=me") == (asked.headers["authorization"], asked.headers["cookie"])
    assert "1" == new.seen[-1].headers["x-plain"]
    assert not {"authorization", "cookie"} & new.seen[-1].headers.keys()


# ── Addresses ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "javascript:1",
        "/relative",
        "http://",
        "http://a b/",
        "http://x:99999/",
        "file:///etc/passwd",
    ],
)
async def test_only_web_addresses_are_asked(url: str) -> None:
    async with open_shop() as shop, fetcher(shop) as made:
        got = await made.get(url, shop.site())

    assert isinstance(got, NoPage)
    assert "bad_address" == got.reason


async def test_a_private_site_needs_the_operators_word() -> None:
    async with open_shop({"/": answer()}) as shop, fetcher() as made:
        got = await made.get(shop.url, shop.site())

    assert isinstance(got, NoPage)
    assert "private_address" == got.reason
    assert "RUNNER_ALLOW_PRIVATE_HOSTS" in got.message
    assert [] == shop.asked


async def test_a_name_is_looked_up_once_and_connected_to_what_was_checked() -> None:
    """DNS rebinding: the second answer would be this machine."""
    answers = iter([["192.0.2.1"], ["127.0.0.1"], ["127.0.0.1"]])
    asked = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    async with open_shop({"/": answer()}) as shop, fetcher(lookup=lookup) as made:
        url = f"http://rebind.example:{shop.port}/"
        got = [await made.get(url, shop.site().model_copy(update={"base_url": url})) for _ in range(2)]

    assert ["private_address", "private_address"] == [no.reason for no in got if isinstance(no, NoPage)]
    assert [] == shop.asked


async def test_a_name_with_a_public_and_a_private_address_is_a_trick() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    async with open_shop({"/": answer()}) as shop, fetcher(shop, lookup=lookup) as made:
        url = f"http://both.example:{shop.port}/"
        got = await made.get(url, shop.site().model_copy(update={"base_url": url}))

    assert isinstance(got, NoPage)
    assert "private_address" == got.reason


async def test_a_name_without_address_is_told() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    async with fetcher(lookup=lookup) as made:
        gone = Shop(port=80).site().model_copy(update={"base_url": "http://gone.example/"})
        got = await made.get("http://gone.example/", gone)

    assert isinstance(got, NoPage)
    assert ("dns", "the name gone.example leads nowhere") == (got.reason, got.message)


async def test_a_proxy_on_a_private_address_needs_the_operators_word_too() -> None:
    async with open_shop({"/": answer()}) as shop, open_shop() as proxy, fetcher(shop) as made:
        got = await made.get(shop.url, shop.site(proxy=proxy.url))

    assert isinstance(got, NoPage)
    assert "private_address" == got.reason
    assert [] == proxy.asked


async def test_a_sites_proxy_gets_its_requests() -> None:
    pages = {
        "http://shop.example/robots.txt": answer(b"", status="404 No"),
        "http://shop.example/p": answer(b"via"),
    }
    async with open_shop(pages) as proxy, fetcher(proxy) as made:
        shop = proxy.site(proxy=proxy.url).model_copy(update={"base_url": "http://shop.example/"})
        page = await made.get("http://shop.example/p", shop)

    assert isinstance(page, Page)
    assert "via" == page.text


# ── Sites ──────────────────────────────────────────────────────────────────────────────────────────


async def test_every_site_has_its_own_cookies() -> None:
    async with open_shop({"/": answer(headers="Set-Cookie: who=first")}) as shop, fetcher(shop) as made:
        first, second = shop.site(name="first"), shop.site(name="second", cookies={"lang": "de"})
        for site in (first, first, second):
            await made.get(shop.url + "/", site)

    sent = [request.headers.get("cookie") for request in shop.seen if request.path == "/"]
    assert [None, "who=first", "lang=de"] == sent


async def test_a_changed_configuration_holds_from_the_next_page() -> None:
    async with open_shop({"/": answer()}) as shop, fetcher(shop) as made:
        await made.get(shop.url + "/", shop.site(headers={"X-Rev": "1"}))
        await made.get(shop.url + "/", shop.site(headers={"X-Rev": "2"}))

    assert ["1", "2"] == [request.headers["x-rev"] for request in shop.seen if request.path == "/"]


async def test_a_configuration_cannot_break_the_connection() -> None:
    headers = {"Host": "evil.example", "Content-Length": "5", "Accept-Encoding": "br", "Connection": "close"}
    async with open_shop({"/": answer()}) as shop:
        page = await page_of(shop, headers=headers)

    assert 200 == page.status
    assert f"127.0.0.1:{shop.port}" == shop.seen[-1].headers["host"]
    assert "gzip, deflate" == shop.seen[-1].headers["accept-encoding"]


async def test_a_password_in_the_base_address_is_sent_and_shown_nowhere() -> None:
    async with open_shop({"/p": answer()}) as shop, fetcher(shop) as made:
        private = shop.site().model_copy(update={"base_url": shop.url.replace("//", "//me:secret@")})
        page = await made.get(f"{private.base_url}/p", private)

    assert isinstance(page, Page)
    assert "Basic bWU6c2VjcmV0" == shop.seen[-1].headers["authorization"]
    assert "secret" not in page.url


# ── Trying again ───────────────────────────────────────────────────────────────────────────────────


def failing(times: int, fault: bytes | None) -> Handler:
    left = [times]

    async def handle(request: Request) -> bytes | None:
        left[0] -= 1
        return fault if left[0] >= 0 else answer(b"at last")

    return handle


@pytest.mark.parametrize(
    "fault",
    [answer(b"", status="503 Busy"), answer(b"", status="500 Oh"), answer(b"", status="429 Slow"), None],
    ids=["503", "500", "429", "reset"],
)
async def test_what_passes_is_tried_again(fault: bytes | None) -> None:
    async with open_shop({"/": failing(2, fault)}) as shop:
        page = await page_of(shop, retries=2)

    assert "at last" == page.text


@pytest.mark.parametrize("status", ["400 Bad", "403 No", "404 Not Found", "501 Never"])
async def test_what_the_server_decided_is_not_tried_again(status: str) -> None:
    async with open_shop({"/": answer(b"", status=status)}) as shop:
        await page_of(shop, retries=3)

    assert 1 == shop.times_asked("/")


async def test_tries_are_counted() -> None:
    async with open_shop({"/": answer(b"down", status="503 Busy")}) as shop:
        page = await page_of(shop, retries=2)

    assert (503, "down") == (page.status, page.text)
    assert 3 == shop.times_asked("/")


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_waited_for(form: str) -> None:
    date = datetime(2026, 1, 1, tzinfo=UTC)  # the server's clock is not ours
    after = "1" if form == "seconds" else format_datetime(date + timedelta(seconds=1), usegmt=True)
    busy = answer(
        b"", status="429 Slow", headers=f"Retry-After: {after}\nDate: {format_datetime(date, usegmt=True)}"
    )
    async with open_shop({"/": failing(1, busy)}) as shop:
        started = time.monotonic()
        page = await page_of(shop, retries=1)

    assert "at last" == page.text
    assert 0.95 <= time.monotonic() - started < 3


async def test_a_retry_after_beyond_our_patience_comes_back_at_once_and_stops_everybody() -> None:
    busy = answer(b"", status="503 Busy", headers="Retry-After: 3600")
    async with open_shop({"/": busy, "/other": answer()}) as shop, fetcher(shop) as made:
        site = shop.site(retries=2)
        page = await made.get(shop.url + "/", site)
        other = await made.get(shop.url + "/other", site)

    assert isinstance(page, Page)
    assert (503, "3600") == (page.status, page.headers["retry-after"])
    assert isinstance(other, NoPage)
    assert "rate_limited" == other.reason
    assert other.retry_after_s == pytest.approx(3600, abs=5)
    assert 0 == shop.times_asked("/other")


async def test_all_tries_together_take_bounded_time() -> None:
    async def hang(request: Request) -> None:
        await asyncio.sleep(60)

    async with open_shop({"/": hang}) as shop:
        started = time.monotonic()
        reason = await reason_of(shop, timeout=0.3, retries=2)

    assert "timeout" == reason
    assert time.monotonic() - started < 3


async def test_a_sites_other_host_is_asked_no_faster_than_the_fleet_grants_at_its_own() -> None:
    """The search is on one host, the products on another, and the fleet knows the first alone."""
    async with (
        open_shop({"/p": answer()}) as products,
        open_shop({"/s": answer()}) as shop,
        fetcher(shop, products) as made,
    ):
        made.politeness.set_budget(f"{shop.host}:{shop.port}", 5.0, 1)
        began = time.monotonic()
        for n in range(3):
            await made.get(f"{products.url}/p?{n}", shop.site())

    assert time.monotonic() - began >= 0.4
