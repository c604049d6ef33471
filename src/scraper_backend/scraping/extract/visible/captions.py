"""What buttons, headings and notes of a product page say, in the languages they say it.

Data only; `controls`, `scene` and `prices` read it.
"""

from __future__ import annotations

import re
from typing import Final

from scraper_backend.scraping.clean.words import pattern

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
    winkelwagen, bestellen, bestel, nu kopen, koop nu, in mandje, in de winkelwagen, toevoegen aan
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
    tambah ke keranjang, افزودن به سبد خرید, افزودن به سبد, خرید,
    कार्ट में डालें, कार्ट में जोड़ें, अभी खरीदें, v košarico, in košarico
    """
)
CHOOSE: Final = pattern(
    """
    select a size, select size, select your size, choose a size, choose your size, choose size, please select
    a size, select options, choose options, select an option, choose an option, select a variant, select a
    color, select a colour, größe wählen, größe auswählen, bitte größe wählen, bitte wählen, variante wählen,
    ausführung wählen, choisir une taille, choisissez une taille, sélectionner une taille, sélectionnez une
    taille, choix des options, elige una talla, elige tu talla, selecciona una talla, seleccionar opciones,
    elige una opción, seleziona una taglia, seleziona la taglia, scegli la taglia, scegli una taglia, kies
    een maat, kies je maat, selecteer een maat, opties selecteren, wybierz rozmiar, wybierz opcje, välj
    storlek, vælg størrelse, velg størrelse, valitse koko, selecione o tamanho, escolha o tamanho, vyberte
    velikost, zvolte variantu, vyberte veľkosť, válassz méretet, alege mărimea, выберите размер, beden seçin
    """
)
GONE: Final = pattern(
    """
    sold out, out of stock, unavailable, not available, notify me, notify me when available, email
    me when available, ausverkauft, nicht verfügbar, nicht lieferbar, benachrichtigen, épuisé,
    rupture de stock, indisponible, agotado, sin stock, no disponible, esaurito, non disponibile,
    uitverkocht, niet leverbaar, niet op voorraad, wyprzedane, niedostępny, powiadom, slutsåld, slut
    i lager, bevaka, udsolgt, utsolgt, loppuunmyyty, esgotado, vyprodáno, vypredané, nedostupné,
    elfogyott, nincs készleten, stoc epuizat, indisponibil, coming soon, gelince haber ver, 入荷お知らせ,
    재입고 알림, 到货通知
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
ORDERED: Final = re.compile(
    r"thank you for your (?:order|purchase)"
    r"|order (?:received|confirm\w*|complete\w*|details|history|summary|status|tracking)"
    r"|track (?:your|my) order|sendungsverfolgung|suivi de commande"
    r"|^(?:your|my) (?:order|wish-?list|account)s?\b|bestellung (?:erhalten|abgeschlossen)|bestellbestätigung"
    r"|(?:danke|dank) für ihre bestellung|merci (?:pour|de) votre commande"
    r"|gracias por (?:tu|su) (?:pedido|compra)"
    r"|grazie per (?:il tuo|il suo|l)['’ ]?\s?(?:ordine|acquisto)|bedankt voor (?:je|uw) bestelling"
    r"|dziękujemy za zamówienie|tack för din (?:beställning|order)|tak for din (?:bestilling|ordre)",
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
    subscription price, with subscription, repeat delivery, auto-ship, auto delivery, auto-delivery,
    subscribe and save, plus member, with membership, vip price, trade price, business price,
    student price, with coupon, with code, mitgliedspreis, clubpreis, mit kundenkarte, mit karte,
    kundenkartenpreis, im abo, abo-preis, sparabo, mit gutschein, mit code, prix adhérent, prix
    club, prix fidélité, avec la carte, precio socio, precio club, con tarjeta, prezzo soci, prezzo
    club, con carta, ledenprijs, clubprijs, cena klubowa, cena z kartą, medlemspris, klubbpris,
    klubpris, jäsenhinta, kanta-asiakashinta, preço clube, preço com cartão, členská cena, klubová
    cena, tagár, klubár, preț club, preț cu card
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
