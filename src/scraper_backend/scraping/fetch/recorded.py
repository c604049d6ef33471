"""Pages from folders: what a site once answered, for tests and for looking again.

A recorded page is a folder with `page.html` (the text) and `meta.json` (everything else of a `Page`
or of a `NoPage`).  `RecordedFetcher` serves one such folder, or all those below it; `Recorder` makes
them while another fetcher works.  Neither touches a network.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem, from_validation
from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.scraping.fetch import Fetcher
from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.page import NoPage, Page, Reason

PAGE: Final = "page.html"
META: Final = "meta.json"
_KEPT_HEADERS: Final = re.compile(r"content-(type|language)|retry-after|last-modified|server|location", re.I)


class Meta(BaseModel):
    """`meta.json`.  With `reason` it is a `NoPage`, without one a `Page`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: Annotated[str, StringConstraints(min_length=1)]
    requested_url: str = ""
    status: int = 200
    headers: dict[str, str] = {}
    history: tuple[str, ...] = ()
    fetched_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    rendered: bool = False
    truncated: bool = False
    reason: Reason | None = None
    message: str = ""
    retry_after_s: float | None = None

    @classmethod
    def of(cls, got: Page | NoPage) -> Self:
        """Everything of `got` but its text.  Only headers that say something of the page are kept."""
        if isinstance(got, NoPage):
            return cls(
                url=got.url,
                requested_url=got.url,
                status=got.status or 0,
                reason=got.reason,
                message=got.message,
                retry_after_s=got.retry_after_s,
            )
        kept = {name: value for name, value in got.headers.items() if _KEPT_HEADERS.fullmatch(name)}
        return cls(
            url=got.url,
            requested_url=got.requested_url,
            status=got.status,
            headers=kept,
            history=got.history,
            fetched_at=got.fetched_at,
            rendered=got.rendered,
            truncated=got.truncated,
        )

    def with_text(self, text: str) -> Page | NoPage:
        """What was recorded."""
        if self.reason:
            return NoPage(self.url, self.reason, self.message, self.status or None, self.retry_after_s)
        return Page(
            requested_url=self.requested_url or self.url,
            url=self.url,
            status=self.status,
            headers={name.lower(): value for name, value in self.headers.items()},
            text=text,
            fetched_at=self.fetched_at,
            history=self.history,
            rendered=self.rendered,
            truncated=self.truncated,
        )


def load(folder: Path) -> Page | NoPage:
    """The page recorded in `folder`.  Raises `Faults` that say what is wrong with it."""
    meta = folder / META
    try:
        read = Meta.model_validate_json(meta.read_bytes())
        text = "" if read.reason else (folder / PAGE).read_bytes().decode("utf-8", "replace")
    except ValidationError as error:
        raise Faults(str(meta), from_validation(error, Meta)) from None
    except OSError as error:
        missing = Path(error.filename or meta).name
        problem = Problem("", f"has no readable {missing}", "record it with `bsr scraper record`")
        raise Faults(str(folder), [problem]) from None
    return read.with_text(text)


def save(got: Page | NoPage, folder: Path) -> None:
    """Record `got` in `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = Meta.of(got).model_dump(mode="json", exclude_defaults=True)
    (folder / META).write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if isinstance(got, Page):
        (folder / PAGE).write_bytes(got.text.encode("utf-8", "replace"))


class RecordedFetcher:
    """A `Fetcher` that knows the pages in `folder` and below, by every address they went by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages: dict[str, Page | NoPage] = {}
        for meta in sorted(folder.rglob(META)):
            got = load(meta.parent)
            for url in _addresses(got):
                self._pages[_name(url)] = got

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page recorded for `url`."""
        known = self._pages.get(_name(url))
        return known or NoPage(url, "not_recorded", f"{self._folder} holds no page of this address")


class Recorder:
    """A `Fetcher` that records what another one brings."""

    def __init__(self, fetcher: Fetcher, folder: Path) -> None:
        self._fetcher = fetcher
        self._folder = folder

    async def get(self, url: str, site: ScraperConfig) -> Page | NoPage:
        """The page at `url`, which is on disk as well afterwards."""
        got = await self._fetcher.get(url, site)
        save(got, self._folder / folder_name(url))
        return got


def folder_name(url: str) -> str:
    """A name that a person recognises and that no two addresses share."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", url.partition("://")[2])[:60].strip("-").lower()
    return f"{words or 'page'}-{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _addresses(got: Page | NoPage) -> tuple[str, ...]:
    return (got.url, got.requested_url, *got.history) if isinstance(got, Page) else (got.url,)


def _name(url: str) -> str:
    return str(parse(url) or url)
