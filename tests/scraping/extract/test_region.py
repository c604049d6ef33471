"""What `$` is on a page that does not say: by the country it sells to."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.extract.region import locale


@pytest.mark.parametrize(
    ("url", "stated", "open_graph", "expected"),
    [
        ("https://shop.example.com/p", "en", "", "en"),
        ("https://shop.example.com/p", "", "", None),
        ("https://shop.example.com/p", "en-GB", "en_US", "en-GB"),
        ("https://www.pets.ca/p", "en", "", "en-CA"),
        ("https://www.pets.com.au/p", "en-US", "en_US", "en-AU"),
        ("https://www.pets.co.nz/p", "", "", "und-NZ"),
        ("https://www.tier.ch/de/p", "de", "", "de-CH"),
        ("https://www.pets.ca/fr/p", "fr-CA", "", "fr-CA"),
        ("https://pets.example.com/en-ca/p", "en", "", "en-CA"),
        ("https://pets.example.com/au/en/p", "en", "", "en-AU"),
        ("https://pets.example.com/to/be/p", "en", "", "en"),
        ("https://pets.example.com/p", "en", "en_AU", "en-AU"),
        ("https://startup.co/p", "en", "", "en"),
    ],
)
def test_the_address_knows_better_than_the_template(
    url: str, stated: str, open_graph: str, expected: str | None
) -> None:
    assert expected == locale(url, stated, open_graph)


def test_a_copy_of_a_page_is_of_the_country_that_it_says_it_is_from() -> None:
    assert "en-AU" == locale("http://127.0.0.1:8000/1", "en", "", "https://www.pets.com.au/p")
    assert "en" == locale("http://127.0.0.1:8000/1", "en", "", "/p")
