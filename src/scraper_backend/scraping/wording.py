"""What shops say when there is nothing to show, in the languages they say it in.

Vocabulary only; `verdict` decides where on a page it counts.  A phrase stands as whole words, with blanks
of any width; one that ends in `*` is the beginning of a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from scraper_backend.scraping.clean.words import pattern, phrases


class Wording:
    """Phrases that are looked for where their first word stands.

    One pattern of hundreds of phrases is tried at every letter of a page, 40 ms for a large one; by first
    words it is two.
    """

    def __init__(self, listed: str) -> None:
        groups: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases(listed):
            groups[_WORD.findall(phrase.lower())[0]].append(phrase)
        self._groups = {word: ",".join(group) for word, group in groups.items()}

    def search(self, text: str) -> re.Match[str] | None:
        """The first phrase in `text`, any case, blanks any width."""
        for word in _WORD.finditer(text):
            group = self._groups.get(word[0].lower())
            if group is not None and (match := pattern(group).match(text, word.start())):
                return match
        return None


_WORD: Final = re.compile(r"\w+")

NO_RESULTS: Final = Wording("""
    no results, no result found, zero results, no search results, no exact match*, no matches,
    no matching*, no products found, no products were found, no products match*, no product found,
    no product was found, no items found, no items match*, no items were found, no articles found,
    nothing found, nothing was found, nothing matched, nothing matches, did not match any,
    didn't match any, didn’t match any, does not match any, doesn't match any, doesn’t match any,
    couldn't find any*, couldn’t find any*, could not find any*, couldn't find what, couldn’t find what,
    couldn't find a, couldn’t find a, could not find a, couldn't find anything, couldn’t find anything,
    could not find anything, unable to find any*, can't find any*, can’t find any*, cannot find any*,
    couldn't find results, couldn’t find results, returned no results, returned no products,
    returned no matches, returned 0, returned zero, found 0, found no, 0 results, 0 result, 0 products,
    0 product, 0 items, 0 matches, 0 hits, 0 found, there are no products, there are no results, no hits,
    no records found, no listings found, we found nothing, keine ergebnisse, keine treffer,
    keine produkte gefunden, keine artikel gefunden, keinen artikel, keine passenden*,
    keine suchergebnisse, kein ergebnis, kein treffer, kein produkt gefunden, nichts gefunden,
    nichts passendes, keine übereinstimmung*, ergab leider keine*, ergab keine*, leider nichts,
    leider keine artikel, leider keine produkte, konnten nichts finden, 0 treffer, 0 ergebnisse,
    0 artikel, 0 produkte, 0 suchergebnisse, aucun résultat, aucun produit, aucun article,
    aucune correspondance, aucune référence, 0 résultat, 0 résultats, 0 produit, 0 produits, 0 article,
    0 articles, pas de résultat, pas de résultats, n'a donné aucun*, n’a donné aucun*,
    n'a retourné aucun*, n’a retourné aucun*, rien trouvé, no se encontraron*, no se han encontrado*,
    no se ha encontrado*, no se encontró*, sin resultados, ningún resultado, ningún producto,
    ningún artículo, no hay resultados, no hay productos, no hay coincidencias, 0 resultados, 0 productos,
    0 artículos, no hemos encontrado*, no encontramos*, nessun risultato, nessun prodotto,
    nessun articolo, nessuna corrispondenza, 0 risultati, 0 prodotti, 0 articoli,
    non ha prodotto risultati, non ha prodotto alcun*, non abbiamo trovato*, non è stato trovato*,
    non sono stati trovati*, geen resultaten, geen resultaat, geen producten, geen artikelen,
    geen zoekresultaten, niets gevonden, niks gevonden, 0 resultaten, 0 producten, 0 artikelen,
    leverde geen*, hebben niets gevonden, brak wyników, nie znaleziono*, brak produktów,
    nic nie znaleziono, nic nie znaleźliśmy, nie znaleźliśmy*, 0 wyników, 0 produktów, brak rezultatów,
    nenhum resultado, nenhum produto, nenhum artigo, sem resultados, não encontrámos*, não encontramos*,
    não foram encontrados*, não foi encontrado*, 0 produtos, inga resultat, inga träffar, inga produkter,
    inga sökresultat, gav inga*, hittade inga*, hittade inget*, 0 träffar, 0 resultat, 0 produkter,
    ingen resultater, ingen produkter, ingen treff, ingen varer, ingen søgeresultater, intet resultat,
    gav ingen*, ga ingen*, fandt ingen*, fant ingen*, 0 resultater, 0 treff, 0 varer, ei tuloksia,
    ei hakutuloksia, ei tuotteita, ei osumia, 0 tulosta, 0 tuotetta, ei löytynyt*, žádné výsledky,
    žádné produkty, žádné zboží, žádný produkt, nic jsme nenašli, nic nenalezeno, nebyly nalezeny*,
    nebylo nalezeno*, nebyl nalezen*, nenalezeny*, 0 výsledků, 0 produktů, žiadne výsledky,
    žiadne produkty, nenašli sme*, nenašlo sa*, neboli nájdené*, 0 výsledkov, nincs találat,
    nincs eredmény, nem található*, nincsenek találatok, 0 találat, 0 termék, niciun rezultat,
    nici un rezultat, niciun produs, nu am găsit*, nu s-au găsit*, 0 rezultate, 0 produse, nema rezultata,
    ni rezultatov, ni zadetkov, няма резултати, няма намерени*, ничего не найдено, ничего не нашлось,
    товары не найдены, нет результатов, нічого не знайдено, δεν βρέθηκαν*, κανένα αποτέλεσμα,
    sonuç bulunamadı, ürün bulunamadı,
