"""What shops write beside a price, in the languages they write it.

Data only: `money` decides by it which of several numbers is the price, `visible` what a label names.
"""

from __future__ import annotations

from typing import Final

NOW: Final = """
    now, now only, only, sale, sale price, our price, your price, current price is, current price, offer
    price, special price, special offer, today, deal price, final price, you pay, price now, web price,
    online price, one-time purchase, one-time delivery, one time purchase, one time delivery, one-time
    price, buy once, deliver once, einmalkauf, einmalige lieferung, einmalig kaufen, achat unique, livraison
    unique, compra única, una sola vez, entrega única, acquisto singolo, eenmalige aankoop, jetzt, jetzt
    nur, nur, aktueller preis, angebotspreis, aktionspreis, sonderpreis, neuer preis, unser preis,
    maintenant, prix actuel, prix promo, prix réduit, prix soldé, prix spécial, notre prix, seulement,
    ahora, precio actual, precio oferta, precio de oferta, precio rebajado, precio especial, nuestro precio,
    solo, ora, adesso, prezzo attuale, prezzo scontato, prezzo offerta, prezzo speciale, solo oggi, al
    prezzo di, nu, nu voor, nu slechts, nu maar, aanbiedingsprijs, actieprijs, huidige prijs, onze prijs,
    voor, voor slechts, teraz, cena promocyjna, aktualna cena, obecna cena, nasza cena, tylko, cena
    aktualna, nu endast, nupris, kampanjpris, nuvarande pris, reapris, erbjudande, tilbudspris, tilbud, nå,
    nåpris, nuværende pris, nyt, tarjoushinta, nykyinen hinta, agora, preço atual, preço promocional, por
    apenas, por, nyní, akční cena, aktuální cena, naše cena, teď, akciová cena, most, akciós ár, jelenlegi
    ár, acum, preț redus, preţ redus, pret redus, pretul actual, prețul curent este, τώρα, τιμή προσφοράς,
    сейчас, цена со скидкой, текущая цена, наша цена, şimdi, indirimli fiyat, сега, зараз
"""
WAS: Final = """
    was, were, originally, original price was, original price, previous price, prev. price, instead of, old
    price, reduced from, compare at, regularly, strikethrough price, crossed out, price was, previously,
    statt, statt bisher, bisher, bisheriger preis, vorher, alter preis, ursprünglicher preis, ursprünglich,
    früher, anstatt, au lieu de, ancien prix, prix initial, prix d'origine, prix précédent, prix barré,
    antes, precio anterior, precio original, en lugar de, antes era, anziché, anzichè, invece di, prezzo
    precedente, prezzo originale, was van, oude prijs, vorige prijs, in plaats van, oorspronkelijke prijs,
    poprzednia cena, stara cena, cena poprzednia, zamiast, było, najniższa cena z 30 dni przed obniżką,
    najniższa cena, pierwotna cena wynosiła, tidigare pris, tidigare, förut, innan,
    gammalt pris, tidligere pris, tidligere, gammel pris, før, førpris, før-pris, entinen
    hinta, ennen, aiemmin, alkuperäinen hinta, preço anterior, preço original, původní cena, původně, dříve,
    pôvodná cena, pôvodne, eredeti ár, korábbi ár, régi ár, preț vechi, preţ vechi, pret vechi, prețul
    inițial a fost, înainte, в место, αρχική τιμή, από (πριν), πριν, старая цена, было, eski fiyat, стара
    цена, стара ціна, lowest price in the last 30 days, niedrigster preis der letzten 30 tage,
    30-tage-bestpreis, prix le plus bas des 30 derniers jours, precio más bajo de los últimos 30 días,
    30-day low, lägsta pris senaste 30 dagarna, laveste pris siste 30 dager, laveste pris de seneste 30
    dage, alin hinta 30 päivää, prezzo più basso degli ultimi 30 giorni, nejnižší cena za posledních 30 dní
"""
WAS_IF_NOW: Final = """
    de, de:, van, before, avant, prima, era, était, före, in, da, od, from
"""
LIST: Final = """
    rrp, m.r.p., m.r.p, mrp, msrp, srp, list price, list, regular price, regular, reg., reg. price,
    retail price, retail,
    typical price, standard price, normal price, suggested retail price, recommended retail price, map,
    market price, street price, rec. price, uvp, unverb. preisempf., unverbindliche preisempfehlung,
    listenpreis, normalpreis, regulärer preis, empf. vk, preisempfehlung, ladenpreis, prix conseillé, prix
    public, prix normal, prix habituel, prix de vente conseillé, prix catalogue, pvp, p.v.p., p.v.p.r.,
    pvpr, precio habitual, precio normal, precio recomendado, precio de lista, precio regular, precio de
    tarifa, prezzo di listino, listino, prezzo consigliato, prezzo normale, prezzo pieno, prezzo regolare,
    adviesprijs, normale prijs, reguliere prijs, catalogusprijs, van prijs, cena katalogowa, cena regularna,
    cena standardowa, cena detaliczna, sugerowana cena, ordinarie pris, ordinarie, ord. pris, ord.,
    normalpris, rek. pris, rek pris, rekpris, vejl. pris, vejl. udsalgspris, vejledende pris, veil. pris,
    veiledende pris, ordinær pris, normaalihinta,
    suositushinta, ovh, norm., preço normal, preço recomendado, preço de tabela, pvp recomendado, běžná
    cena, bežná cena, doporučená cena, odporúčaná cena, moc, před slevou, pred zľavou, listaár, normál ár,
    ajánlott fogyasztói ár, pret intreg, preț întreg, prp, preț recomandat, λιανική τιμή, π.λ.τ.,
    рекомендованная цена, liste fiyatı, обычная цена, redna cena, redovna cijena
"""
FROM: Final = """
    from, starting at, starting from, starts at, as low as, prices from, price from, beginning at, ab,
    bereits ab, schon ab, à partir de, a partir de, dès, des, desde, a partire da, da, vanaf, v.a., od, już
    od, från, fra, alkaen, alk., a partir de:, desde:, de la, începând de la, -tól, -től, induló ár, από,
    от, від, iz, кроз, начиная с, ab nur, from only, já od, uz
"""
SAVE: Final = """
    save, you save, saving, savings, off, discount, discount of, cashback, cash back, coupon, voucher, gift
    card, reward*, rebate, credit, sie sparen, du sparst, spare, sparen, ersparnis, rabatt, gutschein,
    nachlass, gespart, sofortrabatt, preisvorteil, économisez, vous économisez, économie, remise, réduction,
    soit une économie de, bon d'achat, ahorra, ahorras, ahorro, te ahorras, descuento, dto., dto, rebaja de,
    risparmi, risparmia, sconto, sconto di, buono, bespaar, je bespaart, u bespaart, korting, kortingsbon,
    oszczędzasz, rabat, zniżka, taniej o, oszczędność, zyskujesz, spara, du sparar, spar, du sparer,
    besparelse, säästät, säästä, alennus, etusi, poupe, poupa, desconto, economize, economia de, ušetříte,
    ušetrite, sleva, zľava, úspora, megtakarítás, kedvezmény, spórolsz, economisești, economisesti,
    reducere, έκπτωση, κερδίζετε, κέρδος, скидка, экономия, выгода, bonus, punkte, points, indirim,
    отстъпка, знижка, popust
"""
SHIPPING: Final = """
    shipping, shipping cost*, delivery, delivery from, postage, p&p, s&h, shipping & handling, freight, plus
    shipping, over, orders over, on orders, order over, spend, spend over, minimum order, min. order,
    minimum spend, when you spend, purchases over, orders of, versand*, zzgl. versand*, lieferung, liefer*,
    porto, ab einem bestellwert von, bestellwert, mindestbestell*, mindermengen*, livraison, frais de port,
    frais de livraison, dès * d'achat, d'achat*, minimum de commande, envío, gastos de envío, envíos,
    pedidos superiores, pedido mínimo, spedizione, spese di spedizione, consegna, ordini superiori, ordine
    minimo, verzend*, bezorg*, levering, bestelling*, wysyłka, dostawa, koszt dostawy, darmowa dostawa od,
    zamówieni*, frakt*, fri frakt över, leverans, fragt*, levering*, toimitus*, toimituskulu*, envio,
    portes, frete, doprava, poštovné, doručení, doručenie, szállítás*, transport, livrare, cost livrare,
    μεταφορικά, αποστολή, доставка*, kargo, доставк*, deposit, pfand, einwegpfand, mehrwegpfand, consigne,
    éco-part*, éco-participation, ecotax, eco-tax, ecotaxe, dont, statiegeld, pant, panttia, záloha, kaucja,
    crv, recycling fee, handling, tax, sales tax, vat, mwst, tva, iva, btw, moms, dph, balance, subtotal,
    cart total, total, basket, warenkorb, panier, carrito, carrello, winkelwagen, koszyk, varukorg, kurv,
    ostoskori, carrinho, košík, kosár, coș, deposit of, insurance, warranty, trade-in, giftcard, min.
"""
PER_MONTH: Final = """
    per day, /day, / day, a day, per night, /night, / night, per hour, /hour, / hour, /hr, pro tag,
    /tag, / tag, par jour, /jour, / jour, al día, /día, al giorno, /giorno, per dag, /dag, / dag,
    za dzień, /dzień,
    per month, a month, /mo, /month, / month, weekly, per week, biweekly, bi-weekly, fortnightly, monthly,
    monatlich, mtl., im monat, / monat, /monat, pro monat, par mois, /mois, / mois, al mes, /mes, / mes, al
    mese, /mese, / mese, per maand, /maand, / maand, miesięcznie, /mies, / mies., per månad, /mån, / mån,
    kr/mån, pr. md, pr. måned, /md, / md., /mnd, / mnd, pr. mnd, kk, /kk, kuukaudessa, por mês, /mês,
    měsíčně, mesačne, havonta, /hó, / hó, lună, /lună, в месяц, /мес, на місяць
"""
MULTI: Final = (
    """
    payments of, installments of, instalments of, payment of, per payment, monthly payments, financing,
    finance from, klarna, afterpay, affirm, sezzle, clearpay, zip, interest-free payments, interest-free,
    raten, rate ab, ratenzahlung, finanzierung, mensualités, mensualités de, en 3x, en 4x, en 10x, sans
    frais, mensual*, cuotas de, cuotas, meses sin intereses, rate da, rate mensili, in 3 rate, termijnen,
    raty, rat, parcelas, parcelas de, vezes de, sem juros, részlet, rate fără dobândă, taksit, x de, x da,
    x à, meses de, meses desde, mois de, mesi da, monate à, monaten à, months of, maanden van,
    """
    + PER_MONTH
)
UNITS: Final = """
    oz, fl oz, fl. oz., fl.oz., ounce, ounces, lb, lbs, pound, pounds, g, gr, gram, grams, gramm, kg, kilo,
    kilogram, kilogramm, mg, l, ltr, liter, litre, liters, litres, litro, litri, ml, cl, dl, m, mtr, meter,
    metre, m², m2, m³, qm, sqm, sq ft, sq. ft., ft, foot, feet, yd, yard, cm, mm, in, inch, inches, qt,
    quart, pt, pint, gal, gallon, gallons, litr, litra, metr, metro, count, ct, sheet, sheets, tablet,
    tablette, tablett, capsule, kapsel, kapsul*, dose, portion, serving, wash, load, waschladung, wl,
    wäsche, blatt, pad, rolle, roll, metri, kilogramo, kilogrammo, gramo, gramos, кг, г, л, мл, м, м²,
    шт./кг, λίτρο, κιλό, κg, kilogrammi, kilos, hg, jfr.pris, jmf
"""
UNIT_LEADS: Final = """
    grundpreis, unit price, price per, prix au kilo, prix au kg, prix au litre, prix au, soit, precio por,
    precio unidad, prezzo al, prezzo per, basisprijs, prijs per, cena za, cena jednostkowa, jmf-pris,
    jmf.pris, jämförpris, jämförelsepris, jmf, jfr.pris, jfr. pris, sammenligningspris, enhedspris,
    stykpris, vertailuhinta, preço por, měrná cena, merná cena, egységár, preț unitar, pret unitar, 1 kg =,
    1 l =, 100 g =, 100 ml =, 1 m =, kilopris, literpris, kg-pris
"""
INCL: Final = """
    incl. vat, inc vat, inc. vat, including vat, incl vat, vat included, vat incl*, incl. tax, inc tax, inc.
    tax, including tax, tax included, tax incl*, with tax, inc gst, inc. gst, incl. gst, incl gst, gst
    included, inkl. mwst*, inkl mwst*, inklusive mwst*, incl. mwst*, inkl. ust*, inkl. gesetzl*, brutto,
    bruttopreis, mwst. inkl*, ttc, tva incluse, tva comprise, t.t.c., iva incluido, iva incl*, con iva, iva
    inc*, i.v.a. incluido, impuestos incluidos, iva inclusa, iva compresa, ivato, incl. btw, inclusief btw,
    btw inbegrepen, inkl. moms, inkl moms, med moms, inkl. mva, inkl mva, sis. alv, sis alv, alv sis*, z
    vat, zawiera vat, cena brutto, com iva, iva incluído, s dph, vč. dph, včetně dph, vrátane dph, áfával,
    áfá-val, bruttó, cu tva, tva inclus, με φπα, με φ.π.α., с ндс, kdv dahil, с ддс,
    з пдв, 税込, 含税, tax in,
    tax incl, incl. taxes
"""
EXCL: Final = """
    excl. vat, ex vat, ex. vat, exc vat, exc. vat, excl vat, excluding vat, plus vat, + vat, +vat, vat
    excl*, excl. tax, ex tax, ex. tax, exc tax, exc. tax, excluding tax, tax excl*, before tax, without tax,
    plus tax, ex gst, ex. gst, excl. gst, exc gst, excl gst, zzgl. mwst*, zzgl mwst*, zuzüglich mwst*, exkl.
    mwst*, exkl mwst*, ohne mwst*, zzgl. ust*, netto, nettopreis, exkl. ust*, zzgl. gesetzl*, ht, h.t., hors
    taxe, hors taxes, hors tva, htva, sans tva, sin iva, sin i.v.a., más iva, + iva, iva no incluido, iva
    excluido, iva esclusa, senza iva, più iva, iva escl*, excl. btw, exclusief btw, ex btw, ex. btw, exkl.
    moms, exkl moms, ex moms, ex. moms, utan moms, uden moms, ekskl. moms, ekskl moms, ekskl. mva, eks. mva,
    eks mva, u/mva, alv 0, alv 0%, alv 0 %, veroton, bez vat, cena netto, sem iva, iva não incluído, bez
    dph, áfa nélkül, nettó, + áfa, fără tva, fara tva, + tva, χωρίς φπα, χωρίς φ.π.α., без ндс, kdv hariç,
    без ддс, без пдв, bez podatku, 税抜, 未税, plus áfa
"""
PRICE: Final = """
    price, price is, preis, prix, precio, prezzo, prijs, cena, pris, hinta, preço, preco, ár, ára, preț,
    preţ, pret, pretul, τιμή, цена, ціна, fiyat, cijena, hind, kaina, a, per, je, pro, your, our, buy, buy
    now, total price, product price, item price, estimate price, estimated price, kaufpreis, stückpreis,
    verkaufspreis, verkoopprijs, cena zł, pris fra, pris från, approx, approx., ca., ca, kr, each, member
    price, price each, cena s, for, at, just, valid, in, and, inkl., inkl, incl., incl, excl., gst, plus,
    zzgl.
"""
COUNTED: Final = """
    review*, rating*, star*, customer*, vote*, in stock, left, available, piece*, item*, pack, packs, pk,
    pcs, pc, count, ct, people, sold, bought, day*, hour*, min, mins, minute*, week*, month*, year*, yr*,
    bewertung*, rezension*, sterne*, auf lager, verfügbar, stück, tage*, stunden, jahr*, avis, étoile*,
    jour*, heures, ans, opinione*, reseña*, valoraci*, estrella*, día*, horas, años, recension*, giorni,
    ore, anni, stelle, beoordeling*, ster*, dagen, uur, jaar, opini*, gwiazd*, dni, godzin*, szt., sztuk*,
    omdöme*, stjärn*, dagar, anmeldelse*, stjerne*, dage, dager, arvostelu*, tähte*, päivä*, avaliaç*,
    estrelas, dias, hodnocení, recenz*, dnů, dny, értékelés*, nap, recenzii, zile, отзыв*, звезд*, дн*, x,
    ×, for, pour, für, voor, za, per, of, von, sur, de, su, van, z, av, af, out of, / 5, /5, /10, gb, tb,
    mb, mah, w, kw, v, volt, watt, hp, rpm, mp, fps, hz, ghz, mhz, °, °c, °f, bit, mm, px, payments,
    installments, instalments, raten, mensualités, cuotas, rate, termijnen, raty, parcelas, vezes, colour*,
    color*, size*, farben, th, st, nd, rd
"""
CODED: Final = """
    sku, sku:, item, item #, item no, item no., item number, art, art., art.-nr, art.-nr., art. nr, art.
    nr., art.nr., artikelnummer, artikel-nr, artikel-nr., artnr, article, article no, réf, réf., ref, ref.,
    référence, referencia, codice, code, cod., cod, código, kod, kód, kód produktu, symbol, indeks, model,
    model #, modell, modèle, modelo, modello, mpn, part #, part no, part no., part number, pn, p/n, upc,
    ean, gtin, isbn, asin, id, product code, product id, bestellnummer, best.-nr., best.nr., bestellnr., mã,
    #, no., nr, nr., n°, nº, №, code:, tel, tel., phone, call, call us, fon, telefon, telefono, teléfono,
    téléphone, hotline, fax, ☎, zip code, plz, size, size:, größe, taille, talla, taglia, maat, rozmiar,
    storlek, str., koko, version, v., page, seite, since, ©, step, qty, qty:, quantity, menge, quantité,
    cantidad, quantità, aantal, ilość, antal, antall, määrä, артикул, код, код товара, тел., year, level
"""
FREE: Final = """
    free, for free, it's free, free of charge, no charge, complimentary, gratis, kostenlos, kostenfrei,
    umsonst, gratuit, gratuite, gratuito, gratuita, gratuitement, offert, offerte, omaggio, za darmo, darmo,
    darmowe, darmowy, bezpłatne, bezpłatny, bezpłatnie, ilmainen, maksuton, zdarma, zadarmo, ingyenes,
    ingyen, δωρεάν, бесплатно, ücretsiz, безплатно, безкоштовно, besplatno,
    brezplačno, 無料, 免费, 무료, grátis,
    grátis!, free item
"""
