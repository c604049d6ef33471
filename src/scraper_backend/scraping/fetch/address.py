"""Addresses as browsers read them, so that what is checked is what is asked.

A person, a page or a `Location` header wrote the text; two readers that disagree about where the
host begins are how a guard is walked around.  So there is one reader, it follows the WHATWG rules
where they matter (backslashes, tabs, odd IPv4 forms, `%2e`), and its answer is what is connected to.
Percent-encoding is left as it came: a SKU with `%2F` in it must reach the shop like that.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import quote, unquote, urljoin

from yarl import URL

IPAddress = IPv4Address | IPv6Address

_PARTS: Final = re.compile(r"(?is)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?")
_HOST_PORT: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(\d{0,5}))?")
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_SAFE: Final = "!#$%&'()*+,-./:;=?@[]_~|^`{}\\"
_PLAIN: Final = re.compile(r"[!#-;=?-~]*")  # printable ASCII but for the four that are never sent: " < > \x7f
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def parse(text: str) -> URL | None:
    """The http or https address that `text` means, canonical and without user, password and fragment.

    None when it is no such thing: another scheme, no host, a port beyond 65535, a broken host.
    """
    if len(text) > 16_384:
        return None
    head, mark, tail = text.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r ").partition("?")
    cleaned = re.sub(r"[\t\r\n]", "", head.replace("\\", "/") + mark + tail)
    parts = _PARTS.match(cleaned)
    if not parts:
        return None
    scheme, authority, path, query = parts.groups()
    place = _place(authority.rpartition("@")[2])
    return _build(scheme.lower(), *place, path, query or "") if place else None


def join(base: URL, location: str) -> URL | None:
    """Where a `Location` header leads, read from the page at `base`."""
    try:
        return parse(urljoin(str(base), location.strip().replace("\\", "/")))
    except ValueError:
        return None


def host_key(url: URL) -> str:
    """The host as politeness counts it: with its port where that is not the scheme's own."""
    host = url.raw_host or ""
    return host if url.port == _DEFAULT_PORTS.get(url.scheme) else f"{host}:{url.port}"


def origin(url: URL) -> str:
    """scheme://host:port, what one robots.txt speaks for."""
    return f"{url.scheme}://{url.raw_authority}"


def literal(host: str) -> IPAddress | None:
    """The address that a canonical host is, or None for a name."""
    if ":" not in host and not host[-1:].isdigit():
        return None
    try:
        return ip_address(host)
    except ValueError:
        return None


def basic_credentials(text: str) -> str:
    """The Authorization header for `user:password@` in an address that a person wrote, or ""."""
    parts = _PARTS.match(text.strip())
    user = parts[2].rpartition("@")[0] if parts else ""
    return "Basic " + base64.b64encode(unquote(user).encode()).decode() if user else ""


def _build(scheme: str, host: str, port: int | None, path: str, query: str) -> URL | None:
    shown = f"[{host}]" if ":" in host else host
    where = shown if port in (None, _DEFAULT_PORTS[scheme]) else f"{shown}:{port}"
    try:
        return URL(f"{scheme}://{where}{_path(path)}{_sendable(query)}", encoded=True)
    except ValueError:
        return None


@lru_cache(1024)
def _place(authority: str) -> tuple[str, int | None] | None:
    match = _HOST_PORT.fullmatch(authority)
    if not match:
        return None
    host, port = _host(match[1]), int(match[2]) if match[2] else None
    return (host, port) if host and (port is None or 0 < port <= 65535) else None


def _host(text: str) -> str | None:
    if text.startswith("["):
        try:
            return str(IPv6Address(text[1:-1]))
        except ValueError:
            return None
    name = _ascii(unquote(text)).lower().removesuffix(".")
    if not _NAME.fullmatch(name) or len(name) > 253:
        return None
    return _ipv4(name) if _is_number(name.rpartition(".")[2]) else name


def _ascii(name: str) -> str:
    """The name as DNS knows it; full-width digits and dots become plain ones, as in a browser."""
    if name.isascii():
        return name
    try:
        return URL(f"http://{name}/").raw_host or ""
    except ValueError:
        return ""


def _is_number(label: str) -> bool:
    return label.isdigit() or re.fullmatch(r"0x[0-9a-f]*", label) is not None


def _ipv4(host: str) -> str | None:
    """`0x7f.1`, `2130706433` and `0177.0.0.1` all mean 127.0.0.1, to browsers and to libc."""
    labels = host.split(".")
    if len(labels) > 4 or not all(_is_number(label) for label in labels):
        return None
    try:
        *firsts, last = [_number(label) for label in labels]
    except ValueError:
        return None
    if any(first > 255 for first in firsts) or last >= 256 ** (4 - len(firsts)):
        return None
    return str(IPv4Address(sum(first << 8 * (3 - i) for i, first in enumerate(firsts)) + last))


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if label.startswith("0") and len(label) > 1 else int(label)


def _path(path: str) -> str:
    """The path with its dot segments resolved: robots.txt is asked about where it leads."""
    path = _sendable(path) or "/"
    if "/." in path or "%2e" in path.lower():
        path = urljoin("http://h/", re.sub("(?i)%2e", ".", path)).removeprefix("http://h")
    return path


def _sendable(text: str) -> str:
    """`text` with everything percent-encoded that may not stand in a request line, and nothing else."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text.encode("utf-8", "surrogateescape"), safe=_SAFE)
