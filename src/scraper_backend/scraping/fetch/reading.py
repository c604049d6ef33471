"""From what came over the wire to a `Page`, or to the reason why it is none."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yarl import URL

from scraper_backend.scraping.fetch.charset import decode, is_binary_type, looks_binary
from scraper_backend.scraping.fetch.exchange import Fault, Raw
from scraper_backend.scraping.fetch.inflate import BadEncoding, TooLarge, inflate
from scraper_backend.scraping.page import NoPage, Page

_EVIDENCE: Final = 1_000_000


def page(
    raw: Raw,
    url: URL,
    *,
    requested: str,
    history: tuple[str, ...],
    spent: float,
    now: datetime,
    limit: int,
) -> Page | NoPage:
    """The page in a whole answer.  An error page that is no text is a page still: its status counts."""
    try:
        text, cut = _text(raw, limit)
    except TooLarge as error:
        return NoPage(str(url), "too_large", str(error), raw.status)
    except BadEncoding as error:
        return NoPage(str(url), "bad_encoding", str(error), raw.status)
    made = Page(
        requested_url=requested,
        url=str(url),
        status=raw.status,
        headers=raw.headers,
        text=text or "",
        fetched_at=now,
        history=history,
        elapsed_ms=round(spent * 1000),
        truncated=cut,
    )
    if text is None and raw.status < 400:
        kind = made.content_type or "binary data"
        return NoPage(str(url), "not_text", f"the answer is {kind}, not a page", raw.status, page=made)
    if cut:
        return NoPage(str(url), "truncated", "the page ends too early", raw.status, page=made)
    return made


def no_page(fault: Fault, url: URL, *, now: datetime, limit: int) -> NoPage:
    """Why there is no page, with as much of it as had come."""
    raw = fault.raw
    return NoPage(
        str(url),
        fault.reason,
        fault.message,
        raw.status if raw else None,
        page=_evidence(raw, url, now, limit) if raw and raw.body else None,
    )


def robots_text(raw: Raw, limit: int) -> str:
    """A robots.txt to its limit; one that cannot be read says nothing."""
    try:
        body, _ = inflate(raw.body, raw.headers.get("content-encoding", ""), limit * 20)
    except (BadEncoding, TooLarge):
        return ""
    if len(body) > limit:
        body = body[:limit].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace")


def _text(raw: Raw, limit: int) -> tuple[str | None, bool]:
    """The text of an answer, or None when it is none; and whether its end is missing."""
    content_type = raw.headers.get("content-type", "")
    body, cut = raw.body, raw.cut
    if encoding := raw.headers.get("content-encoding"):
        body, missing = inflate(body, encoding, limit)
        cut = cut or missing
    if is_binary_type(content_type) or looks_binary(body):
        return None, cut
    return decode(body, content_type), cut


def _evidence(raw: Raw, url: URL, now: datetime, limit: int) -> Page | None:
    try:
        text, _ = _text(raw, limit)
    except (BadEncoding, TooLarge):
        return None
    shown = (text or "")[:_EVIDENCE]
    return Page(str(url), str(url), raw.status, raw.headers, shown, now, truncated=True)
