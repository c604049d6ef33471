"""Pages that scripts build, in a real Chromium against real servers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from scraper_backend.scraping.fetch.auto import AutoFetcher, can_render
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.page import NoPage, Page
from tests.scraping.fetch.shops import Request, Shop, answer, open_shop, redirect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not can_render(), reason="no Chromium here: apt-get install -y chromium"),
]


def page(body: str, script: str = "") -> bytes:
    return answer(f"<!doctype html><title>t</title><body>{body}<script>{script}</script>".encode())


SKELETON = page(
    "<p id=price>$--.--</p>",
    """
    const put = (text) => document.getElementById('price').textContent = text;
    setTimeout(() => fetch('/price').then((r) => r.text()).then((t) => setTimeout(() => put(t), 150)), 200);
    """,
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def fetch() -> AsyncIterator[AutoFetcher]:
    # The shops' own ports are not known yet, so this machine is allowed on its second address only.
    allow = AllowList.from_text("127.0.0.2")
    async with AutoFetcher(HttpFetcher(allow_private=allow), tabs=2) as made:
        yield made


@contextlib.asynccontextmanager
async def shop(pages: dict[str, Any], **more: Any) -> AsyncIterator[Shop]:
    """A shop on an address that the fetcher may speak to; 127.0.0.1 is somebody else's machine."""
    async with open_shop(pages, host="127.0.0.2", **more) as opened:
        yield opened


async def render(
    fetch: AutoFetcher, at: Shop, path: str = "/", wanted: str = "", **options: Any
) -> Page | NoPage:
    site = at.site(render="browser", **{"timeout": 20} | options)
    return await fetch.render(at.url + path, site, lambda page: not wanted or wanted in page.text)


async def page_of(fetch: AutoFetcher, at: Shop, path: str = "/", wanted: str = "", **options: Any) -> Page:
    got = await render(fetch, at, path, wanted, **options)
    assert isinstance(got, Page), got
    return got


# ── Waiting ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_price_that_comes_late_is_waited_for(fetch: AutoFetcher) -> None:
    async with shop({"/": SKELETON, "/price": answer(b"$12.50")}) as at:
        got = await page_of(fetch, at, wanted="$12.50")

    assert "$12.50" in got.text
    assert (True, 200, at.url + "/") == (got.rendered, got.status, got.url)


async def test_what_the_pages_own_script_brings_is_waited_for(fetch: AutoFetcher) -> None:
    """Until it has run, another number on the page may pass for the price."""

    async def late(request: Request) -> bytes:
        await asyncio.sleep(0.4)
        return answer(b"document.getElementById('price').textContent = '$12.50'", kind="text/javascript")

    body = "<p id=price></p><p>from $0.99</p><script src=/shop.js defer></script>"
    async with shop({"/": page(body), "/shop.js": late}) as at:
        got = await page_of(fetch, at, wanted="$")

    assert "$12.50" in got.text


async def test_an_answer_whose_body_comes_late_is_waited_for(fetch: AutoFetcher) -> None:
    script = """
    setTimeout(() => fetch('/price').then((r) => r.text()).then((t) => p.textContent = t), 50);
    """

    async def slow(request: Request) -> None:
        request.writer.write(answer(length=6, body=b""))
        await asyncio.sleep(0.5)
        request.writer.write(b"$12.50")

    async with shop({"/": page("<p id=p>$-</p>", script), "/price": slow}) as at:
        got = await page_of(fetch, at, wanted="$")

    assert "$12.50" in got.text


async def test_without_anybody_to_say_what_is_wanted_the_page_is_read_at_rest(fetch: AutoFetcher) -> None:
    async with shop({"/": SKELETON, "/price": answer(b"$12.50")}) as at:
        got = await fetch.get(at.url + "/", at.site(render="browser"))

    assert isinstance(got, Page)
    assert "$12.50" in got.text


