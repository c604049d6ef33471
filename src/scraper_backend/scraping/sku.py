"""The walk: one SKU on one site, from the search page to an outcome.

search page → product link → product page → outcome; or a search that leads straight to the product, or
is the product's own address.  Pages come from the `Fetcher`; what they are is judged by `verdict`, which
link to follow by `search`, which product it is by `identity`, and the outcome is written by `ending`.
A walk never raises for what a website does, asks for no page twice and for a bounded number of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

import structlog

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping import ending, presets, search, verdict
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.ending import Asking, Reading
from scraper_backend.scraping.extract import Extraction, extract
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.identity import Arrival, prove
from scraper_backend.scraping.links import address, is_same_shop, key_of, looks_like_search
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.search import Listing
from scraper_backend.scraping.verdict import Verdict

log = structlog.get_logger(__name__)

FEW: Final = 12
"""A list of so many results may be what the search really found: each is looked at."""
MOST_VISITS: Final = 10
MOST_VISITS_OF_MANY: Final = 5
"""Where a long list states no codes, the product is near its top or not on it."""
MOST_CERTAIN: Final = 3
MOST_LISTS: Final = 3
MOST_HOPS: Final = 2


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@runtime_checkable
class Renderer(Protocol):
    """A fetcher that can also show a page in a browser."""

    async def render(self, url: str, site: ScraperConfig, ready: Callable[[Page], bool]) -> Page | NoPage:
        """The page at `url` as it stands once `ready` says so, or its time is up."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened on the walk, for `bsr scrape --explain`."""

    what: str
    facts: dict[str, Any] = field(default_factory=dict)


async def scrape(
    config: ScraperConfig, sku: str, fetcher: Fetcher, *, now: Callable[[], datetime] = utc_now
) -> Outcome:
    """What the site has for this SKU.  Our own faults become `failed` with reason `internal`."""
    outcome, _ = await walk(config, sku, fetcher, now=now)
    return outcome


async def walk(
    config: ScraperConfig, sku: str, fetcher: Fetcher, *, now: Callable[[], datetime] = utc_now
) -> tuple[Outcome, tuple[Step, ...]]:
    """The outcome, and every step that led to it."""
    walking = Walk(config, Asked(sku), fetcher, now)
    try:
        outcome = await walking.run()
    except Exception as error:
        log.exception("scrape.internal", sku=sku, scraper=config.name)
        outcome = ending.internal(walking.asking, error)
    return outcome, tuple(walking.steps)


