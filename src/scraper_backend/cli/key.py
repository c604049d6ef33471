"""`bsr key`: the API keys of runners.  The secret is shown once, when the key is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper_backend.cli import office, say
from scraper_backend.cli.where import ask

if TYPE_CHECKING:
    from scraper_backend.coordinator.rules.keys import Key, NewKey

app = typer.Typer(no_args_is_help=True, help="API keys of runners: create, list, rotate, revoke.")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The key's name, or #number from the list.", show_default=False)
]


@app.command(
    epilog=say.example(
        "bsr key create office-mac --bind office-mac --expires 365", "bsr key create fleet --json"
    )
)
def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What the key is called here.", show_default=False)
    ],
    bind: Annotated[
        str | None, typer.Option(metavar="RUNNER", help="Let it speak for this runner and no other.")
    ] = None,
    expires: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Let it end after this many days.")
    ] = None,
    json: say.Json = False,
) -> None:
    """Make a key and show it, this once."""

    made = ask("bsr key create", lambda desk: desk.create_key(name, bind=bind, days=expires))
    _show_secret(made, json=json)


@app.command("list", epilog=say.example("bsr key list", "bsr key list --all --json"))
def list_(
    all_: Annotated[bool, typer.Option("--all", metavar="", help="Those that have ended, too.")] = False,
    json: say.Json = False,
) -> None:
    """List the keys: whose they are, until when, when they were last used."""
    every = ask("bsr key list", lambda desk: desk.keys())
    shown = [key for key in every if all_ or key.status(office.now()) in ("live", "rotated")]
    if json:
        say.as_json([_as_json(key) for key in shown])
        return
    if not shown:
        say.out("No key yet; make one with: bsr key create NAME")
        return
    say.table(
        ("#", "name", "runner", "starts with", "status", "expires", "last used"),
        [
            (
                key.id,
                key.name,
                key.bound or "any",
                f"{key.display}…",
                key.status(office.now()),
                say.day(key.expires_at) or "never",
                say.ago(key.last_used_at, office.now()) or "never",
            )
            for key in shown
        ],
        right=("#",),
        whole=("starts with", "status"),
    )


@app.command(epilog=say.example("bsr key rotate office-mac --overlap 24"))
def rotate(
    name: Name,
    overlap: Annotated[
        float, typer.Option(metavar="HOURS", min=0, help="How long the old key works beside the new one.")
    ] = 24,
    json: say.Json = False,
) -> None:
    """Make a successor of a key and show it, this once; the old one ends soon."""
    made = ask("bsr key rotate", lambda desk: desk.rotate_key(name, overlap_hours=overlap))
    _show_secret(made, json=json)


@app.command(epilog=say.example("bsr key revoke office-mac"))
def revoke(name: Name, json: say.Json = False) -> None:
    """End a key at once."""
    key = ask("bsr key revoke", lambda desk: desk.revoke_key(name))
    if json:
        say.as_json(_as_json(key))
    else:
        say.out(f"Revoked {say.washed(key.name)} ({key.display}…); it opens nothing any more.")


def _show_secret(made: NewKey, *, json: bool) -> None:
    if json:
        say.as_json({"api_key": made.secret, **_as_json(made.key)})
        return
    say.out(made.secret)
    whom = f"the runner {say.washed(made.key.bound)}" if made.key.bound else "any runner"
    until = f" until {say.day(made.key.expires_at)}" if made.key.expires_at else ""
    say.err(f"A key for {whom}{until}. It is shown this once; keep it in the runner's SCRAPER_API_KEY.")


def _as_json(key: Key) -> dict[str, Any]:
    return {
        "name": key.name,
        "id": key.id,
        "runner": key.bound,
        "starts_with": key.display,
        "status": key.status(office.now()),
        "created_at": say.instant(key.created_at),
        "expires_at": say.instant(key.expires_at),
        "revoked_at": say.instant(key.revoked_at),
        "last_used_at": say.instant(key.last_used_at),
    }
