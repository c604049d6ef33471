"""A configuration of the older form is read as it stands, and says what it lost."""

from __future__ import annotations

import pytest

from scraper_backend.core.errors import Faults
from scraper_backend.core.older import is_older
from scraper_backend.core.scraper_config import ScraperConfig, parse_document, read_document

OLDER = """
name: bradley
base_url: https://www.bradley.example
test_skus: ["001135", "010199"]
edge_case_skus: ["1"]
timeout: 15
retries: 1
selectors:
  - {name: Name, selector: main h1, attribute: text, required: true}
  - {id: sel_1, name: Image URLs, selector: "main img[src*='products/']", attribute: src, multiple: true}
  - {name: Item Number, selector: .item}
workflows:
  - {action: conditional_click, params: {selector: "#cookies"}}
  - {action: navigate, params: {url: "https://www.bradley.example/search?term={sku}"}}
  - {action: wait_for, params: {selector: ["//h1"], timeout: 10}}
  - {action: click, params: {selector: "article a, h3 a", index: 0}}
  - {action: execute_script, params: {script: "window.x()"}}
  - action: transform_value
    params:
      field: Image URLs
      transformations: [{type: replace, pattern: /small/, replacement: /large/}]
normalization:
  - {field: Name, action: title_case}
  - {field: Name, action: rot13}
validation:
  no_results_selectors: [".none"]
  no_results_text_patterns: [Sorry]
anti_detection: {enable_rate_limiting: true, rate_limit_min_delay: 2.0}
"""


@pytest.fixture(scope="module")
def read() -> tuple[ScraperConfig, dict[str, int | None]]:
    config, warnings = read_document(OLDER, source="bradley.yaml")
    return config, {warning.path: warning.line for warning in warnings}


def test_the_script_becomes_a_search_and_a_product_link(
    read: tuple[ScraperConfig, dict[str, int | None]],
) -> None:
    config, _ = read

    assert "https://www.bradley.example/search?term=00%2F1" == config.search_url("00/1")
    assert config.options.product_link is not None
    assert "article a, h3 a" == config.options.product_link[0].selector


def test_fields_get_todays_names_and_options_move(read: tuple[ScraperConfig, dict[str, int | None]]) -> None:
    config, _ = read
    options = config.options

    assert ["title", "images", "item_number"] == list(config.selectors)
    assert (15.0, 1, ("001135", "010199")) == (options.timeout, options.retries, options.test_skus)
    assert ((".none",), ("Sorry",)) == (options.no_results.selectors, options.no_results.text)
    assert options.rate is not None
    assert (0.5, 1) == (options.rate.per_second, options.rate.concurrency)
    assert ["title", "images"] == sorted(options.normalize, reverse=True)


def test_what_has_no_equivalent_is_named_with_its_line(
    read: tuple[ScraperConfig, dict[str, int | None]],
) -> None:
    _, warnings = read

    assert {
        "edge_case_skus": 5,
        "anti_detection": 28,
        "normalization.1": 24,
        "workflows.4": 17,
    } == warnings


def test_what_it_becomes_reads_back_as_the_same_site(
    read: tuple[ScraperConfig, dict[str, int | None]],
) -> None:
    config, _ = read

    assert config == ScraperConfig.model_validate(config.as_written())


def test_a_script_without_a_search_is_told_what_to_write() -> None:
    with pytest.raises(Faults) as told:
        parse_document("name: a\nbase_url: https://a.example\nworkflows: [{action: login}]", source="a.yaml")

    assert ["search_url_template"] == [problem.path for problem in told.value.problems]


@pytest.mark.parametrize("value", [None, [], "text", {"name": "a", "base_url": "https://a.example"}])
def test_todays_documents_are_not_taken_for_older_ones(value: object) -> None:
    assert not is_older(value)
