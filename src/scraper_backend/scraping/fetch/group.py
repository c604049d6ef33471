"""The group of a robots.txt that is ours, by RFC 9309, section 2.2.1.

Protego holds addresses against rules well, but takes `User-agent: bay` for `baystate-scraper`, ends a list
of names at a `Crawl-delay`, and does not cut `OurBot/1.2` at the slash.  Whose rules count is decided here.
Called by `robots`.
"""

from __future__ import annotations

import re
from typing import Final

_LINES: Final = re.compile(r"\r\n|\r|\n")
_AGENT: Final = re.compile(r"user[- ]?agent(?:\s*:|\s(?!.*:)|$)\s*(?P<name>\*|[A-Za-z0-9_-]*)", re.IGNORECASE)
_RULE: Final = re.compile(
    r"(?P<kind>allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl[- ]delay)\s*[:\s]",
    re.IGNORECASE,
)
"""In the spellings that protego knows."""


def of(text: str, agent: str) -> str:
    """The rules for `agent`: of all groups that name it, else of all that are for everybody.

    `User-agent: baystate` means `baystate-scraper` too, where nothing names that.
    """
    rules: dict[str, list[str]] = {"*": []}
    names: list[str] = []
    is_open = False
    for line in _LINES.split(text.lstrip("\ufeff")):
        plain = line.partition("#")[0].strip()
        if match := _AGENT.match(plain):
            names = [*names, match["name"].lower()] if is_open else [match["name"].lower()]
            rules.setdefault(names[-1], [])
            is_open = True
        elif match := _RULE.match(plain):
            # what says nothing about addresses does not end the list of names before it
            is_open = is_open and "delay" in match["kind"].lower()
            for name in dict.fromkeys(names):
                rules[name].append(plain)
    ours = (name for name in rules if name and f"{agent}-".lower().startswith(f"{name}-"))
    return "\n".join(["User-agent: *", *rules[max(ours, key=len, default="*")]])