""")
_NO_RESULTS_UNSPACED: Final = re.compile(
    "見つかりません|該当する商品(?:は|が)|没有找到|沒有找到|未找到|无结果|검색 결과가 없"
)


def says_no_results(text: str) -> re.Match[str] | None:
    """Where `text` says that a search found nothing."""
    return NO_RESULTS.search(text) or _NO_RESULTS_UNSPACED.search(text)


GONE: Final = Wording("""
    page not found, not found, error 404, 404 error, 404 not found, 404 -*, page doesn't exist,
    page doesn’t exist, page does not exist, page no longer exists, page can't be found,
    page can’t be found, page cannot be found, product not found, item not found, product does not exist,
    product no longer available, product is no longer available, item is no longer available,
    no longer exists, page is missing, couldn't find that page, couldn’t find that page,
    couldn't find the page, couldn’t find the page, couldn't find this page, couldn’t find this page,
    page you requested*, page you were looking for, page you are looking for, page you're looking for,
    page you’re looking for, oops*, seite nicht gefunden, seite wurde nicht gefunden,
    seite existiert nicht, nicht gefunden, nicht mehr verfügbar, produkt nicht gefunden,
    artikel nicht gefunden, artikel wurde nicht gefunden, seite konnte nicht gefunden*, page introuvable,
    page non trouvée, produit introuvable, n'existe pas, n’existe pas, n'existe plus, n’existe plus,
    página no encontrada, no encontrado, no existe, producto no encontrado, página não encontrada,
    produto não encontrado, pagina non trovata, prodotto non trovato, non esiste, pagina niet gevonden,
    product niet gevonden, bestaat niet*, strona nie istnieje, nie znaleziono strony,
    produkt nie istnieje, sidan kunde inte hittas, sidan hittades inte, siden blev ikke fundet,
    siden findes ikke, siden finnes ikke, sivua ei löydy*, stránka nenalezena, stránka neexistuje,
    az oldal nem található, pagina nu a fost găsită, страница не найдена,