@pytest.mark.parametrize("selector", ["#late", "//p[@id='late']"])
async def test_a_written_selector_is_waited_for(fetch: AutoFetcher, selector: str) -> None:
    late = page("", "setInterval(() => {}, 9); let n = 0; const i = setInterval(() => { if (++n > 40) {"
                "document.body.innerHTML = '<p id=late>here'; clearInterval(i); } }, 50)")  # fmt: skip
    async with shop({"/": late}) as at:
        got = await page_of(fetch, at, wait_for={"selector": selector, "timeout": 6})

    assert "here" in got.text


@pytest.mark.parametrize(
    ("body", "script"),
    [
        ("<p>no such product", ""),
        ('<p id="clock">', "setInterval(() => clock.textContent = Date.now(), 16)"),
        (f"<p>{'No such product. ' * 20}", "fetch('/never')"),
        ("<p>", "const again = () => setTimeout(again, 50); again()"),
    ],
    ids=["still", "clock", "long poll", "timer chain"],
)
async def test_a_page_that_never_shows_it_is_given_up_early(
    fetch: AutoFetcher, body: str, script: str
) -> None:
    async def never(request: Request) -> None:
        await asyncio.sleep(60)

    async with shop({"/": page(body, script), "/never": never}) as at:
        started = time.monotonic()
        got = await page_of(fetch, at, wanted="a price", timeout=20)

    assert body in got.text
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "body", ["<p>Searching…", f"<p aria-busy=true>{'Wait. ' * 60}"], ids=["bare", "busy"]
)
async def test_half_a_page_is_waited_for_and_is_no_answer(fetch: AutoFetcher, body: str) -> None:
    async def late(request: Request) -> bytes:
        await asyncio.sleep(7)
        return answer(b"$3")

    script = """
    const put = (text) => document.body.innerHTML = '<p>' + text;
    fetch('/late', {cache: 'no-store'}).then((r) => r.text()).then(put);
    """
    async with shop({"/": page(body, script), "/late": late}) as at:
        got, given_up = await asyncio.gather(
            page_of(fetch, at, wanted="$3", timeout=12),
            render(fetch, at, wanted="$3", timeout=5),
        )

    assert "<p>$3" in got.text
    assert isinstance(given_up, NoPage) == ("Searching" in body)


async def test_a_page_is_drawn_though_nobody_sees_it(fetch: AutoFetcher) -> None:
    """Shops fill their pages when a frame is drawn, or when a part of them comes into sight."""
    script = """
    const put = (text) => p.textContent += text;
    requestAnimationFrame(() => put(document.visibilityState));
    new IntersectionObserver(([seen]) => put(seen.isIntersecting ? ' and in sight' : '')).observe(p);
    """
    async with shop({"/": page("<p id=p></p>", script)}) as at:
        got = await page_of(fetch, at, wanted="in sight")

    assert "visible and in sight" == got.document.text


async def test_a_page_that_ends_every_timer_is_read_all_the_same(fetch: AutoFetcher) -> None:
    script = """
    setTimeout(() => { for (let id = 0; id < 1e4; id++) clearTimeout(id); p.textContent = '$3'; }, 300);
    """
    async with shop({"/": page("<p id=p>$-", script)}) as at:
        assert "$3" in (await page_of(fetch, at, wanted="$3")).text


async def test_a_page_is_left_when_nobody_wants_another(fetch: AutoFetcher) -> None:
    """Its scripts would ask the shop for ever."""
    async with shop({"/": page("<p>", "setInterval(() => fetch('/tick'), 50)"), "/tick": answer()}) as at:
        await page_of(fetch, at)
        await asyncio.sleep(1.5)
        before = at.times_asked("/tick")
        await asyncio.sleep(0.5)

        assert before == at.times_asked("/tick")


