"""Whether it can be had, in the words of schema.org, from the words of some twenty languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper_backend.scraping.clean import AVAILABILITIES, availability

SAID: dict[str, list[object]] = {
    "in_stock": [
        "https://schema.org/InStock", "http://schema.org/InStock", "InStock", "in_stock", "in-stock",
        "instock availability", "product-availability in-stock", "In stock (144 available)", "Auf Lager",
        "En stock",
        "Disponible", "Disponibile", "Op voorraad", "Dostępny", "I lager", "På lager", "Varastossa",
        "Em estoque",
        "Skladem", "在庫あり", "有货", "متوفر", "במלאי", "स्टॉक में", "Còn hàng",
        "Raktáron", "În stoc", "3 Stück verfügbar", "Stock: 12", "Sofort lieferbar",
        "Versandfertig in 3 Tagen", "Lieferzeit 2-3 Werktage", "Ships in 1-2 business days",
        "Availability: In Stock",
        "In stock online. Out of stock at Main Street", True, 25,
    ],
    "out_of_stock": [
        "OutOfStock", "stock-status--out-of-stock", "Unavailable", "not in stock", "not currently available",
        "Not available for purchase", "This product is not available for order",
        "nicht auf Lager", "leider nicht mehr auf Lager", "Derzeit nicht verfügbar",
        "品切れ", "품절", "无货", "Немає в наявності", "نفذ من المخزون", "Tükendi",
        "Hết hàng", "לא במלאי", "En rupture de stock",
        "No disponible", "Non disponibile", "Niet op voorraad", "Brak w magazynie", "Ej i lager",
        "Slut i lager",
        "Ikke på lager", "Ei varastossa", "Není skladem", "Nincs raktáron", "0 in stock", "Stock: 0",
        "Email me when available", "Temporarily out of stock", False, 0, "Sold out", "price--sold-out",
        "Ausverkauft", "Épuisé", "Agotado", "Uitverkocht", "Udsolgt", "Esgotado", "Stoc epuizat",
    ],
    "sold_out": ["https://schema.org/SoldOut", "SoldOut", "sold_out"],
    "limited_availability": [
        "LimitedAvailability", "Only 3 left in stock", "Only 3 left in stock - order soon.",
        "nur noch 3 auf Lager",
        "Plus que 2 en stock", "Low stock", "Last one!", "Kun 2 stk. tilbage på lager",
    ],
    "pre_order": ["PreOrder", "Available for pre-order", "Coming soon", "Jetzt vorbestellen", "Précommande"],
    "back_order": ["Available on backorder", "Backordered", "Bald wieder verfügbar",
    "Lieferzeit: 4-6 Wochen", "Lieferbar in 4-6 Wochen", "Available in 3 weeks"],
    "discontinued": ["Discontinued", "This product is no longer available", "Utgått ur sortimentet"],
    "in_store_only": ["InStoreOnly", "Out of stock online, available in store only", "Nur im Markt"],
    "online_only": ["Online only", "Nur online erhältlich"],
    "made_to_order": ["Made to order", "Sonderanfertigung"],
    "reserved": ["Reserved", "Reserviert"],
}  # fmt: skip


@pytest.mark.parametrize(("raw", "word"), [(raw, word) for word, many in SAID.items() for raw in many])
def test_what_a_shop_says_of_its_stock_becomes_a_word_of_schema_org(raw: object, word: str) -> None:
    assert word == availability(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "", "Add to cart", "Hello world", None, [], "$12.99", "De vânzare",
        "This product is NOT available for VAT relief", "Not available for next day delivery",
    ],
)  # fmt: skip
def test_what_says_nothing_of_stock_is_none(raw: object) -> None:
    assert availability(raw) is None


def test_every_word_of_ours_is_read_back() -> None:
    assert list(AVAILABILITIES) == [availability(word) for word in AVAILABILITIES]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_a_crash(raw: str) -> None:
    assert availability(raw) in (None, *AVAILABILITIES)


@pytest.mark.parametrize("piece", ["not ", "in stock ", "ships ", "a", "only 3 ", "-", "lieferzeit 1"])
def test_a_megabyte_of_anything_takes_no_time(piece: str) -> None:
    hostile = piece * (1_000_000 // len(piece))

    started = time.process_time()
    availability(hostile)

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("notice", ["Available June 30", "Available on 12/06"])
def test_what_is_available_on_a_later_day_is_not_yet(notice: str) -> None:
    assert availability(notice) == "pre_order"


def test_a_word_that_is_no_date_behind_it_changes_nothing() -> None:
    assert availability("Available in 3 sizes") == "in_stock"
    assert availability("Available for pickup today") == "in_stock"
