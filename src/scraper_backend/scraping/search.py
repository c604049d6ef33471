"""Which link of a results page leads to the product?  Identity decides, never position.

A card that states the code wins over an address that has it, that over a title that names it; where the
list states no codes at all its own order is kept and each candidate must prove itself on its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.selector import Selector, is_xpath
from scraper_backend.scraping.addresses import address, is_same_shop, key_of, looks_like_search, parts_of
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.candidate import ADDRESSED, CERTAIN, HINTED, Candidate
from scraper_backend.scraping.clicks import clickable
from scraper_backend.scraping.document import Document, Node, node_text
from scraper_backend.scraping.extract import lenient
from scraper_backend.scraping.labels import Declared, contradicts, in_attributes, in_text
from scraper_backend.scraping.links import Anchors, Chosen, Link, naming_links, product_links
from scraper_backend.scraping.page import Page

_LIKELY: Final = 8
"""From here on a card looks like a product even when nothing on it names the code."""

_HARDLY: Final = 5
"""What is taken where nothing on the page looks more like one: a plain list of links."""

_MOST_BARE: Final = 12

_STATED: Final = 100
_ATTRIBUTE: Final = 85
_NAMED: Final = 60
_ADDRESS_PART: Final = 35
_MENTIONED: Final = 10
_EXCLUDED: Final = -100


@dataclass(frozen=True, slots=True)
class Listing:
    """What a results page lists, best evidence first.

    others: candidates for which the list states another code.  states_codes: whether its cards state
    codes at all.  is_configured: whether `product_link` found them.
    """

    candidates: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()
    states_codes: bool = False
    is_configured: bool = False
    next_url: str = ""

    @property
    def is_of_one(self) -> bool:
        """Whether it is a list of one product."""
        return len(self.candidates) + len(self.others) == 1

    @property
    def certain(self) -> tuple[Candidate, ...]:
        """The candidates for which the list states the asked code."""
        return tuple(one for one in self.candidates if one.is_certain)

    @property
    def hinted(self) -> tuple[Candidate, ...]:
        """The candidates that something speaks for."""
        return tuple(one for one in self.candidates if one.score >= HINTED)


def glance(page: Page, config: ScraperConfig, asked: Asked) -> Listing:
    """The candidates that name the SKU, where some do; else everything, as `read` has it.

    Most lists name it on one card of thirty, and the other cards need no weighing then; but where a bare
    number is only named, it matters what else was found.
    """
    anchors = Anchors(page)
    chosen = _configured(page, config, anchors)
    naming = chosen.naming(asked) if chosen else naming_links(anchors, asked)
    scored = [weighed(link, asked, is_chosen=bool(chosen)) for link in naming]
    listed = [one for one in scored if one is not None and one.score >= _NAMED]
    if listed and (asked.is_unlike_an_id or any(one.is_certain for one in listed)):
        return _listing(listed, is_configured=bool(chosen))
    return _read(page, asked, chosen, anchors)


def read(page: Page, config: ScraperConfig, asked: Asked) -> Listing:
    """All candidates on a results page."""
    anchors = Anchors(page)
    return _read(page, asked, _configured(page, config, anchors), anchors)


def _read(page: Page, asked: Asked, chosen: Chosen | None, anchors: Anchors) -> Listing:
    links = chosen.links() if chosen else product_links(anchors)
    scored = [weighed(link, asked, is_chosen=bool(chosen)) for link in links]
    if not any(scored):
        links = links if chosen else [*links, *clickable(page)]
        scored = [weighed(link, asked, is_chosen=False, likely=_HARDLY) for link in links]
    if not any(scored) and looks_like_search(page.url):
        scored = _bare(links, asked)
    listed = [one for one in scored if one is not None]
    if not any(one.is_certain for one in listed):
        listed = _with_data(listed, page, asked)
    return replace(_listing(listed, is_configured=bool(chosen)), next_url=_next_url(page))


def _bare(links: Sequence[Link], asked: Asked) -> list[Candidate | None]:
    """What a list of nothing but names leads to; a long one is of something else."""
    named = [link for link in links if link.is_in_list and len(link.title.split()) > 1]
    return [weighed(link, asked, is_chosen=False, likely=0) for link in named if len(named) <= _MOST_BARE]


def _listing(listed: Sequence[Candidate], *, is_configured: bool) -> Listing:
    """One result is looked at whatever the list says of it: its page may have the asked code as well."""
    if len(listed) == 1 and listed[0].score < 0:
        listed = [replace(listed[0], score=0)]
    return Listing(
        candidates=tuple(sorted((one for one in listed if one.score >= 0), key=lambda one: -one.score)),
        others=tuple(one for one in listed if one.score < 0),
        states_codes=any(one.code for one in listed),
        is_configured=is_configured,
    )


# ── Links ──────────────────────────────────────────────────────────────────────────────────────────


def _configured(page: Page, config: ScraperConfig, anchors: Anchors) -> Chosen | None:
    """What `options.product_link` finds: the first of its selectors that finds anything."""
    for selector in config.options.product_link or ():
        found = [one for one in selected(page.document, selector) if one[0]]
        if any(address(href, anchors.base) for href, _ in found):
            return Chosen(found, anchors)
    return None


def selected(document: Document, selector: Selector) -> Iterator[tuple[str, Node | None]]:
    """The addresses that a selector finds, as they are written, and the elements that have them."""
    text = selector.selector or ""
    nodes = document.xpath(text) if is_xpath(text) else document.css(text)
    for node in nodes:
        href, link = (node, None) if isinstance(node, str) else _href(node, selector.attribute)
        if selector.regex and (match := re.search(selector.regex, href)):
            href = match[match.lastindex or 0]
        yield href.strip(), link


def _href(node: Node, attribute: str | None) -> tuple[str, Node]:
    """The address at, in or around an element, and the element that has it."""
    if attribute:
        return node.attr(attribute) or "", node
    if href := node.attr("href"):
        return href, node
    for link in (node.select_one("a[href]"), node.closest("a[href]")):
        if link is not None and link.attr("href"):
            return link.attr("href") or "", link
    return node.attr("data-href") or node.attr("data-url") or "", node


def weighed(link: Link, asked: Asked, *, is_chosen: bool, likely: int = _LIKELY) -> Candidate | None:
    """A link with what speaks for it; None when it is neither a product's nor anything to do with the SKU."""
    stated = [*in_attributes(link.card, asked), *in_text(link.card, asked)]
    score, why = next(_evidence(link, asked, stated), (0, ""))
    if score < CERTAIN and (other := _contradiction(stated, asked)):
        return Candidate(link.url, link.title, other.code, _EXCLUDED, (f"the list states {other}",))
    if score < HINTED and not is_chosen and (link.is_elsewhere or link.likeness < likely):
        return None
    code = asked.text if score >= CERTAIN else next((one.code for one in stated), "")
    return Candidate(link.url, link.title, code, score, (why,) if why else ())


