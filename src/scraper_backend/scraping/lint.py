"""What is wrong or fragile in a scraper's configuration, before a site is visited.

Faults: selectors that do not compile.  Warnings: selectors that the next redesign breaks, required fields
that nothing can fill, an address without TLS.  Called by `bsr scraper check` and the panel's editor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import regex

from scraper_backend.core.problems import Problem
from scraper_backend.core.scraper_config import STANDARD_FIELDS, ScraperConfig
from scraper_backend.core.selector import Selector, is_xpath
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract import jsonpath

_EMPTY: Final = Document("<html><body></body></html>")

_HASHED: Final = re.compile(
    r"""\.(?P<name>(?:css|sc|jsx|jss|emotion|styled|makeStyles)-[\w-]*[0-9A-Za-z]{5,}
    |[A-Za-z][\w]*(?:__|--|_)[A-Za-z0-9]*(?:\d[A-Za-z]+\d?|[A-Z][a-z]+\d|[a-z]\d[A-Za-z])[A-Za-z0-9]*(?=[.\s>+~:\[,]|$)
    |_[0-9A-Za-z]*\d[0-9A-Za-z]{3,}(?:_\d+)?(?=[.\s>+~:\[,]|$)
    |[a-z0-9]*(?:\d[a-z]+){2,}\d*(?=[.\s>+~:\[,]|$))""",
    re.X,
)
_NTH: Final = re.compile(r":nth-(?:last-)?(?:child|of-type)\(\s*\d+\s*\)")
_LONG_NUMBER: Final = re.compile(r"(?:#|@?id\s*[*^$]?=\s*['\"]?)[\w-]*\d{4,}")
_POSITION: Final = re.compile(r"\[\s*\d+\s*\]")
_FROM_ROOT: Final = re.compile(r"^\s*(?:/html\b|html\s*>\s*body)")
_MANY_STEPS: Final = 6


def lint(config: ScraperConfig) -> list[Problem]:
    """Every fault and every warning, in the order of the document."""
    return [
        *_addresses(config),
        *_fields(config),
        *_links(config),
        *_no_results(config),
        *_search(config),
    ]


# ── Addresses ──────────────────────────────────────────────────────────────────────────────────────


def _addresses(config: ScraperConfig) -> Iterator[Problem]:
    parts = urlsplit(config.base_url)
    if parts.scheme == "http" and not _is_own_machine(parts.hostname or ""):
        yield _warning("base_url", "is not encrypted", "write https:// if the site has it")
    if parts.query or parts.fragment:
        yield _warning("base_url", "has a query or fragment", "put it into search_url_template")
    template = urlsplit(config.search_url("SKU"))
    if (
        template.hostname
        and parts.hostname
        and template.hostname.split(".")[-2:] != parts.hostname.split(".")[-2:]
    ):
        yield _warning(
            "search_url_template", f"leads to {template.hostname}, away from {parts.hostname}",
            "name the site that is scraped as base_url",
        )  # fmt: skip


def _is_own_machine(host: str) -> bool:
    return (
        host == "localhost"
        or "." not in host
        or re.fullmatch(r"[\d.]+|.*\.(?:local|test|localhost|internal)", host) is not None
    )


# ── Selectors ──────────────────────────────────────────────────────────────────────────────────────


def _fields(config: ScraperConfig) -> Iterator[Problem]:
    for name, several in config.selectors.items():
        yield from _several(f"selectors.{name}", several)
        if name not in STANDARD_FIELDS and not any(one.required for one in several) and not several:
            yield _warning(f"selectors.{name}", "has no selector", "write one or remove the field")


def _links(config: ScraperConfig) -> Iterator[Problem]:
    for index, selector in enumerate(config.options.product_link or ()):
        path = _path("options.product_link", index, len(config.options.product_link or ()))
        yield from _one(path, selector)
        if selector.json_path is not None:
            yield Problem(path, "uses json_path, which finds no link", "write CSS or XPath of the link")


def _no_results(config: ScraperConfig) -> Iterator[Problem]:
    selectors = config.options.no_results.selectors
    for index, text in enumerate(selectors):
        yield from _compiles(_path("options.no_results.selectors", index, len(selectors)), text)
    texts = config.options.no_results.text
    for index, text in enumerate(texts):
        if len(text.strip()) < 4:
            path = _path("options.no_results.text", index, len(texts))
            yield _warning(
                path, f"is so short ({text!r}) that any page may have it", "write the whole sentence"
            )
    if config.options.wait_for is not None:
        yield from _compiles("options.wait_for.selector", config.options.wait_for.selector)


def _search(config: ScraperConfig) -> Iterator[Problem]:
    for name in config.options.normalize:
        if name not in STANDARD_FIELDS and name not in config.selectors:
            hint = f"write selectors.{name} or remove it"
            yield _warning(f"options.normalize.{name}", "changes a field that nothing fills", hint)
    if not config.options.test_skus:
        yield _warning("options.test_skus", "names no SKU to try", "write two or three that the site has")


def _several(path: str, several: Iterable[Selector]) -> Iterator[Problem]:
    listed = list(several)
    for index, selector in enumerate(listed):
        yield from _one(_path(path, index, len(listed)), selector)
    written = [(one.selector or one.json_path, one.attribute, one.regex) for one in listed]
    if len(set(written)) < len(written):
        yield _warning(path, "tries the same selector twice", "remove one of them")


def _one(path: str, selector: Selector) -> Iterator[Problem]:
    if selector.regex is not None:
        try:
            regex.compile(selector.regex)
        except regex.error as error:
            yield Problem(
                f"{path}.regex", f"is no regular expression: {error}", "escape what is meant literally"
            )
    if selector.json_path is not None:
        try:
            jsonpath.compiled(selector.json_path)
        except ValueError as error:
            yield Problem(f"{path}.json_path", str(error), "write a path such as props.product.price")
        return
    text = selector.selector or ""
    faults = list(_compiles(path, text))
    yield from faults
    if not faults:
        yield from _fragile(path, text)


def _compiles(path: str, text: str) -> Iterator[Problem]:
    try:
        if is_xpath(text):
            _EMPTY.xpath(text)
        else:
            _EMPTY.css(text)
    except ValueError as error:
        kind = "XPath" if is_xpath(text) else "CSS"
        yield Problem(path, f"is no {kind} that can be read: {error}", f"check `{text[:80]}`")


def _fragile(path: str, text: str) -> Iterator[Problem]:
    xpath = is_xpath(text)
    if _FROM_ROOT.search(text):
        yield _warning(
            path,
            "starts at the root of the page, as copied from a browser",
            "start at the nearest id or class",
        )
    elif xpath and len(_POSITION.findall(text)) >= 2:
        yield _warning(
            path, "counts positions, which move with every redesign", "name a class, an id or a label instead"
        )
    elif not xpath and len(_NTH.findall(text)) >= 2:
        yield _warning(
            path, "counts children, which move with every redesign", "name a class, an id or a label instead"
        )
    elif not xpath and len(re.findall(r"\s*>\s*|\s+", text.strip())) >= _MANY_STEPS:
        yield _warning(path, f"has more than {_MANY_STEPS} steps", "keep the last two or three")
    if not xpath and (match := _HASHED.search(text)):
        hint = "write an attribute such as [data-testid=…], or leave the field to the page's data"
        yield _warning(
            path, f"uses .{match['name']}, a class that a build tool made and the next build changes", hint
        )
    if _LONG_NUMBER.search(text):
        yield _warning(
            path, "uses an id with a long number, which may be one product's own", "write a class or a label"
        )


def _path(path: str, index: int, count: int) -> str:
    return path if count == 1 else f"{path}.{index}"


def _warning(path: str, message: str, hint: str) -> Problem:
    return Problem(path, message, hint, severity="warning")
