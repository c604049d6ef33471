"""Whose house a page is from: the registrable domain of its host.

The public suffix list is the copy that comes with tldextract; nothing is fetched for it.  Its private
part counts too, so that one shop on a shared platform cannot send us to another.

tldextract itself is not imported: its tree of the list, and the HTTP client with which it would renew it,
are eleven megabytes of a runner's fifty.  A test holds this reading against its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from scraper_backend.scraping.fetch.address import literal


@lru_cache(4096)
def registrable(host: str) -> str:
    """`shop.co.uk` for `www.shop.co.uk`; an address, a bare name and a suffix stand for themselves."""
    if literal(host) or "." not in host:
        return host
    labels = host.split(".")
    own = _suffix_length([_readable(label) for label in labels]) + 1
    return ".".join(labels[-own:])


def _suffix_length(labels: Sequence[str]) -> int:
    """Of how many labels the public suffix is; one where no rule says anything.

    The longest rule holds: `co.uk`, any name under `*.ck`, but not the exception `!www.ck`.
    """
    for start in range(len(labels)):
        length = len(labels) - start
        if _is_rule("!", labels[start:]):
            return length - 1
        if _is_rule("", labels[start:]) or _is_rule("*.", labels[start + 1 :]):
            return length
    return 1


def _is_rule(mark: str, labels: Sequence[str]) -> bool:
    return bool(labels) and f"{mark}{'.'.join(labels)}".encode() in _rules()


def _readable(label: str) -> str:
    """The label as the list has it: `公司` for `xn--55qx5d`."""
    lower = label.lower()
    if not lower.startswith("xn--"):
        return lower
    try:
        return lower.encode().decode("idna")
    except UnicodeError:
        return lower


@cache
def _rules() -> frozenset[bytes]:
    """The rules of the list, without its comments."""
    found = find_spec("tldextract")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("tldextract, which brings the public suffix list, is not installed")
    lines = Path(found.origin).with_name(".tld_set_snapshot").read_bytes().splitlines()
    return frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith(b"//"))
