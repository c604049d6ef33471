"""Faults and fragile places of a configuration, before a site is visited."""

from __future__ import annotations

from typing import Any

import pytest

from scraper_backend.core.scraper_config import parse_value
from scraper_backend.scraping.lint import lint


def problems(**more: Any) -> dict[str, tuple[str, str]]:
    """Severity and message of each problem by its path."""
    options = {"test_skus": ["A"], **more.pop("options", {})}
    plain = {
        "name": "s",
        "base_url": "https://s.test",
        "search_url_template": "/search?q={sku}",
        "options": options,
    }
    return {
        one.path: (one.severity, one.message) for one in lint(parse_value({**plain, **more}, source="test"))
    }


def test_a_sound_configuration() -> None:
    selectors = {
        "title": "h1.product-title", "price": [".price--current", "//span[@itemprop='price']/@content"],
        "brand": "[data-testid=brand]", "images": "#gallery img@src", "sku": {"json_path": "product.sku"},
    }  # fmt: skip
    assert {} == problems(selectors=selectors)


@pytest.mark.parametrize(
    ("selector", "kind"),
    [("div[", "CSS"), ("h1 >> b", "CSS"), (":nope(x)", "CSS"), ("//div[", "XPath")],
)
def test_selectors_that_do_not_compile(selector: str, kind: str) -> None:
    severity, message = problems(selectors={"price": selector})["selectors.price"]

    assert "error" == severity
    assert f"is no {kind} that can be read" in message


def test_each_of_several_is_told_by_its_place() -> None:
    found = problems(
        selectors={"price": [".ok", "div["]},
        options={"product_link": "a[", "no_results": {"selectors": [".x", "p["]}, "wait_for": "]"},
    )

    assert {
        "selectors.price.1", "options.product_link",
        "options.no_results.selectors.1", "options.wait_for.selector",
    } == set(found)  # fmt: skip


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("div:nth-child(2) > ul > li:nth-child(4)", "counts children"),
        ("//div[2]/span[1]", "counts positions"),
        ("/html/body/div[3]/main/p", "starts at the root"),
        ("html > body > div > p", "starts at the root"),
        ("div > div > div > section > div > p > span > b", "steps"),
        (".css-1x2y3z", "a class that a build tool made"),
        (".sc-bdVaJa", "a class that a build tool made"),
        (".Price_root__3xYz1", "a class that a build tool made"),
        ("div._2kHMt", "a class that a build tool made"),
        ("#product-48213", "an id with a long number"),
        ("//*[@id='price_48213']", "an id with a long number"),
    ],
)
def test_fragile_selectors(selector: str, said: str) -> None:
    severity, message = problems(selectors={"price": selector})["selectors.price"]

    assert "warning" == severity
    assert said in message


@pytest.mark.parametrize(
    "selector",
    [".price_color", ".product_main h1", ".price--new",
    ".a-price .a-offscreen", ".product__title", ".col-md-6 h1",
     "ul li:first-child a", ".mt-2 span", ".h1", ".price-item--regular", ".woocommerce-Price-amount bdi",
     "//th[text()='UPC']/following-sibling::td", ".product-info-main .price", ".pdp-price_type_normal"],
)  # fmt: skip
def test_names_that_people_gave_are_not_suspected(selector: str) -> None:
    assert {} == problems(selectors={"price": selector})


def test_the_rest_of_the_document() -> None:
    found = problems(
        base_url="http://shop.example",
        search_url_template="https://search.elsewhere.example/?q={sku}",
        options={"normalize": {"colour": "strip"}, "no_results": {"text": "no"}, "test_skus": []},
    )

    assert {
        "base_url", "search_url_template",
        "options.normalize.colour", "options.no_results.text", "options.test_skus",
    } == set(found)  # fmt: skip
    assert {"warning"} == {severity for severity, _ in found.values()}
