"""One request and its answer: the wire, and nothing of manners.

`Client` owns the connections.  It follows no redirect, retries nothing and asks nobody's leave; it
reads at most so many bytes for at most so long, and turns every way in which a server can fail to
answer into a `Fault` with a reason.  Used by `http.HttpFetcher` only.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp import hdrs
from isal import isal_zlib
from yarl import URL

from scraper_backend.scraping.fetch.charset import is_binary_type
from scraper_backend.scraping.fetch.guard import GuardedResolver, PrivateAddress
from scraper_backend.scraping.page import Reason

MAX_PAGE: Final = 10 * 1024 * 1024
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_MAX_HEADERS: Final = 256
_MAX_LINE: Final = 16 * 1024
_MAX_FIELD: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came: the body compressed as it was sent, cut where `cut` says so."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """No answer, and why; `raw` is what came of it."""

    reason: Reason
    message: str
    raw: Raw | None = None


class Client:
    """Connections to every host, kept open between requests."""

    def __init__(self, resolver: GuardedResolver, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self._resolver = resolver
        self._ssl = ssl_context
        self._connector: aiohttp.TCPConnector | None = None

    async def __aenter__(self) -> Self:
        aiohttp.set_zlib_backend(isal_zlib)
        # The places of the hosts limit the connections; a second limit here would only hide a queue.
        self._connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            ssl=self._ssl or True,
            limit=0,
            ttl_dns_cache=30,
            keepalive_timeout=30,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connector is not None:
            await self._connector.close()
            self._connector = None

    def session(self, headers: Mapping[str, str]) -> aiohttp.ClientSession:
        """A site's own headers and cookies on the shared connections."""
        return aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            headers=headers,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # the jar is one site's, which may be an address
            auto_decompress=False,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_FIELD,
            max_headers=_MAX_HEADERS,
        )


async def ask(
    session: aiohttp.ClientSession,
    url: URL,
    *,
    within: aiohttp.ClientTimeout,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    limit: int = MAX_PAGE,
    cut: bool = False,
) -> Raw | Fault:
    """GET `url`: at most `limit` bytes of body; more is a fault, or cut there when `cut` says so."""
    parts: list[bytes] = []
    response: aiohttp.ClientResponse | None = None
    try:
        response = await session.get(url, headers=headers, timeout=within, proxy=proxy, allow_redirects=False)
        return await _read(response, parts, limit, cut)
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
        partial = _raw(response, b"".join(parts), cut=True) if response is not None else None
        return fault(error, partial, within)
    finally:
        if response is not None:
            response.release()


async def _read(response: aiohttp.ClientResponse, parts: list[bytes], limit: int, cut: bool) -> Raw | Fault:
    """The body as it comes.  What is no text, or too much by its own header, is not waited for."""
    if response.status in _REDIRECTS and hdrs.LOCATION in response.headers:
        limit, cut = 65_536, True  # nobody reads it; a short one is taken so that the connection lives
    elif response.status < 400 and is_binary_type(response.headers.get(hdrs.CONTENT_TYPE, "")):
        response.close()
        return _raw(response, b"")
    announced = response.content_length
    if announced is not None and announced > limit and not cut:
        response.close()
        return Fault("too_large", f"the page says it has {announced:,} bytes", _raw(response, b"", cut=True))
    size = 0
    while chunk := await response.content.readany():
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            response.close()
            raw = _raw(response, b"".join(parts)[:limit], cut=True)
            return raw if cut else Fault("too_large", f"the page has more than {limit:,} bytes", raw)
    return _raw(response, parts[0] if len(parts) == 1 else b"".join(parts))


def _raw(response: aiohttp.ClientResponse, body: bytes, *, cut: bool = False) -> Raw:
    """Set-Cookie is left out: it belongs to the jar, and to no log, evidence or fixture."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        low = name.lower()
        if low in headers:
            headers[low] += ", " + value
        elif low != "set-cookie":
            headers[low] = value
    location = headers.get("location") if response.status in _REDIRECTS else None
    return Raw(response.status, headers, body, cut, location)


def fault(error: Exception, partial: Raw | None, within: aiohttp.ClientTimeout) -> Fault:  # noqa: PLR0911, PLR0912
    """What went wrong between us and a server, named: one line a cause, the narrow ones first."""
    match error:
        case aiohttp.ClientConnectorDNSError(os_error=PrivateAddress() as refused):
            return Fault("private_address", str(refused))
        case aiohttp.ClientConnectorDNSError():
            return Fault("dns", f"the name {error.host} leads nowhere")
        case aiohttp.ClientConnectorCertificateError():
            return Fault("tls", f"the certificate of {error.host} is not valid: {_tls_words(error)}")
        case aiohttp.ClientConnectorSSLError():
            return Fault("tls", f"{error.host} does not speak TLS as it should: {_tls_words(error)}")
        case aiohttp.ClientProxyConnectionError():
            return Fault("proxy", f"the proxy {error.host}:{error.port} cannot be reached")
        case aiohttp.ClientHttpProxyError():
            return Fault("proxy", f"the proxy answered {error.status}")
        case aiohttp.ClientConnectorError():
            return Fault(
                "connect", f"{error.host}:{error.port} takes no connection: {error.strerror or error}"
            )
        case aiohttp.ConnectionTimeoutError():
            return Fault("connect", f"no connection within {within.sock_connect:g} s")
        case aiohttp.SocketTimeoutError():
            return Fault("timeout", f"nothing came for {within.sock_read:g} s", partial)
        case TimeoutError():
            return Fault("timeout", f"the page was not whole after {within.total:g} s", partial)
        case aiohttp.ClientPayloadError():
            return Fault("truncated", "the connection ended before the page did", partial)
        case aiohttp.ClientResponseError():
            return Fault("protocol", f"the answer is not HTTP: {_short(error.message)}")
        case aiohttp.InvalidURL() | ValueError():
            return Fault("bad_address", f"cannot be asked for: {_short(str(error))}")
        case ssl.SSLError():
            return Fault("tls", _tls_words(error), partial)
        case _:
            return Fault("reset", "the connection broke before the page was whole", partial)


def _tls_words(error: Exception) -> str:
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    said = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
    return _short(str(said)).replace("_", " ").lower()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:159] + "…"


def timeouts(total: float) -> aiohttp.ClientTimeout:
    """A page may take `total` seconds; a connection ten of them, a silence twenty."""
    return aiohttp.ClientTimeout(
        total=total, connect=total, sock_connect=min(10.0, total), sock_read=min(20.0, total)
    )
