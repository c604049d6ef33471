"""robots.txt is honoured as RFC 9309 has it."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest
import structlog

from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import Clock, Handler, Request, answer, fetcher, open_shop, redirect

NOT_P = "User-agent: *\nDisallow: /p\n"


async def get(robots: bytes | Handler | None, path: str = "/p", **options: object) -> Page | NoPage:
    pages = {
        "/p": answer(),
        "/moved": redirect("/p"),
        "/elsewhere/robots.txt": plain(NOT_P),
    }
    async with open_shop(pages, robots=robots) as shop, fetcher(shop) as made:
        return await made.get(shop.url + path, shop.site(**options))


def plain(text: str) -> bytes:
    return answer(text.encode(), kind="text/plain")


@pytest.mark.parametrize(
    ("robots", "is_allowed"),
    [
        (plain(""), True),
        (plain("User-agent: *\nDisallow:"), True),
        (plain("User-agent: *\nDisallow: /"), False),
        (plain("User-agent: *\nDisallow: /q"), True),
        (plain("User-agent: *\nDisallow: /\nAllow: /p"), True),
        (plain("User-agent: other\nDisallow: /"), True),
        (plain("User-agent: baystate-scraper\nDisallow: /\n\nUser-agent: *\nAllow: /"), False),
        (plain("User-agent: *\nDisallow: /\n\nUser-agent: Baystate-Scraper\nDisallow: /x"), True),
        (plain("\ufeffUser-agent: *\nDisallow: /p"), False),
        (plain("<html>User-agent: *\nnot a robots file</html>"), True),
        (answer(b"\x00\xff\xfe" * 99, kind="text/plain"), True),
        (answer(gzip.compress(b"User-agent: *\nDisallow: /p"), headers="Content-Encoding: gzip"), False),
        (answer(b"", status="404 Not Found"), True),
        (answer(b"", status="403 Forbidden"), True),
        (answer(b"", status="410 Gone"), True),
        (answer(b"", status="500 Oh"), False),
        (answer(b"", status="503 Busy"), False),
        (redirect("/elsewhere/robots.txt"), False),
        (redirect("/robots.txt"), True),
        (redirect("http://169.254.169.254/robots.txt"), False),
    ],
)
async def test_a_page_is_fetched_only_if_robots_txt_lets_us(robots: bytes, is_allowed: bool) -> None:
    got = await get(robots)

    assert isinstance(got, Page if is_allowed else NoPage), got


@pytest.mark.parametrize("how", ["hangs", "breaks", "is no HTTP"])
async def test_a_robots_txt_that_cannot_be_had_forbids_everything(how: str) -> None:
    async def handle(request: Request) -> bytes | None:
        if how == "hangs":
            await asyncio.sleep(60)
        return b"SSH-2.0\r\n\r\n" if how == "is no HTTP" else None

    got = await get(handle, timeout=0.4)

    assert isinstance(got, NoPage)
    assert "robots" == got.reason
    assert "could not be read" in got.message


async def test_forbidden_is_told_with_the_rule_that_forbids() -> None:
    got = await get(plain("User-agent: *\nDisallow: /p"))

    assert isinstance(got, NoPage)
    assert "robots" == got.reason
    assert "/robots.txt forbids /p to baystate-scraper" in got.message


async def test_a_redirect_into_a_forbidden_page_is_not_followed() -> None:
    got = await get(plain("User-agent: *\nDisallow: /p"), "/moved")

    assert isinstance(got, NoPage)
    assert "robots" == got.reason


async def test_robots_txt_is_fetched_once_by_whoever_comes_first() -> None:
    async def slow(request: Request) -> bytes:
        await asyncio.sleep(0.05)
        return plain("User-agent: *\nAllow: /")

    async with open_shop({"/p": answer()}, robots=slow) as shop, fetcher(shop) as made:
        await asyncio.gather(*(made.get(f"{shop.url}/p?{n}", shop.site()) for n in range(8)))
        await made.get(f"{shop.url}/p", shop.site(name="another"))

    assert 1 == shop.times_asked("/robots.txt")


async def test_robots_txt_is_asked_for_again_when_it_is_old() -> None:
    clock = Clock()
    texts = iter(["User-agent: *\nDisallow: /", "User-agent: *\nAllow: /"])

    def changing(request: Request) -> bytes:
        return answer(next(texts).encode(), headers="Cache-Control: max-age=600")

    async with open_shop({"/p": answer()}, robots=changing) as shop, fetcher(shop, clock=clock) as made:
        before = await made.get(f"{shop.url}/p", shop.site())
        clock.now += 601
        after = await made.get(f"{shop.url}/p", shop.site())

    assert isinstance(before, NoPage)
    assert isinstance(after, Page)


async def test_an_unreachable_robots_txt_is_tried_again_after_a_minute() -> None:
    clock = Clock()
    answers = iter([answer(b"", status="500 Oh"), plain("")])
    failing = open_shop({"/p": answer()}, robots=lambda _: next(answers))
    async with failing as shop, fetcher(shop, clock=clock) as made:
        got = []
        for _ in range(3):
            got.append(await made.get(f"{shop.url}/p", shop.site()))
            clock.now += 40

    assert [NoPage, NoPage, Page] == [type(one) for one in got]


async def test_only_the_first_500_kib_count() -> None:
    filler = "# " + "x" * 97 + "\n"

    assert isinstance(await get(plain(filler * 5_000 + NOT_P)), NoPage)
    assert isinstance(await get(plain(filler * 5_200 + NOT_P)), Page)


async def test_an_endless_robots_txt_ends() -> None:
    async def endless(request: Request) -> None:
        request.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /p\n"
        )
        while True:
            request.writer.write(b"# forever\n" * 1_000)
            await request.writer.drain()

    started = time.monotonic()

    assert isinstance(await get(endless), NoPage)
    assert time.monotonic() - started < 3


async def test_disobeying_is_a_decision_that_is_logged_once() -> None:
    forbids = plain("User-agent: *\nDisallow: /")
    async with open_shop({"/p": answer()}, robots=forbids) as shop, fetcher(shop) as made:
        site = shop.site(robots={"obey": False, "reason": "our own shop"})
        with structlog.testing.capture_logs() as logs:
            got = [await made.get(f"{shop.url}/p", site) for _ in range(3)]

    assert all(isinstance(one, Page) for one in got)
    assert 0 == shop.times_asked("/robots.txt")
    assert [("robots.ignored", "our own shop")] == [(line["event"], line["reason"]) for line in logs]


@pytest.mark.parametrize(("robots", "seconds"), [({}, 0.0), ({"obey": True}, 0.6)])
async def test_crawl_delay_holds_on_the_operators_own_machines_only_if_it_is_written(
    robots: dict[str, bool], seconds: float
) -> None:
    delay = plain("User-agent: *\nCrawl-delay: 0.3")
    async with open_shop({"/p": answer()}, robots=delay) as shop, fetcher(shop) as made:
        started = time.monotonic()
        await asyncio.gather(*(made.get(f"{shop.url}/p?{n}", shop.site(robots=robots)) for n in range(3)))

    assert seconds <= time.monotonic() - started < seconds + 0.5


async def test_a_crawl_delay_of_a_day_is_thirty_seconds() -> None:
    from scraper_backend.scraping.fetch.address import parse
    from scraper_backend.scraping.fetch.robots import Answer, RobotsFiles

    async def ask(url: object) -> Answer:
        return Answer(200, "User-agent: *\nCrawl-delay: 86400")

    url = parse("http://shop.example/")
    assert url is not None

    assert 30.0 == (await RobotsFiles("baystate-scraper").rules(url, ask)).delay
