"""Is this page about the product that was asked for?  The gate before any field is believed.

A code that the page declares decides, either way.  Where it declares none that can be compared, the
results list, the title or the address may speak for it; the shop's echo of what we typed never does.
Pure: a page and what was read from it in, a `Proof` out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final, Literal
from urllib.parse import urlsplit

from scraper_backend.core.options import Identity
from scraper_backend.scraping import clean
from scraper_backend.scraping.addresses import address, key_of
from scraper_backend.scraping.asked import FOR_ANOTHER, Asked, fold
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.document import Node, node_text
from scraper_backend.scraping.extract import Extraction, Product
from scraper_backend.scraping.labels import (
    Declared,
    Kind,
    contradicts,
    in_attributes,
    in_text,
    is_bracketed,
    is_elsewhere,
    row_of,
)
from scraper_backend.scraping.page import Page

Verdict = Literal["same", "other", "unproven"]

CODES: Final = ("sku", "gtin", "mpn")
"""What a product is known by, whoever shows it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a page says about which product it shows.

    same: it is the one.  other: it declares another code, or shows another variant.  unproven: nothing
    on it tells.  found: the codes it declares.  evidence: in words.
    """

    verdict: Verdict
    by: str
    evidence: tuple[str, ...]
    found: tuple[Declared, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether the page's fields may be believed."""
        return self.verdict == "same"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How we came to the page.

    listing: what the results list says of it.  is_echo: its address is the one we made from the SKU, or a
    search's own, so that title and address may only repeat what we typed.  is_alone: the search led to
    it and to nothing else.
    """

    listing: Candidate | None = None
    is_echo: bool = False
    is_alone: bool = False


def prove(page: Page, extraction: Extraction, asked: Asked, rule: Identity, arrival: Arrival) -> Proof:
    """Compare what `page` declares with what was asked for."""
    stated = _stated(page, extraction, asked, rule)
    own = [one for one in stated if asked.is_code(one.code)]
    other = [one for one in stated if contradicts(asked, one)]
    if own:
        proof = _proven(own[0], stated, page, extraction, asked)
    elif other:
        said = tuple(f"the page declares {one}" for one in other[:5])
        proof = Proof("other", other[0].kind, said, tuple(stated))
    else:
        proof = Proof(*_without_code(page, extraction, asked, rule, arrival), tuple(stated))
    return _of_variant(proof, extraction, arrival.listing)


def _stated(page: Page, extraction: Extraction, asked: Asked, rule: Identity) -> list[Declared]:
    """Every code that counts, each once; the look of the page is only asked where its data is silent."""
    kinds = [kind for kind in rule.by if kind in CODES]
    stated = [one for one in _from_data(page, extraction) if one.kind in kinds]
    if not any(asked.is_code(one.code) for one in stated):
        stated += [one for one in _from_look(page, asked) if one.kind in kinds]
    if not any(asked.is_code(one.code) for one in stated):
        stated += [one for one in _from_fields(extraction, asked) if one.kind in kinds]
    first: dict[tuple[str, str], Declared] = {}
    for one in stated:
        first.setdefault((one.kind, fold(one.code)), one)
    return list(first.values())


def _of_variant(proof: Proof, extraction: Extraction, listing: Candidate | None) -> Proof:
    """The proof, unless the page shows another price than the platform's data has for the variant."""
    shown = extraction.value("price")
    if not proof.is_same or listing is None or not listing.variant or extraction.variant is not None:
        return proof
    if listing.price is None or not isinstance(shown, Decimal) or shown == listing.price:
        return proof
    said = f"the page shows {shown}, the price of another variant; {listing.code} costs {listing.price}"
    return Proof("other", "variant", (*proof.evidence, said), proof.found)


# ── Codes that the page declares ───────────────────────────────────────────────────────────────────