""")

ROBOT_CHECK: Final = Wording("""
    are you a robot, are you human, robot or human, not a robot, verify you are human,
    verify you are a human, verify that you are human, verify that you're human, verifying you are human,
    you are human, prove you are human, prove you're human, human verification, bot verification,
    robot check, bot check, security check, security verification, unusual traffic, unusual activity,
    suspicious activity, automated access, automated requests, automated traffic, automated queries,
    pardon our interruption, checking your browser, just a moment*, one more step, attention required,
    press & hold, press and hold, complete the captcha, solve the captcha, solve this captcha,
    enter the characters you see, type the characters, enter the captcha, ddos protection, bot protection,
    please enable cookies and reload, captcha, ich bin kein roboter, kein roboter, sind sie ein mensch,
    dass sie ein mensch sind, sicherheitsüberprüfung, sicherheitsprüfung, sicherheitsabfrage,
    ungewöhnlicher datenverkehr, ungewöhnliche aktivität*, pas un robot, êtes-vous un robot,
    êtes-vous humain, que vous êtes humain, vérification de sécurité, contrôle de sécurité,
    trafic inhabituel, activité inhabituelle, no soy un robot, eres un robot, eres humano,
    es usted humano, tráfico inusual, comprobación de seguridad, verificación de seguridad,
    non sono un robot, non sei un robot, sei umano, verifica di sicurezza, controllo di sicurezza,
    traffico insolito, geen robot, bent u een mens, beveiligingscontrole, ongebruikelijk verkeer,
    nie jestem robotem, jesteś człowiekiem, nietypowy ruch, weryfikacja bezpieczeństwa, não sou um robô,
    você é humano, tráfego incomum, inte en robot, ikke en robot, nejsem robot, я не робот,
""")

DENIED: Final = Wording("""
    access denied, access to this page has been denied, access forbidden, forbidden, request blocked,
    you have been blocked, you've been blocked, you’ve been blocked, has been blocked,
    request unsuccessful, the request could not be satisfied, the requested url was rejected,
    access is restricted, permission to access, error 1020, error 1015, you are being rate limited,
    too many requests, zugriff verweigert, zugang verweigert, accès refusé, accès interdit,
    acceso denegado, accesso negato, toegang geweigerd, odmowa dostępu, dostęp zabroniony, acesso negado,
    åtkomst nekad, adgang nægtet, přístup odepřen, доступ запрещен, доступ запрещён,
""")

MAINTENANCE: Final = Wording("""
    under maintenance, down for maintenance, scheduled maintenance, site maintenance, maintenance mode,
    we'll be back*, we’ll be back*, we will be back*, be right back, temporarily unavailable,
    back shortly, service unavailable, temporarily down, undergoing maintenance, briefly unavailable,
    currently updating, wartungsarbeiten, wartungsmodus, im wartungs*, gleich wieder da, bald wieder*,
    vorübergehend nicht erreichbar, derzeit nicht erreichbar, en maintenance, maintenance en cours,
    momentanément indisponible, temporairement indisponible, en mantenimiento, mantenimiento programado,
    volvemos pronto, temporalmente no disponible, in manutenzione, manutenzione in corso, torniamo presto,
    onderhoud, wegens onderhoud, zo terug, prace konserwacyjne, przerwa techniczna, konserwacja,
    em manutenção, underhåll, vedligeholdelse, vedlikehold, huoltokatko, údržba, karbantartás,
""")

LOGIN: Final = Wording("""
    log in, login, sign in, signin, sign-in, log-in, please log in, please sign in, member login,
    customer login, anmelden, anmeldung, einloggen, kundenlogin, se connecter, connexion, identifiez-vous,
    iniciar sesión, inicio de sesión, identifícate, accedi, accesso, inloggen, aanmelden, zaloguj*,
    logowanie, iniciar sessão, entrar, logga in, log ind, logg inn, kirjaudu*, přihlá*, bejelentkez*,
    autentificare, вход, войти,
""")

CONSENT: Final = Wording("""
    accept cookies, accept all, cookies*, before you continue, your privacy, privacy settings,
    cookie settings, cookies akzeptieren, alle akzeptieren, alles akzeptieren, bevor sie fortfahren,
    privatsphäre*, datenschutzeinstellungen, tout accepter, accepter et continuer, avant de continuer,
    aceptar todo*, antes de continuar, accetta tutt*, alles accepteren, zaakceptuj*, akceptuj*, aceitar*,
    acceptera alla, accepter alle, godta alle, hyväksy*, přijmout vše, elfogad*,
""")