@dataclass
class Walk:
    """One walk's memory: where it has been, what it read there."""

    config: ScraperConfig
    asked: Asked
    fetcher: Fetcher
    now: Callable[[], datetime] = utc_now
    steps: list[Step] = field(default_factory=list)
    seen: dict[str, Page | NoPage] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    trouble: Outcome | None = None

    @property
    def asking(self) -> Asking:
        """What every outcome repeats, with the time as it is now."""
        return Asking(self.asked.text, self.config.name, self.now())

    async def run(self) -> Outcome:
        """Search, look, visit, conclude."""
        if not self.asked.parts:
            return self.asking.outcome("failed", {"reason": "bad_sku", "message": "the SKU is empty"})
        page = await self._get(self.config.search_url(self.asked.text))
        page = await self._forwarded(page)
        if isinstance(page, NoPage):
            return ending.no_page(self.asking, page)
        if refused := verdict.of_status(page):
            return ending.judged(self.asking, refused, page)
        if nothing := verdict.of_configured(page, self.config):
            return ending.judged(self.asking, nothing, page)
        return await self._from_search(page)

    # ── Pages ──────────────────────────────────────────────────────────────────────────────────

    async def _get(self, url: str) -> Page | NoPage:
        known = self.seen.get(key_of(url))
        if known is not None:
            return known
        page = await self.fetcher.get(url, self.config)
        self.seen[key_of(url)] = page
        if isinstance(page, Page):
            self.seen.setdefault(key_of(page.url), page)
        self._note("fetched", **_facts(page))
        return page

    async def _forwarded(self, page: Page | NoPage) -> Page | NoPage:
        """Where a page leads that has nothing but a refresh or a script's `location =`."""
        for _ in range(MOST_HOPS):
            url = _forward_of(page) if isinstance(page, Page) else ""
            if not url or key_of(url) in self.seen:
                break
            page = await self._get(url)
        return page

    async def _rendered(self, page: Page, ready: Callable[[Page], bool], why: str) -> Page | None:
        """The same page in a browser, where the site allows one and the fetcher has one."""
        if page.rendered or self.config.options.render != "auto" or not isinstance(self.fetcher, Renderer):
            return None
        self._note("rendering", url=page.url, why=why)
        shown = await self.fetcher.render(page.url, self.config, ready)
        self._note("fetched", **_facts(shown))
        if isinstance(shown, NoPage):
            return None
        self.seen[key_of(page.url)] = shown
        return shown

    # ── The search page ────────────────────────────────────────────────────────────────────────

    async def _from_search(self, page: Page) -> Outcome:
        listing = self._listed(page)
        if not (self._may_be_product(page) and await self._is_the_product(page, listing)):
            if not listing.candidates and not self._says_something(page):
                page = await self._rendered(page, self._shows_results, "it lists no product") or page
                listing = self._listed(page)
            if not listing.certain and not self.readings and self._may_be_product(page, listing):
                await self._is_the_product(page, listing)
        if same := self._proven():
            return self._found(same)
        return await self._from_listing(page, listing)

    def _listed(self, page: Page) -> Listing:
        listing = search.read(page, self.config, self.asked)
        self._note(
            "listed",
            url=page.url,
            candidates=[one.as_json() for one in listing.candidates[:10]],
            others=[one.as_json() for one in listing.others[:10]],
        )
        return listing

    def _may_be_product(self, page: Page, listing: Listing | None = None) -> bool:
        """Whether the search page is worth reading as a product: it led elsewhere, or lists nothing sure."""
        if listing is not None:
            return True
        led_elsewhere = key_of(page.url) != key_of(self.config.search_url(self.asked.text))
        return led_elsewhere or not looks_like_search(page.url)

    async def _is_the_product(self, page: Page, listing: Listing) -> bool:
        """Whether the search led straight to a product page; it is read and judged then."""
        reading = self._read(page, self._arrival(page, None, is_alone=True))
        if self._is_list(reading, listing) or not self._is_product(reading):
            return False
        reading = await self._completed(reading)
        self.readings.append(reading)
        return True

    def _arrival(self, page: Page, candidate: Candidate | None, *, is_alone: bool) -> Arrival:
        return Arrival(candidate, self._is_echo(page), is_alone)

    def _is_echo(self, page: Page) -> bool:
        """Whether the address only repeats what we typed: the shop has not said anything by it."""
        if looks_like_search(page.url):
            return True
        ours = key_of(page.url) == key_of(self.config.search_url(self.asked.text))
        return ours and not self.asked.names_address(page.url)

    def _is_list(self, reading: Reading, listing: Listing) -> bool:
        """A results page with one result looks like a product; data about one product tells them apart."""
        if reading.page.history or not looks_like_search(reading.page.url):
            return (
                not (_has_data(reading) or reading.proof.is_same)
                and len(listing.candidates) >= 2
                and not _has_heading(reading)
            )
        return bool(listing.candidates) and not (_has_data(reading) and _is_headed_by(reading))

    def _is_product(self, reading: Reading) -> bool:
        return reading.extraction.is_product_page or (
            reading.proof.verdict != "unproven"
            and reading.extraction.value("title") is not None
            and not looks_like_search(reading.page.url)
        )

    def _says_something(self, page: Page) -> bool:
        """Whether the page, as it is, answers the search or stands in its way."""
        if verdict.of_shell(page):
            return False
        return (
            bool(verdict.of_words(page) or verdict.of_robot_check(page))
            or self._read(page, self._arrival(page, None, is_alone=True)).extraction.is_product_page
        )

    def _shows_results(self, page: Page) -> bool:
        return bool(search.read(page, self.config, self.asked).candidates or verdict.of_words(page))

    # ── Candidates ─────────────────────────────────────────────────────────────────────────────

    async def _from_listing(self, page: Page, listing: Listing) -> Outcome:
        words = verdict.of_words(page) if not listing.certain and not self.readings else None
        if self.readings:  # the search led to another product: only links that name ours are worth a visit
            await self._visit(listing.hinted)
        else:
            few = words or self._was_sent_away(page, listing)
            await self._visit(listing.hinted if few else _worth_visiting(listing))
        if not self._proven() and not words and not self.readings:
            listing = await self._further(listing)
        if not self._proven() and self.trouble is None:
            await self._visit(await self._from_platform(page), asked_exactly=True)
        same = self._proven()
        return self._found(same) if same else self._nothing_proven(page, listing, words)

    def _was_sent_away(self, page: Page, listing: Listing) -> bool:
        """Whether the shop, instead of an answer, showed its front page or some category."""
        asked_url = self.config.search_url(self.asked.text)
        if not page.history or key_of(page.url) == key_of(asked_url) or looks_like_search(page.url):
            return False
        is_search = looks_like_search(asked_url) and verdict.of_gone(page, asked_url) is None
        return not (is_search and len(listing.candidates) <= MOST_CERTAIN)

    async def _visit(self, candidates: Iterable[Candidate], *, asked_exactly: bool = False) -> None:
        """Look at candidates until one proves itself; several that the list is sure of are all looked at."""
        plan = list(candidates)
        certain = sum(one.is_certain for one in plan)
        for candidate in plan:
            proven = self._proven()
            if proven and not (candidate.is_certain and certain > 1 and len(proven) < MOST_CERTAIN):
                return
            if key_of(candidate.url) in self.seen:
                continue
            await self._visit_one(candidate, is_alone=len(plan) == 1 or asked_exactly)
            if self.trouble is not None and (candidate.is_certain or self.trouble.outcome == "blocked"):
                return

    async def _visit_one(self, candidate: Candidate, *, is_alone: bool) -> None:
        page = await self._forwarded(await self._get(candidate.url))
        if isinstance(page, NoPage):
            self.trouble = ending.no_page(self.asking, page)
            return
        if refused := verdict.of_status(page):
            self._trouble_unless_gone(refused, page)
            return
        reading = self._read(page, self._arrival(page, candidate, is_alone=is_alone), candidate)
        reading = await self._completed(reading)
        if self._is_product(reading):
            self.readings.append(reading)
        elif (
            wall := verdict.of_wall(reading.page)
            or verdict.of_gone(reading.page, candidate.url)
            or verdict.of_shell(reading.page)
        ):
            self._trouble_unless_gone(wall, reading.page)

    def _trouble_unless_gone(self, refused: Verdict, page: Page) -> None:
        """A candidate's page that is missing is one candidate less; any other refusal ends the walk so."""
        self._note("refused", url=page.url, kind=refused.kind, evidence=list(refused.evidence))
        if refused.outcome != "not_found":
            self.trouble = ending.judged(self.asking, refused, page)

    def _read(self, page: Page, arrival: Arrival, candidate: Candidate | None = None) -> Reading:
        extraction = extract(page, self.config, self.asked.text)
        proof = prove(page, extraction, self.asked, self.config.options.identity, arrival)
        self._note(
            "read",
            url=page.url,
            product=extraction.is_product_page,
            why=list(extraction.why),
            identity=proof.verdict,
            evidence=list(proof.evidence),
            missing=list(extraction.missing_required),
        )
        return Reading(page, extraction, proof, candidate)

    async def _completed(self, reading: Reading) -> Reading:
        """The reading, from a browser when over HTTP the page kept something back."""
        lacking = _lacking(reading)
        if not lacking:
            return reading
        candidate, is_alone = reading.candidate, True
        arrival = self._arrival(reading.page, candidate, is_alone=is_alone)

        def is_ready(page: Page) -> bool:
            return not _lacking(self._read(page, arrival, candidate))

        shown = await self._rendered(reading.page, is_ready, lacking)
        return self._read(shown, arrival, candidate) if shown is not None else reading

    async def _further(self, listing: Listing) -> Listing:
        """The next pages of a list that states codes, none of which was ours."""
        for _ in range(MOST_LISTS - 1):
            if listing.candidates or not listing.states_codes or not listing.next_url or self.trouble:
                break
            page = await self._get(listing.next_url)
            if isinstance(page, NoPage) or verdict.of_status(page):
                break
            listing = self._listed(page)
            await self._visit(listing.certain or listing.hinted)
        return listing

    async def _from_platform(self, page: Page) -> list[Candidate]:
        """What the shop's platform answers when it is asked for the code itself."""
        found = await presets.ask(page, self.asked, self._get)
        if found:
            self._note("platform", candidates=[one.as_json() for one in found])
        return found

    # ── The end ────────────────────────────────────────────────────────────────────────────────

    def _proven(self) -> list[Reading]:
        return [one for one in self.readings if one.proof.is_same]

    def _found(self, same: list[Reading]) -> Outcome:
        different = _distinct(same)
        if len(different) > 1:
            said = [f"{len(different)} products of this shop have the SKU"]
            return ending.ambiguous(
                self.asking, "several", (one.as_candidate() for one in different), said, same[0].page.url
            )
        return ending.found(self.asking, same[0])

    def _nothing_proven(self, page: Page, listing: Listing, words: Verdict | None) -> Outcome:
        unproven = [one for one in self.readings if one.proof.verdict == "unproven"]
        other = [one for one in self.readings if one.proof.verdict == "other"]
        if self.trouble is not None and not other:
            return self.trouble
        if drifted := next((one for one in unproven if one.extraction.missing_required), None):
            return ending.drifted(self.asking, drifted)
        if unproven:
            said = [f"{len(unproven)} product pages that show no code to compare"]
            known = (one.as_candidate() for one in unproven)
            return ending.ambiguous(self.asking, "unproven", known, said, page.url)
        if other:
            return self._only_others(page, listing, other)
        return self._nothing_read(page, listing, words)

    def _only_others(self, page: Page, listing: Listing, other: list[Reading]) -> Outcome:
        variant = next((one for one in other if one.proof.by == "variant"), None)
        listed = len(listing.candidates) + len(listing.others)
        if variant or listed <= 1 or other[0].candidate is None:
            return ending.mismatch(self.asking, variant or other[0])
        said = [f"the search lists {listed} products; the {len(other)} looked at declare other codes"]
        said += [line for one in other[:3] for line in one.proof.evidence[:1]]
        candidates = (one.as_candidate() for one in other)
        return ending.not_found(self.asking, "not_listed", said, page, candidates)

    def _nothing_read(self, page: Page, listing: Listing, words: Verdict | None) -> Outcome:
        if words:
            return ending.judged(self.asking, words, page)
        if self._was_sent_away(page, listing):
            gone = verdict.of_gone(page, self.config.search_url(self.asked.text))
            said = (f"the shop sent us to {page.url}, which is another page",)
            return ending.judged(self.asking, gone or Verdict("sent_away", said), page)
        if len(listing.others) == 1 and not listing.candidates:
            return ending.listed_other(self.asking, page, listing.others[0])
        if listing.others or listing.candidates:
            listed = [*listing.others, *listing.candidates]
            said = [f"the search lists {len(listed)} products, and none of them is this one"]
            said += [line for one in listed[:3] for line in one.why[:1]]
            return ending.not_found(self.asking, "not_listed", said, page, (one.as_json() for one in listed))
        for look in (verdict.of_wall, verdict.of_shell):
            if wall := look(page):
                return ending.judged(self.asking, wall, page)
        if gone := verdict.of_gone(page, self.config.search_url(self.asked.text)):
            return ending.judged(self.asking, gone, page)
        return ending.not_found(self.asking, "nothing_listed", ["the search page lists no product"], page)

    def _note(self, what: str, **facts: Any) -> None:
        self.steps.append(Step(what, facts))


