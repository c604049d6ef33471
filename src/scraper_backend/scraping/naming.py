"""What a label names: one vocabulary for all who read values beside their labels.

`UPC`, `Art.-Nr.`, `Référence fabricant`: labels are compared by their letters and figures alone, so that
`art. nr`, `Art.-Nr.` and `ARTNR` are one entry.  Called by `labels` for codes and by `extract.visible` for
all that a product page labels; neither has words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from scraper_backend.scraping.asked import FOR_ANOTHER
from scraper_backend.scraping.clean.words import phrases, words

Named = Literal["gtin", "mpn", "sku", "brand", "weight", "availability", "category", "price", "reviews_count"]
CODES: Final = ("gtin", "mpn", "sku")
LONGEST: Final = 48

# ── Words ──────────────────────────────────────────────────────────────────────────────────────────

_NUMBER: Final = words("no nr n° nº № num number nummer numero code kode kod #")
"""What is put behind a word to name its number: `item no.`, `Artikel-Nr.`, `Style #`."""

_NUMBERED: Final[dict[Named, str]] = {
    "mpn": """
        part, model, modell, manufacturer, manufacturers, manufacturer part, manufacturers part,
        manufacturer's part, manufacturer item, manufacturer product, manufacturer model, manufacturer
        article, mfr, mfr part, mfr item, mfr model, mfr product, mfr prod, mfg, mfg part, mfg item,
        mfg model, mfg product, vendor, vendor part, vendor item, vendor product, brand part, brand item,
        supplier part, item model, oem, oem part, hersteller, hersteller artikel, hersteller art,
        hersteller produkt, hersteller teile, herst art, herst teile, hst teile, fabrikant, fabrieks,
        producent, produsent, producentens vare, produsentens vare, producent vare, produsent vare
    """,
    "sku": """
        web, our, style, catalog, catalogue, cat, stock, order, product, item, article, artikel, produkt,
        bestell, best, ident, art, prod, vare, artikkel, tuote, bestel, référence, réf, ref, reference,
        material, sku
    """,
}

_BARCODES: Final = words("upc ean gtin jan isbn barcode")
_KINDS_OF_BARCODE: Final = words("a e 8 10 12 13 14 code kod koodi nummer number no nr")

_LISTED: Final[dict[Named, str]] = {
    "gtin": """
        bar code, barcode (isbn gtin), strichcode, code barre, code barres, gencod, code ean, código ean,
        código de barras, codigo de barras, codice a barre, codice ean, streepjescode, kod kreskowy, kod ean,
        streckkod, stregkode, strekkode, viivakoodi, čárový kód, čiarový kód, kód ean, vonalkód, ean kód,
        janコード, cod de bare, cod ean, штрихкод
    """,
    "mpn": """
        mpn, p/n, model, modell, manufacturer sku, vendor sku, brand sku, supplier sku, manufacturer ref,
        manufacturer reference, vendor ref, vendor reference, supplier reference, supplier ref, brand ref,
        brand reference, oem, han, typ, teilenummer, réf fabricant, ref fabricant, référence fabricant,
        référence du fabricant, référence constructeur, référence fournisseur, modèle, numéro de modèle,
        numéro de pièce, ref fabricante, referencia fabricante, referencia del fabricante, nº de modelo,
        número de modelo, número de pieza, modelo, código fabricante, codice produttore, codice prodotto
        produttore, codice modello, numero modello, modello, artikelnummer fabrikant, onderdeelnummer, kod
        producenta, numer katalogowy producenta, nr producenta, numer części, tillverkarens artikelnummer,
        tillverkarens art nr, tillv art nr, valmistajan koodi, valmistajan tuotenumero, valmistajan
        tuotekoodi, malli, mallinumero,
        referência do fabricante, código do fabricante, part number (mpn), kód výrobce, kód výrobcu,
        výrobní číslo, výrobné číslo, číslo dílu, označení výrobce,
        gyártói cikkszám, gyártói kód, típus, cod producător, cod producator, codul producătorului, 型番,
        メーカー型番, κωδικός κατασκευαστή, код производителя, модель
    """,
    "sku": """
        sku, i/n, item sku, product sku, store sku, shop sku, internal sku, variant sku, our sku, web sku,
        internal reference, internal ref, item reference, item ref, product ref, store ref, store reference,
        shop ref, shop reference, variant ref, our ref, our reference, web ref, web reference, default code,
        sku / model, sku / item, sku / product, item / sku, product / sku, article, ref, reference, our code,
        webcode, online nr, sachnummer, réf, référence, réf produit, référence produit, référence article,
        référence interne, code article, code produit, n° article, n° d'article, numéro d'article,
        ref produit, reference produit, referencia, referencia producto, referencia del producto, ref
        producto, código, código de producto, código del producto, código producto, código de artículo,
        código del artículo, código artículo, cód, cód producto, cod producto, número de artículo, n.º de
        artículo, código sku, sku del producto, codice, codice prodotto, codice articolo, cod, cod art, cod
        articolo, cod prodotto, riferimento, rif, referentie, kod produktu, kod towaru, symbol, indeks,
        index, nr kat, kat nr, nr katalogowy, numer katalogowy, numer produktu, nr produktu, nr artykułu,
        numer artykułu, id produktu, tuotenumero, tuotenro, tuotekoodi, tuotenumero (sku), tuotetunnus,
        código do produto, código produto, cód produto, referência, ref.ª, código de referência, kód, kód
        produktu, kód zboží, kód tovaru, katalogové číslo, katalógové číslo, číslo produktu, číslo zboží,
        objednací číslo, objednací kód, objednávací kód, obj číslo, obj kód, cikkszám, cikk szám, termékkód,
        rendelési szám,
        cod produs, cod articol, cod intern, codul produsului, κωδικός, κωδικός προϊόντος, артикул, код
        товара, код продукту, ürün kodu, stok kodu, šifra, šifra proizvoda, šifra artikla, šifra izdelka,
        koda izdelka, koda artikla, 商品番号, 品番,
        商品コード, 管理番号, 货号, 商品编号, 상품코드, tootekood, prekės kodas, preces kods, מק"ט, מקט,
        رمز المنتج, mã sản phẩm, kode produk
    """,
    "brand": """
        brand, brand name, manufacturer, manufactured by, made by, maker, vendor, marke, hersteller,
        markenname, produzent, marque, nom de la marque, marque du produit, fabricant, marca, marca del
        producto, marca do produto, fabricante, produttore, casa produttrice, merk,
        fabrikant, merknaam, marka, producent, firma, varumärke, märke, tillverkare, mærke, brand / mærke,
        merke, produsent, varemerke, leverandør, merkki, valmistaja, brändi, tuotemerkki, tavaramerkki,
        značka, výrobce, výrobca, márka, gyártó, marcă, producător, producator, μάρκα, κατασκευαστής,
        бренд, производитель, марка, виробник, üretici, proizvođač, znamka, proizvajalec, robna marka,
        メーカー, ブランド, 品牌, 브랜드, zīmols, prekės ženklas, tootja, bränd
    """,
    "weight": """
        weight, net weight, item weight, product weight, net wt, net contents, shipping weight, package
        weight, gewicht, nettogewicht, artikelgewicht, produktgewicht, füllmenge, versandgewicht, poids,
        poids net, peso, peso neto, peso netto, peso líquido, contenido neto, gewicht (kg), waga, waga netto,
        masa netto, vikt, nettovikt, vægt, nettovægt, vekt, nettovekt, paino, nettopaino, hmotnost,
        hmotnosť, súly, tömeg, nettó tömeg, greutate, greutate netă, βάρος, вес, вес нетто, тегло, вага,
        ağırlık, težina, teža
    """,
    "availability": """
        availability, stock, stock status, stock level, in stock, status, product availability,
        verfügbarkeit, lagerbestand, lieferstatus, lieferzeit, bestand, lieferbarkeit, disponibilité, délai
        de livraison, disponibilidad, existencias, plazo de entrega, disponibilità, giacenza,
        beschikbaarheid, voorraad, levertijd, voorraadstatus, dostępność, stan magazynowy, czas wysyłki,
        wysyłka, lagerstatus, lagersaldo, tillgänglighet, leveranstid, lager, tilgængelighed, leveringstid,
        tilgjengelighet, saatavuus, varastotilanne, toimitusaika, varastossa, disponibilidade, estoque,
        prazo de entrega, dostupnost, dostupnosť, skladem, skladom, elérhetőség, készlet, raktárkészlet,
        szállítási idő, disponibilitate, stoc, διαθεσιμότητα, наличие, наявність, stok durumu, zaloga
    """,
    "category": """
        category, categories, kategorie, catégorie, categoría, categoria, kategoria, kategori, kategória,
        product type
    """,
    "price": """
        price, our price, your price, sale price, current price, price (incl tax), price (inc tax), preis,
        unser preis, prix, prix ttc, precio, precio final, prezzo, prijs, cena, cena brutto, cena s dph, naše
        cena, pris, hinta, preço, ár, bruttó ár, eladási ár, preț, pret, τιμή, цена, fiyat, cijena
    """,
    "reviews_count": "number of reviews, reviews, anzahl bewertungen, bewertungen",
}
"""Where two fields claim a label, the one listed first has it."""

_VAGUE: Final = """
    item, style, article, code, part code, kod, код, internet, internet #, web id, asin, tcin, dpci
