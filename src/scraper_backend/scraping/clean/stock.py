"""Availability, in schema.org's words in snake case.

From schema.org addresses and words, from class names, and from what shops write in some twenty European
languages.  A number left ("only 3 left") is `limited_availability`, as schema.org has it; a delivery time
in days is `in_stock`, one in weeks `back_order`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, get_args

from scraper_backend.scraping.clean.notices import SAID, Availability
from scraper_backend.scraping.clean.text import plain, unescape
from scraper_backend.scraping.clean.words import phrases

AVAILABILITIES: Final[tuple[str, ...]] = get_args(Availability)

LONGEST_NOTICE: Final = 400

_SCHEMA: Final[dict[str, Availability]] = {
    **{word.replace("_", ""): word for word in get_args(Availability)},
    "presale": "pre_order",
    "available": "in_stock",
    "availablefororder": "back_order",
    "oos": "out_of_stock",
    "outofstock": "out_of_stock",
    "notavailable": "out_of_stock",
    "unavailable": "out_of_stock",
    "backordered": "back_order",
    "lowstock": "limited_availability",
    "limitedstock": "limited_availability",
    "true": "in_stock",
    "false": "out_of_stock",
}

_STATUS: Final[dict[str, Availability]] = {
    " ".join(phrase.casefold().split()): status
    for status, listed in reversed(SAID.items())
    for phrase in phrases(listed)
}
_SAYS: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(_STATUS, key=len, reverse=True))) + r")(?!\w)"
)
_NOT: Final = re.compile(
    r"(?<!\w)(?:not|no longer|isn't|aren't|nicht|kein|keine|ne|n'est|pas|no|non|niet|geen"
    r"|nie|ej|inte|ikke|ei|não|nao|"
    r"není|neni|nincs|nem|nu|δεν|не|нет|nie je|nema|ni|nav|nėra|pole)(?: \w+){0,2} ?$"
)
_FIRST_OF_ALL: Final[tuple[Availability, ...]] = (
    "discontinued", "in_store_only", "pre_order", "made_to_order", "back_order",
)  # fmt: skip
_LATER: Final = re.compile(
    r"(?<!\w)available (?:on )?(?:the )?"
    r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\d{1,2}/\d{1,2})"
)
"""`Available June 30`: not yet.  Where other languages say so they do it with words of the vocabulary."""

_IN_WEEKS: Final = re.compile(
    r"(?<!\w)(?:available|lieferbar|verfügbar|versandfertig|livrable|disponible|disponibile|leverbaar|dostępny"
    r"|tillgänglig|expédié|skickas) (?:in|within|en|sous|dans|tra|w|om|inom|binnen)"
    r" (?:ca\.? |etwa |about |environ )?\d{1,2} ?(?:(?:[-–]|to|bis|à|a|do|till) ?\d{1,2} ?)?"
    r"(?:weeks?|wochen?|semaines?|semanas?|settiman\w+|weken|tygodni\w*|veckor|months?|monate?n?|mois|mes(?:es|i))"
)
"""`Lieferbar in 4-6 Wochen`: it will be."""

_LEFT: Final = re.compile(
    r"(?<!\w)(?:only|just|nur noch|noch|nur|plus que|il ne reste que|il reste|sólo quedan"
    r"|solo quedan|quedan|queda|solo|sólo|ne restano|"
    r"ne rimangono|restano|nog maar|nog|slechts|alleen nog|tylko|zostało|zostały"
    r"|zostało tylko|ostatnie|bara|endast|kun|vain|enää|jäljellä|restam|"
    r"apenas|só restam|poslední|posledních|jen|už len|len|zbývá|zbývají|már csak|csak"
    r"|doar|mai sunt|mai avem|ultimele|μόνο|осталось|всего|only the last|last|letzte|les"
    r"|derniers|últimas|ultimi|laatste|sista|siste|sidste|viimeiset)"
    r"\W{1,3}(\d{1,3})(?!\w)(?!\s?%)"
)
_LEFT_AFTER: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}) (?:left|remaining|restants?|restantes|übrig|kvar|tilbage|igjen"
    r"|jäljellä|rimasti)(?!\w)"
)
_COUNT: Final = re.compile(
    r"(?<![\w.,])(\d{1,6})\+? ?(?:x )?(?:pcs|pieces|units|items|stk\.?|stück|st\.?|szt\.?"
    r"|ks|kpl|db|buc\.?|pz|uds?\.?|unidades|pezzi|sztuk|kusů|kusov|stuks|"
    r"adet|шт\.?)? ?(?:\w+ )?(?:in stock|available|auf lager|verfügbar|en stock"
    r"|disponibles?|disponibili|op voorraad|dostępnych|i lager|på lager|varastossa|"
    r"em stock|skladem|készleten|în stoc|in stoc|в наличии)(?!\w)"
    r"|(?<!\w)(?:stock|availability|quantity|inventory|bestand|lagerbestand|voorraad"
    r"|stan magazynowy|skladem|lagersaldo|antal i lager|varastossa|estoque|"
    r"készlet|raktáron|stoc|en stock|in stock|available|disponibilità|disponibilidad"
    r"|existencias|qty) ?[:=(] ?(\d{1,6})(?![\w.,])"
)
_DAYS: Final = re.compile(
    r"(?<!\w)(?:ships?|shipping|shipped|dispatch\w*|delivery|delivered|lieferzeit"
    r"|lieferung|versand\w*|lieferbar|livraison|expédié|expédition|livré|entrega|envío|"
    r"spedizione|consegna|levertijd|verzonden|geleverd|wysyłka|dostawa|czas wysyłki"
    r"|leveranstid|levering\w*|leveringstid|toimitusaika|toimitus|prazo|envio|dodání"
    r"|odesíláme|expedujeme|"
    r"dodanie|szállítás\w*|szállítási idő|livrare|доставка|отправка)\b[^.!?]{0,40}?\d{1,3} ?"
    r"(?:[-–] ?\d{1,3} ?)?(?:(?P<short>days?|business days?|working days?|hours?|hrs?|h\b"
    r"|tag\w*|werktag\w*|arbeitstag\w*|stunden|jours?|heures|días?|horas|giorni|ore|"
    r"dagen|werkdagen|uur|dni|godzin\w*|dagar|vardagar|dage|hverdage|dager|virkedager"
    r"|päivä\w*|arkipäivä\w*|dias|dn\w+|munkanap\w*|nap\w*|zile|ore|дн\w+)|"
    r"(?P<long>weeks?|woche\w*|semaines?|semanas?|settiman\w+|weken|tygodni\w*|tydzień"
    r"|veckor|uger|uker|viikko\w*|týdn\w+|týžd\w+|hét|săptămân\w+|недел\w+|months?"
    r"|monat\w*|mois))"
)


_OF_A_SERVICE: Final = re.compile(
    r"(?<!\w)(?:(?:is |are )?(?:currently |temporarily )?(?:not|un|isn't|aren't) ?available (?:for|with|on) )"
    r"(?!purchase|sale|order(?!s\b)|this|your|the (?:selected|chosen))[^.!?]*"
)
"""`Not available for VAT relief`, `not available for next day delivery`: it can be had all the same."""

_BARE_NO: Final = frozenset(
    phrases("""
        unavailable, not available, currently unavailable, nicht verfügbar, nicht erhältlich, indisponible,
        non disponible, no disponible, non disponibile, indisponibile, niet beschikbaar, onbeschikbaar,
        niedostępny, niedostępne, inte tillgänglig, ikke tilgængelig, ikke tilgjengelig, ei saatavilla,
        indisponível, não disponível, nedostupné, nedostupný, nem elérhető, indisponibil, μη διαθέσιμο,
        недоступен, mevcut değil
    """)
)


def availability(raw: object) -> Availability | None:
    """From a schema.org address or word, a truth or a quantity, class names, or text."""
    if isinstance(raw, (bool, int, float, Decimal)):
        return "in_stock" if raw > 0 else "out_of_stock"
    return _of_text(raw[: LONGEST_NOTICE * 4]) if isinstance(raw, str) else None


@lru_cache(1024)
def _of_text(raw: str) -> Availability | None:
    """Remembered: a shop has a dozen words for it."""
    notice = plain(unescape(raw), longest=LONGEST_NOTICE).casefold().replace("’", "'")
    return _schema_word(notice) or _said(_as_words(notice))


def is_delivery_time(text: str) -> bool:
    """Whether a notice only says how long it takes; a shop may print that beside a product it has not."""
    notice = plain(text, longest=LONGEST_NOTICE).casefold()
    return _DAYS.search(notice) is not None and _SAYS.search(notice) is None


def is_bare_no(text: str) -> bool:
    """Whether a notice is nothing but "unavailable": of a product without a price, it may mean the price."""
    return plain(text, longest=LONGEST_NOTICE).casefold().strip(" .!:") in _BARE_NO


def _schema_word(notice: str) -> Availability | None:
    """`https://schema.org/InStock`, `InStock`, `in_stock`, `schema:in-stock`."""
    word = re.sub(r"^(?:https?://)?(?:www\.)?schema\.org/|^schema:|^itemavailability[./]", "", notice)
    if re.search(r"sold[\s-]", word):  # a page's "Sold out" only says that there is none now
        return None
    return _SCHEMA.get(re.sub(r"[\s_#/-]", "", word))


def _as_words(notice: str) -> str:
    """Class names as words: `stock-status--out_of_stock` says what it says."""
    if " " in notice and not re.search(r"\w[-_]{1,2}\w", notice):
        return notice
    return re.sub(r"(?<=\w)(?:__?|--?)(?=\w)", " ", notice) if "_" in notice or " " not in notice else notice


def _said(notice: str) -> Availability | None:
    """What the words say: the special case before the plain one, the first of two that contradict."""
    notice = _OF_A_SERVICE.sub(" ", notice)
    said = [(_negated(notice, match), match.start()) for match in _SAYS.finditer(notice)]
    statuses = [status for status, _ in said]
    special = next((status for status in _FIRST_OF_ALL if status in statuses), None)
    if special:
        return special
    if "in_stock" in statuses and _LATER.search(notice):
        return "pre_order"
    if set(statuses) == {"in_stock"} and _IN_WEEKS.search(notice):
        return "back_order"
    counted = _counted(notice)
    if counted and "out_of_stock" not in statuses:
        return counted
    if not said:
        return _delivery(notice)
    return _plainest(statuses)


def _negated(notice: str, match: re.Match[str]) -> Availability:
    """`nicht mehr sofort lieferbar`: a positive after a negation is none."""
    status = _STATUS[match.group()]
    if status in ("in_stock", "limited_availability") and _NOT.search(notice[: match.start()]):
        return "out_of_stock"
    return status


def _plainest(statuses: list[Availability]) -> Availability:
    """`In stock, low stock` is limited, `in stock, online only` is in stock; else the first word counts."""
    first = statuses[0]
    if first in ("in_stock", "online_only") and "limited_availability" in statuses:
        return "limited_availability"
    if first == "online_only" and len(statuses) > 1:
        return next((status for status in statuses if status != "online_only"), first)
    return first


def _counted(notice: str) -> Availability | None:
    """`Only 3 left`, `12 in stock`, `Stock: 0`."""
    left = _LEFT.search(notice) or _LEFT_AFTER.search(notice)
    if left and (
        _SAYS.search(notice)
        or re.search(
            r"left|stock|lager|reste|quedan|voorraad|kvar|kus|szt|db|buc|stück|stk|pezzi|pieces|units", notice
        )
    ):
        return "limited_availability" if int(left[1]) else "out_of_stock"
    count = _COUNT.search(notice)
    if count:
        return "in_stock" if int(count[1] or count[2]) else "out_of_stock"
    return None


def _delivery(notice: str) -> Availability | None:
    """A delivery time without any other word: days are in stock, weeks are on order."""
    found = _DAYS.search(notice)
    if found is None:
        return None
    return "in_stock" if found["short"] else "back_order"