async def test_what_components_keep_inside_is_read(fetch: AutoFetcher) -> None:
    script = """
    customElements.define('a-price', class extends HTMLElement { connectedCallback() {
      const root = this.attachShadow({mode: 'closed'});
      root.innerHTML = '<style>b {}</style><b id=sum>…</b> <slot name=unit>each</slot> <slot></slot>';
      fetch('/price').then((r) => r.text()).then((t) => root.getElementById('sum').textContent = t); } });
    """
    body = "<h1>Rake</h1><a-price>and <i>stock</i><u slot=unit>piece</u></a-price><p>after"
    async with shop({"/": page(body, script), "/price": answer(b"$7")}) as at:
        got = await page_of(fetch, at, wanted="$7")

    assert "Rake $7 piece and stock after" == got.document.text


@pytest.mark.parametrize(
    "wall",
    [
        "<div role=dialog style='position:fixed'>Privacy <button onclick='ok()'>Accept all</button></div>",
        "<div id=cookie-bar style='position:fixed'>Hm! <a href='#' onclick='ok()'>Alle akzeptieren</a></div>",
        "<div><button id=onetrust-accept-btn-handler onclick='ok()'>Fine</button></div>",
    ],
    ids=["english", "german", "a known one"],
)  # fmt: skip
async def test_a_cookie_wall_is_taken_away(fetch: AutoFetcher, wall: str) -> None:
    body = f"<div id=wall>{wall}</div><button onclick=\"document.title='bought'\">Accept order</button>"
    ok = "function ok() { document.getElementById('wall').outerHTML = '<p>$5'; }"
    async with shop({"/": page(body, ok)}) as at:
        got = await page_of(fetch, at, wanted="$5")

    assert "<p>$5" in got.text
    assert "<title>t</title>" in got.text


# ── At home ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_page_that_came_over_http_is_not_asked_for_again(fetch: AutoFetcher) -> None:
    async with shop({"/p": SKELETON, "/price": answer(b"$1")}) as at:
        site = at.site()
        before = await fetch.get(at.url + "/p", site)
        after = await fetch.render(at.url + "/p", site, lambda page: "$1" in page.text)

    assert isinstance(before, Page)
    assert isinstance(after, Page)
    assert ("$--.--" in before.text, "$1" in after.text) == (True, True)
    assert ["/robots.txt", "/p", "/price"] == at.asked


@pytest.mark.parametrize(
    "how",
    [
        "fetch('{url}')",
        "new Image().src = '{url}'",
        "document.body.append(Object.assign(document.createElement('iframe'), {{src: '{url}'}}))",
        "new WebSocket('{url}'.replace('http', 'ws'))",
        "document.body.append(Object.assign(document.createElement('script'), {{src: '/hop'}}))",
        "navigator.sendBeacon('{url}')",
        "window.open('{url}')",
    ],
)
async def test_a_page_cannot_reach_our_machines(fetch: AutoFetcher, how: str) -> None:
    async with open_shop({"/secret": answer()}) as private:
        secret = f"{private.url}/secret"
        pages = {"/": page("<p>shop", how.format(url=secret)), "/hop": redirect(secret)}
        async with shop(pages) as at:
            got = await page_of(fetch, at)

    assert "<p>shop" in got.text
    assert [] == private.asked


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (redirect("http://127.0.0.1:1/"), "private_address"),
        (page("", "location = 'http://127.0.0.1:1/'"), "private_address"),
        (page("", "location = 'http://elsewhere.example/'"), "off_site"),
        (redirect("http://elsewhere.example/"), "off_site"),
        (page("", "setTimeout(() => location = '/forbidden', 100)"), "robots"),
        (redirect("/forbidden"), "robots"),
        (answer(b"%PDF-1.7", kind="application/pdf"), "not_text"),
        (answer(b"\x00", kind="application/zip", headers="Content-Disposition: attachment"), "not_text"),
        (redirect("/"), "redirect_loop"),
    ],
)  # fmt: skip
async def test_a_page_cannot_lead_us_away(fetch: AutoFetcher, first: bytes, reason: str) -> None:
    rules = answer(b"User-agent: *\nDisallow: /forbidden", kind="text/plain")
    async with shop({"/": first, "/home": page("<p>home"), "/forbidden": page("<p>no")}, robots=rules) as at:
        got = await render(fetch, at, wanted="never")

    assert isinstance(got, NoPage), got
    assert reason == got.reason
    assert 0 == at.times_asked("/forbidden")