def _from_data(page: Page, extraction: Extraction) -> Iterator[Declared]:
    """Codes from structured data about the page's own product, and from the configured selectors."""
    for name in CODES:
        field = extraction.fields.get(name)
        if field is not None and field.provenance.strategy == "selector":
            yield Declared(_kind(name), str(field.value), f"selector {field.provenance.selector}")
    main = extraction.main
    if main is None or not _is_about_page(main, page, extraction):
        return
    if extraction.variant is not None:
        yield from _codes(extraction.variant)
    yield from _codes(main)


def _from_fields(extraction: Extraction, asked: Asked) -> Iterator[Declared]:
    """The asked code, as a field that some other strategy read.  Another code there refuses nothing."""
    for name in CODES:
        field = extraction.fields.get(name)
        if field is not None and asked.is_code(str(field.value)):
            where = f"{field.provenance.strategy} {field.provenance.selector}"
            yield Declared(_kind(name), str(field.value), where)


def _codes(product: Product) -> Iterator[Declared]:
    for kind, codes in (("sku", product.skus), ("gtin", product.gtins), ("mpn", product.mpns)):
        for code in codes:
            yield Declared(_kind(kind), code, product.selector)


def _kind(name: str) -> Kind:
    return "gtin" if name == "gtin" else "mpn" if name == "mpn" else "sku"


def _is_about_page(main: Product, page: Page, extraction: Extraction) -> bool:
    """Whether data that claims a product claims it of this page, and not of its neighbour.

    Only asked where the page's data has several products: the heading or the address must agree.
    """
    if len(extraction.products) < 2 or not main.name:
        return True
    headings = [text for text in _headings(page) if text]
    if any(alike(main.name, text) for text in headings):
        return True
    own = address(main.url, page.url)
    return not headings or (bool(main.url) and key_of(own) == key_of(page.url))


def _from_look(page: Page, asked: Asked) -> Iterator[Declared]:
    """Codes with a label, and in attributes, in the part of the page that is about its product."""
    root = page.document.tree.root
    if root is None:
        return
    for one in (*in_text(root, asked), *in_attributes(root, asked)):
        if one.node is None or not (is_elsewhere(one.node) or _is_in_anothers_card(one.node, page)):
            yield one


_CARD: Final = "li, article, [class*=card], [class*=tile], [class*=item], [class*=product]"


def _is_in_anothers_card(node: Node, page: Page) -> bool:
    """Whether the nearest card around leads to another product of the shop."""
    here: Node | None = node
    for _ in range(4):
        here = here.closest(_CARD) if here is not None else None
        if here is None or here.tag in ("body", "main") or here.select_one("h1") is not None:
            return False
        if _leads_away(here, page):
            return True
        here = here.parent if isinstance(here.parent, Node) else None
    return False


def _leads_away(card: Node, page: Page) -> bool:
    """A picture or heading that links to another page."""
    for link in card.select("a[href]"):
        url = address(link.attr("href") or "", page.url)
        is_product = link.select_one("img, h2, h3, h4") is not None or link.closest("h2, h3, h4") is not None
        if url and is_product and key_of(url) != key_of(page.url) and not _is_picture(url):
            return True
    return False


def _is_picture(url: str) -> bool:
    return re.search(r"(?i)\.(?:jpe?g|png|gif|webp|avif|svg)$", urlsplit(url).path) is not None


# ── The code is there ──────────────────────────────────────────────────────────────────────────────


def _proven(
    own: Declared, stated: Sequence[Declared], page: Page, extraction: Extraction, asked: Asked
) -> Proof:
    """The page has the code; is its price that product's, or a sister's?"""
    shown, meant = extraction.value("price"), _price_of_variant(own, stated, extraction, asked)
    if meant is not None and isinstance(shown, Decimal) and shown != meant:
        said = f"the page shows {shown}, the price of another variant; {own.code} costs {meant}"
        return Proof("other", "variant", (f"the page declares {own}", said), tuple(stated))
    return Proof("same", own.kind, (f"the page declares {own}",), tuple(stated))


