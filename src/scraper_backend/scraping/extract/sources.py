"""The strategies that read one page, each asked once and only when somebody needs its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from propcache.api import cached_property

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.document import Document, node_text
from scraper_backend.scraping.extract import embedded, jsonld, microdata, opengraph, region, visible
from scraper_backend.scraping.extract.choice import (
    laid_over,
    main_of,
    variant_at,
    variant_of,
    with_default,
    with_twins,
)
from scraper_backend.scraping.extract.jsonld import Claims
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.opengraph import Metas
from scraper_backend.scraping.extract.scripts import Scripts
from scraper_backend.scraping.extract.selectors import JsonData
from scraper_backend.scraping.extract.shapes import Hints
from scraper_backend.scraping.extract.types import Product
from scraper_backend.scraping.page import Page

_SHORTEST_TITLE: Final = 3


class Sources:
    """What each strategy says of one page.  Nothing is read before it is asked for."""

    def __init__(self, page: Page, config: ScraperConfig, sku: str) -> None:
        self.page = page
        self.config = config
        self.asked = Asked(sku) if sku.strip() else None
        self.document: Document = page.document
        self._contexts: dict[tuple[bool, str | None], Context] = {}

    @cached_property
    def base(self) -> str:
        """What relative addresses are joined to."""
        return self.document.base(self.page.url)

    @cached_property
    def locale(self) -> str | None:
        """The configured locale, else what the page and its address say."""
        if self.config.options.locale:
            return self.config.options.locale
        root = self.document.first("html")
        stated = (root.attr("lang") or root.attr("xml:lang") or "").strip() if root is not None else ""
        og_locale = self.metas.by_name.get("og:locale", "")
        return region.locale(self.page.url, stated, og_locale, self.metas.canonical)

    def context(self, *, machine: bool, currency: str | None = None) -> Context:
        """What cleaning needs to know of where a value stood."""
        stated = currency or self.config.options.currency
        known = self._contexts.get((machine, stated))
        if known is None:
            known = Context(base_url=self.base, locale=self.locale, currency=stated, machine=machine)
            self._contexts[machine, stated] = known
        return known

    @cached_property
    def scripts(self) -> Scripts:
        """The page's inline scripts."""
        return Scripts(self.document)

    @cached_property
    def data(self) -> JsonData:
        """The page's JSON, for `json_path`."""
        return JsonData(self.document, self.scripts)

    @cached_property
    def json_ld(self) -> Claims:
        """What the page's JSON-LD claims."""
        return jsonld.read(self.scripts.ld)

    @cached_property
    def microdata(self) -> Claims:
        """What the page's microdata claims."""
        return microdata.read(self.document)

    @cached_property
    def rdfa(self) -> Claims:
        """What the page's RDFa claims."""
        return microdata.read_rdfa(self.document)

    @cached_property
    def metas(self) -> Metas:
        """What the page's metas claim."""
        return opengraph.read(self.document)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The text of the page's first headings."""
        return tuple(filter(None, (node_text(node) for node in self.document.css("h1")[:3])))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """What the page calls itself, squeezed: headings, OpenGraph's title, the title of the window."""
        window = self.document.first("title")
        said = (*self.headings, self.metas.by_name.get("og:title", ""), window.text if window else "")
        plain = (squeezed(one) for one in said)
        return tuple(dict.fromkeys(one for one in plain if len(one) >= _SHORTEST_TITLE))

    @cached_property
    def embedded(self) -> Product | None:
        """The product in the data of the page's scripts."""
        hints = Hints(
            self.titles, urlsplit(self.page.url).path, squeezed(self.asked.text) if self.asked else ""
        )
        found = embedded.read(self.document, self.scripts, hints)
        return self.as_asked(found) if found else None

    @cached_property
    def visible(self) -> Product | None:
        """The product as it looks."""
        return visible.read(self.document, self.context(machine=False), self.asked)

    def row(self, known: Sequence[str]) -> Product | None:
        """The asked variant, where the page lists several for people.  known: the product's own codes."""
        if self.asked is None or not self.asked.may_stand_in(self.page.text):
            return None
        return visible.variant(self.document, self.context(machine=False), self.asked, known)

    def main(self, claims: Claims) -> Product | None:
        """The product of this page among those that one strategy claims, as the asked variant of it."""
        if not claims.products:
            return None
        single = len(claims.products) == 1
        found = main_of(
            claims.products, titles=() if single else self.titles, url=self.page.url, asked=self.asked
        )
        return self.as_asked(with_twins(found, claims.products)) if found else None

    def as_asked(self, product: Product) -> Product:
        """The product as the variant that was asked for, or that the address names, or that is shown."""
        if self.is_of_asked(product):
            return with_default(product)
        variant = variant_of(product, self.asked) or variant_at(product, self.page.url)
        return laid_over(product, variant) if variant else with_default(product)

    def is_of_asked(self, product: Product) -> bool:
        """Whether the product itself goes by the asked SKU."""
        return self.asked is not None and any(self.asked.is_code(code) for code in product.codes)
