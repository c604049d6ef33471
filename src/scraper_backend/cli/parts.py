"""Which of the optional parts a command needs, and how to get one that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from scraper_backend.core.errors import UsageError


@contextmanager
def needed(command: str, extra: Literal["coordinator", "browser"]) -> Iterator[None]:
    """Around the imports of a command: a library that is not there becomes the words to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("scraper_backend"):
            raise
        raise UsageError(
            f"`{command}` needs the {extra}'s parts ({error.name} is missing); "
            f"run: pip install 'baystate-scraper[{extra}]'"
        ) from None
