"""The asked variant where the page lists several: its row of a table, its option of a choice.

Shops that sell one product in many sizes print each one's code beside its price, for people and with no
data for machines; the price in the heading is then another size's.  A row that leads to another page, or
stands among recommendations, is another product's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from scraper_backend.scraping import clean, naming
from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean import Context
from scraper_backend.scraping.document import Document, Node
from scraper_backend.scraping.extract.types import Claim, Product
from scraper_backend.scraping.extract.visible.scene import Scene, elements_above
from scraper_backend.scraping.extract.visible.traits import traits
from scraper_backend.scraping.labels import is_bracketed

_ROWS: Final = frozenset(("tr", "li", "option", "label"))
_CHOICES: Final = "option,input[type=radio],label,button"
_BY_ID: Final = "[id*=variation-],[id*=variation_],[id*=variant-],[id*=variant_],[id^=sku-],[id^=sku_]"
_ID_BEFORE: Final = re.compile(r"^.*?(?:variation|variant|sku)s?[-_]")
_COLUMNS: Final = "td,th,span,div,p,small,strong,b,em,code"
_MOST: Final = 3_000
_MOST_TEXT: Final = 600
_MOST_CODED: Final = 20
_MOST_BESIDE: Final = 500
_CODE_NAME: Final = re.compile(
    r"^(?:data-(?:[a-z]+-)*?)?(?:sku|gtin|ean|upc|barcode|mpn|code|value|item-?(?:no|number|code)|"
    r"product-?(?:sku|code)|article-?(?:no|number))$"
)
_PRICE_NAME: Final = re.compile(r"^data-(?:[a-z]+-)*?price(?:-amount|-value)?$")
_STOCK_NAME: Final = re.compile(
    r"^data-(?:[a-z]+-)*?(?:stock|available|availability|in-?stock|qty|quantity)$"
)
_NAME: Final = re.compile(r"[^\W\d_]{3,}")
_DECIMAL: Final = re.compile(r"\d{1,7}[.,]\d{2}")
"""A `data-price` of 2900 may be cents."""
_FIGURE: Final = re.compile(r"[$€£¥₹₽₺]|\b[A-Z]{3}\b|\bkr\b|zł|Kč|Ft|lei|\d[.,]\d\d\b")


def variant(
    document: Document, context: Context, asked: Asked, known: Collection[str] = ()
) -> Product | None:
    """The one row that has the asked code; None where no row has it, or its price cannot be told.

    known: the codes that the page says its product has.  A table without them is of spare parts.
    """
    scene = Scene.of(document)
    if scene.anchor is None:
        return None
    rows = _distinct(_rows(scene, asked))
    if len(rows) != 1 or not _is_of_family(rows[0], known) or _names_another(rows[0], scene.title):
        return None
    return _read(rows[0], context, asked)


def _distinct(rows: Iterator[Node]) -> list[Node]:
    """The first two rows that differ: more than one is none."""
    found: list[Node] = []
    for row in rows:
        if row not in found:
            found.append(row)
        if len(found) > 1:
            break
    return found


def _is_of_family(row: Node, known: Collection[str]) -> bool:
    """Whether it is an option of a choice, or among rows one of which has the product's own code."""
    if row.tag not in ("tr", "li") or not known:
        return True
    beside = row.parent.text.casefold() if isinstance(row.parent, Node) else ""
    return any(code.casefold() in beside for code in known)


def _names_another(row: Node, title: str) -> bool:
    """Whether a row has a name of three words or more, none of which is in the heading: a spare part."""
    if row.tag not in ("tr", "li"):
        return False
    unnamed = {text for node in row.select("button,label,option,th") for text in node.stripped_strings}
    heading = set(_NAME.findall(title.casefold()))
    names = (set(_NAME.findall(text.casefold())) for text in row.stripped_strings if _may_name(text, unnamed))
    return any(len(name) >= 3 and not name & heading for name in names)


def _may_name(text: str, unnamed: Collection[str]) -> bool:
    return text not in unnamed and not _FIGURE.search(text) and clean.availability(text) is None


def _rows(scene: Scene, asked: Asked) -> Iterator[Node]:
    for node in scene.document.tree.select(_CHOICES)[:_MOST]:
        if _has_code(node, asked) and _is_ours(node, scene):
            yield _around(node) or node
    for node in scene.document.tree.select(_BY_ID)[:_MOST]:
        if asked.is_code(_ID_BEFORE.sub("", node.attr("id") or "")) and _is_ours(node, scene):
            yield _around(node) or node
    columns = scene.document.tree.select(_COLUMNS)[:_MOST]
    coded = (node for node in columns if len(node.text) <= _MOST_TEXT and _has_code(node, asked))
    for node in islice(coded, _MOST_CODED):
        row = _around(node)
        if row is not None and _is_ours(row, scene) and _has_sisters(row, asked):
            yield row


def _has_code(node: Node, asked: Asked) -> bool:
    text = " ".join(node.text.split()) if len(node.text) <= len(asked.text) + 40 else ""
    if text and (asked.is_code(text) or _is_labelled(text, asked) or is_bracketed(asked, text)):
        return True
    if node.tag in ("option", "label") and asked.stands_in(text):
        return True
    names = [name for name in node.attrs if _CODE_NAME.match(name)]
    return any(asked.is_code(node.attr(name) or "") for name in names)


def _is_labelled(text: str, asked: Asked) -> bool:
    """`SKU: SB-40`, `Item no. SB-40`."""
    said = naming.split(text)
    return said is not None and asked.is_code(said.rest)


