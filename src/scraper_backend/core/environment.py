"""Settings from the environment, secrets also from files, and where this user's data lives.

Standard library only: last words are said with nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scraper_backend.core.errors import UsageError

FOLDER: Final = "baystate-scraper"


def setting(name: str, environment: Mapping[str, str]) -> str | None:
    """The value of `NAME`, or the content of the file that `NAME_FILE` names; None for neither.

    Raises `UsageError` when both are set or the file cannot be read.
    """
    value, path = environment.get(name), environment.get(f"{name}_FILE")
    if not path:
        return value.strip() if value and value.strip() else None
    if value:
        raise UsageError(f"{name} and {name}_FILE are both set; set one of the two")
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(f"{name}_FILE: cannot read {path}: {why}; write the path of a text file") from None


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """`BSR_DATA_DIR`, or where this system keeps a user's data."""
    env = os.environ if environment is None else environment
    if env.get("BSR_DATA_DIR"):
        return Path(env["BSR_DATA_DIR"]).expanduser()
    return _users_data(env) / FOLDER


def _users_data(environment: Mapping[str, str]) -> Path:
    if environment.get("XDG_DATA_HOME"):
        return Path(environment["XDG_DATA_HOME"])
    home = Path(environment.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return home / ".local" / "share"
