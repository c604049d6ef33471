"""`bsr login` and `bsr logout`: a person's token for a coordinator on another machine."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import typer

from scraper_backend.cli import logins, say
from scraper_backend.cli.logins import Login
from scraper_backend.core.environment import setting
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from scraper_backend.coordinator.api.admin_shapes import Me

WANTED: Final = ("jobs", "scrapers", "runners")
"""The scopes that the commands need; each brings `read` along."""
IN_EPILOG: Final = say.example(
    "bsr login https://scraper.example.com", "bsr login https://scraper.example.com --token-stdin < token.txt"
)
OUT_EPILOG: Final = say.example("bsr logout")
Url = Annotated[
    str | None,
    typer.Argument(
        metavar="[URL]", help="The coordinator's address; without it the last one.", show_default=False
    ),
]


def login(
    url: Url = None,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", metavar="", help="Read the token from standard input.")
    ] = False,
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="What the token shall allow; without it jobs, scrapers, runners."),
    ] = None,
    json: say.Json = False,
) -> None:
    """Let `bsr job`, `key` and `scraper` work on a coordinator elsewhere, in your name.

    Shows the page of the panel where a token is made, asks for the token, tries it and keeps it in your own
    configuration folder. BSR_TOKEN, or --token-stdin, gives it without asking.
    """
    import asyncio

    where = _address(url)
    if logins.is_open_line(where):
        say.err(f"{where} is plain http: anyone on the way can read the token. Better is https.")
    found = Login(where, _token(where, scope or WANTED, from_stdin=token_stdin))
    me = asyncio.run(_whose(found))
    path = logins.keep(found, os.environ)
    if json:
        say.as_json({"coordinator": where, **me.as_json()})
        return
    say.out(f"Logged in to {where} as {say.washed(me.user)}; {_allowed(me)}.")
    say.err(
        f"The token is in {path}. `bsr job`, `key` and `scraper` work there now, until `bsr logout`; "
        "DATABASE_URL or BSR_DATA_DIR, where set, mean this machine's own coordinator."
    )


def logout(url: Url = None, json: say.Json = False) -> None:
    """Forget the token. It ends in the panel, under Settings, Tokens."""
    kept = logins.read(os.environ)
    where = logins.address(url) if url else kept.current
    known = bool(where) and logins.forget(where, os.environ)
    if json:
        say.as_json({"coordinator": where or None, "forgotten": known})
    elif known:
        say.out(f"Forgot the token for {where}; to end it, revoke it at {where}/settings/tokens")
    else:
        say.out(f"Not logged in{f' to {where}' if where else ''}.")


def _address(url: str | None) -> str:
    named = url or setting("BSR_COORDINATOR", os.environ) or logins.read(os.environ).current
    if not named:
        raise UsageError("which coordinator? write: bsr login https://scraper.example.com")
    return logins.address(named)


def _token(where: str, scopes: list[str] | tuple[str, ...], *, from_stdin: bool) -> str:
    """From standard input, BSR_TOKEN or a person.  Raises `UsageError` when there is nobody to ask."""
    told = sys.stdin.readline() if from_stdin else setting("BSR_TOKEN", os.environ)
    if told is None:
        told = _asked_for(where, scopes)
    token = told.strip()
    if not token:
        raise UsageError("there is no token; make one at the page above and paste it")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("this is no token: it has spaces or characters no token has; copy it again")
    return token


def _asked_for(where: str, scopes: list[str] | tuple[str, ...]) -> str:
    import getpass

    query = urlencode({"name": f"bsr on {platform.node() or 'this machine'}", "scopes": " ".join(scopes)})
    say.err(f"Make a token on this page, and paste it here:\n\n  {where}/settings/tokens?{query}\n")
    if not say.on_terminal(sys.stdin):
        raise UsageError("nobody can be asked here; set BSR_TOKEN, or pipe the token to --token-stdin")
    return getpass.getpass("Token (not shown): ")


async def _whose(login: Login) -> Me:
    from scraper_backend.cli.there import There, connection

    async with connection(login) as client:
        return await There(client, login.url).me()


def _allowed(me: Me) -> str:
    from scraper_backend.cli import office

    until = f" until {say.day(me.expires_at)}" if me.expires_at and me.expires_at > office.now() else ""
    return f"its token allows {', '.join(me.scopes)}{until}"
