"""Importing a library without what it would only be nicer with.

structlog takes rich along wherever that is installed, for tracebacks in colour that nobody here shows:
three of a runner's seventy megabytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """An import inside finds none of these, unless the process has them already: then they cost nothing."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is no such module"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
