"""What the names that programmers give to elements say of them, and what labels of a product page name.

Data, and the two functions that read it: `traits` of a class list, `label_key` of a label.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scraper_backend.scraping.clean.words import pattern, phrases

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
        r"|frequently|accessor|often-?bought|bought-?together"
        r"|complementary|cross-?reference|alternativ(?!e-?price)|suggest|you-?may|you-?might"
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


# ── Words on the page ──────────────────────────────────────────────────────────────────────────────

ADD: Final = pattern(
    """
            add to cart, add to basket, add to bag, add to trolley, add to my bag, add to order, add to
            shopping cart, add to shopping bag, buy now, buy it now, buy this, pre-order now, preorder,
            pre-order, order now, add item, in den warenkorb, in den einkaufswagen, zum warenkorb
            hinzufügen, in den korb, jetzt kaufen, in die einkaufstasche, jetzt bestellen, vorbestellen,
            warenkorb hinzufügen, kaufen, in warenkorb, in den warenkorb legen, ajouter au panier, ajouter à
            mon panier, acheter, acheter maintenant, commander, mettre au panier, précommander, ajouter au
            sac, añadir al carrito, añadir a la cesta, añadir a la bolsa, añadir al carro, agregar al
            carrito, agregar al carro, comprar, comprar ahora, comprar ya, agregar a la bolsa, aggiungi al
            carrello, metti nel carrello, acquista, acquista ora, compra ora, compra, aggiungi alla borsa,
            ordina ora, in winkelwagen, in winkelmand, in winkelmandje, toevoegen aan winkelwagen, in mijn
            winkelwagen, bestellen, nu kopen, koop nu, in mandje, in de winkelwagen, toevoegen aan
            winkelmand, dodaj do koszyka, do koszyka, kup teraz, wrzuć do koszyka, kup, zamów, lägg i
            varukorg, lägg i varukorgen, lägg i kundvagn, lägg i kundvagnen, köp, köp nu, handla, lägg till
            i varukorg, i varukorgen, læg i kurv, læg i kurven, læg i indkøbskurv, tilføj til kurv, køb, køb
            nu, føj til kurv, legg i handlekurv, legg i handlekurven, legg i handlevogn, kjøp, kjøp nå, legg
            i kurv, legg til i handlekurv, lisää ostoskoriin, lisää koriin, osta, osta nyt, ostoskoriin,
            adicionar ao carrinho, adicionar ao cesto, adicionar à sacola, comprar agora, colocar no
            carrinho, do košíku, vložit do košíku, přidat do košíku, koupit, do košíka, vložiť do košíka,
            pridať do košíka, kúpiť, kosárba, kosárba teszem, a kosárba, kosárba rakom, megveszem,
            megrendelem, adaugă în coș, adaugă în coş, adauga in cos, adaugă in coș, cumpără, cumpara,
            cumpără acum, comandă, προσθήκη στο καλάθι, στο καλάθι, αγορά, в корзину, добавить в корзину,
            купить, в кошик, додати до кошика, купити, sepete ekle, satın al, добави в количката, добави в
            кошницата, купи, dodaj u košaricu, u košaricu, dodaj u korpu, v košarico, dodaj v košarico, lisa
            ostukorvi, lisa korvi, pievienot grozam, į krepšelį, カートに入れる, カートに追加,
            购物车, 加入购物车, 加入購物車, 立即购买, 直接購買, 장바구니, 구매하기, 바로구매, かごに追加,
            かごに入れる, 購入する, הוסף לסל, הוספה לסל, הוסף לעגלה, קנה עכשיו, أضف إلى السلة, أضف الى السلة,
            أضف إلى عربة التسوق, اشتري الآن, หยิบใส่ตะกร้า, เพิ่มลงตะกร้า, thêm vào giỏ, mua ngay, beli sekarang,
            tambah ke keranjang
            """
)
GONE: Final = pattern(
    """
            sold out, out of stock, unavailable, not available, notify me, notify me when available, email
            me when available, ausverkauft, nicht verfügbar, nicht lieferbar, benachrichtigen, épuisé,
            rupture de stock, indisponible, agotado, sin stock, no disponible, esaurito, non disponibile,
            uitverkocht, niet leverbaar, niet op voorraad, wyprzedane, niedostępny, powiadom, slutsåld, slut
            i lager, bevaka, udsolgt, utsolgt, loppuunmyyty, esgotado, vyprodáno, vypredané, nedostupné,
            elfogyott, nincs készleten, stoc epuizat, indisponibil, coming soon
            """
)
MANY: Final = re.compile(
    r"search results?|results? for|results? found|suchergebnis|treffer für"
    r"|résultats? (?:de|pour)|resultados? (?:de|para)|risultati (?:di|per|della)"
    r"|zoekresultat|wyniki wyszukiwania"
    r"|sökresultat|søgeresultat|søkeresultat|hakutulo|výsledky (?:hled|vyhľ)|keresési"
    r"|találat|rezultate(?:le)? (?:căut|caut)|αποτελέσματα|результаты поиска"
    r"|\b\d+ (?:products|items|results|produkte|artikel|produits|productos|prodotti"
    r"|producten)\b|^(?:all products|shop|products|catalogue|catalog|categories|search"
    r"|cart|checkout|your cart|shopping cart|warenkorb|panier|alle produkte|search:.*)$",
    re.IGNORECASE,
)
OTHERS: Final = pattern(
    """
            related products, related items, related, similar products, similar items, you may also like,
            you might also like, you may also be interested in, you might also be interested in, customers
            also bought, customers also viewed, customers who bought this, customers who viewed this,
            frequently bought together, often bought together, recently viewed, recently viewed items,
            recently viewed products, recommended for you, recommended products, recommended,
            recommendations, more from this brand, more like this, complete the look, accessories,
            bestsellers, best sellers, people also bought, people also viewed, others also bought, goes well
            with, pairs well with, sponsored products, sponsored, more to explore, shop similar, trending
            now, trending, new arrivals, featured products, popular products, others you may like, also
            available, inspired by your browsing history, what others are buying, up-sells, complete your
            purchase, you'll also love, keep shopping, other customers bought, ähnliche produkte, ähnliche
            artikel, kunden kauften auch, kunden haben auch gekauft, kunden sahen auch, kunden haben sich
            ebenfalls angesehen, zuletzt angesehen, zuletzt angesehene produkte, das könnte ihnen auch
            gefallen, das könnte dich auch interessieren, das könnte sie auch interessieren, passendes
            zubehör, zubehör, empfohlene produkte, empfehlungen, empfehlungen für sie, wird oft zusammen
            gekauft, dazu passt, dazu passende produkte, weitere produkte, passend dazu, andere kunden
            kauften auch, cross-selling, unsere empfehlungen, produits similaires, produits associés,
            produits apparentés, vous aimerez aussi, vous aimerez peut-être, vous pourriez aussi aimer, les
            clients ont également acheté, les clients ont aussi acheté, vus récemment, derniers articles
            vus, récemment consultés, produits complémentaires, accessoires, souvent achetés ensemble, nos
            recommandations, dans la même catégorie, productos relacionados, productos similares, también te
            puede interesar, te puede interesar, quizás te guste, los clientes también compraron, vistos
            recientemente, comprados juntos habitualmente, otros productos, accesorios, recomendados,
            prodotti correlati, prodotti simili, ti potrebbe piacere, ti potrebbe interessare, potrebbe
            interessarti anche, potrebbe piacerti anche, i clienti hanno acquistato anche, visti di recente,
            accessori, spesso comprati insieme, prodotti consigliati, consigliati per te, gerelateerde
            producten, vergelijkbare producten, anderen kochten ook, klanten kochten ook, misschien vind je
            dit ook leuk, recent bekeken, onlangs bekeken, vaak samen gekocht, bijpassende producten,
            aanbevolen, aanbevolen producten, podobne produkty, produkty powiązane, klienci kupili także,
            klienci kupili również, ostatnio oglądane, ostatnio przeglądane, polecane, polecane produkty,
            zobacz także, zobacz również, inni klienci kupili, akcesoria, może ci się spodobać, relaterade
            produkter, liknande produkter, andra köpte också, kunder köpte även, du kanske också gillar,
            senast visade, tillbehör, rekommenderade produkter, populära produkter, relaterede produkter,
            lignende produkter, andre købte også, kunder købte også, måske kan du også lide, senest sete,
            tilbehør, anbefalede produkter, andre kjøpte også, du vil kanskje også like, relaterte
            produkter, sist sett, nylig sett, anbefalte produkter, samankaltaisia tuotteita, liittyvät
            tuotteet, suositellut tuotteet, muut ostivat myös, viimeksi katsotut, saatat pitää myös,
            produtos relacionados, produtos semelhantes, quem viu também comprou, quem comprou também
            comprou, vistos recentemente, você também pode gostar, também poderá gostar, produtos similares,
            související produkty, podobné produkty, souvislosti, ostatní zákazníci koupili, naposledy
            prohlížené, příslušenství, doporučujeme, doporučené produkty, mohlo by se vám líbit, súvisiace
            produkty, mohlo by sa vám páčiť, naposledy prezerané, príslušenstvo, odporúčame, kapcsolódó
            termékek, hasonló termékek, mások ezt is megvették, ajánlott termékek, legutóbb megtekintett,
            kiegészítők, produse similare, produse asemănătoare, produse recomandate, clienții au cumpărat
            și, vizualizate recent, accesorii, te-ar putea interesa, σχετικά προϊόντα, παρόμοια προϊόντα,
            ίσως σας αρέσει, похожие товары, с этим товаром покупают, вы недавно смотрели, рекомендуем,
            сопутствующие товары, benzer ürünler, подобни продукти, схожі товари, slični proizvodi, sorodni
            izdelki
            """
)
MEMBERS: Final = pattern(
    """
            member price, members price, members only, member's price, club price, loyalty price, with card,
            clubcard price, prime price, with autoship, autoship price, autoship, subscribe & save,
            subscription price, with subscription, plus member, with membership, vip price, trade price,
            business price, student price, with coupon, with code, mitgliedspreis, clubpreis, mit
            kundenkarte, mit karte, kundenkartenpreis, im abo, abo-preis, sparabo, mit gutschein, mit code,
            prix adhérent, prix club, prix fidélité, avec la carte, precio socio, precio club, con tarjeta,
            prezzo soci, prezzo club, con carta, ledenprijs, clubprijs, cena klubowa, cena z kartą,
            medlemspris, klubbpris, klubpris, jäsenhinta, kanta-asiakashinta, preço clube, preço com cartão,
            členská cena, klubová cena, tagár, klubár, preț club, preț cu card
            """
)
ON_REQUEST: Final = pattern(
    """
            call for price, call for pricing, price on request, price upon request, request a quote, request
            price, contact us for price, contact for price, login for price, log in to see price, login to
            see price, sign in to see price, see price in cart, price unavailable, no price, tba, poa,
            p.o.a., n/a, preis auf anfrage, auf anfrage, preis nach anmeldung, preise nach login, prix sur
            demande, sur demande, sur devis, prix sur devis, precio a consultar, consultar precio,
            consultar, prezzo su richiesta, su richiesta, prijs op aanvraag, op aanvraag, cena na zapytanie,
            zapytaj o cenę, pris på förfrågan, pris efter aftale, pris på forespørsel, hinta pyydettäessä,
            preço sob consulta, sob consulta, cena na dotaz, cena na vyžádání, cena na vyžiadanie, ár
            kérésre, preț la cerere
            """
)


def label_key(label: str) -> str:
    """A label as it is compared: without case, closing signs and blanks."""
    return " ".join(label.casefold().split()).rstrip(" .:#*")


LABELS: Final[dict[str, str]] = {
    label_key(label): field
    for field, listed in reversed(
        {
            "gtin": (
                """
            upc, upc code, upc-code, upc number, ean, ean code, ean-code, ean-13, ean13, ean/upc, upc/ean,
            gtin, gtin-13, gtin-12, gtin-14, gtin13, gtin/ean, ean/gtin, gtin/upc, barcode, bar code, isbn,
            isbn-13, isbn13, isbn-10, jan, ean number, ean-nummer, ean-nr., ean nr., ean nr, strichcode,
            barcode (ean), barcode (isbn, gtin), code-barres, code barre, code barres, code ean, gencod,
            código de barras, codigo de barras, código ean, codice a barre, codice ean, streepjescode, kod
            kreskowy, kod ean, streckkod, stregkode, strekkode, viivakoodi, ean-koodi, čárový kód, čiarový
            kód, kód ean, vonalkód, ean kód, janコード, jan code, cod de bare, cod ean, штрихкод, штрих-код
            """
            ),
            "mpn": (
                """
            manufacturer sku, vendor sku, supplier sku, manufacturer item #, vendor item #, vendor part #,
            supplier part number,
            mpn, manufacturer part number, manufacturer part no, manufacturer part no., manufacturer part #,
            manufacturer's part number, mfr part number, mfr. part number, mfr part #, mfr. part #, mfr. #,
            mfr #, mfr part no.,
            mfr. part no., item model number, item model no., mfg #,
            mfg part #, mfg. part no., mfg part number, part #, part no, part no., part
            number, p/n, model, model #, model no, model no., model number, model-nr., model code,
            manufacturer code, manufacturer number, manufacturer no., vendor code, oem number, oem,
            herstellernummer, hersteller-nr., hersteller nr., herstellernr., hersteller-nummer,
            hersteller-artikelnummer, hersteller-artikelnr., hersteller artikelnummer,
            herstellerartikelnummer, hersteller-artikel-nr., han, modell, modellnummer, modell-nr., typ,
            teilenummer, réf. fabricant, référence fabricant, réf fabricant, ref. fabricant, référence
            constructeur, modèle, numéro de modèle, numéro de pièce, référence fournisseur, referencia
            fabricante, referencia del fabricante, ref. fabricante, nº de modelo, número de modelo, número
            de pieza, modelo, código fabricante, codice produttore, codice prodotto produttore, codice
            modello, numero modello, modello, modelnummer, fabrikantcode, fabrikantnummer, artikelnummer
            fabrikant, onderdeelnummer, kod producenta, numer katalogowy producenta, nr producenta, numer
            części, tillverkarens artikelnummer, tillverkarens art.nr, tillv. art.nr, modellnr, producentens
            varenummer, producent varenr., producentvarenr., produsentens varenummer, produsentnr.,
            valmistajan koodi, valmistajan tuotenumero, malli, mallinumero, referência do fabricante, part
            number (mpn), kód výrobce, kód výrobcu, číslo dílu, označení výrobce, gyártói cikkszám, gyártói
            kód, típus, cod producător, cod producator, codul producătorului, 型番, メーカー型番, κωδικός
            κατασκευαστή, код производителя, модель
            """
            ),
            "sku": (
                """
            internal reference, internal ref, internal ref., internal sku, default code, product reference,
            product ref, item reference, our ref, reference number, reference code, catalog no., art. no.,
            material number, material no., variant sku, sku / model, sku/item, item/sku, web #, part code,
            sku, sku #, sku no, sku number, sku code, sku id, item, item #, item no, item no., item number,
            item code, item id, item sku, item model, product code, product number, product no, product no.,
            product #, product id, product sku, prod. code, stock code, stock #, stock no., stock number,
            catalog #, catalog number, catalogue number, catalogue no., cat. no., cat no., cat. #, order
            code, order no., order number, style, style #, style no., style number, style code, article,
            article number, article no, article no., article code, ref, ref., reference, ref no, ref no.,
            ref #, code, our code, webcode, web code, web id, internet #, store sku, tcin, dpci, asin,
            product reference, art.-nr., art.-nr, art.nr., art.nr, art. nr., art. nr, art-nr., art-nr,
            artnr, artnr., artikelnummer, artikel-nr., artikel-nr, artikel nr., artikel-nummer, artikelnr.,
            artikelnr, artikel nr, bestellnummer, bestell-nr., bestell-nr, bestell nr., best.-nr., best.nr.,
            best.-nr, bestellnr., produktnummer, produkt-nr., produktcode, produkt-id, produkt-code,
            artikelcode, online-nr., sachnummer, réf, réf., référence, réf produit, réf. produit, référence
            produit, référence article, code article, code produit, référence interne, n° article, n°
            d'article, numéro d'article, ref produit, reference produit, referencia, referencia producto,
            referencia del producto, ref. producto, código, código de producto, código del producto, código
            producto, código de artículo, cód., cód, cod. producto, número de artículo, n.º de artículo,
            código sku, codice, codice prodotto, codice articolo, cod., cod, cod. art., cod. articolo, cod.
            prodotto, cod.art., riferimento, rif., productcode, productnummer, bestelnummer, bestelcode,
            bestelnr., referentie, kod, kod produktu, kod towaru, symbol, indeks, index, nr kat., nr
            katalogowy, numer katalogowy, numer produktu, nr produktu, nr artykułu, numer artykułu, id
            produktu, kat. nr, art nr, varenr, varenr., varenummer, vare nr., vare-nr., produktnr,
            produktnr., artikkelnr, artikkelnr., artikkelnummer, tuotenumero, tuotenro, tuotekoodi, tuote
            nro, tuotenumero (sku), tuotetunnus, código do produto, cód. produto, referência, ref.ª, código
            de referência, kód, kód produktu, kód zboží, kód tovaru, katalogové číslo, číslo produktu,
            objednací číslo, objednací kód,
            objednávací kód, obj. číslo, obj. kód, číslo zboží, cikkszám, termékkód, cikk szám, rendelési
            szám, cod produs, cod articol, cod intern, codul produsului, κωδικός, κωδικός προϊόντος,
            артикул, код товара, код, код продукту, ürün kodu, stok kodu, šifra, šifra proizvoda, šifra
            artikla, 商品番号, 品番, 商品コード, 管理番号, 货号, 商品编号, 상품코드, tootekood, prekės kodas,
            preces kods, מק"ט, מק״ט, מקט, رمز المنتج, mã sản phẩm, kode produk
            """
            ),
            "brand": (
                """
            brand, brand name, manufacturer, manufactured by, made by, maker, vendor, marke, hersteller,
            markenname, produzent, marque, fabricant, marca, fabricante, produttore, casa produttrice, merk,
            fabrikant, merknaam, marka, producent, firma, varumärke, märke, tillverkare, mærke, brand/mærke,
            merke, produsent, varemerke, leverandør, merkki, valmistaja, brändi, tuotemerkki, tavaramerkki,
            značka, výrobce, výrobca, márka, gyártó, marcă, producător, producator, μάρκα, κατασκευαστής,
            бренд, производитель, марка, виробник, üretici, proizvođač, znamka, proizvajalec, robna marka,
            メーカー, ブランド, 品牌, 브랜드, zīmols, prekės ženklas, tootja, bränd
            """
            ),
            "weight": (
                """
            weight, net weight, item weight, product weight, net wt, net wt., net contents, shipping weight,
            package weight, gewicht, nettogewicht, artikelgewicht, produktgewicht, füllmenge,
            versandgewicht, poids, poids net, peso, peso neto, peso netto, peso líquido, contenido neto,
            gewicht (kg), waga, waga netto, masa netto, vikt, nettovikt, vægt, nettovægt, vekt, nettovekt,
            paino, nettopaino, hmotnost, hmotnosť, súly, tömeg, nettó tömeg, greutate, greutate netă, βάρος,
            вес, вес нетто, тегло, вага, ağırlık, težina, teža
            """
            ),
            "availability": (
                """
            availability, stock, stock status, stock level, in stock, status, product availability,
            verfügbarkeit, lagerbestand, lieferstatus, lieferzeit, bestand, lieferbarkeit, disponibilité,
            stock :, délai de livraison, disponibilidad, existencias, plazo de entrega, disponibilità,
            giacenza, beschikbaarheid, voorraad, levertijd, voorraadstatus, dostępność, stan magazynowy,
            czas wysyłki, wysyłka, lagerstatus, lagersaldo, tillgänglighet, leveranstid, lager,
            tilgængelighed, leveringstid, tilgjengelighet, saatavuus, varastotilanne, toimitusaika,
            varastossa, disponibilidade, estoque, prazo de entrega, dostupnost, dostupnosť, skladem,
            skladom, elérhetőség, készlet, raktárkészlet, szállítási idő, disponibilitate, stoc,
            διαθεσιμότητα, наличие, наявність, stok durumu, zaloga
            """
            ),
            "category": (
                "category, categories, kategorie, catégorie, categoría, categoria, kategoria, "
                "kategori, kategória, kategorie, product type"
            ),
            "price": (
                """
            price, our price, your price, sale price, current price, price (incl. tax), price incl. tax,
            price (inc. tax), preis, unser preis, prix, prix ttc, precio, precio final, prezzo, prijs, cena,
            cena brutto, cena s dph, naše cena, pris, hinta, preço, ár, bruttó ár, eladási ár, preț, pret,
            τιμή, цена, fiyat, cijena
            """
            ),
            "reviews_count": ("number of reviews, reviews, anzahl bewertungen, bewertungen"),
        }.items()
    )
    for label in phrases(listed)
}
"""Every label, folded, and the field it names; where two fields claim one, the one listed first has it."""
