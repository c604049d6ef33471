"""What came back, whoever fetched it: a `Page`, or a `NoPage` that says why there is none.

Made by `scraping.fetch`; read by the walk, the verdict and the extraction, which never fetch.
What a website does is a value here and never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from scraper_backend.scraping.document import Document

Reason = Literal[
    "robots",  # robots.txt forbids it, or could not be read
    "timeout",  # too slow to answer, or to finish
    "dns",  # the name leads nowhere
    "connect",  # nobody listens there, or lets us in
    "tls",  # the certificate or the handshake is wrong
    "reset",  # the connection broke before the answer was whole
    "protocol",  # the answer is not HTTP, or its header is beyond every limit
    "proxy",  # the site's proxy does not let us through
    "too_large",  # more than the page cap, after inflation
    "truncated",  # the body is shorter than the server said
    "bad_encoding",  # the compressed body cannot be inflated
    "private_address",  # the host is on a private network
    "off_site",  # a redirect to somebody else's domain
    "bad_address",  # not an http or https address
    "redirect_loop",  # too many redirects
    "not_text",  # an image, a PDF, a download
    "rate_limited",  # the site asked for more patience than we have
    "forbidden",
    "server_error",
    "no_browser",  # the page needs Chromium, and there is none
    "browser",  # Chromium failed
    "not_recorded",  # no recorded page has this address
]

EMPTY: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came back.  `headers` have lower-case names; `text` is decoded."""

    requested_url: str
    url: str
    status: int
    headers: Mapping[str, str]
    text: str
    fetched_at: datetime
    history: tuple[str, ...] = ()
    elapsed_ms: int = 0
    rendered: bool = False
    truncated: bool = False
    _parsed: list[Document] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def document(self) -> Document:
        """The parsed page.  Parsed at the first call, once: many pages are judged by status alone."""
        if not self._parsed:
            from scraper_backend.scraping.document import Document

            self._parsed.append(Document(self.text))
        return self._parsed[0]

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; "" when the server gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class NoPage:
    """Why nothing usable came back.  `page` is what there was of it, for evidence."""

    url: str
    reason: Reason
    message: str
    status: int | None = None
    retry_after_s: float | None = None
    page: Page | None = None
