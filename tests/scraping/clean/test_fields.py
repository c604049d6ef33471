"""One door to every type, and the steps that a configuration may add."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core.scraper_config import STANDARD_FIELDS, Replace, TextStep
from scraper_backend.scraping.clean import STANDARD_FIELD_TYPES, Context, normalize, value

CONTEXT = Context("https://shop.example/p/1", locale="de-DE", currency="EUR")


def test_every_standard_field_has_a_type() -> None:
    assert set(STANDARD_FIELDS) == set(STANDARD_FIELD_TYPES)


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        ("title", " Bowl &amp; Mat ", "Bowl & Mat"),
        ("price", "1.226 €", Decimal(1226)),
        ("price", ["Call us", "12,50"], Decimal("12.50")),
        ("currency", "12 $", "USD"),
        ("availability", "Auf Lager", "in_stock"),
        ("images", ["/a.jpg", "/a.jpg"], ["https://shop.example/a.jpg"]),
        ("images", [], None),
        ("url", "/p/2", "https://shop.example/p/2"),
        ("gtin", "EAN: 4006381333931", "4006381333931"),
        ("sku", "SKU: 007", "007"),
        ("rating", "4,5 von 5", Decimal("4.5")),
        ("reviews_count", "(12)", 12),
        ("weight", "2,5 kg", "2.5 kg"),
        ("category", ["Hund", "Futter"], "Hund > Futter"),
        ("description", "<p>a</p><p>b</p>", "a\n\nb"),
    ],
)
def test_a_standard_field_is_read_by_its_type(field: str, raw: object, expected: object) -> None:
    assert expected == value(STANDARD_FIELD_TYPES[field], raw, CONTEXT)


def test_a_date_is_told_in_utc() -> None:
    assert "2025-03-04T08:20:30Z" == value("date", "2025-03-04T10:20:30+02:00", CONTEXT)


@given(
    st.sampled_from(sorted(set(STANDARD_FIELD_TYPES.values()))),
    st.one_of(st.text(max_size=60), st.integers(), st.none(), st.lists(st.text(max_size=9))),
)
def test_any_value_of_any_type_is_read_without_a_crash(kind: str, raw: object) -> None:
    value(kind, raw, CONTEXT)  # type: ignore[arg-type]


def test_the_steps_of_a_configuration_are_taken_in_order() -> None:
    steps: tuple[TextStep | Replace, ...] = (
        "strip",
        "collapse",
        "remove_brand",
        "title_case",
        Replace.model_validate({"replace": r"\bXl\b", "with": "XL"}),
    )

    assert "Dog's Bed XL" == normalize("  NORDPFOTE®  DOG'S   BED XL ", steps, brand="Nordpfote")


def test_a_title_that_is_only_the_brand_keeps_it() -> None:
    assert "Nordpfote" == normalize("Nordpfote", ["remove_brand"], brand="Nordpfote")
    assert "Dog Bed" == normalize("Dog Bed by Nordpfote", ["remove_brand"], brand="Nordpfote")
    assert "Nordpfoten Bed" == normalize("Nordpfoten Bed", ["remove_brand"], brand="Nordpfote")
