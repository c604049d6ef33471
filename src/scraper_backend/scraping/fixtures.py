"""Fixtures: a folder with recorded pages and what must be read from them.

    page.html, meta.json    the page that decided, as it came back
    expected.json           the scraper, the SKU, the outcome and the fields
    <address>/…             the other pages of the walk, the search page among them

`record` makes one from a live SKU, `replay` walks it again without a network and tells the differences.
A folder with the first three files alone, written by hand, is judged as if the search had led to its page.
Called by `bsr scraper record` and `bsr scraper test`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.core.problems import Problem, from_validation
from scraper_backend.core.scraper_config import ScraperConfig, parse_value
from scraper_backend.core.wire import Outcome, OutcomeKind
from scraper_backend.scraping.fetch import Fetcher, recorded
from scraper_backend.scraping.fetch.recorded import RecordedFetcher
from scraper_backend.scraping.judge import judge
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.sku import scrape

EXPECTED: Final = "expected.json"
_MOVING: Final = frozenset(("scraped_at",))
"""Fields that are never the same twice."""


class Expected(BaseModel):
    """`expected.json`.  Fields that it does not name are not compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    scraper: dict[str, JsonValue]
    outcome: OutcomeKind = "found"
    reason: str | None = None
    data: dict[str, JsonValue] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is read differently from what is expected."""

    field: str
    expected: JsonValue
    read: JsonValue

    def __str__(self) -> str:
        return f"{self.field}: expected {_shown(self.expected)}, read {_shown(self.read)}"


class _Keeper:
    """A fetcher that keeps what another one brings."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.kept: dict[str, Page | NoPage] = {}

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page, which is kept as well."""
        self.kept[url] = await self._fetcher.get(url, site)
        return self.kept[url]


async def record(config: ScraperConfig, sku: str, fetcher: Fetcher, folder: Path) -> Outcome:
    """Walk for real, and write the fixture.  Raises `UsageError` when there is nothing to keep."""
    keeper = _Keeper(fetcher)
    outcome = await scrape(config, sku, keeper)
    decided = _decided(outcome, keeper.kept)
    if decided is None:
        raise UsageError(
            f"{config.name} gave no page for {sku}: {outcome.detail.get('message', outcome.outcome)}"
        )
    for url, got in keeper.kept.items():
        if got is not decided:
            recorded.save(got, folder / recorded.folder_name(url))
    recorded.save(decided, folder)
    _write(folder, config, outcome)
    return outcome


async def replay(folder: Path) -> list[Difference]:
    """What is read differently today.  Raises `Faults` for a folder that cannot be read."""
    expected, config = load(folder)
    outcome = await _walked_again(folder, config, expected.sku)
    return list(_differences(expected, outcome))


def load(folder: Path) -> tuple[Expected, ScraperConfig]:
    """What a fixture expects, and of which scraper.  Raises `Faults`."""
    path = folder / EXPECTED
    try:
        expected = Expected.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise Faults(str(path), from_validation(error, Expected)) from None
    except OSError:
        missing = Problem("", f"has no readable {EXPECTED}", "record it with `bsr scraper record`")
        raise Faults(str(folder), [missing]) from None
    return expected, parse_value(expected.scraper, source=str(path))


def folders(top: Path) -> list[Path]:
    """Every fixture at and below `top`."""
    return sorted(path.parent for path in top.rglob(EXPECTED))


async def _walked_again(folder: Path, config: ScraperConfig, sku: str) -> Outcome:
    fetcher = RecordedFetcher(folder)
    search_page = await fetcher.get(config.search_url(sku), config)
    page = recorded.load(folder)
    if isinstance(search_page, NoPage) and search_page.reason == "not_recorded" and isinstance(page, Page):
        return judge(config, sku, page)
    return await scrape(config, sku, fetcher)


def _decided(outcome: Outcome, kept: Mapping[str, Page | NoPage]) -> Page | NoPage | None:
    """The page that the outcome is about, or the last one."""
    url = outcome.detail.get("url")
    pages = [one for one in kept.values() if isinstance(one, Page)]
    return next((one for one in pages if one.url == url), pages[-1] if pages else None)


def _write(folder: Path, config: ScraperConfig, outcome: Outcome) -> None:
    reason = outcome.detail.get("reason")
    expected = Expected(
        sku=outcome.sku,
        scraper=_without_secrets(config),
        outcome=outcome.outcome,
        reason=reason if isinstance(reason, str) else None,
        data={name: value for name, value in outcome.data.items() if name not in _MOVING},
    )
    plain = expected.model_dump(mode="json", exclude_defaults=True)
    (folder / EXPECTED).write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _without_secrets(config: ScraperConfig) -> dict[str, Any]:
    """The configuration without what is only needed to fetch: it may hold cookies and passwords."""
    plain = config.as_written()
    options = plain.get("options", {})
    for name in ("headers", "cookies", "proxy", "login", "steps"):
        options.pop(name, None)
    return plain


def _differences(expected: Expected, outcome: Outcome) -> Iterator[Difference]:
    if outcome.outcome != expected.outcome:
        yield Difference("outcome", expected.outcome, outcome.outcome)
    if expected.reason and outcome.detail.get("reason") != expected.reason:
        yield Difference("reason", expected.reason, outcome.detail.get("reason"))
    for name, value in expected.data.items():
        if name not in _MOVING and outcome.data.get(name) != value:
            yield Difference(name, value, outcome.data.get(name))


def _shown(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
