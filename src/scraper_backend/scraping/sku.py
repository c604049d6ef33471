"""The walk: one SKU on one site, from the search page to an outcome.

search page → product link → product page → outcome; or a search that leads straight to the product, or
is the product's own address.  Pages come from the `Fetcher`; what they are is judged by `verdict`, which
link to follow by `search`, which product it is by `identity`, and the outcome is written by `ending`.
A walk never raises for what a website does, asks for no page twice and for a bounded number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from propcache.api import cached_property

from scraper_backend.core import logs
from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping import conclusion, ending, presets, ready, search, straight, verdict
from scraper_backend.scraping.addresses import key_of, looks_like_search
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.conclusion import FEW, Searched
from scraper_backend.scraping.ending import Asking, Reading
from scraper_backend.scraping.extract import Extraction, extract
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.identity import CODES, Arrival, alike, prove
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.search import Listing
from scraper_backend.scraping.trail import Ready, Step, Trail
from scraper_backend.scraping.verdict import Verdict

log = logs.named(__name__)

MOST_VISITS: Final = 10
MOST_VISITS_OF_MANY: Final = 5
"""Where a long list states no codes, the product is near its top or not on it."""
MOST_CERTAIN: Final = 3
MOST_LISTS: Final = 3


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


async def scrape(
    config: ScraperConfig, sku: str, fetcher: Fetcher, *, now: Callable[[], datetime] = utc_now
) -> Outcome:
    """What the site has for this SKU.  Our own faults become `failed` with reason `internal`."""
    outcome, _ = await walk(config, sku, fetcher, now=now)
    return outcome


async def walk(
    config: ScraperConfig,
    sku: str,
    fetcher: Fetcher,
    *,
    now: Callable[[], datetime] = utc_now,
    thorough: bool = False,
) -> tuple[Outcome, tuple[Step, ...]]:
    """The outcome, and every step that led to it.  thorough: weigh all of a results page, to show it."""
    is_thorough = thorough or config.options.identity.trust_search
    walking = Walk(Trail(config, fetcher), Asked(sku), now, is_thorough)
    try:
        outcome = await walking.run()
    except Exception as error:
        log.exception("scrape.internal", sku=sku, scraper=config.name)
        outcome = ending.internal(walking.asking, error)
    return outcome, tuple(walking.trail.steps)


@dataclass
class Walk:
    """One walk's memory: where it has been (`trail`), what it read there."""

    trail: Trail
    asked: Asked
    now: Callable[[], datetime] = utc_now
    is_thorough: bool = False
    readings: list[Reading] = field(default_factory=list)
    trouble: Outcome | None = None
    _last: tuple[Page, Extraction] | None = None
    _again: str = ""

    @property
    def config(self) -> ScraperConfig:
        """The site that is walked."""
        return self.trail.config

    @property
    def asking(self) -> Asking:
        """What every outcome repeats, with the time as it is now."""
        return Asking(self.asked.text, self.config.name, self.now())

    @cached_property
    def _search_url(self) -> str:
        return self.config.search_url(self.asked.text)

    async def run(self) -> Outcome:
        """Search, look, visit, conclude."""
        if not self.asked.parts:
            return self.asking.outcome("failed", {"reason": "bad_sku", "message": "the SKU is empty"})
        page = await self.trail.get(self._search_url, self._answers)
        page = await self.trail.forwarded(page, self._answers)
        if isinstance(page, NoPage):
            return ending.no_page(self.asking, page)
        if refused := verdict.of_status(page):
            return ending.judged(self.asking, refused, page)
        if nothing := verdict.of_configured(page, self.config):
            return ending.judged(self.asking, nothing, page)
        return await self._from_search(page)

    async def _in_browser(self, page: Page, is_ready: Ready, why: str) -> Page | None:
        """The same page in a browser; what stands in its way matters where it says nothing without one."""
        shown = await self.trail.rendered(page, is_ready, why)
        if isinstance(shown, Page):
            return shown
        if shown is not None and shown.reason != "no_browser" and verdict.of_shell(page):
            self.trouble = ending.no_page(self.asking, shown)
        return None

    # ── The search page ────────────────────────────────────────────────────────────────────────

    async def _from_search(self, page: Page) -> Outcome:
        if await self._goes_straight(page):
            return conclusion.proven(self.asking, self.readings)
        look = search.read if self.is_thorough else search.glance
        listing = look(page, self.config, self.asked)
        self._note_listing(page, listing)
        if not (self._was_led_here(page) and await self._takes_as_product(page, listing)):
            await self._visit(listing.hinted, is_alone=listing.is_of_one)
            if not listing.certain and not self.readings and self.trouble is None:
                page, listing = await self._with_results(page, listing)
                await self._takes_as_product(page, listing)
        words = None
        if not self._proven():
            listing = self._listed(page)
            words = None if listing.certain or self.readings else verdict.of_words(page)
            listing = await self._visit_listed(page, listing, words)
        return self._ended(page, listing, words)

    async def _goes_straight(self, page: Page) -> bool:
        """Whether the one link whose address is the SKU leads to a page that declares the SKU.

        Where it does not, nothing was learned: the list may state what that page keeps to itself.
        """
        candidate = straight.link(page, self.config, self.asked) if self._may_go_straight(page) else None
        if candidate is None:
            return False
        self.trail.note("straight", candidates=[candidate.as_json()])
        await self._visit_one(candidate, is_alone=False)
        if any(one.proof.is_same and one.proof.by in CODES for one in self.readings):
            return True
        self.readings, self.trouble, self._again = [], None, candidate.url
        return False

    def _may_go_straight(self, page: Page) -> bool:
        return not (self.is_thorough or page.rendered or self._was_led_here(page))

    def _listed(self, page: Page) -> Listing:
        listing = search.read(page, self.config, self.asked)
        self._note_listing(page, listing)
        return listing

    def _note_listing(self, page: Page, listing: Listing) -> None:
        self.trail.note(
            "listed",
            url=page.url,
            candidates=[one.as_json() for one in listing.candidates[:10]],
            others=[one.as_json() for one in listing.others[:10]],
        )

    def _was_led_here(self, page: Page) -> bool:
        """Whether the page is not the search's own: it led elsewhere, or the template is no search."""
        return key_of(page.url) != key_of(self._search_url) or not looks_like_search(page.url)

    async def _with_results(self, page: Page, listing: Listing) -> tuple[Page, Listing]:
        """The search page as a browser shows it, when over HTTP it answers nothing."""
        if listing.candidates or self._says_something(page):
            return page, listing
        shown = await self._in_browser(page, self._answers, "it lists no product")
        return (shown, self._listed(shown)) if shown is not None else (page, listing)

    async def _takes_as_product(self, page: Page, listing: Listing) -> bool:
        """Whether the search page is itself a product page; it is read and judged then."""
        is_alone = self._was_led_here(page) or listing.is_of_one or not (listing.candidates or listing.others)
        reading = self._read(page, Arrival(None, self._is_echo(page), is_alone))
        if self._is_list(reading, listing) or not self._is_product(reading):
            return False
        self.readings.append(await self._completed(reading, is_alone=is_alone))
        return True

    def _is_echo(self, page: Page) -> bool:
        """Whether the address only repeats what we typed: the shop has not said anything by it."""
        if looks_like_search(page.url):
            return True
        ours = key_of(page.url) == key_of(self._search_url)
        return ours and not self.asked.names_address(page.url)

    def _is_list(self, reading: Reading, listing: Listing) -> bool:
        """A results page with one result looks like a product; data about one product tells them apart."""
        if reading.page.history or not looks_like_search(reading.page.url):
            return (
                not (_has_data(reading) or reading.proof.is_same)
                and len(listing.candidates) >= 2
                and not _has_heading(reading)
            )
        is_listing = bool(listing.candidates or listing.others)
        return is_listing and not (_has_data(reading) and _is_headed_by(reading, self.asked))

    def _is_product(self, reading: Reading) -> bool:
        is_read = reading.extraction.is_product_page or (
            reading.proof.verdict != "unproven"
            and reading.extraction.value("title") is not None
            and not looks_like_search(reading.page.url)
        )
        return is_read and (_has_data(reading) or verdict.of_robot_check(reading.page) is None)

    def _says_something(self, page: Page) -> bool:
        """Whether the page, as it is, answers the search or stands in its way."""
        if verdict.of_shell(page):
            return False
        return bool(verdict.of_words(page) or verdict.of_robot_check(page)) or self._is_product(
            self._read(page, Arrival(None, self._is_echo(page), is_alone=True))
        )

    def _answers(self, page: Page) -> bool:
        """Whether a search page in a browser has its answer.

        "No results" is none before the page is at rest: many shops say it until their first results come.
        """

        def is_product() -> bool:
            return self._is_whole(self._look_at(page, Arrival(None, self._is_echo(page), is_alone=True)))

        def is_list() -> bool:
            return bool(search.read(page, self.config, self.asked).candidates)

        likeliest = (is_product, is_list) if self._was_led_here(page) else (is_list, is_product)
        return any(shows() for shows in likeliest)

    # ── Candidates ─────────────────────────────────────────────────────────────────────────────

    async def _visit_listed(self, page: Page, listing: Listing, words: Verdict | None) -> Listing:
        """Look at what the search lists, its next pages, and what the shop's platform knows."""
        await self._visit(listing.hinted, is_alone=listing.is_of_one)
        is_answer = not (self._is_settled(listing) or words or self._was_sent_away(page, listing))
        if is_answer and self.trouble is None and not self._proven():
            await self._visit(_worth_visiting(listing), is_alone=listing.is_of_one)
            listing = await self._further(listing)
        if not self._proven() and self.trouble is None:
            await self._visit(await self._from_platform(page), is_alone=True)
        return listing

    def _is_settled(self, listing: Listing) -> bool:
        """Whether the search led to a product page, or the list was sure: what else it lists is not ours."""
        return bool(listing.certain) or any(one.candidate is None for one in self.readings)

    def _was_sent_away(self, page: Page, listing: Listing) -> bool:
        """Whether the shop, instead of an answer, showed its front page or some category."""
        if not page.history or key_of(page.url) == key_of(self._search_url) or looks_like_search(page.url):
            return False
        is_search = looks_like_search(self._search_url) and verdict.of_gone(page, self._search_url) is None
        return not (is_search and len(listing.candidates) <= MOST_CERTAIN)

    async def _visit(self, candidates: Iterable[Candidate], *, is_alone: bool) -> None:
        """Look at candidates until one proves itself; several that the list is sure of are all looked at.

        So are those called like one with the asked GTIN: another seller's offer of the same thing may have
        another price.  is_alone: the search led to them and to nothing else.
        """
        plan = list(candidates)
        certain = sum(one.is_certain for one in plan)
        for candidate in plan:
            proven = self._proven()
            is_another = (candidate.is_certain and certain > 1) or _is_twin(candidate, proven)
            if proven and not (is_another and len(proven) < MOST_CERTAIN):
                return
            if self.trail.has_seen(candidate.url) and not self._is_to_weigh_again(candidate):
                continue
            await self._visit_one(candidate, is_alone=is_alone)
            if self.trouble is not None and (candidate.is_certain or self.trouble.outcome == "blocked"):
                return

    def _is_to_weigh_again(self, candidate: Candidate) -> bool:
        """Whether the page was only looked at without what the list says of it; that is done once."""
        is_again = bool(self._again) and key_of(candidate.url) == key_of(self._again)
        self._again = "" if is_again else self._again
        return is_again

    async def _visit_one(self, candidate: Candidate, *, is_alone: bool) -> None:
        def is_whole(page: Page) -> bool:
            arrival = Arrival(candidate, self._is_echo(page), is_alone)
            return self._is_whole(self._look_at(page, arrival, candidate))

        page = await self.trail.forwarded(await self.trail.get(candidate.url, is_whole), is_whole)
        if isinstance(page, NoPage):
            self.trouble = ending.no_page(self.asking, page)
            return
        if refused := verdict.of_status(page):
            self._trouble_unless_gone(refused, page)
            return
        arrival = Arrival(candidate, self._is_echo(page), is_alone)
        reading = await self._completed(self._read(page, arrival, candidate), is_alone=is_alone)
        if self._is_product(reading):
            self.readings.append(reading)
        elif wall := _instead_of_product(reading.page, candidate.url):
            self._trouble_unless_gone(wall, reading.page)

    def _trouble_unless_gone(self, refused: Verdict, page: Page) -> None:
        """A candidate's page that is missing is one candidate less; any other refusal ends the walk so."""
        self.trail.note("refused", url=page.url, kind=refused.kind, evidence=list(refused.evidence))
        if refused.outcome != "not_found":
            self.trouble = ending.judged(self.asking, refused, page)

    def _read(self, page: Page, arrival: Arrival, candidate: Candidate | None = None) -> Reading:
        reading = self._look_at(page, arrival, candidate)
        extraction, proof = reading.extraction, reading.proof
        self.trail.note(
            "read",
            url=page.url,
            product=extraction.is_product_page,
            why=list(extraction.why),
            identity=proof.verdict,
            evidence=list(proof.evidence),
            missing=list(extraction.missing_required),
        )
        return reading

    def _look_at(self, page: Page, arrival: Arrival, candidate: Candidate | None = None) -> Reading:
        """A reading that is no step of the walk: a page in a browser is looked at several times."""
        extraction = self._extracted(page)
        proof = prove(page, extraction, self.asked, self.config.options.identity, arrival)
        return Reading(page, extraction, proof, candidate)

    def _is_whole(self, reading: Reading) -> bool:
        return ready.is_whole(reading, self.config.selectors)

    def _extracted(self, page: Page) -> Extraction:
        """What stands on a page; the one that was looked at last is not read again to be judged."""
        known = self._last
        if known is None or known[0] is not page:
            known = self._last = page, extract(page, self.config, self.asked.text)
        return known[1]

    async def _completed(self, reading: Reading, *, is_alone: bool) -> Reading:
        """The reading, from a browser when over HTTP the page kept something back."""
        lacking = ready.lacking(reading)
        if not lacking:
            return reading
        candidate = reading.candidate

        def arrival(page: Page) -> Arrival:
            return Arrival(candidate, self._is_echo(page), is_alone)

        def is_whole(page: Page) -> bool:
            return self._is_whole(self._look_at(page, arrival(page), candidate))

        shown = await self._in_browser(reading.page, is_whole, lacking)
        return self._read(shown, arrival(shown), candidate) if shown is not None else reading

    async def _further(self, listing: Listing) -> Listing:
        """The next pages of a list that states codes, none of which was ours."""
        for _ in range(MOST_LISTS - 1):
            is_done = self._proven() or self.trouble or listing.candidates
            if is_done or not listing.states_codes or not listing.next_url:
                break
            page = await self.trail.get(listing.next_url)
            if isinstance(page, NoPage) or verdict.of_status(page):
                break
            listing = self._listed(page)
            await self._visit(listing.certain or listing.hinted, is_alone=False)
        return listing

    async def _from_platform(self, page: Page) -> list[Candidate]:
        """What the shop's platform answers when it is asked for the code itself."""
        found = await presets.ask(page, self.asked, self.trail.get)
        if found:
            self.trail.note("platform", candidates=[one.as_json() for one in found])
        return found

    # ── The end ────────────────────────────────────────────────────────────────────────────────

    def _proven(self) -> list[Reading]:
        return [one for one in self.readings if one.proof.is_same]

    def _ended(self, page: Page, listing: Listing, words: Verdict | None) -> Outcome:
        same = self._proven()
        if same:
            return conclusion.proven(self.asking, same)
        if self.trouble is not None and not any(one.proof.verdict == "other" for one in self.readings):
            return self.trouble
        searched = Searched(self._search_url, page, listing, words, self._was_sent_away(page, listing))
        return conclusion.unproven(self.asking, searched, self.readings)


