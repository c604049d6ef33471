"""Whether a page is one product's page, by evidence for and against.

A news article with a price in it, a category of thirty products and a review with stars are no product
pages, whatever one strategy claims.  Every reason is told in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from scraper_backend.scraping import wording
from scraper_backend.scraping.extract import visible
from scraper_backend.scraping.extract.choice import fits_title
from scraper_backend.scraping.extract.jsonld import ARTICLE_TYPES, Claims
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.sources import Sources
from scraper_backend.scraping.extract.types import Claim, Product
from scraper_backend.scraping.extract.visible import captions
from scraper_backend.scraping.extract.visible.controls import buy_control
from scraper_backend.scraping.extract.visible.scene import Scene

ENOUGH: Final = 3
_LIST_PAGES: Final = frozenset(("CollectionPage", "SearchResultsPage", "OfferCatalog"))
_OTHER_TYPES: Final = frozenset(
    ("Event", "MusicEvent", "SportsEvent", "TheaterEvent", "ExhibitionEvent", "JobPosting", "Hotel",
     "LodgingBusiness", "TouristTrip", "RealEstateListing", "Apartment", "House", "Course",
     "MobileApplication", "SoftwareApplication", "DiscussionForumPosting", "ProfilePage", "AboutPage",
     "ContactPage")
)  # fmt: skip
"""What a page is about that sells something else, or nothing."""

_OF_SHOPS: Final = frozenset(("sku", "gtin"))
"""Codes that only a shop shows; a model's number stands in manuals and encyclopedias too."""

_OF_OFFERS: Final = frozenset(("price", "availability", "sku", "gtin", "mpn"))
_FRONT_DOOR: Final = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default)(?:\.[a-z]{2,5})?)?", re.I
)
"""`/`, `/fr/`, `/en-gb/index.html`: what a shop shows first."""

_NOT_THERE: Final = "its heading says that it is not there"
_LONGEST_OFFER: Final = 80

_ROUND_UP: Final = re.compile(
    r"^(?:the\s+)?(?:\d+\s+)?best\b.*\b20\d\d|^(?:the\s+)?\d+\s+best\s|^(?:the\s+)?top[- ]\d+\s"
    r"|\bbuying guide\b|^die (?:\d+ )?besten\b|\bkaufberatung\b|\bim (?:test|vergleich)\b|\bcomparatif\b"
    r"|\bguide d['’]achat\b|^(?:les|los|las|i|le|de) \d+ (?:meilleur|mejor|miglior|beste)", re.IGNORECASE,
)  # fmt: skip
_MANY: Final = 3
_TILES: Final = "li a[href]:not(nav a, header a, footer a), [class*=card] a[href], [class*=tile] a[href]"
_MANY_TILES: Final = 10


@dataclass(slots=True)
class Verdict:
    """The sum of the evidence, and each piece of it."""

    score: int = 0
    why: list[str] = field(default_factory=list)

    def add(self, points: int, words: str) -> None:
        """One piece of evidence."""
        self.score += points
        self.why.append(f"{points:+d} {words}")

    @property
    def is_product_page(self) -> bool:
        """Whether it is enough."""
        return self.score >= ENOUGH


def judge(sources: Sources, mains: Mapping[str, Product], claims: Mapping[str, Claims]) -> Verdict:
    """The evidence of a page.  mains: the product that each strategy says the page is about."""
    verdict = Verdict()
    for strategy, product in mains.items():
        if strategy in claims:
            _claimed(verdict, strategy, product)
    _metas(verdict, sources, mains)
    _against(verdict, sources, mains, claims)
    if 0 <= verdict.score < ENOUGH or (verdict.score < ENOUGH and not mains):
        _looks(verdict, sources, mains)
    return verdict


def _claimed(verdict: Verdict, strategy: str, product: Product) -> None:
    name = strategy.replace("_", "-")
    if "price" in product.claims:
        verdict.add(4, f"{name} claims a product with a price")
    elif "availability" in product.claims or product.codes:
        verdict.add(3, f"{name} claims a product with a code or an offer")
    else:
        verdict.add(2, f"{name} claims a product without an offer")


def _is_of_many(product: Product) -> bool:
    """Whether it has no code and only the span of several prices, as shops describe categories as well."""
    price = product.claims.get("price")
    is_span = price is not None and price.selector.endswith((".lowPrice", ".highPrice"))
    return is_span and not product.codes and not product.variants


def _shows_many(sources: Sources) -> bool:
    """Whether it is full of links in lists or cards, and nothing on it can be bought."""
    document = sources.document
    return len(document.css(_TILES)) >= _MANY_TILES and not visible.buying(document)