async def test_pictures_fonts_and_films_are_not_loaded(fetch: AutoFetcher) -> None:
    heavy = """<style>@font-face {font-family: f; src: url(/f.woff2)} p {font-family: f}</style>
        <style>p {background: url(/b.png)}</style><img src=/i.png>
        <video src=/v.mp4 autoplay></video><audio src=/a.mp3 autoplay></audio><p>text"""
    async with shop({"/": page(heavy)}) as at:
        got = await page_of(fetch, at)

    assert "<p>text" in got.text
    assert ["/robots.txt", "/"] == at.asked


async def test_a_site_is_visited_as_itself(fetch: AutoFetcher) -> None:
    headers = {"Authorization": "Bearer x", "X-Plain": "1"}
    async with shop({"/": page("<p>", "fetch('/api')"), "/api": answer()}) as at:
        await page_of(fetch, at, headers=headers, cookies={"lang": "de"}, locale="de-DE")

    document = next(request.headers for request in at.seen if request.path == "/")
    assert ("Bearer x", "1", "lang=de") == tuple(document[n] for n in ("authorization", "x-plain", "cookie"))
    assert document["accept-language"].startswith("de")
    assert "baystate-scraper/" in document["user-agent"]


async def test_what_one_site_was_given_is_no_other_sites(fetch: AutoFetcher) -> None:
    async with shop({"/": page("<p>", "document.cookie = 'me=1'"), "/2": page("<p>")}) as at:
        await page_of(fetch, at)
        await page_of(fetch, at, "/2")
        other = at.site(render="browser").model_copy(update={"name": "other"})
        await fetch.render(at.url + "/2", other, lambda page: True)

    assert ["me=1", None] == [request.headers.get("cookie") for request in at.seen if request.path == "/2"]


# ── What goes wrong ────────────────────────────────────────────────────────────────────────────────


async def test_an_error_page_is_a_page_with_its_status(fetch: AutoFetcher) -> None:
    async with shop({"/": answer(b"<p>gone", status="404 Not Found")}) as at:
        got = await page_of(fetch, at)

    assert 404 == got.status


async def test_retry_after_stops_everybody_at_that_host(fetch: AutoFetcher) -> None:
    async with shop({"/": answer(b"<p>busy", status="503 Busy", headers="Retry-After: 600")}) as at:
        first = await page_of(fetch, at)
        second = await render(fetch, at, "/other")

    assert 503 == first.status
    assert isinstance(second, NoPage)
    assert "rate_limited" == second.reason


async def test_a_script_that_never_ends_is_ended_and_the_next_page_is_fine(fetch: AutoFetcher) -> None:
    async with shop({"/": page("<p>", "while (true) {}"), "/fine": page("<p>fine")}) as at:
        started = time.monotonic()
        stuck = await render(fetch, at, timeout=1.5)
        fine = await page_of(fetch, at, "/fine")

    assert isinstance(stuck, NoPage)
    assert "timeout" == stuck.reason
    assert "fine" in fine.text
    assert time.monotonic() - started < 12


async def test_dialogs_do_not_stop_a_page(fetch: AutoFetcher) -> None:
    async with shop({"/": page("<p id=p>", "alert(1); confirm(2); prompt(3); p.textContent = 'on'")}) as at:
        assert "on" in (await page_of(fetch, at, wanted=">on<")).text


async def test_a_host_that_is_not_there_is_told(fetch: AutoFetcher) -> None:
    async with shop({}) as at:
        pass
    got = await render(fetch, at, robots={"obey": False, "reason": "there is none"})

    assert isinstance(got, NoPage)
    assert "connect" == got.reason
    assert str(at.port) in got.message


async def test_one_chromium_has_done_all_this(fetch: AutoFetcher) -> None:
    async with shop({"/": page("<p>")}) as at:
        await asyncio.gather(*(page_of(fetch, at, f"/?{n}") for n in range(6)))

    assert 1 == fetch.browser_starts