def _around(node: Node) -> Node | None:
    """The row that a cell stands in: of a table, a list or a choice, else one of several boxes alike."""
    around = [node, *islice(elements_above(node), 6)]
    for here in around:
        if here.tag in _ROWS or here.attr("role") == "row":
            return here
    return next((here for here in around if _FIGURE.search(here.text) and _others(here)), None)


def _is_ours(row: Node, scene: Scene) -> bool:
    """Whether it is a choice of this product: outside recommendations, leading to no other page.

    Scripts hide the rows of sizes that are not chosen; what holds them is in sight.
    """
    apart = any(here in scene.apart and here.tag not in _UNREAD for here in elements_above(row))
    if apart or row in scene.above or "chrome" in scene.traits_of(row):
        return False
    leads = (link.attr("href") or "" for link in row.select("a[href]"))
    return all(not href or href.startswith(("#", "?", "javascript:")) for href in leads)


_UNREAD: Final = frozenset(("select", "option", "optgroup"))


def _has_sisters(row: Node, asked: Asked) -> bool:
    """Whether it is one of several sizes, or can be bought by itself; one row of facts is neither."""
    if row.tag == "tr" and row.select_one("input,button,select") is not None:
        return True
    others = (one for one in _others(row) if not asked.stands_in(one.text))
    return _FIGURE.search(row.text) is not None and any(True for _ in others)


def _others(row: Node) -> list[Node]:
    """The rows beside it that have a price too."""
    parent = row.parent
    if not isinstance(parent, Node):
        return []
    beside = islice(parent.select(row.tag) if row.tag in _ROWS else parent.children, _MOST_BESIDE)
    return [
        one for one in beside if isinstance(one, Node) and _is_like(one, row) and _FIGURE.search(one.text)
    ]


def _is_like(one: Node, row: Node) -> bool:
    return one != row and one.tag == row.tag and (row.tag in _ROWS or one.attr("class") == row.attr("class"))


def _read(row: Node, context: Context, asked: Asked) -> Product | None:
    where, line = row.css_path(), _price_line(row, context)
    money = clean.price(line, locale=context.locale) if line else None
    if money is None:
        return None
    stock = _stock(row) or ("" if _others(row) else None)  # whether another size can be had says nothing
    raw = {"sku": asked.text, "price": line, "currency": money.currency, "availability": stock}
    return Product(
        strategy="visible",
        selector=where,
        claims={name: Claim(value, where) for name, value in raw.items() if value is not None},
        skus=(asked.text,),
        price=money.amount,
        currency=money.currency,
    )


def _price_line(row: Node, context: Context) -> str:
    """The one price of a row: what is written in it, or its `data-price` where nothing is."""
    written = {
        money.amount: text
        for text in _texts(row)
        if _FIGURE.search(text) and (money := clean.price(text, locale=context.locale)) is not None
    }
    if not written:
        return next((value for value in _values(row, _PRICE_NAME) if _DECIMAL.fullmatch(value)), "")
    return next(iter(written.values())) if len(written) == 1 else _told(row, context)


def _told(row: Node, context: Context) -> str:
    """The line with several amounts, if words or the columns' headings say which of them is the price."""
    said = [(head, text) for head, text in _headed(row) if _FIGURE.search(text)]
    if said and all(_QUANTITY.match(head) for head, _ in said):
        return said[0][1]
    line, turned = (
        " ".join(f"{head} {text}" for head, text in several) for several in (said, reversed(said))
    )
    one, other = (clean.price(text, locale=context.locale) for text in (line, turned))
    return line if one is not None and other is not None and one.amount == other.amount else ""


_QUANTITY: Final = re.compile(r"\s*\d+\s*(?:[-–+]|$|or more|pcs)")
"""`1-9`, `10+`: a column for those who take so many."""


def _headed(row: Node) -> Iterator[tuple[str, str]]:
    """What stands in a row, each text with the heading of its column."""
    table = row.closest("table") if row.tag == "tr" else None
    first = table.select_one("tr") if table is not None else None
    cells, heads = _cells(row), _cells(first) if first is not None and first != row else []
    if len(cells) != len(heads):
        yield from (("", text) for text in _texts(row))
        return
    for cell, head in zip(cells, heads, strict=True):
        yield from ((" ".join(head.text.split()), text) for text in _texts(cell))


def _cells(row: Node) -> list[Node]:
    return [one for one in row.children if isinstance(one, Node) and one.tag in ("td", "th")]


def _texts(row: Node) -> Iterator[str]:
    """What stands in a row, struck-out and former prices left out."""
    former = [node for node in row.select("[class]") if "old" in traits(node.attr("class") or "")]
    struck = {text for node in (*row.select("s,del,strike"), *former) for text in node.stripped_strings}
    yield from (text for text in row.stripped_strings if text not in struck)


def _stock(row: Node) -> str | None:
    for text in row.stripped_strings:
        if status := clean.availability(text):
            return status
    if row.tag == "option" and row.attr("disabled") is not None:
        return "out_of_stock"
    for value in _values(row, _STOCK_NAME):
        return clean.availability(int(value) if value.isdigit() else value)
    return None


def _values(row: Node, names: re.Pattern[str]) -> Iterator[str]:
    """The values of the attributes called so, in a row."""
    for node in row.iter_elements(include_self=True):
        for name in node.attrs:
            value = (node.attr(name) or "").strip()
            if value and names.match(name):
                yield value