def judge(config: ScraperConfig, sku: str, page: Page, *, now: Callable[[], datetime] = utc_now) -> Outcome:
    """The outcome of one page that is at hand, as if the search had led straight to it.  Fetches nothing."""
    asking, asked = Asking(sku, config.name, now()), Asked(sku)
    extraction = extract(page, config, sku)
    proof = prove(page, extraction, asked, config.options.identity, Arrival(is_alone=True))
    reading = Reading(page, extraction, proof)
    if proof.is_same:
        return ending.found(asking, reading)
    if extraction.is_product_page and proof.verdict == "other":
        return ending.mismatch(asking, reading)
    if extraction.is_product_page:
        return ending.ambiguous(asking, "unproven", [reading.as_candidate()], proof.evidence, page.url)
    said = verdict.of_status(page) or verdict.of_configured(page, config) or verdict.of_words(page)
    said = (
        said or verdict.of_wall(page) or verdict.of_shell(page) or verdict.of_gone(page, page.requested_url)
    )
    if said:
        return ending.judged(asking, said, page)
    return ending.not_found(asking, "nothing_listed", ["the page shows no product"], page)


# ── Small judgements ───────────────────────────────────────────────────────────────────────────────


def _worth_visiting(listing: Listing) -> tuple[Candidate, ...]:
    """Those the list is sure of, or else the best few."""
    if listing.certain:
        return listing.certain[:MOST_VISITS]
    most = MOST_VISITS if len(listing.candidates) <= FEW else MOST_VISITS_OF_MANY
    return listing.candidates[:most]


