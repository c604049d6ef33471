"""What the names that programmers give to elements say of them: `product-price--old`, `pdp-title`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_W: Final = r"(?<![a-z])(?:{})(?![a-z])"


def _tokens(alternatives: str) -> re.Pattern[str]:
    """Whole words of a class list, whatever joins them."""
    return re.compile(_W.format("|".join(alternatives.split())))


_NAMES: Final[dict[str, re.Pattern[str]]] = {
    "chrome": re.compile(
        r"related|similar|recommend|up-?sell|cross-?sell|also-?(?:bought|like|view)|recently"
        r"|last-?viewed|recent-?view"
        r"|mini-?(?:cart|basket|bag)|(?:cart|basket|bag)-?(?:drawer|mini|flyout|sidebar"
        r"|preview|popup|notification|total|widget|summary)"
        r"|side-?cart|off-?canvas|breadcrumb|newsletter|testimonial|cookie|consent|sponsor"
        r"|frequently|accessor|often-?bought|(?:bought|buy|better)-?together"
        r"|complementary|cross-?reference|alternativ(?:en|es|as|y)(?![a-z])"
        r"|alternativ\w*-?(?:product|item|artikel|produ[ck]t)|(?:product|item|artikel|produ[ck]t)s?-?alternativ"
        r"|suggest|you-?may|you-?might"
        r"|customers-?also|best-?sell|bestseller|top-?seller"
        r"|featured-?product|new-?arrival|trending|popular-?product|product-?(?:slider"
        r"|carousel|recs|rail|strip)|compare-?(?:table|list|products)"
        r"|store-?locator|mega-?menu|site-?(?:header|footer|nav)|page-?footer|main-?(?:nav"
        r"|menu)|top-?bar|announcement"
        r"|zubehoer|zubehör|aehnlich|empfehl|kunden-?kauften|passend|zuletzt|accessoires"
        r"|similaires|relacionad|correlat|gerelateerd|podobne|relaterade|relateret"
        r"|souvisej|podobn|kapcsol"
    ),
    "review": _tokens(
        "reviews? review-list comments? comment-list bewertungen avis opiniones recensioni "
        "q-and-a questions qa"
    ),
    "menu": _tokens(
        "nav navbar navigation menu submenu footer sidebar toolbar modal popup dropdown-menu "
        "dialog lightbox toast tooltip popover"
    ),
    "hidden": re.compile(
        r"(?:^|\s)(?:hidden|hide|is-hidden|d-none|display-none|invisible|u-hidden|ng-hide"
        r"|no-display|js-hidden|visually-none)(?=$|\s)"
    ),
    "shown": re.compile(
        r"(?:^|\s)(?:(?:sm|md|lg|xl|xxl|2xl)[:-](?:block|flex|inline|grid|table|inline-block"
        r"|inline-flex)|d-(?:sm|md|lg|xl|xxl)-\w+)(?=$|\s)"
    ),
    "spoken": re.compile(
        r"sr-?only|visually-?hidden|screen-?reader|a-offscreen|offscreen|assistive|u-vh" r"|vh-text|accessib"
    ),
    "price": re.compile(
        r"price|preis|prix|precio|prezzo|prijs|(?<![a-z])(?:cena|ceny|pris|hinta|preco|pret"
        r"|pricing|ar-?ertek)(?![a-z])"
    ),
    "old": re.compile(
        r"(?<![a-z])(?:old|was|before|compare|compared|compare-at|msrp|rrp|rrsp|srp|uvp"
        r"|strike|striked|strikethrough|strike-?through|crossed|crossed-?out"
        r"|original|previous|prev|former|line-?through|barre|ancien|statt|streich\w*|anterior"
        r"|antes|tachado|vecchio|stara|oude|forrige|entinen|puvodni"
        r"|rek|ordinarie|instead|van|voor-?heen|fore|for-pris|regi|non-?sale"
        r"|secondary-?price)(?![a-z])|(?:old|was|strike|list|crossed|compare|streich"
        r"|(?:recommended|suggested)-?retail|msrp)-?(?:price|preis)"
        r"|(?:price|preis)-?(?:old|was|strike|list|crossed|compare)"
    ),
    "regular": _tokens("regular base normal standard default full"),
    "now": _tokens(
        "now nu jetzt ahora ora teraz maintenant current sale special final actual offer "
        "deal promo new our your selling reduced discounted today aktuell actuel oferta "
        "scontato akcni main pdp"
    ),
    "unit": re.compile(
        r"unit-?(?:price|pricing)|price-?(?:per|unit)|per-?unit|base-?unit|grundpreis"
        r"|basispreis|unitprice|unit-?cost|prix-?unitaire|price-?measure|reference-?price"
        r"|jamforpris|jmf"
    ),
    "aside": re.compile(
        r"saving|you-?save|save-?(?:amount|price|money)|discount-?(?:amount|percent|badge"
        r"|label)|rabatt|installment|instalment|financ|klarna|afterpay|affirm|monthly"
        r"|per-?month"
        r"|paypal|shipping|delivery-?(?:cost|price|fee)|versand|deposit|pfand"
        r"|price-?range-?filter|price-?filter|filter|price-?match|price-?alert|tier-?pric"
        r"|bulk|quantity-?(?:price|discount|break)"
        r"|loyalty|points|member(?:ship)?-?price|subscri|trade-?in|tax-?(?:note|info|hint)"
        r"|price-?(?:note|hint|disclaimer|legend|history|label|title|guarantee|tax)"
        r"|lowest-?price"
        r"|omnibus|gift-?card|coupon"
    ),
    "net": re.compile(r"without-?tax|(?<![a-z])excl|ex-?vat|ex-?tax|net-?price|price-?net|netto|price-?tax"),
    "stock": re.compile(
        r"stock|availab|verfuegbar|verfügbar|lagerbestand|lager(?![a-z])|disponib|voorraad"
        r"|dostep|inventory|lieferzeit|lieferbar|sold-?out|dostupnost|saatavuus"
        r"|delivery-?(?:time|status|info)"
    ),
    "title": re.compile(
        r"(?:product|item|prod|pdp|page)-*(?:name|title|heading|detail-?title|main-?title)"
        r"|title-?product|name-?product|produktname|produkttitel|(?<![a-z])pdp-title"
    ),
    "code": re.compile(
        r"(?<![a-z])(?:sku|mpn|upc|ean|gtin|barcode|item-?(?:no|number|code|id)"
        r"|product-?(?:code|id|number|sku)|article-?(?:no|number)|artikelnummer|art-?nr"
        r"|model(?:-?no|-?number)?|referen\w*|part-?(?:no|number))(?![a-z])"
    ),
    "brand": re.compile(
        r"(?<![a-z])(?:brand|marke|marque|marca|merk|marka|manufacturer|hersteller|vendor"
        r"|znacka|producent)(?![a-z])(?!ing)"
    ),
    "gallery": re.compile(
        r"gallery|product-?(?:image|img|photo|media|picture|visual)|main-?(?:image|img|photo)"
        r"|zoom|fotorama|image-?(?:main|gallery|container|viewer)|swiper|slick|carousel|media"
        r"|thumb|produktbild|primary-?image"
    ),
    "story": re.compile(
        r"description|descr(?![a-z])|beschreibung|details?-?text|long-?text|tab-?(?:content"
        r"|pane|panel)|accordion|rte(?![a-z])|article-?body|blog|entry-?content|editorial|faq"
        r"|shipping-?info|returns"
    ),
    "buy": re.compile(
        r"add-?to-?(?:cart|basket|bag|trolley)|addto(?:cart|basket|bag)|buy-?(?:now|box"
        r"|button)|in-?den-?warenkorb|single-add-to-cart|product-form|add2cart|btn-?cart"
        r"|cart-?btn|tocart|addcart|warenkorb|add-basket|purchase|product-?add"
    ),
    "cents": _tokens(
        "cents? decimals? fraction fractional dec cent minor subunit penny supcents "
        "price-cents price-decimals kommastellen decimales centimes"
    ),
    "rating": re.compile(r"star-?rating|rating(?!-?count)|stars(?![a-z])"),
}

Traits = frozenset[str]


@lru_cache(maxsize=4096)
def traits(names: str) -> Traits:
    """What a class list and id say of an element."""
    plain = _CAMEL.sub("-", names).lower().replace("_", "-")
    found = {trait for trait, names_of in _NAMES.items() if names_of.search(plain)}
    if "shown" in found:
        found -= {"hidden"}
    return frozenset(found)
