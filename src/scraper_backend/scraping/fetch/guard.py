"""Who may be spoken to: public addresses, and what the runner's own setting names.

A configuration comes from the coordinator and a redirect from anybody; neither may make a runner
knock at machines inside its own network.  Names are resolved once, by the resolver here; every
address of the answer is checked, and the connection is made to a checked address, so that a name
which answers differently the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from scraper_backend.core.errors import UsageError
from scraper_backend.scraping.fetch.address import IPAddress, literal

VARIABLE: Final = "RUNNER_ALLOW_PRIVATE_HOSTS"

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, as text."""

_LOOPBACK: Final = IPv4Address("127.0.0.1")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NEVER: Final = tuple(
    IPv6Network(text)
    for text in (
        "64:ff9b:1::/48",  # NAT64 inside one network
        "fec0::/10",  # site-local
        "3fff::/20",  # documentation, unknown to older Pythons
        "::/96",  # IPv4-compatible, long dead, still understood by some stacks
    )
)


class PrivateAddress(OSError):
    """A name that leads to an address we do not speak to."""


@dataclass(frozen=True, slots=True)
class AllowList:
    """What the operator of this runner allows beyond public addresses.

    `names` are (host, port) with port None for every port; `networks` are whole ranges.
    """

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> AllowList:
        """From `127.0.0.1:8801, shop.local, 10.0.0.0/8`.  Raises `UsageError` that names each fault."""
        entries = {entry: _network(entry) or _name(entry) for entry in re.split(r"[,\s]+", text) if entry}
        if wrong := [entry for entry, meant in entries.items() if meant is None]:
            raise UsageError(
                f"{VARIABLE} names {', '.join(wrong)}; write hosts, host:port or ranges like 10.0.0.0/8, "
                "with commas between them"
            )
        meant = entries.values()
        return cls(
            frozenset(name for name in meant if isinstance(name, tuple)),
            tuple(network for network in meant if isinstance(network, (IPv4Network, IPv6Network))),
        )

    @classmethod
    def from_environment(cls) -> AllowList:
        """From RUNNER_ALLOW_PRIVATE_HOSTS; nothing when it is not set."""
        return cls.from_text(os.environ.get(VARIABLE, ""))

    def names_host(self, host: str, port: int | None) -> bool:
        """Whether the operator named this host: one of his own machines, so he knows its pace."""
        if not self.names and not self.networks:
            return False
        if (host, None) in self.names or (host, port) in self.names:
            return True
        address = literal(host)
        return address is not None and self.admits(address, port)

    def admits(self, address: IPAddress, port: int | None) -> bool:
        """Whether this address was allowed, by itself or in a range."""
        plain = _unmapped(address)
        return (str(plain), port) in self.names or any(plain in network for network in self.networks)


class Guard:
    """The check of an address before it is asked; names are left to the resolver."""

    def __init__(self, allow: AllowList) -> None:
        self.allow = allow
        self._refusal = lru_cache(1024)(self._refusal_of)
        """A host's answer never changes: names are only checked once they are resolved."""

    def refusal(self, url: URL) -> str:
        """Why `url` is not asked, or "" when nothing speaks against it yet."""
        return self._refusal(url.raw_host or "", url.port)

    def _refusal_of(self, host: str, port: int | None) -> str:
        address = _LOOPBACK if host.rpartition(".")[2] == "localhost" else literal(host)
        if address is None or is_public(address) or self.allow.names_host(host, port):
            return ""
        if self.allow.admits(address, port):
            return ""
        return words(host, [str(address)])


class GuardedResolver(AbstractResolver):
    """aiohttp's resolver: answers checked addresses only, or raises `PrivateAddress`."""

    def __init__(self, allow: AllowList, lookup: Lookup | None = None) -> None:
        self._allow = allow
        self._lookup = lookup or system_lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be connected to."""
        found = await self._lookup(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        good = found if self._allow.names_host(host, port) else self._checked(host, port, found)
        return [_result(host, text, port) for text in good]

    async def close(self) -> None:
        """Nothing is held open."""

    def _checked(self, host: str, port: int, found: list[str]) -> list[str]:
        """All of them when all are public; the allowed ones when all are private.

        A name with both kinds is a trick played on whoever checks one and connects to another.
        """
        private = [text for text in found if not is_public(ip_address(text))]
        if not private:
            return found
        allowed = [text for text in private if self._allow.admits(ip_address(text), port)]
        if len(private) < len(found) or not allowed:
            raise PrivateAddress(words(host, private))
        return allowed


def is_public(address: IPAddress) -> bool:
    """Whether everybody on the internet means the same machine by this address, and it is one machine."""
    if isinstance(address, IPv6Address):
        if address.scope_id or any(address in network for network in _NEVER):
            return False
        inside = _embedded(address)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def words(host: str, addresses: Iterable[str]) -> str:
    """Why a host is refused, and who can allow it."""
    shown = ", ".join(addresses)
    leads = f"{host} is" if shown == host else f"{host} leads to {shown},"
    return f"{leads} a private address; the runner's operator can allow it in {VARIABLE}"


async def system_lookup(host: str, port: int) -> list[str]:
    """What the machine's own resolver says, in its order."""
    infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a gateway would speak to for this one (mapped, 6to4, NAT64)."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _unmapped(address: IPAddress) -> IPAddress:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _result(host: str, text: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return ResolveResult(
        hostname=host, host=text, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def _name(entry: str) -> tuple[str, int | None] | None:
    """(host, port) from `host`, `host:port` or `[::1]:port`."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?", entry)
    if not match or (re.fullmatch(r"[\d.]+", match[1]) and not literal(match[1])):
        return None
    return match[1].strip("[]").lower().rstrip("."), int(match[2]) if match[2] else None
