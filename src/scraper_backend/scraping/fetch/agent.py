"""Who we say we are: one name, in every request and before every robots.txt.

The address of a person who can answer for this runner comes from RUNNER_CONTACT (an e-mail address
or a page); a site that is unhappy with us should not have to guess whom to write to.
"""

from __future__ import annotations

import os
import re
from typing import Final

from scraper_backend import __version__

VARIABLE: Final = "RUNNER_CONTACT"
AGENT: Final = "baystate-scraper"
"""The product token that robots.txt files name."""


def user_agent(contact: str = "") -> str:
    """`baystate-scraper/1.2.3 (+contact)`; what cannot stand in a header line is left out."""
    contact = re.sub(r"[^\x21-\x7e ]|[()]", "", contact).strip()
    return f"{AGENT}/{__version__} (+{contact or 'product data robot; no contact given'})"


USER_AGENT: Final = user_agent(os.environ.get(VARIABLE, ""))
