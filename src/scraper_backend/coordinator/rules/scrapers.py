"""Scrapers: saved as numbered revisions that never change, switched on and off.

`save` takes a `ScraperConfig`, which is right by construction; a document that says the same as the
current revision makes no new one.  `disabled` is a switch beside the revisions, so that switching a
site off for an hour is no new configuration.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson
from yarl import URL

from scraper_backend.coordinator.rules import audit, sources
from scraper_backend.coordinator.store import Transaction, reads, writes
from scraper_backend.coordinator.store.rows import RevisionRow, ScraperRow
from scraper_backend.coordinator.store.times import to_moment, to_ms
from scraper_backend.core.errors import Faults
from scraper_backend.core.options import Rate
from scraper_backend.core.problems import Problem, unknown_name
from scraper_backend.core.scraper_config import ScraperConfig, from_wire
from scraper_backend.core.wire import ScraperWire


class Scraper(NamedTuple):
    """A scraper with its current configuration."""

    config: ScraperConfig
    revision: int
    created_at: datetime
    updated_at: datetime
    paused_at: datetime | None
    pause_reason: str | None


class Saved(NamedTuple):
    """What saving did."""

    scraper: Scraper
    is_new: bool
    is_changed: bool


class Revision(NamedTuple):
    """One configuration a scraper had."""

    number: int
    config: ScraperConfig
    created_at: datetime
    created_by: str


async def save(
    tx: Transaction, config: ScraperConfig, *, text: str | None = None, by: str = "cli", now: datetime
) -> Saved:
    """Make `config` the scraper's current configuration; `text` is how somebody wrote it."""
    is_new = not await reads.scraper_held(tx, config.name) and await _insert(tx, config, by=by, now=now)
    is_changed = is_new or await _update(tx, config, by=by, now=now)
    if is_changed:
        tx.announce("scrapers", "work")
    saved = Saved(await get(tx, config.name), is_new, is_changed)
    if text is not None:
        await sources.keep(tx, config.name, saved.scraper.revision, text, is_new=is_changed, by=by, now=now)
    return saved


async def get(tx: Transaction, name: str) -> Scraper:
    """The scraper of this name.  Raises `Faults` with the nearest name."""
    return _scraper(await _row(tx, name))


async def every(tx: Transaction) -> list[Scraper]:
    """Every scraper by name."""
    return [_scraper(row) for row in await reads.scrapers(tx)]


async def revisions(tx: Transaction, name: str) -> list[Revision]:
    """All revisions of a scraper, oldest first.  Raises `Faults` for an unknown name."""
    await get(tx, name)
    return [_revision(row) for row in await reads.revisions(tx, name)]


async def restore(tx: Transaction, name: str, number: int, *, by: str = "cli", now: datetime) -> Saved:
    """Make an older revision current again, as a new one: what happened in between stays in the book."""
    current = await get(tx, name)
    wanted = next((rev for rev in await revisions(tx, name) if rev.number == number), None)
    if wanted is None:
        hint = f"there are 1 to {current.revision}"
        raise Faults("revision", [Problem("number", f"no revision of `{name}` is number {number}", hint)])
    config = wanted.config.model_copy(update={"disabled": current.config.disabled})
    return await save(tx, config, text=await sources.of(tx, name, number), by=by, now=now)


async def enable(tx: Transaction, name: str, *, by: str = "cli", now: datetime) -> Scraper:
    """Let the scraper take part in new jobs."""
    return await _switch(tx, name, disabled=False, by=by, now=now)


async def disable(tx: Transaction, name: str, *, by: str = "cli", now: datetime) -> Scraper:
    """Keep the scraper, but do not run it."""
    return await _switch(tx, name, disabled=True, by=by, now=now)


def document_of(config: ScraperConfig) -> str:
    """What a revision keeps: the contract's keys but `disabled`, canonical."""
    wire = {key: value for key, value in config.to_wire().as_json().items() if key != "disabled"}
    return orjson.dumps(wire, option=orjson.OPT_SORT_KEYS).decode()


def wire_of(document: str, *, disabled: bool) -> ScraperWire:
    """A revision's document as `GET job` sends it."""
    return ScraperWire.model_validate({**orjson.loads(document), "disabled": disabled})


