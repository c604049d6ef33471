"""The whole look: every value with its score and reasons, and the product they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from scraper_backend.scraping import clean, naming
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.clean.currencies import of_locale
from scraper_backend.scraping.document import Document, Node
from scraper_backend.scraping.extract.keys import squeezed
from scraper_backend.scraping.extract.types import Claim, Product
from scraper_backend.scraping.extract.visible import captions, labels, pictures, prices, story
from scraper_backend.scraping.extract.visible.availability import availability
from scraper_backend.scraping.extract.visible.controls import buy_control
from scraper_backend.scraping.extract.visible.rows import variant
from scraper_backend.scraping.extract.visible.scene import Scene
from scraper_backend.scraping.extract.visible.seen import Seen
from scraper_backend.scraping.extract.visible.weighing import Candidate
from scraper_backend.scraping.labels import is_bracketed


@dataclass(frozen=True, slots=True)
class Look:
    """What a person sees: the values of the one product, or none and why."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    buying: str = ""
    why: str = ""


def read(document: Document, context: Context, asked: Asked | None = None) -> Product | None:
    """The product that the page shows, by its look; None for lists, articles and empty pages."""
    seen = look(document, context, asked).seen
    shown = _shown(seen, context) if seen else None
    if asked is None or (shown is not None and any(map(asked.is_code, shown.codes))):
        return shown
    row = _row(document, context, asked, shown)
    if shown is None or row is None:
        return row or shown
    return replace(
        shown, claims={**shown.claims, **row.claims}, skus=row.skus, price=row.price, currency=row.currency
    )


def _shown(seen: Mapping[str, Seen], context: Context) -> Product:
    """What is seen, as a product."""
    claims = {name: Claim(one.raw, one.selector) for name, one in seen.items()}
    raw = {name: claim.raw for name, claim in claims.items()}
    money = clean.price(raw.get("price"), locale=context.locale, currency=context.currency)
    return Product(
        strategy="visible",
        selector="page",
        claims=claims,
        skus=tuple(filter(None, (clean.code(raw.get("sku")),))),
        gtins=clean.gtins(raw.get("gtin")),
        mpns=tuple(filter(None, (clean.code(raw.get("mpn")),))),
        name=clean.text(raw.get("title")) or "",
        brand=clean.text(raw.get("brand")) or "",
        price=money.amount if money else None,
        currency=money.currency if money else None,
    )


def _row(document: Document, context: Context, asked: Asked, shown: Product | None) -> Product | None:
    """The asked size, called as the page's heading, where the page lists several below it."""
    scene = Scene.of(document)
    if captions.MANY.search(scene.title) or captions.ORDERED.search(scene.title):
        return None
    row = variant(document, context, asked, shown.codes if shown is not None else ())
    if row is None or scene.anchor is None:
        return None
    title = Claim(scene.title, scene.anchor.css_path())
    return replace(row, claims={"title": title, **row.claims}, name=clean.text(scene.title) or "")


def buying(document: Document) -> str:
    """The words of a control that puts the page's product into a cart, or "" where there is none."""
    control = buy_control(Scene.of(document))
    return control.words if control is not None and not control.says_gone else ""


def look(document: Document, context: Context, asked: Asked | None = None) -> Look:
    """Everything that can be seen of the product.  asked: a code that may have blanks in it."""
    scene = Scene.of(document)
    if scene.anchor is None:
        return Look(why="no heading names a product")
    if captions.ORDERED.search(scene.title) or captions.ADD.fullmatch(scene.title):
        return Look(why=f"its heading is of an order: {scene.title[:60]}")
    control = buy_control(scene)
    found = list(labels.labelled(scene))
    seen = dict(_codes(scene, found, asked))
    ranked = prices.candidates(scene, control, context)
    price = prices.chosen(ranked)
    if price is None and control is not None and not ranked:
        price = prices.on_button(control, context)
    stock = availability(scene, found, control, is_priced=price is not None)
    if captions.MANY.search(scene.title) and not (control or seen):
        return Look(why=f"its heading is of a list: {scene.title[:60]}")
    if (
        control is None
        and not seen
        and (price is None or not price.is_named or price.score < prices.ENOUGH + 2)
        and (price is None or stock is None)
    ):
        return Look(why="nothing to buy, no code and no certain price")
    if price is not None and price.money is not None and not _is_blank(price, stock):
        seen.update(_price(price, ranked, context))
    seen.update(_said(scene, found))
    if stock is not None:
        seen["availability"] = stock
    seen["title"] = Seen(scene.title, scene.anchor.css_path(), 0.8, ("it is the heading",))
    images, first = pictures.pictures(scene, context.base_url)
    if images and first is not None:
        seen["images"] = Seen(images, first.css_path(), 0.6)
    told = story.story(scene)
    if told is not None:
        seen["description"] = Seen(told.html, told.node.css_path(), 0.6)
    return Look(seen, control.words if control is not None and not control.says_gone else "")


