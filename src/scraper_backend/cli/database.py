"""`bsr db`: the coordinator's database."""

from __future__ import annotations

import typer

from scraper_backend.cli import say
from scraper_backend.cli.parts import needed

app = typer.Typer(no_args_is_help=True, help="The coordinator's database: migrate.")


@app.command(epilog=say.example("bsr db migrate", "DATABASE_URL=postgresql://bsr@db/bsr bsr db migrate"))
def migrate(json: say.Json = False) -> None:
    """Bring the database to this version's schema. Does nothing when it is there.

    SQLite is brought up by every command that opens it; a PostgreSQL database, which several coordinators
    may share, only by this one.
    """
    import asyncio

    with needed("bsr db migrate", "coordinator"):
        from scraper_backend.coordinator.settings import read_settings
        from scraper_backend.coordinator.store import migrate as bring_up
    applied = asyncio.run(bring_up(read_settings().database_url.get_secret_value()))
    if json:
        say.as_json({"applied": applied})
    elif applied:
        say.out("Applied " + ", ".join(applied) + ".")
    else:
        say.out("Nothing to do: the schema is current.")