"""
"""What a product page says before its SKU, and before other things too."""

_VAGUER: Final = "product, part, id, art, plu, product identifier"
"""What names a code only where the code is the asked one."""

# ── Reading ────────────────────────────────────────────────────────────────────────────────────────

_NO_LETTER: Final = re.compile(r"[^\w#°º№]|_")


def key(label: str) -> str:
    """A label as it is compared: its letters and figures in lower case, and a sign for "number"."""
    return _NO_LETTER.sub("", label.casefold())


def _listed() -> Iterator[tuple[str, Named]]:
    """Every label with its field, the first field last, so that it is the one that stays."""
    for field, listed in reversed(_LISTED.items()):
        yield from ((key(label), field) for label in phrases(listed))
        yield from (
            (key(f"{stem}{number}"), field)
            for stem in phrases(_NUMBERED.get(field, ""))
            for number in _NUMBER
        )
    yield from ((key(stem), "mpn") for stem in phrases(_NUMBERED["mpn"]) if " " in stem)
    for one in _BARCODES:
        kinds = (one, *(f"{one}{kind}" for kind in _KINDS_OF_BARCODE))
        yield from ((kind, "gtin") for kind in kinds)
        yield from ((f"{kind}{other}", "gtin") for kind in kinds for other in _BARCODES)


_IDS: Final = tuple(f"{stem} id" for stem in phrases(_NUMBERED["sku"]))
"""A shop's own number of a page as often as of a product."""