# ── Price ──────────────────────────────────────────────────────────────────────────────────────────


def _price(best: Candidate, ranked: list[Candidate], context: Context) -> Iterator[tuple[str, Seen]]:
    """The price and its currency: as written beside it, else as the language of the page implies."""
    where, sure = best.node.css_path(), prices.confidence(best, ranked)
    yield "price", Seen(best.line, where, sure, tuple(best.reasons))
    same = [one for one in ranked if one.money and best.money and one.money.amount == best.money.amount]
    beside = next((one.money for one in same if one.money and clean.currency(one.money.raw)), None)
    line = beside.currency if beside else next((one.line for one in same if clean.currency(one.line)), "")
    implied = of_locale(context.locale)
    if line:
        yield "currency", Seen(line, where, sure, ("it stands beside the price",))
    elif implied:
        yield "currency", Seen(implied, where, 0.4, (f"it is what is paid in {context.locale}",))


def _is_blank(price: Candidate, stock: Seen | None) -> bool:
    """Whether a price of nothing only fills the place: what is gone is not free."""
    is_nothing = price.money is not None and price.money.amount == 0
    return is_nothing and stock is not None and clean.availability(stock.raw) in _GONE


_GONE: Final = frozenset(("out_of_stock", "sold_out", "discontinued"))


# ── Codes, brand and the like ──────────────────────────────────────────────────────────────────────


def _codes(scene: Scene, found: list[labels.Labelled], asked: Asked | None) -> Iterator[tuple[str, Seen]]:
    """SKU, GTIN and MPN.  A "UPC" that is no UPC is how some shops label their own number."""
    said: dict[str, Seen] = dict(_marked_codes(scene))
    for one in sorted(found, key=lambda one: naming.is_weak(one.label)):
        if one.field not in naming.CODES:
            continue
        code = labels.code_of(one, asked)
        if code is None:
            continue
        seen = Seen(
            code, one.node.css_path(), 0.8 if one.in_row else 0.7, (f"it stands beside {one.label!r}",)
        )
        if one.field == "gtin" and clean.gtin(code) is None:
            said.setdefault("sku?", seen)
        else:
            said.setdefault(one.field, seen)
    other = said.pop("sku?", None)
    if other is not None:
        said.setdefault("sku", other)
    if "sku" not in said and asked is not None and _is_in_heading(scene, asked):
        where = scene.anchor.css_path() if scene.anchor is not None else ""
        said["sku"] = Seen(asked.text, where, 0.6, ("it stands in brackets behind the name",))
    if "sku" not in said:
        known = {squeezed(str(one.raw)) for one in said.values()}
        said.update((name, one) for name, one in _named_code(scene) if squeezed(str(one.raw)) not in known)
    yield from said.items()


def _is_in_heading(scene: Scene, asked: Asked) -> bool:
    """`Desk Lamp (LMP-100)`; `Nails (100)` may be a hundred of them."""
    heading = " ".join(scene.anchor.text.split()) if scene.anchor is not None else ""
    return asked.is_distinctive and is_bracketed(asked, heading) and asked.stands_in(heading)


def _marked_codes(scene: Scene) -> Iterator[tuple[str, Seen]]:
    """Codes that the markup itself calls so."""
    for name in ("sku", "mpn", "gtin", "gtin13", "gtin12", "gtin8", "gtin14"):
        for node in scene.document.tree.select(f"[itemprop={name}]")[:1]:
            code = clean.code(node.attr("content") or node.text)
            if code and node not in scene.apart and not scene.is_card(node):
                yield name.rstrip("0123456789"), Seen(code, node.css_path(), 0.85, ("it is marked so",))


