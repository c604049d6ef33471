"""What follows from everything a walk has read: which outcome, with which reason.

Called by the walk when there is nothing more to visit; pure.  How an outcome is written is `ending`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scraper_backend.core.wire import Outcome
from scraper_backend.scraping import ending, verdict
from scraper_backend.scraping.addresses import address, key_of
from scraper_backend.scraping.candidate import HINTED
from scraper_backend.scraping.ending import Asking, Reading
from scraper_backend.scraping.page import Page
from scraper_backend.scraping.search import Listing
from scraper_backend.scraping.verdict import Verdict

FEW: Final = 12
"""A list of so many results may be what the search really found; a longer one is a guess of the shop's."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What the search showed.  words: where it says that there is nothing.

    was_sent_away: it led to the front page or a category instead of an answer.
    """

    url: str
    page: Page
    listing: Listing
    words: Verdict | None = None
    was_sent_away: bool = False


def proven(asking: Asking, same: Sequence[Reading]) -> Outcome:
    """Pages that proved to be the product: it is found, unless they show different products."""
    different = _distinct(same)
    if len(different) == 1:
        return ending.found(asking, different[0])
    said = [f"{len(different)} products of this shop have the SKU"]
    candidates = (one.as_candidate() for one in different)
    return ending.ambiguous(asking, "several", candidates, said, same[0].page.url)


def unproven(asking: Asking, searched: Searched, readings: Sequence[Reading]) -> Outcome:
    """No page proved to be the product; what was read instead says why."""
    silent = [one for one in readings if one.proof.verdict == "unproven"]
    other = [one for one in readings if one.proof.verdict == "other"]
    if drifted := next((one for one in silent if one.extraction.missing_required), None):
        return ending.drifted(asking, drifted)
    if silent and not _is_far_fetched(searched, silent):
        said = [f"{len(silent)} product pages that show no code to compare"]
        candidates = (one.as_candidate() for one in silent)
        return ending.ambiguous(asking, "unproven", candidates, said, searched.page.url)
    if other or silent:
        return _others_only(asking, searched, other or silent)
    return _nothing_read(asking, searched)


def _is_far_fetched(searched: Searched, silent: Sequence[Reading]) -> bool:
    """Whether the pages are the top of a long list on which nothing speaks for any of them."""
    guesses = all(one.candidate is not None and one.candidate.score < HINTED for one in silent)
    return guesses and len(searched.listing.candidates) + len(searched.listing.others) > FEW


def _others_only(asking: Asking, searched: Searched, other: Sequence[Reading]) -> Outcome:
    """Product pages of other products: a mismatch where the search led to one, else not among its results."""
    variant = next((one for one in other if one.proof.by == "variant"), None)
    listed = len(searched.listing.candidates) + len(searched.listing.others)
    if variant or listed <= 1 or other[0].candidate is None:
        return ending.mismatch(asking, variant or other[0])
    said = [f"the search lists {listed} products; none of the {len(other)} looked at declares it"]
    said += [line for one in other[:3] for line in one.proof.evidence[:1]]
    return ending.not_found(asking, "not_listed", said, searched.page, (one.as_candidate() for one in other))


def _nothing_read(asking: Asking, searched: Searched) -> Outcome:
    """No product page at all: what the search page itself says, or what it is instead."""
    page, listing = searched.page, searched.listing
    if said := searched.words or _sent_away(searched):
        return ending.judged(asking, said, page)
    if len(listing.others) == 1 and not listing.candidates:
        return ending.listed_other(asking, page, listing.others[0])
    if listing.others or listing.candidates:
        return _not_listed(asking, page, listing)
    if instead := verdict.of_wall(page) or verdict.of_shell(page) or verdict.of_gone(page, searched.url):
        return ending.judged(asking, instead, page)
    return ending.not_found(asking, "nothing_listed", ["the search page lists no product"], page)


def _sent_away(searched: Searched) -> Verdict | None:
    if not searched.was_sent_away:
        return None
    said = f"the shop sent us to {searched.page.url}, which is another page"
    return verdict.of_gone(searched.page, searched.url) or Verdict("sent_away", (said,))


def _not_listed(asking: Asking, page: Page, listing: Listing) -> Outcome:
    listed = [*listing.others, *listing.candidates]
    said = [f"the search lists {len(listed)} products, and none of them is this one"]
    said += [line for one in listed[:3] for line in one.why[:1]]
    return ending.not_found(asking, "not_listed", said, page, (one.as_json() for one in listed))


def _distinct(same: Sequence[Reading]) -> list[Reading]:
    """Readings of different products; one product at two addresses is one."""
    if len(same) == 1:
        return list(same)
    known: dict[tuple[object, object], Reading] = {}
    for one in same:
        shown = (one.extraction.value("title"), one.extraction.value("price"))
        key = key_of(_canonical(one.page))
        if not any(key == url or shown == seen for url, seen in known):
            known[key, shown] = one
    return list(known.values())


def _canonical(page: Page) -> str:
    link = page.document.first("link[rel=canonical]")
    return (address(link.attr("href") or "", page.url) if link is not None else "") or page.url
