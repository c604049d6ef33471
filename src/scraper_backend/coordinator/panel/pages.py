"""Templates, and what every page is given: navigation, the session, assets by their content.

Scraped text is hostile: autoescape is on everywhere, an undefined name is a fault, links go to http(s) only.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from scraper_backend.coordinator.access import Person, is_secure
from scraper_backend.coordinator.office import office_of
from scraper_backend.coordinator.panel import static
from scraper_backend.core.wire import utc_text

POLICY: Final = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""What a page of ours may do: nothing inline, nothing from elsewhere."""
TITLES: Final = {
    400: "The request was not understood",
    403: "This is not for you",
    404: "There is nothing here",
    405: "This address does not take that",
    409: "It cannot be done now",
    413: "That was too much",
    500: "The coordinator failed",
    503: "The coordinator is busy",
}


class Place(NamedTuple):
    """One entry of the navigation."""

    name: str
    href: str
    icon: str


NAVIGATION: Final = (
    Place("Jobs", "/jobs", "jobs"),
    Place("Products", "/products", "products"),
    Place("Scrapers", "/scrapers", "scrapers"),
    Place("Runners", "/runners", "runners"),
    Place("Settings", "/settings", "settings"),
    Place("API reference", "/docs", "book"),
)


def utc(at: datetime | int) -> str:
    """A moment, or milliseconds as the database keeps them, as RFC 3339."""
    return utc_text(at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1000, UTC))


UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def ago(at: datetime | int, now: datetime) -> str:
    """How long ago, in the very words that `panel.js` goes on with: what it replaces keeps its width."""
    then = at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1000, UTC)
    seconds = round((now - then).total_seconds())
    if abs(seconds) < 10:
        return "just now"
    unit, length = next((unit, length) for unit, length in UNITS if abs(seconds) >= length)
    many = int(abs(seconds) / length + 0.5)
    if unit == "day" and many == 1:
        return "yesterday" if seconds > 0 else "tomorrow"
    told = f"{many} {unit}{'s' if many != 1 else ''}"
    return f"{told} ago" if seconds > 0 else f"in {told}"


def web_address(url: object) -> str | None:
    """`url` if a link may lead there: http or https with a host, and nothing that a page could run."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else None


def plain(value: object) -> str:
    """A scraped value as one text; nothing for nothing."""
    if value is None:
        return ""
    return ", ".join(map(plain, value)) if isinstance(value, (list, tuple)) else str(value)


def said(value: object) -> str:
    """Any JSON value as a person reads it: text as it is, anything with a shape as JSON."""
    if isinstance(value, (dict, list)) and any(isinstance(part, (dict, list)) for part in _parts(value)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(part)}" for key, part in value.items())
    return ("yes" if value else "no") if isinstance(value, bool) else plain(value)


def _parts(value: dict[Any, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def words(name: str) -> str:
    """A name of ours as words."""
    return name.replace("_", " ")


def actor(by: str) -> str:
    """Who did it, for people: those who signed in by their name alone."""
    return by.removeprefix("user ")


def money(price: object, currency: object = None) -> str:
    """A price as it is read, with its currency beside it."""
    if isinstance(price, bool) or not isinstance(price, (int, float)):
        return plain(price)
    return f"{price:,.2f} {plain(currency)}".strip()


def thousands(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}"


def ticks(text: str) -> Markup:
    """Prose whose `code` stands between backticks, escaped first."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped above


@cache
def environment() -> Environment:
    """The templates of this package."""
    made = Environment(
        loader=PackageLoader("scraper_backend.coordinator.panel"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = static.address
    made.globals["navigation"] = NAVIGATION
    made.filters |= {
        filter.__name__: filter
        for filter in (
            utc,
            ago,
            web_address,
            plain,
            said,
            words,
            actor,
            money,
            thousands,
            ticks,
        )
    }
    return made


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """A template as an answer."""
    caller = request.scope.get("caller")
    always = {
        "session": caller.session if isinstance(caller, Person) else None,
        "is_private": is_private(request),
        "request_query": request.url.query,
        "here": "",
        "now": office_of(request).clock(),
    }
    text = environment().get_template(template).render({**always, **facts})
    return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": POLICY})


def is_private(request: Request) -> bool:
    """Whether nobody on the way can read along: TLS, or the same machine."""
    host = request.url.hostname or ""
    is_here = host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
    return is_here or is_secure(request, office_of(request))