def _price_of_variant(
    own: Declared, stated: Sequence[Declared], extraction: Extraction, asked: Asked
) -> Decimal | None:
    """What the asked variant costs, where the page says it beside the variant's code."""
    if extraction.variant is not None:
        return extraction.variant.price
    sisters = {fold(one.code) for one in stated if one.kind == own.kind and not asked.is_code(one.code)}
    if own.node is None or not sisters:
        return None
    row = row_of(own.node)
    text = row.attr("data-price") or own.node.attr("data-price") or _priced_text(row)
    money = clean.price(text) if text else None
    return money.amount if money else None


def _priced_text(row: Node) -> str | None:
    """The text in a row of variants that has a price in it."""
    found = [
        text
        for text in row.stripped_strings
        if re.search(r"[$€£¥₹]\s*\d|\d\s*(?:[$€£]|zł|kr|Kč)|\d[.,]\d\d$", text)
    ]
    return found[0] if len(found) == 1 else None


# ── No code to compare ─────────────────────────────────────────────────────────────────────────────


def _without_code(
    page: Page, extraction: Extraction, asked: Asked, rule: Identity, arrival: Arrival
) -> tuple[Verdict, str, tuple[str, ...]]:
    """What the results list, the title, the address or trust in the search have to say."""
    listing = arrival.listing
    title = _title_of(page, extraction)
    if listing is not None and listing.is_certain:
        return _by_list(listing, title)
    if said := next(_said_by_page(page, extraction, asked, rule, arrival), None):
        by, words = said
        return "same", by, (words,)
    if "title" in rule.by and not arrival.is_echo and arrival.is_alone and _is_numbered(title, asked):
        return "same", "title", (f"the search led to it alone, and its name ends with it: {title[:80]}",)
    if rule.trust_search and arrival.is_alone:
        return "same", "search", ("the search led to this page alone, and trust_search is set",)
    return "unproven", "", ("nothing on the page tells which product it is",)


def _said_by_page(
    page: Page, extraction: Extraction, asked: Asked, rule: Identity, arrival: Arrival
) -> Iterator[tuple[str, str]]:
    """What the page itself says in other places than at a code's: its title, its address, its first lines."""
    title = _title_of(page, extraction)
    if "title" in rule.by and not arrival.is_echo and asked.is_distinctive and asked.stands_in(title):
        yield "title", f"the title names the SKU: {title[:80]}"
    if "url" in rule.by and (where := _address_with_code(page, extraction, asked, arrival)):
        yield "url", f"the product's address is the SKU: {where}"
    if "sku" in rule.by and (where := _beside_heading(page, asked)):
        yield "sku", f"it stands by itself beside the heading: {where}"


def _title_of(page: Page, extraction: Extraction) -> str:
    return str(extraction.value("title") or "") or next(_headings(page), "")


def _beside_heading(page: Page, asked: Asked) -> str:
    """Where the asked code is a line of its own next to the page's only heading; "" where it is not.

    One of several codes alike is a choice of sizes, and what `fits` or was searched for is another matter.
    """
    headings = page.document.css("h1")
    if not asked.is_unlike_an_id or len(headings) != 1:
        return ""
    for node, text in _lines_beside(headings[0]):
        if asked.is_code(text) and not is_elsewhere(node) and not _is_one_of_several(node):
            return node.css_path()
    return ""


def _lines_beside(heading: Node) -> Iterator[tuple[Node, str]]:
    """The elements after the heading, and one level above it, with what each says."""
    above = heading.parent
    around = [heading, above] if isinstance(above, Node) and above.tag not in ("body", "main") else [heading]
    for here in around:
        for node in islice((one for one in here.next_siblings if isinstance(one, Node)), _MOST_BESIDE):
            if len(node.text) <= _LONGEST_LINE:
                yield node, node_text(node)
                yield from ((one, node_text(one)) for one in node.select("*")[:_MOST_BESIDE])


_MOST_BESIDE: Final = 6
_LONGEST_LINE: Final = 120


def _is_one_of_several(node: Node) -> bool:
    """Whether it stands among others alike, or behind words."""
    parent = node.parent
    alike = (
        one
        for one in (parent.children if isinstance(parent, Node) else ())
        if isinstance(one, Node)
        and one != node
        and one.tag == node.tag
        and one.attr("class") == node.attr("class")
    )
    said = (
        " ".join(parent.stripped_strings)
        if isinstance(parent, Node) and len(parent.text) <= _LONGEST_LINE
        else ""
    )
    return any(re.search(r"\d", one.text) for one in alike) or FOR_ANOTHER.search(said) is not None


