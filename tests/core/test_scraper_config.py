"""One site's configuration: strict for a person, patient with a coordinator."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core import wire
from scraper_backend.core.errors import Faults
from scraper_backend.core.scraper_config import ScraperConfig, from_wire, parse_document, parse_value

SITE: dict[str, Any] = {"name": "chewy", "base_url": "https://chewy.com", "search_url_template": "/s?q={sku}"}


def _sent(**keys: Any) -> wire.ScraperWire:
    return wire.ScraperWire.model_validate({**SITE, **keys})


def _faults(document: str) -> dict[str, tuple[int | None, str]]:
    with pytest.raises(Faults) as caught:
        parse_document(document, source="x.yaml")
    return {p.path: (p.line, str(p)) for p in caught.value.problems}


def _document(**keys: Any) -> str:
    return str(yaml.safe_dump({**SITE, **keys}, sort_keys=False))


def test_an_address_and_a_search_are_enough() -> None:
    site = parse_document(_document(), source="x.yaml")

    assert ({}, "auto") == (site.selectors, site.options.render)


@pytest.mark.parametrize(
    ("sku", "url"),
    [
        ("00123", "https://chewy.com/s?q=00123"),
        ("A/B C&d", "https://chewy.com/s?q=A%2FB%20C%26d"),
        ("é{sku}", "https://chewy.com/s?q=%C3%A9%7Bsku%7D"),
        ("../../admin", "https://chewy.com/s?q=..%2F..%2Fadmin"),
    ],
)
def test_a_sku_is_percent_encoded_always(sku: str, url: str) -> None:
    assert url == parse_value(SITE, source="x").search_url(sku)


@given(st.text(min_size=1))
def test_no_sku_leaves_the_site(sku: str) -> None:
    site = parse_value({**SITE, "search_url_template": "/find/{sku}"}, source="x")
    try:
        url = site.search_url(sku)
    except UnicodeEncodeError:
        return

    assert url.startswith("https://chewy.com/find") or sku in (".", "..")


@pytest.mark.parametrize(
    ("form", "selector", "attribute"),
    [
        ("h1.title", "h1.title", None),
        ("img.main@src", "img.main", "src"),
        ("@content", "*", "content"),
        ("//h1/text()", "//h1/text()", None),
        ("//a/@href", "//a/@href", None),
        ("./h1", "./h1", None),
        ("(//h1)[1]", "(//h1)[1]", None),
        ("a[title='x@y']", "a[title='x@y']", None),
        ('a[href$="@x"]@href', 'a[href$="@x"]', "href"),
        ("img::attr(data-src)", "img", "data-src"),
        ("h1::text", "h1", None),
    ],
)
def test_a_selector_in_a_string(form: str, selector: str, attribute: str | None) -> None:
    site = parse_value({**SITE, "selectors": {"title": form}}, source="x")

    assert (selector, attribute) == (
        site.selectors["title"][0].selector,
        site.selectors["title"][0].attribute,
    )


def test_selectors_as_a_list_with_names_are_normalised() -> None:
    listed = [
        {"name": "Product Name", "selector": "h1"},
        {"name": "image_urls", "selector": "img@src", "multiple": True},
    ]

    site = parse_value({**SITE, "selectors": listed}, source="x")

    assert {"title", "images"} == site.selectors.keys()
    assert ("src", True) == (site.selectors["images"][0].attribute, site.selectors["images"][0].multiple)


def test_faults_are_told_all_at_once_with_line_path_and_hint() -> None:
    faults = _faults(
        "name: chewy\n"
        "base_url: chewy.com\n"
        "search_url_template: /s?q={sku_}\n"
        "selectors:\n"
        "  price: {selector: .p, typ: price}\n"
        "  title:\n"
        "    - {selector: h1, regex: '('}\n"
        "timeout: 5\n"
    )

    assert (
        2,
        'base_url: found "chewy.com" (text); write an address that starts with https:// or http://',
    ) == faults["base_url"]
    assert (3, "search_url_template: uses {sku_}, but the only placeholder is {sku}") == faults[
        "search_url_template"
    ]
    assert (5, "selectors.price.typ: unknown key; did you mean `type`?") == faults["selectors.price.typ"]
    assert 7 == faults["selectors.title.0.regex"][0]
    assert (8, "timeout: unknown key; write `options.timeout`") == faults["timeout"]
    assert 5 == len(faults)


@pytest.mark.parametrize(
    "url", ["chewy.com", "ftp://chewy.com", "file:///etc/passwd", "javascript:alert(1)", "https://", ""]
)
def test_only_http_addresses_are_sites(url: str) -> None:
    assert "base_url" in _faults(_document(base_url=url))


@pytest.mark.parametrize("template", ["/s", "/s?q={}", "/s?q={q}", "/s?q={sku", "/s?q={sku!r}{x}"])
def test_a_search_says_where_the_sku_goes(template: str) -> None:
    assert "search_url_template" in _faults(_document(search_url_template=template))


def test_a_sku_without_quotes_is_refused_before_its_zeros_are_lost() -> None:
    assert "quotes" in _faults(_document(options={"test_skus": [123]}))["options.test_skus"][1]


def test_a_key_written_twice_is_refused() -> None:
    assert (4, "name: is written twice; keep one of them") == _faults(_document() + "name: other\n")["name"]


def test_disobeying_robots_needs_a_reason() -> None:
    faults = _faults(_document(options={"robots": {"obey": False}}))

    assert "needs a `reason`" in faults["options.robots"][1]


@pytest.mark.parametrize(
    "document", ["", "- a\n", "x", "a: [", "a: &x [*x]", "!!python/object:os.system x", "\0"]
)
def test_what_is_no_configuration_is_a_fault_and_never_a_crash(document: str) -> None:
    assert _faults(document)


@given(st.text(max_size=60))
def test_any_text_is_a_configuration_or_faults(document: str) -> None:
    with pytest.raises(Faults):
        parse_document(document, source="x.yaml")


def test_it_crosses_the_wire_and_comes_back_the_same() -> None:
    site = parse_value(
        {
            **SITE,
            "selectors": {"title": ["h1", "//h2"], "images": {"selector": "img@src", "multiple": True}},
            "options": {
                "timeout": 5,
                "rate": {"per_second": 1},
                "no_results": {"text": "Nothing"},
                "test_skus": ["007"],
            },
        },
        source="x",
    )

    raw = site.to_wire().as_bytes()

    assert site == from_wire(wire.read(wire.ScraperWire, raw))
    assert isinstance(site.to_wire().selectors, dict)


def test_that_robots_txt_is_obeyed_on_purpose_is_told_to_the_runners() -> None:
    """It is the default, but written it holds on a host of one's own as well."""
    silent, written = (
        parse_value({**SITE, **options}, source="x")
        for options in ({}, {"options": {"robots": {"obey": True}}})
    )

    sent = [from_wire(wire.read(wire.ScraperWire, one.to_wire().as_bytes())) for one in (silent, written)]

    assert [set(), {"obey"}] == [one.options.robots.model_fields_set for one in sent]


