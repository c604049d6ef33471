"""Which coordinator the commands are for, and the tokens of those a person has logged in to.

Tokens lie in one file of the user's configuration folder that nobody else can read.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from scraper_backend.core.environment import FOLDER, setting
from scraper_backend.core.errors import KeyRefused, UsageError

OWN: Final = ("DATABASE_URL", "BSR_DATA_DIR")
"""Who names a database means it, whatever they are logged in to."""


@dataclass(frozen=True)
class Login:
    """A coordinator elsewhere, and what opens it."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Logins:
    """What the file holds: a token for each coordinator, and the one that is meant when none is named."""

    current: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


def chosen(named: str | None, environment: Mapping[str, str]) -> Login | None:
    """The coordinator that is meant: named, or logged in to; None for this machine's own database."""
    kept = read(environment)
    if not named and (any(environment.get(name) for name in OWN) or not kept.current):
        return None
    url = address(named or kept.current)
    token = setting("BSR_TOKEN", environment) or kept.tokens.get(url)
    if token is None:
        raise KeyRefused(f"no token for {url} is here; run: bsr login {url}")
    return Login(url, token)


def address(url: str) -> str:
    """A coordinator's address as it is kept.  Raises `UsageError` for what is none."""
    try:
        parts = urlsplit(url.strip())
        is_plain = bool(parts.hostname) and "@" not in parts.netloc and not parts.query + parts.fragment
        _ = parts.port
    except ValueError:
        is_plain = False
    if not is_plain or parts.scheme not in ("http", "https"):
        raise UsageError(
            f"{url} is no address of a coordinator; write one such as https://scraper.example.com"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def is_open_line(url: str) -> bool:
    """Whether a token would travel where others can read it."""
    host = urlsplit(url).hostname or ""
    is_here = host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
    return url.startswith("http:") and not is_here


def keep(login: Login, environment: Mapping[str, str]) -> Path:
    """Remember this coordinator's token, and mean it from now on; where."""
    kept = read(environment)
    return _write(Logins(login.url, {**kept.tokens, login.url: login.token}), environment)


def forget(url: str, environment: Mapping[str, str]) -> bool:
    """Forget this coordinator; whether it was known."""
    kept = read(environment)
    left = {known: token for known, token in kept.tokens.items() if known != url}
    current = "" if kept.current == url else kept.current
    if len(left) < len(kept.tokens):
        _write(replace(kept, current=current, tokens=left), environment)
    return len(left) < len(kept.tokens)


def read(environment: Mapping[str, str]) -> Logins:
    """What is kept; nothing when there is no file.  Raises `UsageError` for one that is none of ours."""
    path = file(environment)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        tokens = {str(url): str(token) for url, token in told["tokens"].items()}
        return Logins(str(told["current"]), tokens)
    except FileNotFoundError:
        return Logins()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"cannot read {path}; remove it, and run `bsr login URL` again") from None


def file(environment: Mapping[str, str]) -> Path:
    """Where this system keeps a user's configuration."""
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / FOLDER / "login.json"
    home = Path(environment.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / FOLDER / "login.json"
    if sys.platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / FOLDER / "login.json"
    return home / ".config" / FOLDER / "login.json"


def _write(logins: Logins, environment: Mapping[str, str]) -> Path:
    path = file(environment)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    text = json.dumps({"current": logins.current, "tokens": dict(logins.tokens)}, indent=2) + "\n"
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    fresh.replace(path)
    return path
