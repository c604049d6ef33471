"""Everything about one walk, for `bsr scrape --explain`: steps, candidates, fields, identity.

Plain data; the command line makes words of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scraper_backend.core.plain import mended
from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.sku import utc_now, walk
from scraper_backend.scraping.trail import Step


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: its value, the text it was read from, who read it and who agrees."""

    name: str
    value: object
    raw: str
    strategy: str
    selector: str
    agrees: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An outcome and how it came about."""

    outcome: Outcome
    steps: tuple[Step, ...]

    @property
    def requests(self) -> list[Mapping[str, Any]]:
        """What was fetched: url, status (or why there was no page), milliseconds, redirects."""
        return [step.facts for step in self.steps if step.what == "fetched"]

    @property
    def candidates(self) -> list[Mapping[str, Any]]:
        """The links that were considered, with score and reasons; those of other codes after the others."""
        lists = [step.facts for step in self.steps if step.what in ("listed", "platform")]
        return [one for facts in lists for one in (*facts.get("candidates", ()), *facts.get("others", ()))]

    @property
    def fields(self) -> list[FieldLine]:
        """Each field with its provenance; values only where the product was found."""
        return list(_lines(self.outcome))

    def as_json(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        steps = [{"step": step.what, **step.facts} for step in self.steps]
        return {**self.outcome.as_json(), "steps": mended(steps)}


async def explain(
    config: ScraperConfig, sku: str, fetcher: Fetcher, *, now: Callable[[], datetime] = utc_now
) -> Explanation:
    """Scrape one SKU and keep every step."""
    outcome, steps = await walk(config, sku, fetcher, now=now, thorough=True)
    return Explanation(outcome, steps)


def _lines(outcome: Outcome) -> Iterator[FieldLine]:
    told = outcome.detail.get("provenance")
    for name, one in told.items() if isinstance(told, dict) else ():
        if isinstance(one, dict):
            agrees, confidence = one.get("agrees"), one.get("confidence")
            yield FieldLine(
                name=name,
                value=outcome.data.get(name),
                raw=str(one.get("raw", "")),
                strategy=str(one.get("strategy", "")),
                selector=str(one.get("selector", "")),
                agrees=tuple(map(str, agrees)) if isinstance(agrees, list) else (),
                confidence=float(confidence) if isinstance(confidence, (int, float)) else 0.0,
            )
