"""A configuration of the older form is read as it stands, and says what it lost."""

from __future__ import annotations

import pytest

from scraper_backend.core.errors import Faults
from scraper_backend.core.older import is_older
from scraper_backend.core.scraper_config import (
    ScraperConfig,
    from_wire,
    parse_document,
    parse_value,
    read_document,
)
from scraper_backend.core.wire import ScraperWire

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


BRANCHING = """
schema_version: "1.0"
name: hill
base_url: https://www.hill.example
scraper_type: static
use_stealth: false
ai_config: null
login: null
http_status: null
selectors:
  - id: s1
    name: result_link
    selector: "a.hit:has-text('{sku}') >> nth=0"
    fallback_selectors: ["a[href*='{sku}']", "//a[.='{sku}']"]
    attribute: href
    required: true
  - {name: Name, selector: "#title", attribute: text, required: true}
  - {name: Specs, selector: "css=.specs", attribute: text}
  - {name: Weight, selector: "tr:has-text('Weight') td, //li[contains(., 'lb, oz')] | //p", required: false}
  - {name: ItemNumber, selector: .item}
  - {name: State, selector: script#state, attribute: innerHTML}
workflows:
  - {action: navigate, params: {url: "https://www.hill.example/s?q={{sku}}"}}
  - {action: check_no_results}
  - action: conditional
    params:
      condition_type: value_match
      then:
        - {action: navigate, params: {url: "https://www.hill.example/s?q=0{sku}"}}
      else:
        - {action: rub_lamp, params: {times: 3}}
  - {action: extract_single, params: {field: product_url, selector_id: s1}}
  - {action: navigate, params: {url: "{{ product_url }}", wait_after: 2}}
  - {action: extract, params: {fields: [Name, Specs, Weight, ItemNumber]}}
  - action: extract_and_transform
    params:
      fields:
        - name: Name
          selector: h1
          nth: 0
          transform: [{type: prefix, value: "Hill "}, {type: default, value: x}]
        - {name: Images, selector: .pics img, attribute: src, multiple: true}
  - {action: transform_value, params: {source_field: Specs, target_field: Brand, regex: 'Brand: (\\w+)'}}
  - {action: transform_value, params: {source_field: Gone, target_field: Brand, regex: 'x'}}
  - {action: transform_value, params: {field: Name, transformations: [{type: strip, chars: "*-"}]}}
  - action: extract_from_json
    params: {source_field: State, json_path: product.codes.0.upc, target_field: UPC}
  - action: process_images
    params:
      field: Images
      quality_patterns: [{regex: _small, replacement: _large}]
      filters: [{type: exclude_text, text: logo}, {type: require_text, text: /media/}]
normalization:
  - {field: ItemNumber, action: remove_prefix, params: {prefix: "No. ("}}
validation:
  no_results_selectors: ["h2:has-text('nothing'), //p[.='none']"]
  required_fields: [Weight]
"""


@pytest.fixture(scope="module")
def branching() -> tuple[ScraperConfig, dict[str, str]]:
    config, warnings = read_document(BRANCHING, source="hill.yaml")
    assert config == ScraperConfig.model_validate(config.as_written())
    return config, {warning.path: warning.message for warning in warnings}


def test_a_link_that_the_script_reads_and_opens_is_the_products_and_no_field(
    branching: tuple[ScraperConfig, dict[str, str]],
) -> None:
    config, _ = branching

    assert "https://www.hill.example/s?q=A1" == config.search_url("A1")
    assert config.options.product_link is not None
    assert ["a.hit"] == [one.selector for one in config.options.product_link]
    assert {"title", "specs", "weight", "item_number", "images", "brand", "gtin"} == set(config.selectors)


def test_selectors_of_other_engines_become_ours(branching: tuple[ScraperConfig, dict[str, str]]) -> None:
    fields = branching[0].selectors

    assert ["h1", "#title"] == [one.selector for one in fields["title"]]
    assert ".specs" == fields["specs"][0].selector
    weight = [one.selector for one in fields["weight"]]
    assert ["tr:has-text('Weight') td", "//li[contains(., 'lb, oz')] | //p"] == weight
    assert fields["weight"][0].required
    none = branching[0].options.no_results.selectors
    assert ("h2:has-text('nothing')", "//p[.='none']") == none


def test_what_the_script_makes_of_a_field_is_kept(branching: tuple[ScraperConfig, dict[str, str]]) -> None:
    config, _ = branching

    assert (".specs", r"(?i)Brand: (\w+)") == (
        config.selectors["brand"][0].selector,
        config.selectors["brand"][0].regex,
    )
    assert "product.codes[0].upc" == config.selectors["gtin"][0].json_path
    assert r"^(?!.*logo)(?=.*/media/).+" == config.selectors["images"][0].regex
    assert {"title", "images", "item_number"} == set(config.options.normalize)
    changed = [
        (step.pattern, step.replacement)
        for step in config.options.normalize["title"]
        if not isinstance(step, str)
    ]
    assert [("^", "Hill "), (r"^[\*\-]+|[\*\-]+$", "")] == changed


