"""One site while we visit it: its cookies, its headers, its domains, its pace.

Made by `HttpFetcher` from a `ScraperConfig`, kept while the site is in use.  Nothing of one site is
ever sent to another: what a person wrote into a configuration goes to the domain it was written for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import CookieError, Morsel
from typing import Final

import aiohttp
from yarl import URL

from scraper_backend.core import logs
from scraper_backend.core.scraper_config import Rate, ScraperConfig
from scraper_backend.scraping.fetch.address import basic_credentials, host_key, literal, parse
from scraper_backend.scraping.fetch.exchange import Client, timeouts
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.home import registrable
from scraper_backend.scraping.fetch.inflate import ACCEPTED
from scraper_backend.scraping.fetch.polite import Limits

log = logs.named(__name__)

_ACCEPT: Final = "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.5"
_OURS: Final = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        "te",
        "upgrade",
        "expect",
    )
)
"""Headers that describe the connection; a configuration that sets them could only break it."""
_SECRET: Final = re.compile(r"auth|cookie|token|key|secret|session|signature", re.I)


@dataclass(slots=True)
class Visit:
    """What is kept for one site."""

    site: ScraperConfig
    base: URL
    session: aiohttp.ClientSession
    timeout: aiohttp.ClientTimeout
    secrets: Mapping[str, str]
    proxy: URL | None
    home: str
    domains: set[str]
    moved: asyncio.Lock = field(default_factory=asyncio.Lock)
    has_looked: bool = False
    active: int = 0
    retired: bool = False
    limits: dict[tuple[str, float], Limits] = field(default_factory=dict)

    def secrets_for(self, url: URL) -> Mapping[str, str] | None:
        """The headers that only the site's own domain gets, and never in the clear."""
        if not self.secrets or registrable(url.raw_host or "") != self.home:
            return None
        return self.secrets if url.scheme in ("https", self.base.scheme) else None

    def headers_for(self, url: URL) -> Mapping[str, str]:
        """What the configuration adds to a document's request, for a browser that has its own headers."""
        ours = {"user-agent", "accept-encoding", *_OURS}
        plain = self.site.options.headers.items()
        public = {name: text for name, text in plain if name.lower() not in ours and not _SECRET.search(name)}
        return {**public, **(self.secrets_for(url) or {})}

    def browser_cookies(self) -> list[dict[str, str | bool]]:
        """The site's cookies as a browser takes them: a visit goes on there where it was over HTTP."""
        return [_browser_cookie(morsel, self.base) for morsel in self.session.cookie_jar]

    def is_home(self, url: URL) -> bool:
        """Whether `url` is on the site's own domain, or on one that the site has moved to."""
        return registrable(url.raw_host or "") in self.domains

    def pace(self, url: URL, crawl_delay: float, allow: AllowList) -> Limits:
        """How often this host may be asked: by the configuration, robots.txt and the operator."""
        key = (host_key(url), crawl_delay)
        if key not in self.limits:
            self.limits[key] = pace_of(self.site, url, crawl_delay, allow)
        return self.limits[key]

    @property
    def usual(self) -> float:
        """Seconds between two requests by the site's own rate; the fleet shares out that one."""
        return 1 / (self.site.options.rate or Rate()).per_second

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While somebody uses the session; the last one out of a retired visit lets it go."""
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            if self.retired:
                self.retire()

    def retire(self) -> None:
        """Let the session go as soon as nobody uses it."""
        self.retired = True
        if not self.active:
            self.session.detach()


def _browser_cookie(morsel: Morsel[str], base: URL) -> dict[str, str | bool]:
    domain = morsel["domain"] or base.raw_host or ""
    is_wide = bool(morsel["domain"]) and not literal(domain) and "." in domain
    return {
        "name": morsel.key,
        "value": morsel.value,
        "domain": f".{domain.lstrip('.')}" if is_wide else domain,
        "path": morsel["path"] or "/",
        "secure": bool(morsel["secure"]),
        "httpOnly": bool(morsel["httponly"]),
    }


def open_visit(site: ScraperConfig, base: URL, client: Client, user_agent: str) -> Visit:
    """Begin to visit `site`."""
    options = site.options
    secrets = {name: value for name, value in options.headers.items() if _SECRET.search(name)}
    if credentials := basic_credentials(site.base_url):
        secrets.setdefault("Authorization", credentials)
    session = client.session(_headers(site, user_agent))
    _fill(session, site, base)
    if not options.robots.obey:
        log.warning("robots.ignored", scraper=site.name, host=base.raw_host, reason=options.robots.reason)
    home = registrable(base.raw_host or "")
    proxy = parse(options.proxy) if options.proxy else None
    return Visit(site, base, session, timeouts(options.timeout), secrets, proxy, home, {home})


def accept_language(locale: str) -> str:
    """`de-DE,de;q=0.9,en;q=0.5` for de_DE."""
    tag = locale.replace("_", "-")
    short = tag.partition("-")[0]
    wanted = [tag] + ([f"{short};q=0.9"] if short != tag else []) + (["en;q=0.5"] if short != "en" else [])
    return ",".join(wanted)


def _headers(site: ScraperConfig, user_agent: str) -> dict[str, str]:
    ours = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED}
    if contact := re.search(r"\w[\w.+-]*@[\w.-]+\w", user_agent):
        ours["From"] = contact[0]
    if site.options.locale:
        ours["Accept-Language"] = accept_language(site.options.locale)
    theirs = {
        name: value
        for name, value in site.options.headers.items()
        if name.lower() not in _OURS and not _SECRET.search(name)
    }
    written = {name.lower() for name in theirs}
    return {name: value for name, value in ours.items() if name.lower() not in written} | theirs


def _fill(session: aiohttp.ClientSession, site: ScraperConfig, base: URL) -> None:
    """The configuration's cookies hold for the whole domain, and over TLS where the site has it."""
    host = base.raw_host or ""
    for name, value in site.options.cookies.items():
        cookie: Morsel[str] = Morsel()
        try:
            cookie.set(name, value, value)
        except CookieError:
            log.warning("cookie.unsendable", scraper=site.name, cookie=name)
            continue
        if not literal(host) and "." in host:
            cookie["domain"] = registrable(host)
        if base.scheme == "https":
            cookie["secure"] = True
        session.cookie_jar.update_cookies([(name, cookie)], base)


def pace_of(site: ScraperConfig, url: URL, crawl_delay: float, allow: AllowList) -> Limits:
    """An operator's own machines have no rate unless one is written, and no crawl-delay likewise."""
    options = site.options
    named = allow.names_host(url.raw_host or "", url.port)
    rate = options.rate or (None if named else Rate())
    if named and "obey" not in options.robots.model_fields_set:
        crawl_delay = 0.0
    if rate is None:
        return Limits(interval=crawl_delay)
    return Limits(max(1 / rate.per_second, crawl_delay), rate.concurrency)
