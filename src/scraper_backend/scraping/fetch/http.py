"""Pages over HTTP, politely.

`HttpFetcher.get` is the whole of it: is the address one we may ask (guard, the site's own domain,
robots.txt), is it our turn (politeness), what came back (exchange), is it worth another try (retry),
does it lead on (redirects, every hop checked like the first), and what does it say (inflate, charset).
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from yarl import URL

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch import address, robots
from scraper_backend.scraping.fetch.agent import AGENT, USER_AGENT
from scraper_backend.scraping.fetch.cache import PageCache
from scraper_backend.scraping.fetch.exchange import MAX_PAGE, Client, Fault, Raw, ask, timeouts
from scraper_backend.scraping.fetch.guard import AllowList, Guard, GuardedResolver, Lookup
from scraper_backend.scraping.fetch.home import registrable
from scraper_backend.scraping.fetch.polite import Limits, Politeness
from scraper_backend.scraping.fetch.reading import no_page, page, robots_text
from scraper_backend.scraping.fetch.retry import (
    PATIENCE,
    backoff,
    is_passing,
    is_retried,
    is_strain,
    retry_after,
)
from scraper_backend.scraping.fetch.site import Visit, open_visit
from scraper_backend.scraping.page import NoPage, Page

MAX_REDIRECTS: Final = 10
_SITES: Final = 500


@dataclass(slots=True)
class _Purse:
    """The seconds a page may still cost, and those it has spent on the wire."""

    left: float
    spent: float = 0.0


@dataclass(slots=True)
class Turn:
    """Our turn at a host; whoever has it says how the host took it."""

    is_strained: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: an address, perhaps "only if changed", perhaps only the first bytes."""

    url: URL
    conditions: Mapping[str, str] | None = None
    cut_at: int | None = None