def _named_code(scene: Scene) -> Iterator[tuple[str, Seen]]:
    """`<span class="product-code">300938</span>`: a code by the name of its element, as the last resort.

    Where such an element holds only a word like `ID`, the code is in the next one.
    """
    for named, _ in scene.having("code"):
        node = named
        if 0 < len(named.text.strip(" :#.")) <= 12 and not re.search(r"\d", named.text):
            node = next((one for one in named.next_siblings if isinstance(one, Node)), named)
        text = clean.code(node.text) if len(node.text) <= 60 else None
        if (
            text
            and re.search(r"\d", text)
            and " " not in text
            and scene.distance(node) <= 3
            and not scene.is_card(node)
        ):
            yield "sku", Seen(text, node.css_path(), 0.5, ("its element is named a code",))
            return
    yield from _held_code(scene)


def _held_code(scene: Scene) -> Iterator[tuple[str, Seen]]:
    """`<div data-product-sku="AT-47">` around the heading, or right beside it."""
    for node in scene.document.tree.select(",".join(f"[{name}]" for name in _HOLDING))[:40]:
        name = next(name for name in _HOLDING if node.attr(name) is not None)
        code = clean.code(node.attr(name))
        is_near = node in scene.above or scene.distance(node) <= 3
        if (
            code
            and re.search(r"\d", code)
            and is_near
            and not scene.is_card(node)
            and node not in scene.apart
        ):
            yield "sku", Seen(code, f"{node.css_path()}@{name}", 0.5, (f"its element has {name}",))
            return


_HOLDING: Final = (
    "data-sku",
    "data-product-sku",
    "data-item-number",
    "data-article-number",
    "data-product-code",
)


def _said(scene: Scene, found: list[labels.Labelled]) -> Iterator[tuple[str, Seen]]:
    """Brand and weight by their labels, the brand also by an element that is named so."""
    taken: set[str] = set()
    for one in found:
        if one.field == "brand":
            text = labels.name_of(one)
        elif one.field == "weight":
            text = clean.weight(one.value)
        elif one.field == "reviews_count":
            text = one.value if clean.reviews_count(one.value) is not None else None
        else:
            continue
        if text and text != scene.title and one.field not in taken:
            taken.add(one.field)
            yield one.field, Seen(text, one.node.css_path(), 0.75, (f"it stands beside {one.label!r}",))
    if "brand" not in taken:
        yield from _named_brand(scene)


_BY: Final = re.compile(
    r"^(?:brand|manufacturer|by|marke|hersteller|von|marque|par|marca|fabricante|di|merk|van|marka|producent|varumärke|mærke"
    r"|merke|av|af|merkki|značka|výrobce|márka|gyártó|marcă)\s*:?\s+",
    re.IGNORECASE,
)


_ALL: Final = re.compile(
    r"(?:view|see|shop|show|browse|more|all|alle|mehr|weitere|voir|tous|ver|todos|vedi|tutti|zobacz|alla|visa)\b",
    re.IGNORECASE,
)
"""How a link to all that a brand makes begins."""


def _named_brand(scene: Scene) -> Iterator[tuple[str, Seen]]:
    near = [
        node
        for node in scene.document.tree.select("[itemprop=brand],[itemprop=manufacturer]")[:3]
        if node not in scene.apart
    ]
    near += [
        node
        for node, said in scene.having("brand")
        if scene.distance(node) <= 3 and not said & {"gallery", "title"}
    ][:5]
    for node in near:
        text = clean.text(node.attr("content") or node.text or (node.select_one("img") or node).attr("alt"))
        bare = _BY.sub("", text or "")
        if (
            bare
            and not bare.endswith(":")
            and not _ALL.match(bare)
            and len(bare) <= 40
            and len(bare.split()) <= 5
            and not scene.is_card(node)
            and bare != scene.title
        ):
            yield "brand", Seen(bare, node.css_path(), 0.65, ("it is named a brand",))
            return