# ── Small judgements ───────────────────────────────────────────────────────────────────────────────


def _worth_visiting(listing: Listing) -> tuple[Candidate, ...]:
    """The best few."""
    most = MOST_VISITS if len(listing.candidates) <= FEW else MOST_VISITS_OF_MANY
    return listing.candidates[:most]


def _is_twin(candidate: Candidate, proven: Sequence[Reading]) -> bool:
    """Whether the list calls it as a product that declares the asked GTIN; an SKU is one shop's own."""
    known = next((one.candidate for one in proven if one.proof.by == "gtin"), None)
    return known is not None and squeezed(candidate.title) == squeezed(known.title) != ""


def _instead_of_product(page: Page, url: str) -> Verdict | None:
    """What a page is that should have been a product's and is not."""
    return verdict.of_wall(page) or verdict.of_gone(page, url) or verdict.of_shell(page)


def _has_data(reading: Reading) -> bool:
    """Whether the page's data, and not its look alone, says that it is a product."""
    main = reading.extraction.main
    return main is not None and main.strategy != "visible"


def _has_heading(reading: Reading) -> bool:
    return reading.extraction.is_product_page and reading.page.document.first("h1") is not None


def _is_headed_by(reading: Reading, asked: Asked) -> bool:
    """Whether the page's heading is the product's name; `Results for A-12` only repeats what we typed."""
    main, heading = reading.extraction.main, reading.page.document.first("h1")
    if main is None or heading is None or not main.name:
        return False
    said = asked.cut_from(heading.text)
    return bool(said.strip()) and alike(asked.cut_from(main.name), said)
