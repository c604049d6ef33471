"""Reading one page: the configured selectors, the strategies, and one answer.

`extract` is the face of this package.  Cheap strategies are always asked, so that they can agree; the
embedded data and the look of the page only where something that matters is still open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from scraper_backend.core.scraper_config import STANDARD_FIELDS, ScraperConfig
from scraper_backend.core.selector import Selector
from scraper_backend.scraping import clean
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.extract import fields, opengraph, selectors
from scraper_backend.scraping.extract.choice import carries, fits_title, laid_over, variant_of
from scraper_backend.scraping.extract.evidence import Verdict, judge
from scraper_backend.scraping.extract.jsonld import Claims
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.selectors import BadSelector, JsonData
from scraper_backend.scraping.extract.sources import Sources
from scraper_backend.scraping.extract.types import Claim, Extraction, Field, Product, Provenance, Strategy
from scraper_backend.scraping.page import Page

_DECISIVE: Final = ("title", "price", "availability", "sku")
"""While one of these is open, the costlier strategies are asked as well."""

_SEPARATORS: Final = ("-", "–", "—", "|", "·", "•", ":", "»", "/")
_OF_VARIANT: Final = ("price", "availability", "sku", "gtin", "mpn")
_SHOWN: Final = (*_DECISIVE, "images", "brand", "description")
_WHOLE: Final = {*_SHOWN, "currency", "rating"}


def extract(page: Page, config: ScraperConfig, sku: str = "") -> Extraction:
    """Everything that can be read from a page, each value with its provenance.

    sku: what was asked for; its variant's price is the price.  Where the page is no product's page, only
    what configured selectors found is a field.
    """
    return _Reader(Sources(page, config, sku)).read()


@dataclass(slots=True)
class _Own:
    """What the configured selectors found, and what they did not."""

    fields: dict[str, Field] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    currency: str | None = None


class _Reader:
    """One page being read."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.config = sources.config
        self.claims: dict[str, Claims] = {}
        self.mains: dict[str, Product] = {}

    def read(self) -> Extraction:
        """The whole extraction."""
        own = self._configured()
        self._ask_structured()
        wanted = [name for name in _DECISIVE if name not in own.fields]
        if self._is_open(wanted):
            self._ask("embedded_json", self.sources.embedded)
        verdict = judge(self.sources, self.mains, self.claims)
        found = dict(own.fields)
        if verdict.is_product_page:
            if self._is_open([name for name in _SHOWN if name not in own.fields]):
                self._ask("visible", self.sources.visible)
            self._take_row()
            self._leave_sisters(own)
            found = {**self._fields(own), **own.fields}
        return self._extraction(own, found, verdict)

    # ── Configured selectors ──

    def _configured(self) -> _Own:
        own = _Own()
        for name, several in self.config.selectors.items():
            self._one_field(name, several, own)
        return own

    def _one_field(self, name: str, several: Sequence[Selector], own: _Own) -> None:
        for selector in several:
            try:
                found = self._by_selector(name, selector, own)
            except BadSelector as fault:
                own.faults.append(f"selectors.{name}: {fault}")
                continue
            if found is not None:
                own.fields[name] = found
                return
        if any(selector.required for selector in several):
            own.missing.append(name)

    def _by_selector(self, name: str, selector: Selector, own: _Own) -> Field | None:
        kind = selector.type or clean.STANDARD_FIELD_TYPES.get(name, "text")
        match = selectors.read(self.sources.document, selector, kind, self._data)
        if match is None:
            return None
        context = self.sources.context(machine=selector.json_path is not None)
        value = _typed(
            kind, match.values, several=selector.multiple and selector.join is None, context=context
        )
        if value is None:
            return None
        if kind == "price" and own.currency is None:
            money = clean.price(match.values[0], locale=context.locale, currency=context.currency)
            own.currency = money.currency if money else None
        return Field(value, Provenance(
            raw=fields.raw_text(list(match.values) if len(match.values) > 1 else match.values[0]),
            strategy="selector",
            selector=match.where,
            confidence=fields.CONFIDENCE["selector"],
        ))  # fmt: skip

    def _data(self) -> JsonData:
        return self.sources.data

    # ── Strategies ──

    def _ask_structured(self) -> None:
        """JSON-LD and the metas, and between them the page's own markup where they leave anything open.

        A page that says all of its one product in JSON-LD says the same again in its markup, from the
        same template: that is no second witness, and reading it costs more than the whole of the first.
        """
        metas = opengraph.product(self.sources.metas)
        self._ask_claims("json_ld", self.sources.json_ld)
        if not self._is_whole(self.sources.json_ld, metas):
            self._ask_claims("microdata", self.sources.microdata)
            self._ask_claims("rdfa", self.sources.rdfa)
        self._ask("opengraph", metas)

    def _ask_claims(self, strategy: str, claims: Claims) -> None:
        if claims.products or claims.types or claims.listed:
            self.claims[strategy] = claims
            self._ask(strategy, self.sources.main(claims))

    def _is_whole(self, claims: Claims, metas: Product | None) -> bool:
        """Whether it has all of one product, the asked one, and the metas have no other price."""
        only, asked = claims.products[0] if len(claims.products) == 1 else None, self.sources.asked
        if only is None or only.variants or asked is None or not self.sources.is_of_asked(only):
            return False
        if metas is not None and metas.price not in (None, only.price):
            return False
        has_way = bool(claims.breadcrumbs) or "category" in {*only.claims, *self.config.selectors}
        has_code = bool(only.gtins or only.mpns)
        return has_way and has_code and _WHOLE <= {*only.claims, *self.config.selectors}

    def _ask(self, strategy: str, product: Product | None) -> None:
        """Takes a strategy's product, unless it is another one than the strategies before it mean."""
        if product is None:
            return
        first = next(iter(self.mains.values()), None)
        if first is None or strategy == "visible" or _is_same(first, product):
            self.mains[strategy] = product

    def _take_row(self) -> None:
        """Where no data has the asked SKU, the row of the page that has it is believed for its price."""
        asked = self.sources.asked
        data = [one for strategy, one in self.mains.items() if strategy != "visible"]
        if asked is None or not self.mains or any(carries(one, asked) for one in data):
            return
        row = self.sources.row([code for one in self.mains.values() for code in one.codes])
        if row is not None:
            shown = self.mains.get("visible", replace(row, claims={}, skus=()))
            self.mains["visible"] = laid_over(replace(shown, variants=(row,)), row)

    def _leave_sisters(self, own: _Own) -> None:
        """A selected price that is another size's, or the least of all, gives way to the asked one's."""
        meant, selected = self._variant(), own.fields.get("price")
        if meant is None or meant.price is None or selected is None or selected.value == meant.price:
            return
        sisters = {variant.price for one in self.mains.values() for variant in one.variants}
        if selected.value in sisters and len(sisters) > 1:
            del own.fields["price"]

    def _is_open(self, wanted: Sequence[str]) -> bool:
        """Whether a wanted field is still unread, doubtful, or of another variant than the asked one."""
        said = [product.claims.keys() for product in self.mains.values()]
        if any(not any(name in claims for claims in said) for name in wanted):
            return True
        prices = {product.price for product in self.mains.values() if product.price is not None}
        if "price" in wanted and (len(prices) != 1 or Decimal(0) in prices):
            return True
        if "price" in wanted and any("price_to" in claims for claims in said):
            return True
        asked = self.sources.asked
        return asked is not None and not any(carries(product, asked) for product in self.mains.values())

    # ── The answer ──

    def _fields(self, own: _Own) -> dict[str, Field]:
        products = sorted(self.mains.values(), key=self._is_beside_the_asked)
        stated = own.currency or next((one.currency for one in products if one.currency), None)
        contexts: dict[Strategy, Context] = {
            one.strategy: self.sources.context(machine=one.strategy != "visible", currency=stated)
            for one in products
        }
        found: dict[str, Field] = {}
        of_asked = self._of_asked(products)
        for name in STANDARD_FIELDS:
            said = of_asked if name in _OF_VARIANT else products
            if name not in own.fields and (one := fields.read(name, said, contexts)) is not None:
                found[name] = one
        self._complete(found, own, stated)
        return found

    def _of_asked(self, products: Sequence[Product]) -> Sequence[Product]:
        """Where variants differ, only those count that name the asked SKU, if any does."""
        if self._variant() is None:
            return products
        return [one for one in products if self.sources.is_of_asked(one)] or products

    def _is_beside_the_asked(self, product: Product) -> bool:
        """What names the asked SKU is believed before what only speaks of the product in general."""
        return not self.sources.is_of_asked(product)

    def _complete(self, found: dict[str, Field], own: _Own, stated: str | None) -> None:
        """Currency, address and category, which other fields or the page itself tell."""
        price = own.fields.get("price") or found.get("price")
        if price is not None and "currency" not in found and "currency" not in own.fields:
            code = own.currency or stated or self.config.options.currency
            if code:
                found["currency"] = Field(code, price.provenance)
        if "title" in found:
            found["title"] = self._without_shop(found["title"])
        if "url" not in own.fields:
            found["url"] = self._address(found.get("url"))
        if "category" not in found and "category" not in own.fields:
            category = self._breadcrumbs(found.get("title") or own.fields.get("title"))
            if category is not None:
                found["category"] = category

    def _without_shop(self, title: Field) -> Field:
        """`Oak Board — Oak & Co` is `Oak Board` where a heading says so and the rest is the shop's name."""
        whole = str(title.value)
        for heading in self.sources.headings:
            rest = whole[len(heading) :].strip()
            if whole.startswith(heading) and rest[:1] in _SEPARATORS and self._is_shop(rest, title):
                return title._replace(value=heading)
            if title.provenance.strategy == "opengraph" and _is_turned(heading, whole):
                return title._replace(value=heading)
        return title

    def _is_shop(self, rest: str, title: Field) -> bool:
        if title.provenance.strategy in ("opengraph", "visible"):
            return True
        name = squeezed(rest)
        site = squeezed(self.sources.metas.by_name.get("og:site_name", ""))
        claims = [one.claims.get("brand") for one in self.mains.values()]
        brands = [squeezed(str(claim.raw)) for claim in claims if claim is not None]
        host = squeezed(urlsplit(self.sources.page.url).hostname or "")
        return bool(name) and (name in (site, *brands) or name in host)

    def _address(self, said: Field | None) -> Field:
        """The address that the page gives itself, if it is of this host; else where it was found."""
        here = self.sources.page.url
        if said is not None and isinstance(said.value, str):
            mine, theirs = urlsplit(here), urlsplit(said.value)
            if _host(mine.netloc) == _host(theirs.netloc) and theirs.path not in ("", "/"):
                return said
        return Field(here, Provenance(here, "url", "address", confidence=1.0))

    def _breadcrumbs(self, title: Field | None) -> Field | None:
        for strategy in ("json_ld", "microdata", "rdfa"):
            claims = self.claims.get(strategy)
            names = list(claims.breadcrumbs) if claims else []
            if names and title is not None and fits_title(names[-1], [squeezed(str(title.value))]):
                names.pop()
            value = fields.cleaned("category", names, self.sources.context(machine=True)) if names else None
            if claims is not None and value is not None:
                claim = Claim(names, claims.breadcrumbs_at)
                return Field(value, Provenance(" > ".join(names), _strategy(strategy), claim.selector))
        return None

    def _extraction(self, own: _Own, found: dict[str, Field], verdict: Verdict) -> Extraction:
        main = next(iter(self.mains.values()), None) if verdict.is_product_page else None
        products = [one for claims in self.claims.values() for one in claims.products]
        others = [self.mains[name] for name in ("embedded_json",) if name in self.mains]
        return Extraction(
            fields=dict(_normalized(found, self.config)) if self.config.options.normalize else found,
            products=(*products, *others) if verdict.is_product_page else (),
            main=main,
            variant=self._variant() if verdict.is_product_page else None,
            missing_required=tuple(own.missing),
            is_product_page=verdict.is_product_page,
            why=(*verdict.why, *own.faults),
        )

    def _variant(self) -> Product | None:
        asked = self.sources.asked
        found = (variant_of(product, asked) for product in self.mains.values())
        return next((one for one in found if one is not None), None)