# ── Its life ───────────────────────────────────────────────────────────────────────────────────────


def chromiums(pid: int) -> list[int]:
    """The processes of Chromium's group that are alive."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


@contextlib.asynccontextmanager
async def own_browser(**more: Any) -> AsyncIterator[Any]:
    from scraper_backend.scraping.fetch.browser import BrowserFetcher

    async with (
        HttpFetcher(allow_private=AllowList.from_text("127.0.0.2")) as http,
        BrowserFetcher(http, **more) as made,
    ):
        yield made


async def show(browser: Any, url: str, at: Shop) -> Page | NoPage:
    got: Page | NoPage = await browser.render(url, at.site(timeout=30), lambda page: True)
    return got


async def test_chromium_is_started_anew_after_so_many_pages_and_leaves_nothing_behind() -> None:
    pids = []
    async with shop({"/": page("<p>")}) as at, own_browser(most_pages=2) as browser:
        for number in range(3):
            assert isinstance(await show(browser, f"{at.url}/?{number}", at), Page)
            pids.append(browser.pid)

    assert pids[0] == pids[1] != pids[2]
    if sys.platform == "linux":
        assert [] == [alive for pid in set(pids) for alive in chromiums(pid)]


async def test_chromium_is_started_anew_when_it_has_grown_or_died() -> None:
    async with shop({"/": page("<p>")}) as at, own_browser(most_memory_mb=1.0) as browser:
        for number in range(6):
            await show(browser, f"{at.url}/?{number}", at)
        assert browser.starts == 2

        os.kill(browser.pid, signal.SIGKILL)
        await asyncio.sleep(0.3)

        assert isinstance(await show(browser, f"{at.url}/", at), Page)
        assert browser.starts == 3


async def test_a_failure_is_kept_as_evidence(tmp_path: Path) -> None:
    async with shop({"/": page("<p>not what you want")}) as at, own_browser(evidence=tmp_path) as browser:
        await browser.render(at.url + "/", at.site(), lambda page: "a price" in page.text)
        await browser.render(at.url + "/?fine", at.site(), lambda page: True)

    (folder,) = tmp_path.iterdir()
    assert "not what you want" in (folder / "page.html").read_text()
    assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "meta.json").exists()


async def test_without_chromium_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSR_CHROMIUM", "/nowhere/chromium")
    async with shop({"/": page("<p>")}) as at, own_browser() as browser:
        got = await browser.get(at.url + "/", at.site())

    assert isinstance(got, NoPage)
    assert "no_browser" == got.reason
    assert "BSR_CHROMIUM" in got.message


RUNNER = """
import asyncio, sys
from scraper_backend.scraping.fetch.browser import BrowserFetcher
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from tests.scraping.fetch.shops import site

async def main(url):
    allow = AllowList.from_text("127.0.0.2")
    async with HttpFetcher(allow_private=allow) as http, BrowserFetcher(http) as browser:
        await browser.get(url, site(url))
        print(browser.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
async def test_chromium_dies_with_its_runner(sign: signal.Signals) -> None:
    environment = {**os.environ, "SCRAPER_API_KEY": "bsr_secret", "PYTHONPATH": os.pathsep.join(sys.path)}
    async with shop({"/": page("<p>")}) as at:
        runner = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUNNER, at.url + "/", stdout=asyncio.subprocess.PIPE, env=environment
        )
        assert runner.stdout is not None
        pid = 0
        while not pid:
            line = (await runner.stdout.readline()).strip()
            pid = int(line) if line.isdigit() else 0
        assert chromiums(pid)
        assert b"bsr_secret" not in Path(f"/proc/{pid}/environ").read_bytes()

        runner.send_signal(sign)
        await runner.wait()
        for _ in range(100):
            if not chromiums(pid):
                break
            await asyncio.sleep(0.1)

    assert [] == chromiums(pid)
