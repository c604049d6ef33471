"""One kept connection to one coordinator: safe redirects, patience, and one exception for each refusal.

Used by `ScraperAPIClient` alone, which knows the calls; this module knows how a call may end.
"""

from __future__ import annotations

import gzip
import platform
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final, Generic, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2
import orjson

from scraper_backend import __version__
from scraper_backend.core import errors
from scraper_backend.core.reply import decoded, words_of
from scraper_backend.core.retry import Retry, retry_after

USER_AGENT: Final = (
    f"baystate-scraper/{__version__} (Python {platform.python_version()}; {platform.system()})"
)
MAX_ANSWER: Final = 64 * 1024 * 1024
MAX_REDIRECTS: Final = 5
GZIP_FROM: Final = 16 * 1024
_AGAIN: Final = (408, 425, 429)
_MOVED: Final = (301, 302, 303, 307, 308)
_OF_THE_TRANSFER: Final = ("content-encoding", "transfer-encoding", "content-length")
_SILENCES: Final = 4
"""A whole answer may take this many timeouts: a trickle of bytes is not an answer."""

Answer = TypeVar("Answer")
Missing = type[errors.BackendError] | None


@dataclass(frozen=True, slots=True)
class Request(Generic[Answer]):
    """read: makes a value of the decoded answer; an answer it calls `Unreachable` is asked for again.

    wait_s: how long the coordinator may hold the answer back.  missing: what a 404 means here.
    """

    method: str
    path: str
    read: Callable[[object], Answer]
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    missing: Missing = None


class Connection:
    """Requests with the API key, each repeated until it is answered or `retry` gives up."""

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        timeout: float,
        retry: Retry,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        self.api_url = api_url
        self.clock_offset: float | None = None
        """Seconds by which the coordinator's clock is ahead of ours, as its last answer had it."""
        self._timeout = timeout
        self._retry = retry
        self._key = api_key
        self._http = httpx2.Client(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            follow_redirects=False,
            transport=transport,
        )

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()

    def get(
        self,
        path: str,
        read: Callable[[object], Answer],
        *,
        params: Mapping[str, str] | None = None,
        missing: Missing = None,
    ) -> Answer:
        """What `read` makes of the answer to a GET."""
        query = f"?{httpx2.QueryParams(params)}" if params else ""
        return self._retry.run(partial(self._once, Request("GET", path + query, read, missing=missing)))

    def post(
        self,
        path: str,
        body: object,
        read: Callable[[object], Answer],
        *,
        missing: Missing = None,
        wait_s: float = 0.0,
        packed: bool = False,
    ) -> Answer:
        """What `read` makes of the answer to a POST of `body` as JSON.

        packed: gzip a large body, which only our own coordinator is known to understand.
        """
        raw, headers = orjson.dumps(body), {"Content-Type": "application/json"}
        if packed and len(raw) >= GZIP_FROM:
            raw, headers["Content-Encoding"] = gzip.compress(raw, 5), "gzip"
        return self._retry.run(
            partial(self._once, Request("POST", path, read, raw, headers, wait_s, missing))
        )

    def _once(self, request: Request[Answer]) -> Answer:
        """One try.  Raises `Unreachable` for what another try may mend."""
        url, method, body = self.api_url + request.path, request.method, request.body
        for _ in range(MAX_REDIRECTS + 1):
            response = self._exchange(method, url, body, request)
            if response.status_code not in _MOVED or "location" not in response.headers:
                return request.read(self._judged(response, request.missing, url))
            url = safe_redirect(url, response.headers["location"])
            if response.status_code == 303:
                method, body = "GET", None
        raise errors.UnsafeRedirect(
            f"{self.api_url} redirects in circles; set SCRAPER_API_URL to the coordinator's own address"
        )

    def _exchange(
        self, method: str, url: str, body: bytes | None, request: Request[Answer]
    ) -> httpx2.Response:
        """Send once and read the answer whole."""
        silence = httpx2.Timeout(self._timeout + request.wait_s, connect=min(self._timeout, 10.0))
        ends = time.monotonic() + self._timeout * _SILENCES + request.wait_s
        headers = {**request.headers, "X-API-Key": self._key}
        try:
            with self._http.stream(method, url, content=body, headers=headers, timeout=silence) as response:
                content = self._content(response, ends)
        except (httpx2.RequestError, httpx2.StreamError) as error:
            raise self._unreachable(error) from error
        self._note_clock(response.headers.get("date"))
        inflated = [(k, v) for k, v in response.headers.items() if k.lower() not in _OF_THE_TRANSFER]
        return httpx2.Response(response.status_code, headers=inflated, content=content)

    def _content(self, response: httpx2.Response, ends: float) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > MAX_ANSWER or time.monotonic() > ends:
                raise errors.Unreachable(f"{self.api_url} does not come to the end of its answer")
        return bytes(content)

    def _unreachable(self, error: Exception) -> errors.Unreachable:
        """What happened on the way, and what may help."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return errors.Unreachable(
                    f"{self.api_url} has a certificate that is not trusted: {cause.verify_message}; "
                    "if it is your own, set SSL_CERT_FILE to your authority's certificate",
                    lasting=True,
                )
            cause = cause.__cause__ or cause.__context__
        return errors.Unreachable(
            f"cannot reach the coordinator at {self.api_url}: {error or type(error).__name__}"
        )

    def _judged(self, response: httpx2.Response, missing: Missing, url: str) -> object:
        """The decoded body of a 2xx, or the exception that says who must act."""
        status = response.status_code
        if 200 <= status < 300:
            return decoded(response, url)
        if status >= 500 or status in _AGAIN:
            asked = retry_after(response.headers.get("retry-after"), _date(response) or datetime.now(UTC))
            raise errors.Unreachable(
                f"the coordinator answered {status}: {words_of(response)}", retry_after=asked
            )
        raise self._refusal(status, words_of(response), missing)

    def _refusal(self, status: int, words: str, missing: Missing) -> errors.BackendError:
        if status == 401:
            return errors.KeyRefused(
                f"the coordinator refused the API key: {words}; "
                "set SCRAPER_API_KEY to one that `bsr key create` made"
            )
        if status == 403:
            return errors.Forbidden(words)
        if status in (404, 410) and missing is not None:
            return missing(words)
        if status == 410:
            return errors.LeaseLost(words)
        return errors.BadRequest(words, status=status)

    def _note_clock(self, date: str | None) -> None:
        moment = _moment(date)
        if moment is not None:
            self.clock_offset = (moment - datetime.now(UTC)).total_seconds()


def safe_redirect(here: str, location: str) -> str:
    """Where a redirect leads, if the key may go there: the same host, and never from https to http."""
    there = urljoin(here, location)
    old, new = urlsplit(here), urlsplit(there)
    same = _place(old) == _place(new)
    to_tls = (old.scheme, new.scheme) == ("http", "https") and old.hostname == new.hostname
    if same or (to_tls and _port(old) in (80, _port(new)) and _port(new) in (443, _port(old))):
        return there
    raise errors.UnsafeRedirect(
        f"{old.scheme}://{old.netloc} redirects to {new.scheme}://{_bare(new)}; "
        "the API key was not sent there. If that is the coordinator's address, set SCRAPER_API_URL to it"
    )


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, _port(url)


def _port(url: SplitResult) -> int | None:
    try:
        return url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError:
        return None


def _bare(url: SplitResult) -> str:
    return url.netloc.rpartition("@")[2]


def _date(response: httpx2.Response) -> datetime | None:
    return _moment(response.headers.get("date"))


def _moment(date: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date) if date else None
    except (TypeError, ValueError):
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