def _lacking(reading: Reading) -> str:
    """What a product page keeps back that a browser might show; "" for nothing."""
    if reading.extraction.missing_required:
        return f"without {', '.join(reading.extraction.missing_required)}"
    if reading.proof.verdict == "unproven":
        return "nothing on it tells which product it is"
    if not reading.extraction.is_product_page and verdict.of_shell(reading.page):
        return "it is empty"
    return ""


def _has_data(reading: Reading) -> bool:
    """Whether the page's data, and not its look alone, says that it is a product."""
    main = reading.extraction.main
    return main is not None and main.strategy != "visible"


def _has_heading(reading: Reading) -> bool:
    return reading.extraction.is_product_page and reading.page.document.first("h1") is not None


def _is_headed_by(reading: Reading) -> bool:
    """Whether the page's heading is the product's name."""
    from scraper_backend.scraping.identity import alike

    main, heading = reading.extraction.main, reading.page.document.first("h1")
    return main is not None and heading is not None and bool(main.name) and alike(main.name, heading.text)


def _distinct(same: list[Reading]) -> list[Reading]:
    """Readings of different products; one product at two addresses is one."""
    known: dict[tuple[object, ...], Reading] = {}
    for one in same:
        canonical = one.page.document.first("link[rel=canonical]")
        url = address(canonical.attr("href") or "", one.page.url) if canonical is not None else one.page.url
        shown = (one.extraction.value("title"), one.extraction.value("price"))
        is_known = any(key_of(url) == key[0] or shown == key[1] for key in known)
        if not is_known:
            known[(key_of(url), shown)] = one
    return list(known.values())


