"""One tab of a browser: shows a page, keeps it at home, and reads it when it is ready.

Every document that the tab asks for passes `_police` first, redirects and scripts' navigations
included: the site's own domain, robots.txt and the guard hold for it as for a page over HTTP.  What
is not text is turned away before it comes.  Made and reused by `browser.BrowserFetcher`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

from playwright.async_api import BrowserContext, CDPSession
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as Shown

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.selector import is_xpath
from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.charset import is_binary_type
from scraper_backend.scraping.fetch.exchange import MAX_PAGE
from scraper_backend.scraping.fetch.gate import Gate
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.fetch.scripts import CONSENT, SHOWN, WAIT
from scraper_backend.scraping.fetch.settle import STUCK, State, Watcher
from scraper_backend.scraping.page import NoPage, Page, Reason

Ready = Callable[[Page], bool]
"""Whether a page shows what its caller wants of it."""

_POLL: Final = 0.1
_ASK_AGAIN: Final = 1.0
_A_WHILE: Final = 1.0
_MOST_CLICKS: Final = 3
_BARE: Final = 250
_UNWANTED: Final = ("Image", "Media", "Font")
_PATTERNS: Final = [
    {"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"},
    {"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"},
    *({"urlPattern": "*", "resourceType": kind, "requestStage": "Request"} for kind in _UNWANTED),
    {"urlPattern": "*/favicon.ico", "requestStage": "Request"},
]
_NET_ERRORS: Final[tuple[tuple[str, Reason, str], ...]] = (
    ("ERR_NAME_NOT_RESOLVED", "dns", "the name leads nowhere"),
    ("ERR_CERT", "tls", "the certificate is not valid"),
    ("ERR_SSL", "tls", "the host does not speak TLS as it should"),
    ("ERR_TOO_MANY_REDIRECTS", "redirect_loop", "too many redirects"),
    ("ERR_CONNECTION_REFUSED", "connect", "the host takes no connection"),
    ("ERR_TUNNEL", "connect", "the host takes no connection"),
    ("ERR_PROXY", "proxy", "the proxy cannot be reached"),
    ("ERR_TIMED_OUT", "timeout", "nothing came"),
    ("ERR_EMPTY_RESPONSE", "reset", "the connection broke before the page was whole"),
    ("ERR_CONNECTION", "reset", "the connection broke before the page was whole"),
    ("ERR_INVALID_HTTP", "protocol", "the answer is not HTTP"),
    ("ERR_RESPONSE_HEADERS", "protocol", "the answer is not HTTP"),
    ("ERR_ABORTED", "not_text", "the answer is a download, not a page"),
    ("Timeout", "timeout", "nothing came"),
)


@dataclass(slots=True)
class Showing:
    """One page being shown: what was asked, and what has become of it so far."""

    url: str
    site: ScraperConfig
    ready: Ready | None = None
    seed: Page | None = None
    started: float = field(default_factory=time.monotonic)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: NoPage | None = None
    clicks: int = 0
    looked: Page | None = None

    @property
    def left(self) -> float:
        """Seconds of the site's timeout that are left."""
        return self.site.options.timeout - (time.monotonic() - self.started)