class HttpFetcher:
    """A `Fetcher` over HTTP; an async context manager, one for a runner."""

    def __init__(
        self,
        *,
        allow_private: AllowList | None = None,
        user_agent: str = USER_AGENT,
        politeness: Politeness | None = None,
        cache: PageCache | None = None,
        lookup: Lookup | None = None,
        ssl_context: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: random.Random | None = None,
        max_page: int = MAX_PAGE,
    ) -> None:
        self.allow_private = allow_private or AllowList()
        self.user_agent = user_agent
        self.politeness = politeness or Politeness(clock=clock, sleep=sleep)
        self._robots = robots.RobotsFiles(AGENT, clock=clock)
        self.guard = Guard(self.allow_private)
        self.resolver = GuardedResolver(self.allow_private, lookup)
        self._client = Client(self.resolver, ssl_context=ssl_context)
        self._cache = cache
        self._now, self._clock, self._sleep = now, clock, sleep
        self._rng = rng or random.Random()
        self._max_page = max_page
        self._visits: OrderedDict[tuple[str, str], Visit] = OrderedDict()
        self._flights: dict[tuple[str, str, str], list[asyncio.Future[Page | NoPage | None]]] = {}

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for visit in self._visits.values():
            visit.session.detach()
        self._visits.clear()
        await self._client.__aexit__(kind, error, trace)

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url`; asked for once when several walks want it at the same moment."""
        key = (site.name, site.base_url, url)
        while (waiting := self._flights.get(key)) is not None:
            future: asyncio.Future[Page | NoPage | None] = asyncio.get_running_loop().create_future()
            waiting.append(future)
            if (shared := await future) is not None:
                return shared
        self._flights[key] = waiting = []
        got: Page | NoPage | None = None
        try:
            got = await self._visiting(url, site)
            return got
        finally:
            del self._flights[key]
            for future in waiting:
                if not future.done():
                    future.set_result(got)  # None when we were cancelled: the next one asks

    async def refusal(self, text: str, site: ScraperConfig) -> NoPage | None:
        """Why this site's page at `text` may not be asked for, by whatever means, or None."""
        url, visit = address.parse(text), self._visit(site)
        if url is None or visit is None:
            return _no_address(site.base_url if visit is None else text)
        with visit.in_use():
            return await self._refusal(url, visit, anywhere=False)

    @asynccontextmanager
    async def turn(self, url: URL, site: ScraperConfig) -> AsyncIterator[Turn | NoPage]:
        """Our turn at a host, for a page that is fetched by other means: the same line is waited in."""
        key, visit = address.host_key(url), self._visit(site)
        limits = self._pace(url, visit) if visit else Limits()
        if (pause := await self.politeness.enter(key, limits, PATIENCE)) > 0:
            yield _paused(url, pause)
            return
        turn, started = Turn(), self._clock()
        try:
            yield turn
        finally:
            self.politeness.leave(key, self._clock() - started, strained=turn.is_strained)
            if turn.retry_after:
                self.politeness.pause(key, turn.retry_after)

    def visit(self, site: ScraperConfig) -> Visit | None:
        """What is kept for this site: its cookies, its secrets, its domains."""
        return self._visit(site)

    async def _visiting(self, text: str, site: ScraperConfig) -> Page | NoPage:
        url, visit = address.parse(text), self._visit(site)
        if url is None or visit is None:
            return _no_address(site.base_url if visit is None else text)
        with visit.in_use():
            return await self._follow(url, visit, text)

    def _visit(self, site: ScraperConfig) -> Visit | None:
        """The visit under way at this site; a new one when its configuration has changed."""
        key = (site.name, site.base_url)
        visit = self._visits.get(key)
        if visit is not None and (visit.site is site or visit.site == site):
            visit.site = site
            return visit
        base = address.parse(site.base_url)
        if base is None:
            return None
        if visit is not None:
            visit.retire()
        elif len(self._visits) >= _SITES:
            self._visits.popitem(last=False)[1].retire()
        visit = self._visits[key] = open_visit(site, base, self._client, self.user_agent)
        return visit

    async def _follow(
        self, url: URL, visit: Visit, requested: str, *, anywhere: bool = False
    ) -> Page | NoPage:
        """The page at `url` or where it leads; every hop is checked like the first."""
        purse = _Purse(visit.site.options.timeout * (1 + visit.site.options.retries))
        history: list[str] = []
        while len(history) <= MAX_REDIRECTS:
            refused = await self._refusal(url, visit, anywhere)
            raw = refused or await self._fetch(url, visit, purse)
            if isinstance(raw, NoPage):
                return raw
            target = address.join(url, raw.location) if raw.location else None
            if raw.location and target is None:
                return NoPage(str(url), "bad_address", f"redirects to {raw.location[:200]!r}", raw.status)
            if target is None:
                return page(
                    raw,
                    url,
                    requested=requested,
                    history=tuple(history),
                    spent=purse.spent,
                    now=self._now(),
                    limit=self._max_page,
                )
            history.append(str(url))
            url = target
        return NoPage(str(url), "redirect_loop", f"still redirecting after {MAX_REDIRECTS} hops")

    async def _refusal(self, url: URL, visit: Visit, anywhere: bool) -> NoPage | None:
        """Why `url` may not be asked, or None."""
        if words := self.guard.refusal(url):
            return NoPage(str(url), "private_address", words)
        if visit.site.options.proxy and (refused := self._refused_proxy(url, visit)):
            return refused
        if not anywhere and not visit.is_home(url) and not await self._has_moved_to(url, visit):
            words = f"{url.raw_host} is not of {visit.home}, nor does {visit.base} lead there"
            return NoPage(str(url), "off_site", words)
        if not visit.site.options.robots.obey:
            return None
        rules = self._robots.known(url) or await self._robots.rules(
            url, lambda at: self._ask_robots(at, visit)
        )
        return rules.refusal(url, AGENT)

    def _refused_proxy(self, url: URL, visit: Visit) -> NoPage | None:
        if visit.proxy is None:
            return NoPage(str(url), "proxy", "the site's proxy has no address of the form http://host:port")
        words = self.guard.refusal(visit.proxy)
        return NoPage(str(url), "private_address", f"the proxy {words}") if words else None

    async def _has_moved_to(self, url: URL, visit: Visit) -> bool:
        """Whether the site's own front door leads to this domain; looked at once."""
        async with visit.moved:
            if not visit.has_looked:
                visit.has_looked = True
                front = await self._follow(visit.base, visit, str(visit.base), anywhere=True)
                if isinstance(front, Page):
                    hops = [address.parse(hop) for hop in (*front.history, front.url)]
                    visit.domains.update(registrable(hop.raw_host or "") for hop in hops if hop)
        return visit.is_home(url)

    async def _ask_robots(self, url: URL, visit: Visit) -> robots.Answer | NoPage:
        purse = _Purse(visit.site.options.timeout)
        for _ in range(robots.MAX_REDIRECTS + 1):
            if words := self.guard.refusal(url):
                return NoPage(str(url), "private_address", words)
            raw = await self._patiently(_Question(url, cut_at=robots.MAX_BYTES), visit, purse)
            if isinstance(raw, NoPage):
                return raw
            target = address.join(url, raw.location) if raw.location else None
            if target is None:
                return _robots_answer(raw)
            url = target
        return robots.Answer(404)

    def _pace(self, url: URL, visit: Visit) -> Limits:
        rules = self._robots.known(url) if visit.site.options.robots.obey else None
        limits = visit.pace(url, rules.delay if rules else 0.0, self.allow_private)
        return self.politeness.as_granted(address.host_key(visit.base), limits, usual=visit.usual)

    async def _fetch(self, url: URL, visit: Visit, purse: _Purse) -> Raw | NoPage:
        """The answer at `url`; from the cache when the site says that it has not changed."""
        if self._cache is None:
            return await self._patiently(_Question(url), visit, purse)
        kept = await self._cache.load(visit.site.name, url)
        raw = await self._patiently(_Question(url, kept.conditions if kept else None), visit, purse)
        if isinstance(raw, NoPage):
            return raw
        if raw.status == 304 and kept:
            return replace(kept.raw, headers={**kept.raw.headers, **raw.headers})
        await self._cache.store(visit.site.name, url, raw)
        return raw

    async def _patiently(self, question: _Question, visit: Visit, purse: _Purse) -> Raw | NoPage:
        """The answer, asked for again while that may help and the purse lasts."""
        url, attempt = question.url, 0
        key, limits = address.host_key(url), self._pace(url, visit)
        got: Raw | Fault | None = None
        while True:
            if (pause := await self.politeness.enter(key, limits, PATIENCE)) > 0:
                return got if isinstance(got, Raw) else _paused(url, pause)
            got = await self._once(question, visit, purse, key)
            wait = self._wait(got, visit, purse, key, attempt)
            if wait is None:
                break
            attempt += 1
            purse.left -= wait
            await self._sleep(wait)
        return got if isinstance(got, Raw) else no_page(got, url, now=self._now(), limit=self._max_page)

    async def _once(self, question: _Question, visit: Visit, purse: _Purse, key: str) -> Raw | Fault:
        """One request, timed; the host's place is given back whatever happens."""
        within = visit.timeout if purse.left >= (visit.timeout.total or 0) else timeouts(max(purse.left, 0.1))
        headers = {**(question.conditions or {}), **(visit.secrets_for(question.url) or {})}
        started = self._clock()
        strained = False
        try:
            got = await ask(
                visit.session,
                question.url,
                within=within,
                headers=headers or None,
                proxy=visit.site.options.proxy,
                limit=question.cut_at or self._max_page,
                cut=question.cut_at is not None,
            )
            strained = is_strain(got.status if isinstance(got, Raw) else got.reason)
            return got
        finally:
            seconds = self._clock() - started
            purse.left -= seconds
            purse.spent += seconds
            self.politeness.leave(key, seconds, strained=strained)

    def _wait(self, got: Raw | Fault, visit: Visit, purse: _Purse, key: str, attempt: int) -> float | None:
        """Seconds until the next try, or None when this answer stands."""
        asked = (
            retry_after(got.headers, self._now())
            if isinstance(got, Raw) and got.status in (429, 503)
            else None
        )
        if asked:
            self.politeness.pause(key, asked)
        again = is_retried(got.status) if isinstance(got, Raw) else is_passing(got.reason)
        if not again or attempt >= visit.site.options.retries:
            return None
        if asked is not None:
            if asked > PATIENCE or asked >= purse.left:
                return None
            purse.left -= asked
            return 0.0  # the host's line waits for it, and we in it
        wait = backoff(attempt, self._rng)
        return wait if wait < purse.left else None


def _no_address(text: str) -> NoPage:
    return NoPage(text, "bad_address", f"{text[:200]!r} is no http or https address")


def _paused(url: URL, seconds: float) -> NoPage:
    said = f"{url.raw_host} asked for a pause; {seconds:.0f} s of it are left"
    return NoPage(str(url), "rate_limited", said, retry_after_s=seconds)


def _robots_answer(raw: Raw) -> robots.Answer:
    text = robots_text(raw, robots.MAX_BYTES) if raw.status == 200 else ""
    return robots.Answer(raw.status, text, robots.max_age(raw.headers.get("cache-control", "")))