def _evidence(link: Link, asked: Asked, stated: list[Declared]) -> Iterator[tuple[int, str]]:
    """What speaks for a link, strongest first; what nobody asks for any more is not looked for."""
    for one in stated:
        if asked.is_code(one.code):
            yield _STATED, f"the list states {one}"
    if where := _attribute_with(link.card, asked):
        yield _ATTRIBUTE, f"the result's {where} is the SKU"
    if asked.names_address(link.url):
        yield ADDRESSED, "its address is the SKU"
    if asked.stands_in(link.title) or any(asked.is_code(text) for text in _short_texts(link.card, asked)):
        yield _NAMED, "the result names the SKU"
    if asked.is_part_of_address(link.url):
        yield _ADDRESS_PART, "its address has the SKU in it"
    if asked.is_mentioned_in(link.text):
        yield _MENTIONED, "the result mentions the SKU"


def _contradiction(stated: list[Declared], asked: Asked) -> Declared | None:
    """The code that the card states instead of the asked one."""
    if any(asked.is_code(one.code) for one in stated):
        return None
    return next((one for one in stated if contradicts(asked, one)), None)


def _short_texts(card: Node, asked: Asked) -> Iterator[str]:
    """The texts on a card that could be the code and nothing else."""
    longest = len(asked.text) + 12
    return (text for text in card.stripped_strings if len(text) <= longest)


