"""`bsr db`: the coordinator's database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from scraper_backend.cli import say
from scraper_backend.cli.parts import needed

app = typer.Typer(no_args_is_help=True, help="The coordinator's database: migrate, check, back up.")


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


To = Annotated[
    Path, typer.Argument(metavar="FILE", help="The copy, or a folder for a copy with today's name.")
]
Copy = Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `bsr db backup` made.")]
Force = Annotated[bool, typer.Option("--force", metavar="", help="Replace the file if it exists.")]


@app.command(epilog=say.example("bsr db backup /var/backups/bsr", "bsr db backup office.db --force"))
def backup(to: To, force: Force = False, json: say.Json = False) -> None:
    """Copy the database while it is in use, and read the copy back.

    One snapshot of a SQLite database; nobody waits for it. For PostgreSQL, which has `pg_dump`, it says so.
    """
    from scraper_backend.cli import office

    with needed("bsr db backup", "coordinator"):
        from scraper_backend.coordinator.settings import read_settings
        from scraper_backend.coordinator.store.backup import back_up
    file = to / f"bsr-{office.now():%Y%m%d-%H%M%S}.db" if to.is_dir() else to
    done = back_up(read_settings().database_url.get_secret_value(), file, replace=force)
    if json:
        say.as_json({"path": str(done.path), "bytes": done.bytes})
    else:
        say.out(f"{done.path}: {done.bytes} bytes, read back and whole.")


@app.command(epilog=say.example("bsr db restore /var/backups/bsr/bsr-20260302-090000.db"))
def restore(copy: Copy, json: say.Json = False) -> None:
    """Put a copy in the place of the database; what was there is kept beside it.

    Stop `bsr serve` first. A copy of an earlier version is brought up when it is next opened.
    """
    from scraper_backend.cli import office

    with needed("bsr db restore", "coordinator"):
        from scraper_backend.coordinator.settings import read_settings
        from scraper_backend.coordinator.store import backup as backups
    done = backups.restore(read_settings().database_url.get_secret_value(), copy, now=office.now())
    if json:
        say.as_json({"path": str(done.path), "kept": str(done.kept) if done.kept else None})
    else:
        kept = f" What was there is {done.kept}." if done.kept else ""
        say.out(f"{done.path} is the copy now.{kept}")
