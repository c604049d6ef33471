"""What the environment says in a word: LOG_LEVEL, LOG_FORMAT, HEADLESS; and the folder it names.

Looked at before any work begins: a slip of the pen in a setting is no failure of a job.  An empty variable is
one that is not set.  Standard library only, as the guard that asks is.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from scraper_backend.core.environment import data_folder
from scraper_backend.core.errors import StoreBusy, UsageError

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "LOG_LEVEL": ("debug", "info", "warning", "warn", "error", "critical"),
    "LOG_FORMAT": ("auto", "console", "json"),
    "HEADLESS": ("true", "false", "1", "0", "yes", "no", "on", "off"),
}
_PASSING: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def word(name: str, environment: Mapping[str, str], default: str) -> str:
    """The setting's word, in lower case."""
    return environment.get(name, "").strip().lower() or default


def wrong(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each of these that says none of its words: its name, what stands there, what to write."""
    for name, known in WORDS.items():
        if word(name, environment, known[0]) not in known:
            yield name, environment[name], f"write one of {', '.join(known)}"


def expect_right(environment: Mapping[str, str]) -> None:
    """Raises `UsageError` that tells every fault, `StoreBusy` when the folder's disk is full or fails."""
    faults = [f"{name}: found {text!r}; {hint}" for name, text, hint in wrong(environment)]
    if faults:
        raise UsageError("\n".join(faults))
    made(data_folder(environment))


def made(folder: Path) -> Path:
    """The folder, made where there is none.  Raises as `expect_right` does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in _PASSING:
            raise StoreBusy(f"{folder} cannot be made: {error.strerror}") from error
        hint = "set BSR_DATA_DIR to a folder that this user may write to"
        raise UsageError(f"cannot write to {folder}: {error.strerror}; {hint}") from error
    return folder