_FIELDS: Final[dict[str, Named]] = {
    **{key(label): "sku" for label in (*phrases(_VAGUE), *_IDS)},
    **dict(_listed()),
}
_WEAK: Final = frozenset(key(label) for label in (*phrases(_VAGUE), *phrases(_VAGUER), *_IDS))


def field(label: str) -> Named | None:
    """The field that a label names; a shop may put its own name before `item number`.

    What stands in brackets says it better, `Acme Part No. (SKU)`, or nothing, `Weight (approx.)`.
    """
    bare = key(label)
    found = _FIELDS.get(bare) or _FIELDS.get(bare.rstrip("#"))
    if found is not None:
        return found
    if label.endswith(_UNSPACED):
        return "sku"
    if bracketed := _BRACKETED.fullmatch(label):
        inside = field(bracketed[2])
        return inside if inside in CODES else field(bracketed[1])
    if not 2 <= label.count(" ") <= 3 or FOR_ANOTHER.search(label):
        return None
    return "sku" if _FIELDS.get(key(" ".join(label.split(" ")[-2:]))) == "sku" else None


_BRACKETED: Final = re.compile(r"([^()]+?)\s*\(([^()]+)\)\s*:?")
_UNSPACED: Final = ("상품번호", "商品番号", "商品コード", "品番", "商品编号")
"""Labels of languages without blanks, which a shop puts its own name before."""