# ── From a coordinator ─────────────────────────────────────────────────────────────────────────────


def test_what_a_newer_coordinator_says_is_ignored() -> None:
    sent = _sent(
        mood="good",
        selectors={"price": {"selector": ".p", "glow": 1}, "title": ["h1", {"selector": "h2", "glow": 2}]},
        options={"glow": True, "rate": {"per_second": 1, "glow": 1}},
    )

    site = from_wire(sent)

    assert (".p", "h2") == (site.selectors["price"][0].selector, site.selectors["title"][1].selector)
    assert site.options.rate is not None
    assert 1.0 == site.options.rate.per_second


def test_an_older_coordinator_sends_selectors_as_a_list() -> None:
    listed = [
        {"id": "1", "name": "Name", "selector": "h1", "attribute": "text"},
        {
            "id": "2",
            "name": "Price",
            "selector": ".p",
            "attribute": None,
            "multiple": False,
            "required": True,
        },
    ]

    site = from_wire(_sent(selectors=listed))

    assert {"title", "price"} == site.selectors.keys()
    assert site.selectors["price"][0].required


def test_nulls_are_absences() -> None:
    site = from_wire(_sent(options={"timeout": None, "rate": None, "no_results": {"text": None}}))

    assert 30.0 == site.options.timeout


def test_a_coordinator_may_call_a_scraper_what_it_likes() -> None:
    assert "Pet Food Experts (EU)" == from_wire(_sent(name="Pet Food Experts (EU)")).name


def test_what_we_know_and_cannot_read_is_a_fault_with_its_path() -> None:
    with pytest.raises(Faults) as caught:
        from_wire(
            _sent(
                options={"timeout": "soon", "glow": 1}, selectors={"price": {"selector": ".p", "regex": "("}}
            )
        )

    assert {"options.timeout", "selectors.price.regex"} == {p.path for p in caught.value.problems}


def test_a_site_is_a_value() -> None:
    site = parse_value(SITE, source="x")

    assert isinstance(site, ScraperConfig)
    with pytest.raises(ValueError, match="frozen"):
        site.disabled = True  # type: ignore[misc]


def test_a_value_of_the_wrong_shape_is_told_what_shape_is_right() -> None:
    with pytest.raises(Faults) as caught:
        parse_value(
            {
                **SITE,
                "name": "Bay State!",
                "selectors": {"": ".y"},
                "options": {"currency": "usd", "locale": "english_us_x1y"},
            },
            source="x",
        )

    told = {problem.path: problem.hint for problem in caught.value.problems}
    assert told["name"].startswith("write letters, digits, `.`, `_` and `-`")
    assert "write three capital letters, such as EUR" == told["options.currency"]
    assert told["options.locale"].startswith("write a language")
    assert "write a word or a few, such as `title`" == told["selectors"]


def test_what_is_left_empty_has_its_default() -> None:
    """Programs write every key; people leave a heading with nothing under it."""
    config = parse_document(
        """
name: empty
base_url: https://a.example
search_url_template: /s?q={sku}
disabled: null
selectors:
  price: {selector: .price, attribute: null, regex: null, required: null}
  brand: [{selector: .brand, join: ~}, .maker]
options: {timeout: null, login: null, rate: {per_second: 1, concurrency: null}, no_results:}
""",
        source="empty.yaml",
    )
    bare = parse_document(
        "name: a\nbase_url: https://a.example\nsearch_url_template: /{sku}\nselectors:\noptions:\n",
        source="bare.yaml",
    )

    assert {"price": ".price", "brand": [".brand", ".maker"]} == config.as_written()["selectors"]
    assert {"rate": {"per_second": 1.0}} == config.as_written()["options"]
    assert {"name", "base_url", "search_url_template"} == bare.as_written().keys()


def test_a_selector_that_a_comment_has_swallowed_is_told() -> None:
    faults = _faults("name: a\nbase_url:\nsearch_url_template: /{sku}\nselectors:\n  title: #name\n")

    assert "in quotes where it begins with `#`" in faults["selectors.title.0"][1]
    assert (5, 2) == (faults["selectors.title.0"][0], faults["base_url"][0])
    assert "is missing" in faults["base_url"][1]