_REFRESH: Final = re.compile(r"^\s*(\d+)\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.I)
_LOCATION: Final = re.compile(
    r"^\s*(?:window\.|document\.|self\.|top\.)*location(?:\.href)?\s*"
    r"(?:=\s*|\.(?:replace|assign)\(\s*)['\"]([^'\"]+)['\"]", re.M
)  # fmt: skip


def _forward_of(page: Page) -> str:
    """The address that a page without content of its own sends a browser to; "" for none."""
    if page.status >= 400 or len(page.text) > 20_000:
        return ""
    target = ""
    for node in page.document.css("meta[http-equiv]"):
        match = _REFRESH.match(node.attr("content") or "")
        if (node.attr("http-equiv") or "").lower() == "refresh" and match and int(match[1]) <= 5:
            target = match[2].strip()
    if not target and len(page.document.text) < 400:
        scripts = (_LOCATION.search(node.text) for node in page.document.css("script"))
        target = next((match[1] for match in scripts if match), "")
    url = address(target, page.document.base(page.url)) if target else ""
    return (
        url if url and is_same_shop(url, page.url) and urlsplit(url).path != urlsplit(page.url).path else ""
    )


def _facts(page: Page | NoPage) -> dict[str, Any]:
    if isinstance(page, NoPage):
        return {"url": page.url, "no_page": page.reason, "message": page.message, "status": page.status}
    return {"url": page.url, "status": page.status, "ms": page.elapsed_ms, "rendered": page.rendered,
            "redirects": list(page.history)}  # fmt: skip


__all__ = ["Extraction", "Renderer", "Step", "Walk", "judge", "scrape", "utc_now", "walk"]
