"""`bsr db`: the coordinator's database."""

from __future__ import annotations

from typing import Any

import typer

from scraper_backend.cli import say
from scraper_backend.cli.parts import needed

app = typer.Typer(no_args_is_help=True, help="The coordinator's database: migrate, check.")


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


@app.command(epilog=say.example("bsr db check", "bsr db check --json"))
def check(json: say.Json = False) -> None:
    """Recount what the database says of itself, while it is in use.

    Ends with 0 when everything holds, 1 when something does not.
    """
    from scraper_backend.cli import office

    async def question(tx: Any) -> list[Any]:
        from scraper_backend.coordinator.rules import checks

        return await checks.check(tx)

    faults = office.read("bsr db check", question)
    if json:
        say.as_json({"ok": not faults, "faults": [fault._asdict() for fault in faults]})
    elif faults:
        say.table(("job", "fault"), faults, whole=("job",))
    else:
        say.out("Everything holds.")
    raise typer.Exit(1 if faults else 0)