_ECHO: Final = re.compile(
    r"(?i)^(?:q|query|s|search.*|keywords?|k|term|text|w|ref|return.*|redirect.*|next|back|value|placeholder)$"
)
_CODE_PARAM: Final = re.compile(
    r"(?i)(?:sku|code|item|product|artikel|artnr|article|variant|pid|upc|ean|gtin|id)"
)


def _attribute_with(card: Node, asked: Asked) -> str:
    """The attribute on the card that is the SKU, whatever it is called; "" for none.

    Shops keep it in `data-id`, in JSON for their analytics, in the address of the basket button.
    """
    for node in card.iter_elements(include_self=True):
        for name in node.attrs:
            value = node.attr(name)
            if not value or not asked.may_stand_in(value) or _ECHO.match(name):
                continue
            if _is_named_by(name, value, asked):
                return name
    return ""


def _is_named_by(name: str, value: str, asked: Asked) -> bool:
    if name in ("class", "alt", "title", "src", "srcset", "style", "aria-label"):
        return False
    if name in ("href", "action", "formaction"):
        return any(
            asked.is_code(one) and _CODE_PARAM.search(key) and not _ECHO.match(key)
            for key, one in parse_qsl(parts_of(value).query)
        )
    if asked.is_code(value):
        return asked.is_distinctive or name.startswith("data-")
    quoted = (
        re.findall(r"""["']([^"']{1,80})["']""", value)
        if value.lstrip()[:1] in ("{", "[") or "(" in value
        else ()
    )
    return asked.is_distinctive and any(asked.is_code(one) for one in quoted)


# ── Data ───────────────────────────────────────────────────────────────────────────────────────────

_CODE_KEY: Final = re.compile(
    r"(?i)^(?:sku|skus|sku_?(?:code|id|number)|gtin(?:8|12|13|14)?|ean(?:13)?|upc|barcode|mpn|isbn|model|"
    r"(?:product|item|article|artikel|variant|style)?_?-?(?:code|number|no|nr|nummer|reference)|partnumber|"
    r"part_?number|product_?id|item_?id|id|objectid|identifier|code)$"
)
_URL_KEYS: Final = (
    "url", "producturl", "product_url", "href", "link", "permalink", "canonicalurl", "canonical_url",
    "pdpurl", "pdp_url", "seourl", "seo_url", "path", "pageurl", "onlinestoreurl", "uri", "detailurl", "@id",
)  # fmt: skip
_TITLE_KEYS: Final = ("name", "title", "productname", "product_name", "displayname", "label")
_MAX_VALUES: Final = 60_000


def _with_data(listed: list[Candidate], page: Page, asked: Asked) -> list[Candidate]:
    """The candidates, with those that the page's data (not its look) states the code for."""
    by_key = {key_of(one.url): one for one in listed}
    for one in _in_data(page, asked):
        known = by_key.get(key_of(one.url))
        by_key[key_of(one.url)] = replace(one, title=known.title or one.title) if known else one
    return list(by_key.values())


def _in_data(page: Page, asked: Asked) -> Iterator[Candidate]:
    base = page.document.base(page.url)
    for place, text in _data_scripts(page, asked):
        for value in lenient.loads(text):
            yield from _products_in(value, place, base, asked)


