"""`bsr`: every command, and the one place where an exception becomes words and an exit code.

`bsr --help` loads nothing of the house; each command imports its side when it runs.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Annotated

import typer

import scraper_backend
from scraper_backend.cli import (
    database,
    demo,
    job,
    key,
    login,
    practice,
    runner,
    say,
    scrape,
    scraper,
    serve,
    user,
    where,
)
from scraper_backend.core.errors import Forbidden, KeyRefused, Mistake, NoSuchJob, Trouble
from scraper_backend.runner.lines import speak_utf8

USAGE, KEY, NO_JOB, LATER, CRASH, INTERRUPTED = 2, 4, 6, 75, 1, 130
GROUPS = "The coordinator", "Scraping", "Learning"

app = typer.Typer(
    name="bsr",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Product data from many shops: a coordinator, and runners that never lose a result.",
    epilog=say.example("bsr demo", "bsr scrape chewy.yaml 012345678905"),
)


def _version(wanted: bool) -> None:
    if wanted:
        say.out(f"bsr {scraper_backend.__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    coordinator: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="BSR_COORDINATOR",
            help="For job, key and scraper: a coordinator elsewhere, after [bold]bsr login[/] there.",
        ),
    ] = None,
) -> None:
    where.NAMED.set(coordinator)
    _log_to_stderr()


app.command("demo", epilog=demo.EPILOG, rich_help_panel=GROUPS[2])(demo.demo)
app.command("practice", epilog=practice.EPILOG, rich_help_panel=GROUPS[2])(practice.practice)
app.command("scrape", epilog=scrape.EPILOG, rich_help_panel=GROUPS[1])(scrape.scrape)
app.add_typer(runner.app, name="runner", rich_help_panel=GROUPS[1])
app.add_typer(scraper.app, name="scraper", rich_help_panel=GROUPS[1])
app.command("serve", epilog=serve.EPILOG, rich_help_panel=GROUPS[0])(serve.serve)
app.add_typer(job.app, name="job", rich_help_panel=GROUPS[0])
app.add_typer(key.app, name="key", rich_help_panel=GROUPS[0])
app.add_typer(user.app, name="user", rich_help_panel=GROUPS[0])
app.add_typer(database.app, name="db", rich_help_panel=GROUPS[0])
app.command("login", epilog=login.IN_EPILOG, rich_help_panel=GROUPS[0])(login.login)
app.command("logout", epilog=login.OUT_EPILOG, rich_help_panel=GROUPS[0])(login.logout)


def _reflowed(group: typer.Typer) -> None:
    """Paragraphs of help as wide as the terminal, not as wide as our source."""
    for command in group.registered_commands:
        doc = (command.callback.__doc__ if command.callback else None) or ""
        command.help = "\n\n".join(" ".join(part.split()) for part in doc.split("\n\n"))
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            _reflowed(inner.typer_instance)


_reflowed(app)


def main() -> None:
    """The entry point of `bsr`."""
    speak_utf8()
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        app(arguments, prog_name="bsr")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say.err("Stopped.")
        return end.code if isinstance(end.code, int) else USAGE
    except KeyboardInterrupt:
        say.err("Stopped.")
        return INTERRUPTED
    except Exception as error:
        say_error(error)
        return exit_code(error)
    return 0


def exit_code(error: Exception) -> int:
    """2 what was written is wrong, 4 the key, 6 no such job, 75 try again later, 1 our own fault."""
    if isinstance(error, (KeyRefused, Forbidden)):
        return KEY
    if isinstance(error, NoSuchJob):
        return NO_JOB
    if isinstance(error, Mistake):
        return USAGE
    return LATER if isinstance(error, Trouble) or is_full_disk(error) else CRASH


def is_full_disk(error: Exception) -> bool:
    """Whether a file or the output could not be written for want of room."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def say_error(error: Exception) -> None:
    """The error in words for a person, on standard error."""
    if isinstance(error, (Mistake, Trouble)):
        say.err(str(error))
        return
    if is_full_disk(error):
        say.err("The disk is full; make room and run it again.")
        return
    traceback.print_exception(error)
    say.err("This is a fault in bsr itself; please report it with the lines above.")


def _log_to_stderr() -> None:
    """Library logs go to standard error, from `warning` on unless LOG_LEVEL says otherwise."""
    import logging

    from scraper_backend.core import logs

    level = logging.getLevelNamesMapping().get(os.environ.get("LOG_LEVEL", "").upper(), logging.WARNING)
    logs.configure_command(level)
