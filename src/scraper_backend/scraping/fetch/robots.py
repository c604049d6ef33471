"""robots.txt, as RFC 9309 has it.

One fetch for an origin, by the same guarded client as every page; whoever asks meanwhile waits for
it.  A file that is not there (4xx) forbids nothing; one that cannot be had (5xx, a broken or silent
connection) forbids everything until it can.  A host that cannot be reached at all is not the robots
file's fault, and is told as what it is.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from protego import Protego
from yarl import URL

from scraper_backend.scraping.fetch import group
from scraper_backend.scraping.fetch.address import origin
from scraper_backend.scraping.page import NoPage, Reason

MAX_BYTES: Final = 500 * 1024
MAX_REDIRECTS: Final = 5
LONGEST_DELAY: Final = 30.0
_FRESH: Final = 3600.0
_LONGEST_FRESH: Final = 24 * 3600.0
_RETRY_UNREACHABLE: Final = 60.0
_THE_HOST_ITSELF: Final[frozenset[Reason]] = frozenset(
    ("dns", "connect", "tls", "private_address", "bad_address", "proxy", "rate_limited")
)

Ask = Callable[[URL], Awaitable["Answer | NoPage"]]
"""How a robots.txt is fetched: the final answer after at most five redirects."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for robots.txt.  `too_many_redirects` counts as "not there"."""

    status: int
    text: str = ""
    max_age: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt says, until `expires`."""

    expires: float
    parsed: Protego | None = None
    closed: NoPage | None = None
    delay: float = 0.0

    def refusal(self, url: URL, agent: str) -> NoPage | None:
        """Why `agent` may not fetch `url`, or None."""
        if self.closed:
            return NoPage(str(url), self.closed.reason, self.closed.message, self.closed.status,
                          self.closed.retry_after_s)  # fmt: skip
        if self.parsed is None or self.parsed.can_fetch(str(url), agent):
            return None
        return NoPage(str(url), "robots", f"{origin(url)}/robots.txt forbids {url.raw_path_qs} to {agent}")


class RobotsFiles:
    """The rules of every origin that was asked for lately."""

    def __init__(
        self, agent: str, *, clock: Callable[[], float] = time.monotonic, remembered: int = 1_000
    ) -> None:
        self._agent = agent
        self._clock = clock
        self._remembered = remembered
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._asking: dict[str, asyncio.Event] = {}

    def known(self, url: URL) -> Rules | None:
        """The rules for `url`, when they are known and fresh."""
        rules = self._rules.get(origin(url))
        return rules if rules and rules.expires > self._clock() else None

    async def rules(self, url: URL, ask: Ask) -> Rules:
        """The rules for `url`; fetched by one of those who want them, the others wait."""
        key = origin(url)
        while (known := self.known(url)) is None:
            if key in self._asking:
                await self._asking[key].wait()
                continue
            done = self._asking[key] = asyncio.Event()
            try:
                self._remember(key, self._read(url, await ask(URL(f"{key}/robots.txt", encoded=True))))
            finally:
                del self._asking[key]
                done.set()
        return known

    def _remember(self, key: str, rules: Rules) -> None:
        self._rules[key] = rules
        self._rules.move_to_end(key)
        while len(self._rules) > self._remembered:
            self._rules.popitem(last=False)

    def _read(self, url: URL, answer: Answer | NoPage) -> Rules:
        now = self._clock()
        if isinstance(answer, NoPage):
            return Rules(now + _RETRY_UNREACHABLE, closed=_closed(url, answer))
        if answer.status >= 500 or answer.status == 429:
            said = f"{origin(url)}/robots.txt answered {answer.status}, so nothing may be fetched for now"
            closed = NoPage(str(url), "robots", said, answer.status)
            return Rules(now + _RETRY_UNREACHABLE, closed=closed)
        fresh = min(max(answer.max_age or _FRESH, 300.0), _LONGEST_FRESH)
        if answer.status >= 300 or not answer.text.strip():
            return Rules(now + fresh)
        rules = group.of(answer.text, self._agent)
        parsed = Protego.parse(rules)
        delay = parsed.crawl_delay("*") or 0.0
        forbids = parsed if _FORBIDS.search(rules) else None
        return Rules(now + fresh, parsed=forbids, delay=min(max(delay, 0.0), LONGEST_DELAY))


_FORBIDS: Final = re.compile(r"(?im)^\W*di")
"""`Disallow`, in all the spellings that protego knows.  Without such a line nothing is forbidden, and no
page needs to be held against the file."""


def max_age(cache_control: str) -> float | None:
    """Seconds from a Cache-Control header."""
    match = re.search(r"max-age\s*=\s*\"?(\d{1,9})", cache_control, re.I)
    return float(match[1]) if match else None


def _closed(url: URL, fault: NoPage) -> NoPage:
    if fault.reason in _THE_HOST_ITSELF:
        return fault
    said = f"{origin(url)}/robots.txt could not be read ({fault.message}), so nothing may be fetched for now"
    return NoPage(str(url), "robots", said, fault.status)