def _metas(verdict: Verdict, sources: Sources, mains: Mapping[str, Product]) -> None:
    if sources.metas.says_product:
        verdict.add(3, "the metas call it a product")
        if not any(one.claims.keys() & _OF_OFFERS for one in mains.values()) and _is_named_as_shop(sources):
            verdict.add(-3, "the metas call every page of the shop one")
    embedded = mains.get("embedded_json")
    if embedded is not None and embedded.name and fits_title(embedded.name, sources.titles):
        is_offer = bool(embedded.codes or embedded.variants or embedded.claims.keys() & _OF_OFFERS)
        verdict.add(3 if is_offer else 1, "the data in its scripts is of the product in its title")


def _against(
    verdict: Verdict, sources: Sources, mains: Mapping[str, Product], claims: Mapping[str, Claims]
) -> None:
    types = frozenset().union(*(one.types for one in claims.values()))
    articles = sorted(types & ARTICLE_TYPES)
    if articles:
        verdict.add(-5, f"it claims to be of type {articles[0]}")
    if _says_gone(sources, mains) and not any(fits_title(one.name, sources.titles) for one in mains.values()):
        verdict.add(-5, _NOT_THERE)
    if _FRONT_DOOR.fullmatch(urlsplit(sources.page.url).path) and not urlsplit(sources.page.url).query:
        verdict.add(-3, "its address is the shop's front door")
    if sources.metas.says_article:
        verdict.add(-2, "the metas call it an article")
    if any(map(_is_of_many, mains.values())) and _shows_many(sources):
        verdict.add(-3, "it claims a span of prices, shows many, and sells nothing itself")
    others = sorted(types & _OTHER_TYPES)
    if others and not any(strategy in mains for strategy in claims):
        verdict.add(-5, f"it claims to be of type {others[0]}")
    lists = sorted(types & _LIST_PAGES)
    if lists:
        verdict.add(-5, f"it claims to be of type {lists[0]}")
    several = max((len({p.name for p in one.products}) for one in claims.values()), default=0)
    listed = max((one.listed for one in claims.values()), default=0)
    is_claimed = any(strategy in mains for strategy in claims)
    if not is_claimed and max(several, listed) >= _MANY:
        verdict.add(-5, f"it lists {max(several, listed)} things and is about none of them")


def _is_named_as_shop(sources: Sources) -> bool:
    """Whether the page's title is the name of the shop, or of its domain."""
    title = squeezed(sources.metas.by_name.get("og:title", ""))
    host = urlsplit(sources.page.url).hostname or ""
    return title != "" and title in (
        squeezed(sources.metas.by_name.get("og:site_name", "")),
        squeezed(host.removeprefix("www.")),
    )


def _says_gone(sources: Sources, mains: Mapping[str, Product]) -> bool:
    """Whether its heading says no more than that a page is missing."""
    heading = next(iter(sources.headings), "")
    if any(one.name and one.name in heading for one in mains.values()):
        return False
    gone = wording.GONE.search(heading)
    return gone is not None and 2 * len(gone[0]) > len(heading)


def _looks(verdict: Verdict, sources: Sources, mains: Mapping[str, Product]) -> None:
    """What a person sees: a price and a way to buy, together."""
    if _says_gone(sources, mains):
        if not any(_NOT_THERE in said for said in verdict.why):
            verdict.add(-5, _NOT_THERE)
        return
    if any(map(_ROUND_UP.search, sources.headings)):
        verdict.add(-3, "its heading is of a choice of several")
        return
    shown = sources.visible
    selling = visible.buying(sources.document)
    claims: Mapping[str, Claim] = shown.claims if shown is not None else {}
    if "price" in claims and selling:
        verdict.add(4, f"it shows a price and sells: {selling}")
    elif "price" in claims and claims.keys() & _OF_SHOPS:
        verdict.add(3, "it shows a price and a code")
    elif "price" in claims and "availability" in claims:
        verdict.add(3, "it shows a price and whether it can be had")
    elif claims.keys() & _OF_SHOPS and _is_of_shop(sources, claims):
        verdict.add(3, "it shows a product's code with its label")
    elif shown is not None and sources.is_of_asked(shown):
        verdict.add(3, "it shows the asked code with its label")
    elif selling and any("price" in product.claims for product in mains.values()):
        verdict.add(3, f"it states a price and sells: {selling}")
    elif selling and verdict.score > 0:
        verdict.add(1, f"it sells: {selling}")


def _is_of_shop(sources: Sources, claims: Mapping[str, Claim]) -> bool:
    """Whether the one who shows a code sells, or would: a recall and a forum have codes in them too."""
    scene = Scene.of(sources.document)
    if "availability" in claims or buy_control(scene) is not None:
        return True
    lines = (run.text for run in scene.near() if len(run.text) <= _LONGEST_OFFER)
    return any(captions.ON_REQUEST.search(line) or captions.GONE.search(line) for line in lines)