def _strategy(name: str) -> Strategy:
    known: Mapping[str, Strategy] = {"json_ld": "json_ld", "microdata": "microdata", "rdfa": "rdfa"}
    return known[name]


def _is_turned(heading: str, whole: str) -> bool:
    """Whether a title for other sites is the heading in other words' order: `Serum - Dewline | Shop`."""
    mine, theirs = (re.findall(r"\w+", text.casefold()) for text in (heading, whole))
    return len(mine) > 1 and set(mine) <= set(theirs) and re.search(r"\s[|–—-]\s", whole) is not None


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _is_same(one: Product, other: Product) -> bool:
    """Whether two strategies may mean the same product: a shared code, or names that fit."""
    if {squeezed(code) for code in one.codes} & {squeezed(code) for code in other.codes}:
        return True
    if not one.name or not other.name or other.strategy == "opengraph" or one.strategy == "opengraph":
        return True
    return fits_title(other.name, [squeezed(one.name)])


def _typed(kind: clean.Kind, values: Sequence[object], *, several: bool, context: Context) -> object | None:
    """The values of one selector by type; a list where several are wanted."""
    if kind == "image" or not several:
        return clean.value(kind, list(values) if len(values) > 1 else values[0], context)
    read = (clean.value(kind, one, context) for one in values)
    return [one for one in read if one is not None] or None


def _normalized(found: Mapping[str, Field], config: ScraperConfig) -> Iterator[tuple[str, Field]]:
    """The fields with the configured changes of their text."""
    brand = found.get("brand")
    maker = str(brand.value) if brand is not None else None
    for name, one in found.items():
        steps = config.options.normalize.get(name)
        if steps and isinstance(one.value, str):
            yield name, Field(clean.normalize(one.value, steps, brand=maker), one.provenance)
        elif steps and isinstance(one.value, list):
            texts = [clean.normalize(str(text), steps, brand=maker) for text in one.value]
            yield name, Field(texts, one.provenance)
        else:
            yield name, one