def needs_of(config: ScraperConfig) -> list[str]:
    """The capabilities a runner must have for this scraper."""
    options = config.options
    wanted = {
        "browser": options.render == "browser" or bool(options.steps),
        "login": options.login is not None,
        "steps": bool(options.steps),
    }
    return [name for name, is_needed in wanted.items() if is_needed]


def rate_of(config: ScraperConfig) -> Rate | None:
    """How often the fleet together may ask the site.

    None for a private address without a written rate: only a runner whose operator named that host may
    ask it at all, and for those there is no default rate.
    """
    return config.options.rate or (None if _is_private(config.base_url) else Rate())


def _is_private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".localhost", ".local", ".internal"))


def new_revision(config: ScraperConfig, number: int) -> writes.NewRevision:
    """The row of a revision; what follows from the document stands beside it."""
    document, rate = document_of(config), rate_of(config)
    per_second, concurrency = (rate.per_second, rate.concurrency) if rate else (0.0, 0)
    return writes.NewRevision(
        config.name, number, document, _sha(document), host=_host(config), per_second=per_second,
        concurrency=concurrency, needs=needs_text(needs_of(config)),
    )  # fmt: skip


def needs_text(needs: Sequence[str]) -> str:
    """The capabilities as one word to compare with."""
    return " ".join(sorted(needs))


async def _row(tx: Transaction, name: str) -> ScraperRow:
    row = await reads.scraper(tx, name)
    if row is None:
        raise Faults("scraper", [unknown_name(name, await reads.scraper_names(tx), kind="scraper")])
    return row


async def _insert(tx: Transaction, config: ScraperConfig, *, by: str, now: datetime) -> bool:
    """A scraper nobody had; False when another was quicker."""
    inserted = await writes.insert_scraper(tx, config.name, disabled=config.disabled, now=to_ms(now))
    if inserted:
        await _add_revision(tx, config, 1, before=None, by=by, now=now)
    return inserted


async def _update(tx: Transaction, config: ScraperConfig, *, by: str, now: datetime) -> bool:
    """A new revision if the document says something new, the switch as the document has it."""
    await reads.scraper_held(tx, config.name)
    row = await _row(tx, config.name)
    document = document_of(config)
    if row.sha == _sha(document) and row.disabled == config.disabled:
        return False
    number = row.revision + (row.sha != _sha(document))
    if number != row.revision:
        await _add_revision(tx, config, number, before=row.document, by=by, now=now)
    await writes.update_scraper(tx, config.name, revision=number, disabled=config.disabled, now=to_ms(now))
    return True


async def _add_revision(
    tx: Transaction, config: ScraperConfig, number: int, *, before: str | None, by: str, now: datetime
) -> None:
    revision = new_revision(config, number)
    await writes.insert_revision(tx, revision, by=by, now=to_ms(now))
    await audit.note(
        tx, "scraper.saved", config.name, by=by, now=to_ms(now),
        before=orjson.loads(before) if before else None, after=orjson.loads(revision.document),
    )  # fmt: skip


async def _switch(tx: Transaction, name: str, *, disabled: bool, by: str, now: datetime) -> Scraper:
    await get(tx, name)
    if await writes.switch_scraper(tx, name, disabled=disabled, now=to_ms(now)):
        await audit.note(
            tx, "scraper.disabled" if disabled else "scraper.enabled", name, by=by, now=to_ms(now)
        )
        tx.announce("scrapers", "work")
    return await get(tx, name)


def _scraper(row: ScraperRow) -> Scraper:
    return Scraper(
        from_wire(wire_of(row.document, disabled=bool(row.disabled))),
        row.revision,
        to_moment(row.created_at),
        to_moment(row.updated_at),
        to_moment(row.paused_at),
        row.pause_reason,
    )


def _revision(row: RevisionRow) -> Revision:
    config = from_wire(wire_of(row.document, disabled=False))
    return Revision(row.number, config, to_moment(row.created_at), row.created_by)


def _host(config: ScraperConfig) -> str:
    """The host as a runner's politeness counts it: with its port where that is not the scheme's own."""
    url = URL(config.base_url)
    host = url.raw_host or ""
    return host if url.is_default_port() else f"{host}:{url.port}"


def _sha(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
