"""Selectors that ask for words, as browser tools and jQuery have them."""

from __future__ import annotations

import pytest

from scraper_backend.scraping.document import Document

PAGE = """<main><h2>No  Results
for <b>x</b></h2>
<ul><li><span>Item Weight:</span> <span>5 lb</span></li><li><span>ASIN</span> <span>B0</span></li></ul>
<table><tr><th>Brand</th><td>Acme</td></tr></table></main>"""


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("h2:has-text('no results for x')", ["No Results for x"]),
        ('h2:contains("Results")', ["No Results for x"]),
        ("h2:contains(Results)", ["No Results for x"]),
        ("li:has(span:has-text('ASIN')) span + span", ["B0"]),
        ("li:has-text('weight') span, tr:has-text('Brand') td", ["Item Weight:", "5 lb", "Acme"]),
        (":text('asin')", ["ASIN"]),
        ("span:text-is('ASIN')", ["ASIN"]),
        ("span:text-is('ASI')", []),
        ("h2:has-text('no results'):visible", ["No Results for x"]),
        ("h2:has-text('2 results')", []),
        ("li span >> nth=1", ["5 lb"]),
        ("li:has-text('ASIN') span>>nth=-1", ["B0"]),
        ("li span >> nth=9", []),
    ],
)
def test_an_element_is_found_by_what_it_says(selector: str, said: list[str]) -> None:
    document = Document(PAGE)

    assert said == [" ".join(node.text.split()) for node in document.css(selector)]


def test_looking_leaves_no_trace_in_the_page() -> None:
    document = Document(PAGE)
    before = document.tree.html

    assert document.first("li:has-text('ASIN')") is not None

    assert before == document.tree.html


def test_a_selector_that_is_no_css_is_still_told_as_one() -> None:
    with pytest.raises(ValueError, match="invalid CSS selector"):
        Document(PAGE).css("li:has-text('x') >> span")
