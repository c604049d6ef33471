"""The group of a robots.txt that is ours, by RFC 9309, section 2.2.1.

Protego holds addresses against rules well, but takes `User-agent: bay` for `baystate-scraper`, ends a list
of names at a `Crawl-delay` or at a line that it does not know, and does not cut `OurBot/1.2` at the slash.
Whose rules count is decided here.  Called by `robots`.
"""

from __future__ import annotations

import re
from typing import Final

_LINES: Final = re.compile(r"\r\n|\r|\n")
_AGENT: Final = re.compile(
    r"user[- ]?agent(?:\s*:|\s(?!.*:)|$)\s*(?:(?P<all>\*)(?!\S)|\**(?P<name>[\w-]*))", re.IGNORECASE
)
"""`*` by itself is everybody; in `*OtherBot*` it says nothing."""
_RULE: Final = re.compile(
    r"(?P<kind>allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl[- ]delay)\s*[:\s]",
    re.IGNORECASE,
)
"""In the spellings that protego knows."""


def of(text: str, agent: str) -> str:
    """The rules for `agent`: of all groups that name it best, else of all that are for everybody.

    A line that says nothing about addresses does not end the list of names before it: other records "must
    not interfere" (section 2.2.4), whatever protego's own tests expect of an unknown one.
    """
    rules: dict[str, list[str]] = {"*": []}
    names: list[str] = []
    is_open = False
    for line in _LINES.split(text.lstrip("\ufeff")):
        plain = line.partition("#")[0].strip()
        if match := _AGENT.match(plain):
            name = match["all"] or match["name"].lower()
            names = [*names, name] if is_open else [name]
            rules.setdefault(name, [])
            is_open = True
        elif match := _RULE.match(plain):
            is_open = is_open and "delay" in match["kind"].lower()
            for one in dict.fromkeys(names):
                rules[one].append(plain)
    product = _product(agent)
    ours = (name for name in rules if name and _means(name, product))
    return "\n".join(["User-agent: *", *rules[max(ours, key=len, default="*")]])


_PRODUCT: Final = re.compile(r"(?:.*?\bcompatible;\s*)?(?P<token>[\w-]*)", re.IGNORECASE)


def _product(agent: str) -> str:
    """The product token of a User-Agent: `OurBot` of `Mozilla/5.0 (compatible; OurBot/1.2)`."""
    match = _PRODUCT.match(agent)
    return match["token"].lower() if match else ""


_KIND_OR_PART: Final = re.compile(r"(?:bot|robot|crawler|spider|scraper|fetcher)?\d*(?:-.*)?")


def _means(name: str, product: str) -> bool:
    """Whether a group's name is the product's.

    `baystate` means `baystate-scraper`, `google` means `googlebot-news`, and `newsbot` its second one,
    `newsbot2`: what follows the name is a kind of robot, its number, or a part of it.  `bay` is another's.
    """
    return product.startswith(name) and _KIND_OR_PART.fullmatch(product, len(name)) is not None
