"""What shops write about stock, in the languages they write it.

Data only; `stock` reads it.  A phrase that two kinds list counts for the one that stands first.
"""

from __future__ import annotations

from typing import Final, Literal

Availability = Literal[
    "in_stock", "out_of_stock", "pre_order", "back_order", "limited_availability", "discontinued",
    "sold_out", "in_store_only", "online_only", "made_to_order", "reserved",
]  # fmt: skip

SAID: Final[dict[Availability, str]] = {
    "discontinued": """
        discontinued, no longer available, no longer sold, no longer produced, no longer manufactured, end
        of life, retired product, eingestellt, nicht mehr verfügbar, nicht mehr lieferbar, nicht mehr
        erhältlich, nicht länger verfügbar, auslaufartikel nicht mehr lieferbar, artikel wird nicht mehr
        hergestellt, arrêté, produit arrêté, n'est plus disponible, plus disponible, plus commercialisé, fin
        de série épuisée, abandonné, descatalogado, descontinuado, ya no disponible, ya no está disponible,
        fuera de catálogo, fuori produzione, non più disponibile, fuori catalogo, articolo dismesso, niet
        meer leverbaar, niet meer verkrijgbaar, uit het assortiment, uit assortiment, niet langer leverbaar,
        wycofany, wycofane, produkt wycofany ze sprzedaży, niedostępny na stałe, utgått, utgått ur
        sortimentet, har utgått, utgår, udgået, udgået af sortiment, utgått av sortiment, utgått produkt,
        poistunut, poistunut valikoimasta, valmistus lopetettu, já não disponível, prodej ukončen, ukončený
        prodej, výroba ukončena, ukončená výroba, již se nevyrábí, predaj ukončený, kifutott, kifutott
        termék, már nem rendelhető, megszűnt, scos din producție, produs discontinuat, nu se mai produce,
        καταργήθηκε, снят с производства, снято с производства, спрян от производство, знято з виробництва,
        ukinuto
    """,
    "pre_order": """
        pre-order, preorder, pre order, pre-order now, available for pre-order, coming soon, releases on,
        release date, not yet released, presale, pre-sale, available soon, vorbestellbar, vorbestellung,
        vorbestellen, jetzt vorbestellen, erscheint am, noch nicht erschienen, demnächst verfügbar, bald
        verfügbar, kommt bald, in kürze verfügbar, in kürze lieferbar, précommande, en précommande,
        précommander, à paraître, bientôt disponible, disponible prochainement, preventa, reserva
        anticipada, pre-venta, próximamente, pre-ordine, preordine, preordina, prenotabile, prossimamente,
        in arrivo prossimamente, disponibile a breve, pre-orderen, reserveer nu, nog niet verschenen,
        binnenkort verkrijgbaar, binnenkort leverbaar, binnenkort beschikbaar, verwacht, przedsprzedaż, w
        przedsprzedaży, zapowiedź, wkrótce w sprzedaży, dostępny wkrótce, förbeställ, förhandsboka, förboka,
        kommer snart, forudbestil, forudbestilling, forhåndsbestill, forhåndssalg, ennakkotilaa,
        ennakkotilaus, ennakkotilattavissa, tulossa pian, tulossa, pré-venda, pré-encomenda, em pré-venda,
        brevemente, předobjednávka, předobjednat, předprodej, připravujeme, predobjednávka, predobjednať,
        pripravujeme, előrendelés, előrendelhető, hamarosan, precomandă, precomanda, în curând,
        προπαραγγελία, предзаказ, скоро в продаже, ön sipariş, предварителна поръчка, передзамовлення
    """,
    "back_order": """
        back-order, backorder, back order, on backorder, available on backorder, backordered, on back order,
        available to order, can be backordered, temporarily out of stock but can be ordered, available for
        order, awaiting stock, more on the way, in stock soon, restocking soon, expected in stock, due in
        stock, available from, nachbestellt, im zulauf, auf bestellung, bestellbar, auf anfrage lieferbar,
        verfügbar bei nachbestellung, lieferbar bei nachbestellung,
        lieferbar ab, wieder lieferbar ab, wieder verfügbar ab, verfügbar ab, voraussichtlich lieferbar,
        voraussichtlich wieder, bald wieder verfügbar, bald wieder lieferbar, nachlieferung, wird
        nachgeliefert, in nachlieferung, sur commande, en réapprovisionnement, réapprovisionnement en cours,
        en cours de réapprovisionnement, disponible à partir du, disponible sous, de retour bientôt, en
        cours d'approvisionnement, bajo pedido, por encargo, disponible bajo pedido, pendiente de recibir,
        en reposición, disponible para reserva, disponible a partir del,
        su ordinazione, ordinabile, su richiesta, in riordino, in
        arrivo, disponibile su ordinazione, disponibile dal, disponibile da, op bestelling, bestelbaar,
        nabestelling, in nabestelling, in backorder, leverbaar vanaf, weer leverbaar, op nalevering,
        beschikbaar via nabestelling, op
        aanvraag, na zamówienie, dostępny na zamówienie, dostępne na zamówienie, oczekiwanie na dostawę,
        spodziewana dostawa, beställningsvara, på väg in, på beställning, tillfälligt slut beställ, väntas
        in, åter i lager, kommer i lager, bestillingsvare, på vej, restordre, i restordre, forventes på
        lager, kommer på lager, på bestilling, tilaustuote, tilattavissa, jälkitoimitus, saapuu varastoon,
        toimitettavissa tilauksesta, por encomenda, sob encomenda, disponível sob encomenda, sob consulta,
        brevemente em stock, na objednávku, na objednání, na dotaz, na cestě, očekáváme, naskladňujeme, na
        objednanie, očakávame, rendelésre, rendelhető, előjegyezhető, beszerzés alatt, úton van, la comandă,
        la comanda, pe comandă, în curs de aprovizionare, κατόπιν παραγγελίας, με παραγγελία, αναμένεται,
        под заказ, на заказ, ожидается, sipariş üzerine, по поръчка, очаквана доставка, під замовлення, po
        narudžbi, po narudžbini
    """,
    "made_to_order": """
        made to order, made-to-order, custom made, built to order, printed to order, auf maß,
        maßanfertigung, sonderanfertigung, wird für sie angefertigt, auftragsfertigung, fabriqué sur
        commande, fait sur commande, sur mesure, hecho por encargo, fabricado bajo pedido, hecho a medida,
        realizzato su ordinazione, prodotto su ordinazione, su misura, op maat gemaakt, maatwerk, wykonywane
        na zamówienie, produkcja na zamówienie, tillverkas på beställning, specialtillverkad, laves på
        bestilling, lages på bestilling, valmistetaan tilauksesta, feito por encomenda, vyrábí se na
        zakázku, zakázková výroba, egyedi gyártás, fabricat la comandă, изготавливается на заказ
    """,
    "in_store_only": """
        in store only, in-store only, only in store, only in stores, store pickup only, only available in
        store, only available in stores, available in store only, pickup only, pick up only, collection
        only, not available online, not sold online, unavailable online, in-store purchase only, nur im
        markt, nur im laden, nur in der filiale, nur in filialen, nur im geschäft, nur im geschäft
        erhältlich, nur abholung, nur zur abholung, nur selbstabholung, nicht online verfügbar, nicht online
        erhältlich, online nicht verfügbar, online nicht bestellbar, nur vor ort, en magasin uniquement,
        uniquement en magasin, disponible uniquement en magasin, retrait en magasin uniquement, indisponible
        en ligne, non disponible en ligne, sólo en tienda, solo en tienda, solo en tiendas, disponible sólo
        en tienda, no disponible online, solo in negozio, disponibile solo in negozio, solo ritiro in
        negozio, non disponibile online, alleen in de winkel, alleen in winkel, alleen afhalen, niet online
        verkrijgbaar, niet online leverbaar, tylko w sklepie, tylko w sklepach stacjonarnych, tylko odbiór
        osobisty, niedostępny online, endast i butik, finns endast i butik, säljs endast i butik, kun i
        butik, kun i butikk, kun i butikken, vain myymälästä, vain myymälässä, só na loja, apenas em loja,
        apenas na loja, pouze na prodejně, jen na prodejně, pouze osobní odběr, len na predajni, csak
        üzletben, csak személyes átvétel, doar în magazin, μόνο στο κατάστημα, только в магазине
    """,
    "online_only": """
        online only, online-only, only online, only available online, web only, exclusively online, online
        exclusive, nur online, nur online erhältlich, nur online verfügbar, exklusiv online, uniquement en
        ligne, exclusivité web, en ligne uniquement, sólo online, solo online, exclusivo online, solo on
        line, esclusiva online, esclusiva web, alleen online, online exclusief, tylko online, endast online,
        kun online, kun på nett, vain verkosta, vain verkkokaupasta, apenas online, só online, pouze online,
        len online, csak online, doar online
    """,
    "reserved": """
        reserved, item reserved, reserviert, réservé, reservado, riservato, prenotato, gereserveerd,
        zarezerwowany, zarezerwowane, reserverad, reserveret, reservert, varattu, rezervováno, rezervované,
        foglalt, rezervat
    """,
    "out_of_stock": """
        sold out, sold-out, soldout, all gone, ausverkauft, vergriffen, restlos ausverkauft, épuisé,
        épuisée, victime de son succès, agotado, agotada, agotados, vendido, esaurito, esaurita, tutto
        esaurito, terminato, uitverkocht, wyprzedane, wyprzedany, sprzedane, slutsåld, slutsålt, udsolgt,
        utsolgt, loppuunmyyty, loppuunmyyty tuote, esgotado, esgotada, vyprodáno, vyprodané, vypredané,
        elfogyott, kifogyott, epuizat, stoc epuizat, vândut, εξαντλήθηκε, εξαντλημένο, распродано, продано,
        tükendi, изчерпан, продадено, розпродано, rasprodano, rasprodato, razprodano, izpārdots, išparduota,
        välja müüdud, 売り切れ, 在庫切れ, 品切れ, 在庫なし, 完売,
        売切れ, 售罄, 缺货, 缺貨, 无货, 無貨, 暂无库存, 已售完, 품절, 일시품절, 매진,
        재고 없음, สินค้าหมด, hết hàng,
        tạm hết hàng, stok habis, tidak tersedia, स्टॉक में नहीं, स्टॉक समाप्त, अनुपलब्ध,
        نفذ من المخزون, نفد من المخزون, نفذت الكمية, نفدت الكمية,
        غير متوفر, غير متوفر حاليا, غير متاح, ناموجود, אזל מהמלאי, אזל המלאי, תם המלאי, לא במלאי, לא זמין,
        stok tükendi, stokta bulunmuyor, gelince haber ver, закончился, закінчився, немає,
        out of stock, out-of-stock, outofstock, oos, not in stock, no stock, not available, unavailable,
        currently unavailable, temporarily unavailable, temporarily out of stock, isn't available, is not
        available, sorry not available, zero stock, none left, notify me, notify me when available, notify
        when available, email me when available, email when available, email me when in stock, back in stock
        notification, join waitlist, join the waitlist, stock level: none, nil stock, unable to order,
        cannot be ordered, currently not available, no availability, nicht auf lager, nicht lagernd, nicht
        vorrätig, nicht verfügbar, nicht lieferbar, nicht bestellbar, derzeit nicht verfügbar, derzeit nicht
        lieferbar, zur zeit nicht lieferbar, momentan nicht verfügbar, momentan nicht lieferbar, aktuell
        nicht verfügbar, aktuell nicht lieferbar, leider nicht verfügbar, nicht am lager, kein lagerbestand,
        kein bestand, fehlt am lager, benachrichtigen sie mich, verfügbarkeitsbenachrichtigung, keine
        lieferung möglich, nicht erhältlich, nicht vorhanden, rupture de stock, en rupture, en rupture de
        stock, rupture, hors stock, non disponible, indisponible, pas en stock, pas disponible, n'est pas
        disponible, actuellement indisponible, temporairement indisponible, momentanément indisponible,
        stock épuisé, plus en stock, me prévenir, prévenez-moi, sin stock, sin existencias, fuera de stock,
        no disponible, no hay stock, no está disponible, temporalmente agotado, actualmente no disponible,
        avísame, no quedan existencias, existencias agotadas, sin disponibilidad, sin inventario, non
        disponibile, non in magazzino, non disponibile al momento, momentaneamente non disponibile,
        temporaneamente non disponibile, attualmente non disponibile, prodotto non disponibile,
        indisponibile, non disponibili, avvisami, fuori stock, scorte esaurite, niet op voorraad, niet
        beschikbaar, niet leverbaar, tijdelijk niet leverbaar, tijdelijk uitverkocht, momenteel niet
        leverbaar, niet in voorraad, geen voorraad, niet voorradig, onbeschikbaar, tijdelijk niet
        beschikbaar, niet verkrijgbaar, mail mij, houd mij op de hoogte, brak w magazynie, niedostępny,
        niedostępna, niedostępne, brak towaru, produkt niedostępny, chwilowo niedostępny, tymczasowo
        niedostępny, brak na stanie, nie ma w magazynie, brak, brak produktu, powiadom o dostępności,
        powiadom mnie, ej i lager, inte i lager, slut i lager, tillfälligt slut, ej tillgänglig, finns ej i
        lager, finns inte i lager, ej i webblager, slut, slut på lager, inte tillgänglig, bevaka, ikke på
        lager, ikke tilgjengelig, ikke tilgængelig, midlertidigt udsolgt, ikke på lager online, tomt på
        lager, tom på lager, ikke leverbar, kan ikke bestilles, ikke i lager, midlertidig utsolgt,
        midlertidig tomt, ei varastossa, ei saatavilla, loppu varastosta, loppunut, tilapäisesti loppu, ei
        tilattavissa, ei saatavana, varasto loppu, varastossa: 0, indisponível, sem stock, sem estoque, não
        disponível, fora de estoque, fora de stock, produto indisponível, avise-me, temporariamente
        indisponível, não está disponível, není skladem, nedostupné, momentálně nedostupné, aktuálně
        nedostupné, dočasně nedostupné, momentálně není skladem, nie je skladom, nie je na sklade,
        nedostupný, momentálne nedostupné, dočasne nedostupné, hlídat dostupnost, nincs készleten, nincs
        raktáron, nem elérhető, jelenleg nem elérhető, nem kapható, átmenetileg nem elérhető, nem
        rendelhető, nincs készlet, készlethiány, értesítést kérek, stoc 0, indisponibil, nu este în stoc, nu
        este in stoc, fără stoc, fara stoc, lipsă stoc, lipsa stoc, stoc indisponibil, momentan
        indisponibil, temporar indisponibil, nu este disponibil, alertă stoc, μη διαθέσιμο, δεν είναι
        διαθέσιμο, εκτός αποθέματος, нет в наличии, нет на складе, отсутствует, недоступен, временно
        отсутствует, stokta yok, mevcut değil, няма наличност, не е наличен, немає в наявності, відсутній,
        nije dostupno, nema na zalihi, nema na stanju, ni na zalogi, ni na voljo, nav noliktavā, nėra
        sandėlyje, ei ole laos, pole saadaval
    """,
    "limited_availability": """
        low stock, limited stock, limited availability, limited quantity, few left, only a few left, last
        few, last one, last item, last items, almost gone, almost sold out, almost out of stock, running
        low, selling fast, few in stock, low in stock, in low stock, hurry, last chance in stock, nearly
        gone, limited supply, last pieces, one left, only one left, geringer bestand, wenige verfügbar,
        wenige exemplare, nur noch wenige, begrenzte stückzahl, begrenzt verfügbar, fast ausverkauft,
        letztes stück, letzte stücke, letzte exemplare, nur wenige, restbestand, knapper bestand, wenige
        stück, geringe stückzahl, fast vergriffen, niedriger lagerbestand, restposten, stock limité, stock
        faible, quantité limitée, derniers exemplaires, dernières pièces, dernier exemplaire, plus que
        quelques, bientôt épuisé, bientôt en rupture, dernier article, derniers articles en stock, faible
        stock, presque épuisé, pocas unidades, últimas unidades, últimas existencias, última unidad, stock
        limitado, últimas piezas, casi agotado, quedan pocas, quedan pocos, stock bajo, disponibilidad
        limitada, ultimi pezzi, ultimo pezzo, ultimi articoli, disponibilità limitata, scorte limitate,
        quasi esaurito, pochi pezzi, ultime unità, in esaurimento, beperkte voorraad, beperkt leverbaar,
        laatste stuks, laatste exemplaren, bijna uitverkocht, lage voorraad, nog enkele, weinig voorraad,
        beperkt op voorraad, laatste exemplaar, ostatnie sztuki, ostatnia sztuka, mała ilość, ograniczona
        dostępność, niski stan, na wyczerpaniu, końcówka, få i lager, fåtal i lager, fåtal kvar, få kvar,
        enstaka exemplar, begränsat antal, sista exemplaret, begränsad tillgång, få på lager, få tilbage,
        begrænset lager, få stk, sidste stk, lavt lager, få igjen, begrenset antall, få stk igjen, vähän
        varastossa, rajoitetusti, viimeiset kappaleet, muutama kappale, vähissä, poucas unidades, estoque
        limitado, estoque baixo, últimas peças, poslední kus, poslední kusy, posledních pár, omezené
        množství, malé množství, posledné kusy, posledný kus, utolsó darab, utolsó darabok, alacsony
        készlet, korlátozott készlet, stoc limitat, ultimele bucăți, ultimele produse, ultimul produs, stoc
        redus, ultimele bucati, λίγα διαθέσιμα, τελευταία κομμάτια, περιορισμένη διαθεσιμότητα, мало,
        заканчивается, осталось мало, son ürünler, ограничена наличност, последни бройки, закінчується
    """,
    "in_stock": """
        in stock, in-stock, instock, available, availability yes, available now, available online, ready to
        ship, ready for dispatch, ships today, ships tomorrow, ships same day, same day dispatch, same day
        shipping, in stock now, immediate dispatch, usually ships, usually dispatched, ships within 24
        hours, ships in 24 hours, dispatched within 24 hours, plenty in stock, stock available, available to
        ship, available for delivery, available for pickup, on stock, in store & online, get it tomorrow,
        fast delivery available, add to cart to get it by, ready for delivery, en stock now, ships from
        stock, auf lager, lagernd, vorrätig, sofort lieferbar, sofort verfügbar, verfügbar, lieferbar, am
        lager, ab lager, sofort versandfertig, versandfertig, sofort ab lager, lagerware, lieferzeit sofort,
        auf vorrat, sofort versandbereit, versandbereit, an lager, erhältlich, lieferung morgen, bestand
        vorhanden, ausreichend verfügbar, en stock, disponible, disponibles, disponible immédiatement, en
        stock en ligne, expédié sous 24h, expédié sous, expédition sous, livrable, en magasin, dispo,
        immédiatement disponible, disponibilité immédiate, en existencia, en existencias, hay stock,
        disponible para envío, disponibilidad inmediata, envío inmediato, entrega inmediata, con stock,
        stock disponible, en almacén, disponibile, disponibili, disponibilità immediata, in magazzino,
        pronta consegna, spedizione immediata, in pronta consegna, a magazzino, disponibilita immediata,
        spedito in, op voorraad, leverbaar, voorradig, direct leverbaar, beschikbaar, op voorraad bij, uit
        voorraad leverbaar, voor 23:59 besteld morgen in huis, vandaag besteld morgen in huis, morgen in
        huis, morgen geleverd, in voorraad, ruim op voorraad, w magazynie, dostępny, dostępna, dostępne, na
        stanie, dostępny od ręki, wysyłka w 24h, od ręki, produkt dostępny, duża ilość, w sprzedaży, jest w
        magazynie, średnia ilość, wysyłka dzisiaj, i lager, finns i lager, i webblager, tillgänglig, på
        lager, finns på lager, lagervara, skickas idag, skickas inom, i lagret, leveransklar, på lager
        online, tilgjengelig, tilgængelig, tilgængeligt, på fjernlager, sendes i dag, klar til afsendelse,
        klar til levering, på nettlager, sendes innen, finnes på lager, flere enn 10 på lager, varastossa,
        saatavilla, heti saatavilla, heti toimitettavissa, varastossamme, toimitusvalmis, varastotuote,
        toimitus heti, em stock, em estoque, disponível, disponíveis, pronta entrega, pronto a enviar, envio
        imediato, entrega imediata, skladem, na skladě, ihned k odeslání, skladem u dodavatele, dostupné,
        ihned k dispozici, k dispozici, expedice ihned, na sklade, skladom, ihneď k odoslaniu, ihneď
        odosielame, ihneď, készleten, raktáron, raktárról, azonnal szállítható, elérhető, kapható, van
        raktáron, azonnal elvihető, raktáron van, külső raktáron, în stoc, in stoc, disponibil, stoc
        disponibil, stoc suficient, livrare imediată, livrare imediata, pe stoc, în stoc magazin, in stoc
        magazin, stoc furnizor, in stoc furnizor, διαθέσιμο, σε απόθεμα, άμεσα διαθέσιμο, ετοιμοπαράδοτο,
        παράδοση σε 1, в наличии, есть в наличии, есть на складе, на складе, доступен, stokta, stokta var,
        mevcut, в наличност, наличен, налично, в наявності, є в наявності, na zalihi, dostupno, na stanju,
        raspoloživo, na zalogi, na voljo, dobavljivo, noliktavā, pieejams, sandėlyje, turime, laos,
        saadaval, 在庫あり, 在庫有り, 有货, 有貨, 现货, 現貨, 재고 있음, 재고있음, มีสินค้า, มีสินค้าพร้อมส่ง,
        พร้อมส่ง, còn hàng, tersedia, stok tersedia, ready stock, متوفر, متوفر في المخزون, في المخزون, متاح,
        स्टॉक में, स्टॉक में है, उपलब्ध, موجود, موجود در انبار, במלאי, קיים במלאי, זמין במלאי, stokta mevcut
    """,
}
