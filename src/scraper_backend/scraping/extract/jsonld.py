"""JSON-LD: the products that a page's `<script type="application/ld+json">` claim.

Fast on the common page (one script, valid JSON, one Product), patient with the others: broken JSON,
`@graph`, references by `@id`, products inside of pages, offers around products.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scraper_backend.scraping.extract import lenient
from scraper_backend.scraping.extract.offers import Item, many, text_of, types_of
from scraper_backend.scraping.extract.schema import is_product, product_of
from scraper_backend.scraping.extract.types import Product, Strategy

ARTICLE_TYPES: Final = frozenset(
    ("Article", "NewsArticle", "BlogPosting", "Report", "OpinionNewsArticle", "ReportageNewsArticle",
     "AnalysisNewsArticle", "LiveBlogPosting", "TechArticle", "SatiricalArticle", "Recipe", "HowTo",
     "ReviewNewsArticle", "BackgroundNewsArticle", "AdvertiserContentArticle", "PodcastEpisode")
)  # fmt: skip
LIST_TYPES: Final = frozenset(("ItemList", "CollectionPage", "SearchResultsPage", "OfferCatalog"))

_LEADS_TO_MAIN: Final = (
    "mainEntity",
    "mainEntityOfPage",
    "itemOffered",
    "@graph",
    "about",
    "potentialAction",
    "object",
    "offers",
)
_LEADS_AWAY: Final = frozenset(
    ("isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "isVariantOf", "review",
     "reviews", "itemReviewed", "hasMerchantReturnPolicy", "shippingDetails", "breadcrumb")
)  # fmt: skip
"""Inside of a product: never looked into, or only once."""

_MAX_NODES: Final = 3_000


@dataclass(slots=True)
class Claims:
    """What one kind of structured data says of a page.

    products: those the page may be about.  listed: how many stand in lists.  types: of all top-level items.
    """

    products: list[Product] = field(default_factory=list)
    listed: int = 0
    types: set[str] = field(default_factory=set)
    headline: str = ""
    breadcrumbs: tuple[str, ...] = ()
    breadcrumbs_at: str = ""


def read(scripts: Sequence[str], strategy: Strategy = "json_ld") -> Claims:
    """The claims of the JSON-LD in these scripts, in the order of the page."""
    documents = [
        (f"json-ld[{index}]" if part == 0 else f"json-ld[{index}]+{part}", _bare(value, text))
        for index, text in enumerate(scripts)
        for part, value in enumerate(lenient.loads(text))
    ]
    refers = any("@id" in text or "\\u0040" in text for text in scripts)
    return claims_of(documents, strategy, refers=refers)


_PREFIXES: Final = ("schema:", "http://schema.org/", "https://schema.org/")
_PREFIXED: Final = ('"schema:', 'schema.org/name"', 'schema.org/offers"', 'schema.org/price"')
"""What stands in a document that has them: as a context, `schema.org/` is in every one."""


def _bare(value: object, text: str) -> object:
    """The document with bare keys, where its keys are whole addresses or have a prefix."""
    return _with_bare_keys(value) if any(key in text for key in _PREFIXED) else value


def _with_bare_keys(value: object, depth: int = 0) -> object:
    if depth > 40:
        return value
    if isinstance(value, list):
        inner = [_with_bare_keys(one, depth + 1) for one in value]
        return inner[0] if len(inner) == 1 else inner
    if not isinstance(value, Mapping):
        return value
    if "@value" in value:
        return value["@value"]
    return {_bare_key(key): _with_bare_keys(one, depth + 1) for key, one in value.items()}


def _bare_key(key: str) -> str:
    return next((key.removeprefix(one) for one in _PREFIXES if key.startswith(one)), key)


def claims_of(documents: Sequence[tuple[str, object]], strategy: Strategy, *, refers: bool = True) -> Claims:
    """The claims of items in any syntax that was brought into the shape of JSON-LD.

    refers: whether an item may refer to another by its `@id`; most pages' do not.
    """
    plain = [value for _, value in documents] if refers else []
    reader = _Reader(strategy, _by_id(plain), _variants_by_group(plain))
    for selector, value in documents:
        for place, item in _top_level(value, selector):
            reader.take(item, place)
    return reader.claims


def _top_level(value: object, selector: str) -> Iterator[tuple[str, Item]]:
    if isinstance(value, list):
        for index, one in enumerate(value[:_MAX_NODES]):
            yield from _top_level(one, f"{selector}[{index}]")
    elif isinstance(value, Mapping):
        yield selector, value


def _by_id(documents: Sequence[object]) -> dict[str, Item]:
    """Items that others may refer to by `@id`; empty when nobody refers to anybody."""
    found: dict[str, Item] = {}
    references = 0
    stack: list[object] = list(documents)
    for _ in range(_MAX_NODES):
        if not stack:
            break
        here = stack.pop()
        if isinstance(here, list):
            stack.extend(here)
        elif isinstance(here, Mapping):
            name = here.get("@id")
            if isinstance(name, str):
                references += len(here) == 1
                if len(here) > max(1, len(found.get(name, ()))):
                    found[name] = here
            stack.extend(value for value in here.values() if isinstance(value, (dict, list)))
    return found if references else {}


def _variants_by_group(documents: Sequence[object]) -> dict[str, list[Item]]:
    """Products that say which group they are a variant of, by the `@id` of the group."""
    found: dict[str, list[Item]] = {}
    items = (item for document in documents for _, item in _top_level(document, ""))
    for item in (inner for one in items for inner in (one, *many(one.get("@graph")))):
        groups = many(item.get("isVariantOf")) if isinstance(item, Mapping) else ()
        for group in groups:
            name = group.get("@id") if isinstance(group, Mapping) else group
            if isinstance(name, str):
                found.setdefault(name, []).append(item)
    return found


class _Reader:
    """Walks from the top-level items to what the page is about."""

    def __init__(
        self, strategy: Strategy, index: Mapping[str, Item], variants: Mapping[str, list[Item]]
    ) -> None:
        self.strategy = strategy
        self.index = index
        self.variants = variants
        self.claims = Claims()
        self.seen: set[int] = set()
        self.resolved = 0

    def take(self, item: Item, selector: str, depth: int = 0) -> None:
        """A product is claimed, a page is looked into, a list is counted, the rest is noted."""
        if depth > 6 or id(item) in self.seen or len(self.seen) > _MAX_NODES:
            return
        self.seen.add(id(item))
        types = types_of(item)
        self.claims.types |= types
        if is_product(item):
            self.claims.products.append(self._product(item, selector))
        elif types & ARTICLE_TYPES:
            self.claims.headline = (
                self.claims.headline or text_of(item.get("headline")) or text_of(item.get("name"))
            )
        elif "BreadcrumbList" in types:
            self._breadcrumbs(item, selector)
        elif "ItemList" in types:
            self.claims.listed += len(many(item.get("itemListElement")))
        else:
            self._look_inside(item, selector, depth)

    def _look_inside(self, item: Item, selector: str, depth: int) -> None:
        for key in _LEADS_TO_MAIN:
            for place, inner in _top_level(item.get(key), f"{selector}.{key}"):
                name = inner.get("@id")
                known = self.index.get(name, inner) if len(inner) == 1 and isinstance(name, str) else inner
                if key == "itemOffered":
                    known = {**known, "offers": {k: v for k, v in item.items() if k != "itemOffered"}}
                self.take(known, place, depth + 1)

    def _breadcrumbs(self, item: Item, selector: str) -> None:
        if not self.claims.breadcrumbs:
            names = (_crumb(one) for one in many(item.get("itemListElement")))
            self.claims.breadcrumbs = tuple(name for name in names if name)
            self.claims.breadcrumbs_at = f"{selector}.itemListElement"

    def _product(self, item: Item, selector: str) -> Product:
        """A product, and under `isVariantOf` what its group says for all of its variants."""
        whole = self._with_references(item, 0) if self.index else item
        group = next((one for one in many(whole.get("isVariantOf")) if isinstance(one, Mapping)), None)
        if group is not None:
            shared = ("brand", "description", "image", "aggregateRating", "category", "hasVariant")
            whole = {**{key: group[key] for key in shared if group.get(key)}, **whole}
        own = (
            self.variants.get(str(item.get("@id"))) if self.variants and not whole.get("hasVariant") else None
        )
        return product_of({**whole, "hasVariant": own} if own else whole, self.strategy, selector)

    def _with_references(self, item: Item, depth: int) -> Item:
        """The item with its references replaced by what they refer to."""
        self.resolved += 1
        if depth > 4 or self.resolved > _MAX_NODES:
            return item
        result: dict[str, Any] = {}
        for key, value in item.items():
            if key in _LEADS_AWAY and not (key == "isVariantOf" and depth == 0):
                continue
            several = isinstance(value, list)
            found = [self._referred(one, depth) for one in many(value)] if several else value
            result[key] = found if several else self._referred(value, depth)
        return result

    def _referred(self, value: object, depth: int) -> object:
        if not isinstance(value, Mapping):
            return value
        name = value.get("@id")
        known = self.index.get(name, value) if len(value) == 1 and isinstance(name, str) else value
        return self._with_references(known, depth + 1)


def _crumb(element: object) -> str:
    if not isinstance(element, Mapping):
        return ""
    return text_of(element.get("name")) or text_of(element.get("item"))
