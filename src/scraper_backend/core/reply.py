"""What an HTTP answer says, however its server writes it: our own, a framework's, a proxy's in between.

Used by `connection` for every answer, and by `answers` for those that say `success: false`.
"""

from __future__ import annotations

import json
from typing import Any, Final

import httpx2
import orjson

from scraper_backend.core.errors import Unreachable

_WORDS: Final = ("error", "errors", "detail", "message", "msg", "title")
_NODS: Final = (b"ok", b"created", b"accepted", b"success", b"received", b"done")
"""Bodies that only repeat the status: what Express's `sendStatus` writes, and its kin."""


def decoded(response: httpx2.Response, url: str) -> object:
    """The JSON of an answer; no body at all is an answer that says nothing, a bare word is text."""
    if not response.content.strip():
        return {}
    if response.content.strip().lower() in _NODS:
        return response.text.strip()
    try:
        return _loads(response)
    except ValueError:
        # A proxy's error page can arrive with status 200: not an answer, so it is tried again.
        raise Unreachable(
            f"{url.partition('?')[0]} answered {response.status_code} with {_kind(response)} instead of JSON"
        ) from None


def _loads(response: httpx2.Response) -> Any:
    """JSON as others write it, too: behind a byte order mark, in Latin-1, with NaN.  Raises `ValueError`."""
    try:
        return orjson.loads(response.content)
    except ValueError:
        text = response.text.removeprefix("\ufeff")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("nests too deep") from None


def words_of(response: httpx2.Response) -> str:
    """The coordinator's own words: `{"error": …}`, or what a framework or proxy says instead."""
    try:
        body = _loads(response)
    except ValueError:
        said = response.reason_phrase or "no words"
        return f"{said} ({_kind(response)}; is SCRAPER_API_URL the coordinator's address?)"
    told = said_in(body)
    return (told or orjson.dumps(body).decode())[:2000]


def said_in(body: object) -> str:
    """What a body says of itself, wherever its framework puts that: text, one object, or a list of them."""
    if isinstance(body, list):
        return "; ".join(filter(None, map(said_in, body)))
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    told = next(filter(None, (said_in(body.get(key)) for key in _WORDS)), "")
    place = ".".join(map(str, body["loc"])) if told and isinstance(body.get("loc"), list) else ""
    return f"{place}: {told}" if place else told


def _kind(response: httpx2.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    return f"{kind or 'something'} of {len(response.content)} bytes"