def _data_scripts(page: Page, asked: Asked) -> Iterator[tuple[str, str]]:
    """JSON on the page that has the SKU in it; the page itself when it is JSON."""
    if page.text.lstrip()[:1] in ("{", "["):
        yield "json", page.text
        return
    needle = asked.text.casefold()
    for node in page.document.css("script"):
        text = node.text
        if needle not in text.casefold():
            continue
        kind = (node.attr("type") or "").lower()
        if "json" in kind:
            yield node.attr("id") or kind, text
        elif not kind or "javascript" in kind or kind == "module":
            yield from (("script", text[start:]) for start in _objects(text))


def _objects(script: str) -> Iterator[int]:
    """Where the objects start that a script assigns or passes on."""
    for match in list(re.finditer(r"(?:=|\(|push\()\s*(?=[{\[]\s*[\"'\w{\[])", script))[:8]:
        yield match.end()


def _products_in(value: object, place: str, base: str, asked: Asked) -> Iterator[Candidate]:
    """Objects with both the code and an address, in any depth; the address may be the parent's."""
    stack: list[tuple[Any, Mapping[str, Any] | None]] = [(value, None)]
    for _ in range(_MAX_VALUES):
        if not stack:
            return
        here, above = stack.pop()
        if isinstance(here, list):
            stack.extend((one, above) for one in reversed(here))
        elif isinstance(here, Mapping):
            nearest = here if _url_in(here, base) else above
            stack.extend((one, nearest) for one in here.values() if isinstance(one, (list, dict)))
            key = next((key for key, code in here.items() if _is_asked(key, code, asked)), "")
            if key and nearest is not None:
                url = _url_in(nearest, base)
                why = f"data on the page ({place}) has the SKU as `{key}`"
                yield Candidate(url, _title_in(nearest), asked.text, _STATED - 5, (why,))


def _is_asked(key: object, code: object, asked: Asked) -> bool:
    if not isinstance(key, str) or not _CODE_KEY.match(key):
        return False
    return any(
        asked.is_code(str(one))
        for one in (code if isinstance(code, list) else [code])
        if isinstance(one, (str, int))
    )


def _url_in(item: Mapping[str, Any], base: str) -> str:
    lower = {key.lower(): value for key, value in item.items() if isinstance(key, str)}
    for key in _URL_KEYS:
        value = lower.get(key)
        if isinstance(value, str) and (value.startswith(("/", "http")) or "/" in value):
            url = address(value, base)
            if url and is_same_shop(url, base) and parts_of(url).path not in ("", "/"):
                return url
    return ""


def _title_in(item: Mapping[str, Any]) -> str:
    lower = {key.lower(): value for key, value in item.items() if isinstance(key, str)}
    return next((str(lower[key]) for key in _TITLE_KEYS if isinstance(lower.get(key), str)), "")


# ── The next page ──────────────────────────────────────────────────────────────────────────────────

_NEXT: Final = re.compile(
    r"(?i)^\W*(?:next(?:\s+page)?|weiter|nächste(?:\s+seite)?|suivante?s?|page suivante|siguiente|"
    r"successiv[ao]|avanti|volgende|następn[ay]|další|ďalšia|nästa|neste|næste|seuraava|következő|próxim[ao]|следующая)?\W*$"
)


def _next_url(page: Page) -> str:
    """The address of the next page of results; "" when there is none."""
    base = page.document.base(page.url)
    for node in page.document.css(
        "link[rel~=next], a[rel~=next], [class*=pag] a, [class*=next] a, a[class*=next]"
    ):
        says_next = "next" in f"{node.attr('rel') or ''} {node.attr('class') or ''}" or (
            node.text.strip() and _NEXT.match(node_text(node)) and _points_forward(node_text(node))
        )
        url = address(node.attr("href") or "", base) if says_next else ""
        if url and url != page.url and is_same_shop(url, page.url):
            return url
    return ""


def _points_forward(text: str) -> bool:
    return any(map(str.isalpha, text)) or any(mark in text for mark in "›»→>")