def _is_numbered(title: str, asked: Asked) -> bool:
    """`Onyx Hammock (4712)`: a bare number that is the SKU.  `Nails (100)` and `Calendar (2025)` are none."""
    is_number = _LONG_NUMBER.fullmatch(asked.folded) is not None and not asked.folded.endswith("00")
    return is_number and is_bracketed(asked, title)


_LONG_NUMBER: Final = re.compile(r"(?!(?:19|20)\d\d$)\d{4,}")


def _by_list(listing: Candidate, title: str) -> tuple[Verdict, str, tuple[str, ...]]:
    """The results list states the code; the page must be the one that it means, its size included."""
    if not listing.title or not title or alike(listing.title, title):
        return "same", "list", (*listing.why, f"and the page has its title: {title[:80]}")
    return "other", "title", (*listing.why, f"but the page is {title[:80]}, not {listing.title[:80]}")


def _address_with_code(page: Page, extraction: Extraction, asked: Asked, arrival: Arrival) -> str:
    """The product's own address, when it is the code.  One that only echoes ours needs the page's word."""
    may_be_id = asked.folded.isdigit() and not asked.is_gtin and not arrival.is_alone
    if may_be_id:  # one product's number is another one's place in the shop's database
        return ""
    if not arrival.is_echo:
        return page.url if asked.names_address(page.url) else ""
    canonical = page.document.first("link[rel=canonical]")
    claims = [
        canonical.attr("href") or "" if canonical is not None else "",
        extraction.main.url if extraction.main else "",
    ]
    for claim in claims:
        url = address(claim, page.url) if claim else ""
        if url and key_of(url) != key_of(page.requested_url) and asked.names_address(url):
            return url
    return ""


def _headings(page: Page) -> Iterator[str]:
    yield from (node_text(node) for node in page.document.css("h1")[:3])


# ── Titles ─────────────────────────────────────────────────────────────────────────────────────────

_SIZE: Final = re.compile(
    r"(?<![\w.,])(\d+(?:[.,/]\d+)?)\s*-?\s*(lbs?|pounds?|oz|ounces?|kg|g|mg|l|ltr|liter|litre|ml|cl|gal(?:lons?)?|qt|pt|"
    r"ft|feet|foot|in|inch(?:es)?|cm|mm|m|yd|packs?|pk|ct|count|pcs?|pieces?|stk|stück)\b\.?"
)
_UNITS: Final = {
    "lbs": "lb", "pound": "lb", "pounds": "lb", "ounce": "oz", "ounces": "oz", "ltr": "l",
    "liter": "l", "litre": "l", "gallon": "gal", "gallons": "gal", "feet": "ft", "foot": "ft",
    "inch": "in", "inches": "in", "packs": "pack", "pk": "pack", "count": "ct", "pc": "pcs",
    "piece": "pcs", "pieces": "pcs", "stück": "stk",
}  # fmt: skip


def sizes(title: str) -> frozenset[tuple[str, str]]:
    """The sizes that a title names, such as (15, lb)."""
    return frozenset(
        (number.replace(",", "."), _UNITS.get(unit, unit)) for number, unit in _SIZE.findall(fold(title))
    )


def alike(one: str, other: str) -> bool:
    """Whether two titles may be of one product: most words of the shorter, and no two different sizes.

    A list cuts long titles short; what stands before the cut is compared.
    """
    mine, theirs = sizes(one), sizes(other)
    if mine and theirs and not mine & theirs:
        return False
    words, others = _words(one), _words(other)
    if not words or not others:
        return fold(one) == fold(other)
    return 2 * len(words & others) > min(len(words), len(others))


def _words(title: str) -> set[str]:
    cut = fold(title).rstrip(".… ")
    return set(re.findall(r"\w+", cut))