def is_weak(label: str) -> bool:
    """Whether a label stands before many things that are no code: it confirms, and contradicts nothing.

    `Zorro #` and `Order code` ask for a number; where that is the asked one, it is no accident.
    """
    bracketed = _BRACKETED.fullmatch(label)
    if key(label) in _WEAK or (bracketed is not None and key(bracketed[2]) in _WEAK):
        return True
    return _asks_for_number(label) and field(label) is None


def _asks_for_number(label: str) -> bool:
    """Whether a short label ends with a word for a number, and speaks of no other product."""
    *of, last = label.split() or [""]
    is_number = key(last) in _NUMBER_KEYS if of else label.endswith(("#", "№")) and len(label) > 1
    return is_number and len(of) < _MOST_WORDS and FOR_ANOTHER.search(label) is None


_MOST_WORDS: Final = 4


def is_by_shop(label: str, shops: Collection[str]) -> bool:
    """Whether a label is the shop's name and a word for a number: `Zorro #`, `kod x-kom`.  shops: as keys."""
    words = _JOINED.sub(r"\1 \2", label).split()
    cut = [(key(" ".join(words[:at])), key(" ".join(words[at:]))) for at in range(1, len(words))]
    return any(
        name in shops and _numbers(number) and not _numbers(name)
        for one, other in cut
        for name, number in ((one, other), (other, one))
    )


_JOINED: Final = re.compile(r"(\w)([#№])")


def _numbers(bare: str) -> bool:
    """Whether a word asks for a number, with or without saying of what."""
    return bare.rstrip("#") in _NUMBER_KEYS or _FIELDS.get(bare) in CODES or bare in _WEAK


_NUMBER_KEYS: Final = frozenset(("", *map(key, _NUMBER)))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text that begins with a label: `rest` is what follows it, "" where the label is all there is."""

    field: Named | None
    label: str
    rest: str
    has_colon: bool = False


def split(text: str, shops: Collection[str] = ()) -> Labelled | None:
    """The label that a text begins with, with what follows it; None where it begins with none.

    A weak label that is no field's (`Product: …`) has the field None.
    """
    for shape in _SHAPES:
        match = shape.match(text)
        if match is None:
            continue
        for label in filter(None, (match.groupdict().get("whole"), match["label"])):
            named: Named | None = "sku" if shops and is_by_shop(label, shops) else field(label)
            if named or is_weak(label):
                return Labelled(named, label, match["rest"].strip(), shape is _COLON)
    return None


_COLON: Final = re.compile(
    rf"(?P<whole>(?P<label>[^:：=]{{1,{LONGEST}}}?)\s*(?:\([^()]{{1,30}}\))?)\s*[:：=]\s*#?\s*(?P<rest>.*)",
    re.DOTALL,
)
_HASH: Final = re.compile(r"(?P<label>[^#№]{0,30}?\s*[#№])\s*(?P<rest>\S.*)", re.DOTALL)
_BEFORE_FIGURES: Final = re.compile(rf"(?P<label>\D{{1,{LONGEST}}}?)\s+(?P<rest>\S*\d.*)", re.DOTALL)
_SHAPES: Final = (_COLON, _HASH, _BEFORE_FIGURES)