def test_what_a_script_does_beyond_the_walk_is_named_where_it_stands(
    branching: tuple[ScraperConfig, dict[str, str]],
) -> None:
    assert {
        "schema_version": "is left out",
        "scraper_type": "is left out",
        "workflows.2.params.then.0": "is a second search and is left out",
        "workflows.2.params.else.0": "`rub_lamp` is left out",
        "workflows.6.params.fields.0": "`default` has no equivalent and is left out",
        "workflows.8": "reads `gone`, which nothing finds, and is left out",
    } == branching[1]


def test_a_click_on_the_products_own_page_is_not_its_link() -> None:
    config, warnings = read_document(
        """
name: tabs
base_url: https://tabs.example
selectors: [{name: Name, selector: "#name"}]
workflows:
  - {action: navigate, params: {url: "/s?q={sku}"}}
  - {action: wait_for, params: {selector: ["#name", body]}}
  - {action: click, params: {selector: "//a[.='Specifications']"}}
""",
        source="tabs.yaml",
    )

    assert config.options.product_link is None
    assert ["workflows.2"] == [warning.path for warning in warnings]


def test_all_that_cannot_be_understood_is_told_at_once() -> None:
    with pytest.raises(Faults) as told:
        parse_document(
            """
name: Pet Shop (EU)
base_url: pets.example
colour: red
selectors: [{name: Name, selector: h1}, {selector: h2}, {name: Price}, h4]
workflows: [{action: navigate, params: {url: "https://pets.example/all"}}]
test_skus: [12]
timeout: soon
""",
            source="pets.yaml",
        )

    assert [
        "base_url", "colour", "options.test_skus", "options.timeout", "search_url_template", "selectors.1",
        "selectors.2", "selectors.3",
    ] == sorted(problem.path for problem in told.value.problems)  # fmt: skip


def test_a_coordinator_may_send_the_older_form_in_options() -> None:
    config = from_wire(
        ScraperWire(
            name="hill",
            base_url="https://www.hill.example",
            search_url_template="/s?q={sku}",
            selectors=[{"name": "Name", "selector": "h1"}],
            options={
                "workflows": [
                    {"action": "navigate", "params": {"url": "https://www.hill.example/s?q={sku}"}},
                    {"action": "click", "params": {"selector": "a.hit"}},
                ],
                "timeout": 9,
            },
        )
    )

    assert config.options.product_link is not None
    assert ("a.hit", 9.0) == (config.options.product_link[0].selector, config.options.timeout)
    assert "h1" == config.selectors["title"][0].selector


def test_which_click_leads_to_the_product_is_told_by_what_it_is_called_and_where_it_stands() -> None:
    script = """
name: clicks
base_url: https://clicks.example
selectors: [{name: Name, selector: "main h1"}, {name: Product URL, selector: "main a.hit", attribute: href}]
workflows:
  - {action: navigate, params: {url: "{base_url}/s?q={sku}"}}
  - {action: wait_for, params: {selector: ["main h1"]}}
  - action: conditional
    params: {condition: {action: wait_for}, if_true: {action: conditional_skip, params: {if_flag: true}}}
"""
    click = '  - {action: click, name: click_first_result, params: {selector: "article a"}}\n'
    opened = "  - {action: extract, params: {fields: [Product URL]}}\n"
    opened += '  - {action: navigate, params: {url: "{Product URL}"}}\n'

    clicked = parse_document(script + click, source="clicks.yaml")
    followed = parse_document(script + opened, source="clicks.yaml")

    assert "/s?q={sku}" == clicked.search_url_template
    assert clicked.options.product_link is not None
    assert followed.options.product_link is not None
    assert "article a" == clicked.options.product_link[0].selector
    assert "main a.hit" == followed.options.product_link[0].selector
    assert {"title"} == set(followed.selectors)


def test_a_place_among_several_and_a_proxy_are_kept() -> None:
    config, warnings = read_document(
        """
name: places
base_url: https://places.example
search_url_template: /s?q={sku}
selectors:
  - {name: UPC, selector: "p .value >> nth=1"}
  - {name: Name, selector: "//h1 >> nth=1"}
proxy_config: {proxy_url: "http://proxy.example:3128", proxy_username: me, rotation_strategy: "off"}
test_assertions: []
""",
        source="places.yaml",
    )

    assert "p .value >> nth=1" == config.selectors["gtin"][0].selector
    assert "http://proxy.example:3128" == config.options.proxy
    assert {"selectors.1", "proxy_config"} == {warning.path for warning in warnings}


def test_a_fault_in_what_has_moved_is_told_on_the_line_where_it_was_written() -> None:
    with pytest.raises(Faults) as told:
        parse_document(
            """
name: moved
base_url: https://moved.example
search_url_template: /s?q={sku}
selectors: [{name: Name, selector: h1}]
timeout: soon
""",
            source="moved.yaml",
        )

    assert [("options.timeout", 6)] == [(problem.path, problem.line) for problem in told.value.problems]


def test_required_fields_that_are_no_list_are_a_fault_and_no_crash() -> None:
    document = {
        "name": "x", "base_url": "https://a.example", "search_url_template": "/s?q={sku}",
        "selectors": [{"name": "price", "selector": ".p"}], "validation": {"required_fields": 5},
    }  # fmt: skip
    with pytest.raises(Faults) as caught:
        parse_value(document, source="x")
    assert ["validation.required_fields"] == [problem.path for problem in caught.value.problems]