class Tab:
    """A browser page that is used for one `Showing` after another."""

    def __init__(self, page: Shown, session: CDPSession, frame: str, http: HttpFetcher, gate: Gate) -> None:
        self.page = page
        self.shown = 0
        self.is_broken = False
        self._session = session
        self._frame = frame
        self._http = http
        self._gate = gate
        self._now: Showing | None = None
        self._policing: set[asyncio.Task[None]] = set()
        self._leaving: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, context: BrowserContext, http: HttpFetcher, gate: Gate, *, out_of_sight: bool = False
    ) -> Self:
        """A new tab, with its policeman at the door."""
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        tree = await session.send("Page.getFrameTree")
        tab = cls(page, session, tree["frameTree"]["frame"]["id"], http, gate)
        session.on("Fetch.requestPaused", tab._on_paused)
        page.on("crash", tab._on_crash)
        await session.send("Fetch.enable", {"patterns": _PATTERNS})
        if out_of_sight:
            await tab._minimise()
        return tab

    async def _minimise(self) -> None:
        """Spare the window around the page, which Chromium draws without a screen too.

        The page itself is drawn and scripted as before: it is told that it is in front.
        """
        with contextlib.suppress(PlaywrightError):
            window = (await self._session.send("Browser.getWindowForTarget"))["windowId"]
            asked = {"windowId": window, "bounds": {"windowState": "minimized"}}
            await self._session.send("Browser.setWindowBounds", asked)

    async def show(self, showing: Showing) -> Page | NoPage:
        """The page as it stands when it is ready, or at rest, or its time is up."""
        self.stay()
        self._now = showing
        self.shown += 1
        try:
            async with asyncio.timeout(showing.site.options.timeout + 1):
                await self.page.goto(
                    showing.url, wait_until="commit", timeout=showing.site.options.timeout * 1000
                )
                return showing.refusal or await self._settled(showing)
        except PlaywrightError as error:
            return showing.refusal or self._failed(showing, error)
        except TimeoutError:
            self.is_broken = True  # its scripts do not let go
            return self._too_slow(showing)

    def rest(self) -> None:
        """Leave the page when nobody wants the tab in a moment; the next page makes it leave for nothing."""
        self._leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        """To a page without scripts; the one that was shown would work on for nobody."""
        await asyncio.sleep(_A_WHILE)
        self._now = None
        try:
            async with asyncio.timeout(3):
                await self.page.goto("about:blank")
        except (PlaywrightError, TimeoutError):
            self.is_broken = True

    def stay(self) -> None:
        """Do not leave the page after all."""
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    async def close(self) -> None:
        """Close the tab; never hangs."""
        self.stay()
        self._now = None
        for task in self._policing:
            task.cancel()
        try:
            async with asyncio.timeout(3):
                await self.page.close()
        except (PlaywrightError, TimeoutError):
            self.is_broken = True

    # ── Waiting ────────────────────────────────────────────────────────────────────────────────

    async def _settled(self, showing: Showing) -> Page | NoPage:
        """Look at the page whenever it has changed, until it may be read."""
        watcher, state = Watcher(looked_at=time.monotonic()), None
        while showing.left > 0:
            last_look = watcher.looked_at
            state = await self._awaited(showing, watcher)
            if showing.refusal:
                return showing.refusal
            if state is not None and await self._may_be_read(showing, state, watcher):
                has_changed = state.changes != watcher.seen
                return await self._checked(showing, None if has_changed else showing.looked)
            if watcher.looked_at == last_look:
                await asyncio.sleep(_POLL)
        page = await self._checked(showing)
        return (
            self._too_slow(showing, page) if isinstance(page, Page) and _is_unfinished(page, state) else page
        )

    def _too_slow(self, showing: Showing, page: Page | None = None) -> NoPage:
        said = f"the page was not ready after {showing.site.options.timeout:g} s"
        return NoPage(showing.url, "timeout", said, page=page)

    async def _may_be_read(self, showing: Showing, state: State, watcher: Watcher) -> bool:
        has_wanted, now = await self._has_wanted(showing.site), time.monotonic()
        if showing.ready and has_wanted and watcher.wants_a_look(state, now):
            showing.looked = await self._read(showing)
            watcher.looked(state, now, is_ready=showing.ready(showing.looked))
        if watcher.is_whole(state, now):
            return True
        is_over = state.is_at_rest and not await self._clicked_consent(showing)
        return is_over and (has_wanted or self._gives_up(showing.site, state))

    async def _awaited(self, showing: Showing, watcher: Watcher) -> State | None:
        """What the page says of itself once there is something to decide; None amid a navigation.

        It waits in the page: a question from here costs as much as some milliseconds of its own work.
        """
        alarms = watcher.alarms(time.monotonic(), looks=showing.ready is not None)
        within = _POLL if showing.site.options.wait_for else min(_ASK_AGAIN, max(showing.left, 0.0))
        try:
            async with asyncio.timeout(within + _ASK_AGAIN):  # a page may have put an end to its timers
                return State.of(await self._evaluated(f"({WAIT})({json.dumps(alarms)}, {within})"))
        except TimeoutError:
            return None
        except PlaywrightError:
            if self.is_broken or self.page.is_closed():
                raise
            return None

    async def _evaluated(self, expression: str) -> Any:
        """What it comes to in the page; Playwright's own `evaluate` is twice the work there."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        return (await self._session.send("Runtime.evaluate", asked)).get("result", {}).get("value")

    async def _has_wanted(self, site: ScraperConfig) -> bool:
        wanted = site.options.wait_for
        if wanted is None:
            return True
        engine = "xpath=" if is_xpath(wanted.selector) else "css="
        try:
            return await self.page.locator(engine + wanted.selector).count() > 0
        except PlaywrightError as error:
            # What is no selector is not waited for; the check of the configuration tells of it.
            return "selector" in str(error).lower()

    def _gives_up(self, site: ScraperConfig, state: State) -> bool:
        """A written `wait_for.timeout` is waited for; without one, a page long at rest will not change."""
        wanted = site.options.wait_for
        if wanted is None:
            return True
        if wanted.timeout is None:
            return state.unmoved >= STUCK
        return self._now is None or time.monotonic() - self._now.started >= wanted.timeout

    async def _clicked_consent(self, showing: Showing) -> bool:
        """Whether a cookie wall was in the way and a button of it has been pressed."""
        if showing.clicks >= _MOST_CLICKS:
            return False
        for frame in self.page.frames[:6]:
            try:
                pressed = await frame.evaluate(CONSENT)
            except PlaywrightError:
                continue
            if pressed:
                showing.clicks += 1
                return True
        showing.clicks = _MOST_CLICKS
        return False

    # ── Reading ────────────────────────────────────────────────────────────────────────────────

    async def _read(self, showing: Showing) -> Page:
        text = await self._text()
        return Page(
            requested_url=showing.url,
            url=self.page.url,
            status=showing.status,
            headers=showing.headers,
            text=text,
            fetched_at=datetime.now(UTC),
            history=tuple(dict.fromkeys(url for url in showing.asked if url != self.page.url)),
            elapsed_ms=round((time.monotonic() - showing.started) * 1000),
            rendered=True,
        )

    async def _text(self) -> str:
        """What the page shows, the inside of its components too."""
        text = await self._evaluated(f"({SHOWN})()")
        return text if isinstance(text, str) else await self.page.content()

    async def _checked(self, showing: Showing, looked: Page | None = None) -> Page | NoPage:
        """The page, unless it may not be believed.  looked: as it was seen, where nothing has changed."""
        page = looked or await self._read(showing)
        if parse(page.url) is None:
            return NoPage(page.url, "bad_address", "the page went to an address that is not of the web")
        if len(page.text) > MAX_PAGE:
            return NoPage(page.url, "too_large", f"the page has more than {MAX_PAGE:,} characters")
        return page

    def _failed(self, showing: Showing, error: PlaywrightError) -> NoPage:
        """The reason behind an error of the browser; the gate knows it better where it was the gate."""
        said = str(error).partition("\n")[0]
        at = parse(showing.asked[-1] if showing.asked else showing.url)
        if at and (fault := self._gate.fault_of(at)):
            return NoPage(str(at), fault.reason, fault.message)
        for mark, reason, words in _NET_ERRORS:
            if mark in said:
                return NoPage(showing.url, reason, f"{words} ({said[:120]})")
        self.is_broken = True
        return NoPage(showing.url, "browser", f"Chromium failed: {said[:200]}")

    # ── Policing ───────────────────────────────────────────────────────────────────────────────

    def _on_crash(self, _: object) -> None:
        self.is_broken = True

    def _on_paused(self, event: dict[str, Any]) -> None:
        task = asyncio.create_task(self._police(event))
        self._policing.add(task)
        task.add_done_callback(self._policing.discard)

    async def _police(self, event: dict[str, Any]) -> None:
        """Let a request go, answer it, or turn it away."""
        request = {"requestId": event["requestId"]}
        try:
            if event.get("resourceType") in _UNWANTED or event["request"]["url"].endswith("/favicon.ico"):
                await self._session.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})
            elif event.get("frameId") != self._frame or self._now is None:
                await self._session.send("Fetch.continueRequest", request)
            elif "responseStatusCode" in event or "responseErrorReason" in event:
                await self._answered(event, request, self._now)
            else:
                await self._asked(event["request"], request, self._now)
        except PlaywrightError:
            pass  # the request has gone with its page

    async def _asked(self, asking: dict[str, Any], request: dict[str, Any], showing: Showing) -> None:
        url = str(asking["url"])
        at = parse(url)
        seed = showing.seed
        if seed and at and str(at) == seed.url and asking.get("method") == "GET":
            showing.seed = None
            await self._fulfil(request, seed, showing)
            return
        refused = await self._http.refusal(url, showing.site)
        showing.asked.append(url)
        if refused:
            showing.refusal = refused
            await self._session.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})
            return
        visit = self._http.visit(showing.site)
        extra = dict(visit.headers_for(at) if visit and at else {})
        if extra:
            both = {**asking.get("headers", {}), **extra}
            request = {**request, "headers": [{"name": name, "value": both[name]} for name in both]}
        await self._session.send("Fetch.continueRequest", request)

    async def _fulfil(self, request: dict[str, Any], seed: Page, showing: Showing) -> None:
        """The page as it came over HTTP a moment ago: the site is not asked for it again."""
        showing.status, showing.headers = seed.status, seed.headers
        showing.asked.extend(seed.history)
        await self._session.send(
            "Fetch.fulfillRequest",
            {
                **request,
                "responseCode": seed.status,
                "responseHeaders": [{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
                "body": base64.b64encode(seed.text.encode("utf-8", "replace")).decode(),
            },
        )

    async def _answered(self, event: dict[str, Any], request: dict[str, Any], showing: Showing) -> None:
        """Take down what came; what is no text does not come in."""
        headers = {str(h["name"]).lower(): str(h["value"]) for h in event.get("responseHeaders", [])}
        headers.pop("set-cookie", None)
        showing.status = int(event.get("responseStatusCode") or 0)
        showing.headers = headers
        kind = headers.get("content-type", "")
        if showing.status < 300 and is_binary_type(kind):
            showing.refusal = NoPage(
                event["request"]["url"], "not_text", f"the answer is {kind}", showing.status
            )
            await self._session.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})
            return
        await self._session.send("Fetch.continueRequest", request)


def _is_unfinished(page: Page, state: State | None) -> bool:
    """Whether a page whose time is up still waits for its server, and has hardly anything on it."""
    return (state is None or not state.idle) and len(page.document.text) < _BARE
