"""`bsr user`: people of the panel, from the machine where the database is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from scraper_backend.cli import office, say
from scraper_backend.cli.parts import needed

app = typer.Typer(no_args_is_help=True, help="People of the panel: a link to sign in.")


@app.command(epilog=say.example("bsr user link", "bsr user link --at https://scraper.example.com"))
def link(
    at: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The panel's address. [dim]default: that of bsr serve here[/]"),
    ] = None,
    json: say.Json = False,
) -> None:
    """Print a link that signs in an admin, once, within ten minutes: for who has lost the password.

    Whoever can read the database may have it.
    """
    with needed("bsr user link", "coordinator"):
        from scraper_backend.coordinator.rules import links, users
        from scraper_backend.coordinator.settings import read_settings
    address, token = (at or read_settings().address).rstrip("/"), links.new_token()

    async def rule(tx: Any) -> users.User:
        return await users.way_in(tx, token, by=office.BY, now=office.now())

    user = office.write("bsr user link", rule)
    url = f"{address}/enter?token={token}"
    if json:
        say.as_json({"link": url, "user": user.name})
        return
    say.out(url)
    say.err(f"It signs in {say.washed(user.name)}, once, within ten minutes.")
