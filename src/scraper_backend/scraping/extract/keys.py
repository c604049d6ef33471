"""The keys under which shops keep a product's values, flat: without case, blanks, `_` and `-`.

In order of trust: `saleprice` before `price`, `sku` before `productid`.  Gathered from what platforms and
shops embed; read by `shapes`, `amounts` and `platforms`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

Item = Mapping[str, Any]


def flat(key: object) -> str:
    """A key without case, blanks, `_` and `-`: `product_Name` is `productname`."""
    return str(key).replace("_", "").replace("-", "").replace(" ", "").lower()


_INNER: Final = (
    "productinfo",
    "productdescription",
    "item",
    "iteminfo",
    "basicinfo",
    "productdetails",
    "core",
    "currentsku",
    "selectedsku",
    "defaultsku",
    "currentvariant",
    "selectedvariant",
    "defaultvariant",
    "mastervariant",
    "selectedorfirstavailablevariant",
)


def flattened(item: Item, depth: int = 0) -> dict[str, Any]:
    """The object with its keys flat, and those of its inner half that carries what a product is.

    An object of hundreds of keys is a table and no product.
    """
    if len(item) > 400:
        return {}
    plain = {flat(key): value for key, value in item.items()}
    for key in _INNER:
        inner = plain.get(key)
        if isinstance(inner, Mapping) and depth < 2:
            plain = {**flattened(inner, depth + 1), **plain}
    return _with_name_of_whole(plain) if "product" in plain else plain


_CHOSEN: Final = frozenset(("selectedoptions", "optionvalues", "option1", "variantattributes"))
"""What a variant has and a warranty sold with the product has not."""


def _with_name_of_whole(plain: dict[str, Any]) -> dict[str, Any]:
    """`{"title": "Black / M", "product": {"title": "Rain Shell"}}`: a variant goes by its product's name."""
    whole, own = plain["product"], one(plain.get("name") or plain.get("title"))
    if not isinstance(whole, Mapping) or (own and not plain.keys() & _CHOSEN):
        return plain
    name = one(whole.get("name") or whole.get("title"))
    return {**plain, "name": name} if name and squeezed(name) not in squeezed(own) else plain


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": _words("""name title productname producttitle displayname itemname producttitletext longname
        shortname prodname bezeichnung nom nombre contentname"""),
    "sku": _words("""sku productsku skuid skucode partnumber itemnumber itemno articlenumber articleno
        artikelnummer productcode productnumber stylenumber tcin usitemid asin code itemid productid prodid
        productref reference contentids contentid"""),
    "gtin": _words("""gtin gtin13 gtin14 gtin12 gtin8 ean ean13 eancode upc upccode barcode isbn isbn13
        primarybarcode primaryupc"""),
    "mpn": _words("""mpn manufacturerpartnumber manufacturernumber modelnumber modelno vendorpartnumber
        mfrpartnumber manufacturerproductid"""),
    "brand": _words("""brand brandname primarybrand productbrand itembrand manufacturer manufacturername
        vendor marke marque"""),
    "images": _words("""images imageurls image imageurl featuredimage mainimage primaryimage productimage
        productimageurl media gallery thumbnail thumbnailurl img imageinfo featuredimageurl"""),
    "description": _words("""description longdescription descriptionhtml bodyhtml productdescription
        shortdescription content"""),
    "category": _words("""category categoryname productcategory itemcategory producttype primarycategory
        categories"""),
    "url": _words("url producturl canonicalurl pdpurl productpageurl permalink link"),
    "currency": _words("""currency currencycode pricecurrency currencyiso currencyisocode productcurrency
        curr currencyunit itemcurrency"""),
    "rating": _words("""averagerating ratingvalue ratingaverage avgrating averageoverallrating rating
        productrating"""),
    "reviews_count": _words("""reviewcount reviewscount numberofreviews ratingcount totalreviewcount
        totalreviews numreviews productreviewcount"""),
    "weight": _words("weight productweight netweight"),
}

PRICES: Final = _words("""saleprice specialprice finalprice pricenumber currentprice currentretail
    discountedprice offerprice nowprice actualprice sellingprice salesprice promotionalprice promoprice
    bestprice buynowprice
    pricenow pricewithvat priceincludingtax priceinctax grossprice price pricevalue priceamount unitprice
    productprice productunitprice itemprice displayprice formattedprice preis prix precio pricemin minprice
    fromprice lowestprice lowprice prices pricing priceinfo pricedata pricerange pricesummary
    productpricing offers offer commertialoffer pricedetails buybox priceobject pricev2 prodprice
    calculatedprice baseprice""")
"""Where a product keeps what one pays."""

INSIDE_PRICE: Final = _words("""sale special final finalprice current currentprice currentretail now saleprice
    specialprice discounted calculatedamount discountedprice offerprice promotionalprice promoprice offer
    selling sellingprice actual gross withtax includingtax centamount amount value price raw decimal display
    formatted formattedvalue text min low minimum minprice lowprice minvariantprice priceinfo regular base
    baseprice default pricevalue""")

"""The same, inside of an object that is a price already."""

STOCK_YES: Final = _words("""instock isinstock available isavailable availableforsale ispurchasable
    purchasable isbuyable orderable saleable issaleable""")
STOCK_NO: Final = _words("soldout issoldout outofstock isoutofstock")
STOCK_WORDS: Final = _words("""availability availabilitystatus stockstatus inventorystatus stocklevelstatus
    productavailability stockstate availabilityvalue stockavailability""")
STOCK_COUNTS: Final = _words("""stockquantity availablequantity inventoryquantity quantityavailable stock
    stocklevel qtyinstock stockqty""")

VARIANTS: Final = _words("""variants variations skus childproducts simpleproducts childitems items
    variantslist productvariants children nodes""")

OF_A_VARIANT: Final = re.compile(r"variants?$")
"""Where else a variant stands, one by one: `adjacentVariants`, `firstSelectableVariant` of each option."""

ELSEWHERE: Final = re.compile(
    r"relat|recommend|similar|upsell|crosssell|recent|carousel|cart|basket|wishlist|compar|accessor|bundle"
    r"|frequently|also|impression|promot|viewed|collection|listing|search|categor|menu|navig|banner|facet"
    r"|review|question|blog|article|sponsor|trending|popular|bestseller|complement|crossell|addon|suggest",
    re.I,
)
"""A key that leads to other products."""

LIST_EVENTS: Final = ("list", "impression", "promotion", "cart", "checkout", "search", "purchase")


def one(value: object) -> str:
    """The text of a value: itself, the only one of a list, or the name in an object."""
    if isinstance(value, list):
        return one(value[0]) if len(value) == 1 else ""
    if isinstance(value, Mapping):
        names = ("name", "displayName", "label", "value", "title", "text", "average", "code")
        inner = (value.get(key) for key in names)
        return next((text for text in map(_scalar, inner) if text), "") or _in_a_language(value)
    return _scalar(value)


def _in_a_language(value: Mapping[str, object]) -> str:
    """`{"en": "Bowl", "de-CH": "Napf"}`: the first of several languages."""
    if not 0 < len(value) < 40 or not all(map(_LANGUAGE.fullmatch, map(str, value))):
        return ""
    return next((text for text in map(_scalar, value.values()) if text), "")


_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case."""
    if text.isascii():
        return text.encode().translate(_LOWER, _NEITHER).decode()
    return _MARKS.sub("", text).lower()


_MARKS: Final = re.compile(r"[\W_]+")
_LOWER: Final = bytes(range(128)).lower() + bytes(range(128, 256))
_NEITHER: Final = bytes(byte for byte in range(128) if not chr(byte).isalnum())
