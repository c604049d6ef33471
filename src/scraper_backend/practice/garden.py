"""Gartenhof Linde: the storefront without any structured data.  German, euros.

Its search leads straight to the product when there is only one; an article's old price and its
neighbours' prices stand beside the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from urllib.parse import quote

from scraper_backend.practice.catalogue import Product, Shop, shelves, sold_by

SHOP: Shop = "garden"
NAME = "Gartenhof Linde"
SEARCH, QUERY, PRODUCT, CATEGORY, PICTURE = "/suche", "begriff", "/artikel/", "/kategorie/", "/bild/"
ROBOTS = "User-agent: *\nDisallow: /warenkorb\n"
REDIRECTS_SINGLE_HIT = True
NOT_FOUND = "Seite nicht gefunden"
_WORDS = {
    "in_stock": "Auf Lager, in 2–3 Tagen bei Ihnen",
    "out_of_stock": "Derzeit nicht auf Lager",
    "pre_order": "Jetzt vorbestellen",
}
_CATEGORIES = {
    "dogs": "Hunde", "cats": "Katzen", "birds": "Vögel", "fish": "Fische", "small animals": "Kleintiere",
    "pots": "Töpfe", "seeds": "Saatgut", "tools": "Werkzeug", "watering": "Bewässerung",
}  # fmt: skip


def path_of(item: Product) -> str:
    """Where its page stands."""
    return PRODUCT + item.slug


def home() -> str:
    """The front page: a welcome, and the first of each shelf."""
    rows = "".join(
        f'<section><h2><a href="{CATEGORY}{quote(name)}">{_CATEGORIES[name]}</a></h2>'
        f"{_grid(shelf[:4])}</section>"
        for name, shelf in shelves(SHOP).items()
    )
    return _page(
        "Garten, Balkon und alles, was dort wohnt",
        '<div class="hero"><h1>Garten, Balkon und alles, was dort wohnt</h1>'
        f"<p>{len(sold_by(SHOP))} Artikel, alle erfunden.</p></div>{rows}",
    )


def category(name: str) -> str | None:
    """One shelf, or None when there is none of this name."""
    shelf = shelves(SHOP).get(name)
    return None if shelf is None else _page(_CATEGORIES[name], f"<h1>{_CATEGORIES[name]}</h1>{_grid(shelf)}")


def results(query: str, hits: Sequence[Product]) -> str:
    """What the search says; it also knows to say that there is nothing."""
    if not hits:
        text = f"Zu „{query}“ haben wir nichts. Bitte prüfen Sie die Schreibweise."
        return failure("Keine Artikel gefunden", text)
    return _page(f"Suche: {query}", f"<h1>{len(hits)} Artikel zu „{escape(query)}“</h1>{_grid(hits)}")


def product(item: Product) -> str:
    """An article's page, as plain HTML."""
    title = escape(item.title_de)
    body = f"""<nav class="trail"><a href="/">Start</a> / <a href="{CATEGORY}{quote(item.category)}">{
        _CATEGORIES[item.category]
    }</a></nav>
<article class="artikel product"><img class="artikel-bild" src="{PICTURE}{item.slug}" alt="{title}"
width="400" height="400"><div><p class="marke brand">{escape(item.brand)}</p>
<h1 class="artikel-titel">{title}</h1>
{_price_line(item)}<p class="lieferbarkeit stock">{_stock(item)}</p>
<p><a class="button" href="/warenkorb">In den Warenkorb</a></p>
<dl class="daten"><dt>Artikelnummer</dt><dd class="artikelnummer">{escape(item.sku)}</dd>
<dt>EAN</dt><dd class="ean">{item.gtin}</dd><dt>Gewicht</dt><dd class="gewicht">{_kilos(item)}</dd></dl>
<div class="beschreibung"><p>{title} von {escape(item.brand)}.</p>
<p>Mit Sorgfalt ausgedacht und nicht zu kaufen.</p></div></div></article>
<section><h2>Dazu passt</h2>{_grid(_neighbours(item))}</section>"""
    return _page(item.title_de, body)


def failure(title: str, text: str) -> str:
    """Any page that is no article: not found, the basket, a fault."""
    return _page(title, f'<div class="empty"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>')


def captcha() -> str:
    """The page that wants a human."""
    return _page(
        "Sicherheitsabfrage",
        '<div class="empty"><h1>Sind Sie ein Mensch?</h1><p>Bitte lösen Sie das Captcha, um fortzufahren.</p>'
        '<form class="g-recaptcha" data-sitekey="practice"><label><input type="checkbox"> '
        "I'm not a robot</label></form></div>",
    )


def money(price: Decimal) -> str:
    """The price as Germans write it: 1.249,00 €."""
    return f"{price:,.2f}".translate(str.maketrans(",.", ".,")) + " €"


def _price_line(item: Product) -> str:
    price = item.offers[SHOP].price
    if price is None:
        return '<p class="preis price">Preis auf Anfrage</p>'
    old = f'<s class="preis-alt">{money(price * Decimal("1.2"))}</s> ' if item.grams > 2000 else ""
    return (
        f'<p class="preis price">{old}<span class="preis-betrag">{money(price)}</span></p>'
        "<p class='mwst'>inkl. 19 % MwSt., zzgl. Versand ab 4,90 €</p>"
    )


def _kilos(item: Product) -> str:
    return f"{item.grams / 1000:g}".replace(".", ",") + " kg"


def _stock(item: Product) -> str:
    availability = item.offers[SHOP].availability
    return f'<span class="{availability.replace("_", "-")}">{_WORDS[availability]}</span>'


def _neighbours(item: Product) -> list[Product]:
    return [other for other in shelves(SHOP)[item.category] if other is not item][:4]


def _grid(items: Sequence[Product]) -> str:
    cards = "".join(
        f'<li class="karte card"><a href="{path_of(item)}"><img src="{PICTURE}{item.slug}" alt="" '
        f'loading="lazy" width="200" height="200"><b>{escape(item.title_de)}</b></a>'
        f'<span class="codes">Art.-Nr. {escape(item.sku)}</span>{_card_price(item)}</li>'
        for item in items
    )
    return f'<ul class="grid">{cards}</ul>'


def _card_price(item: Product) -> str:
    price = item.offers[SHOP].price
    return f'<p class="price">{"auf Anfrage" if price is None else money(price)}</p>'


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="de-DE"><head><meta charset="utf-8"><title>{escape(title)} – {NAME}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,"></head><body class="garden">
<header><a class="logo" href="/">{NAME}</a><form action="{SEARCH}"><input name="{QUERY}" type="search"
aria-label="Suche" placeholder="Name, Artikelnummer oder EAN"><button>Suchen</button></form></header>
<main>{body}</main>
<footer>Ein Laden zum Üben. Er verkauft nichts und lässt sich gern auslesen.</footer></body></html>"""
