"""`bsr demo`: the main job on one machine, with nothing configured.

The practice shop, a coordinator and a runner are processes of their own, as they are in life; the scrapers,
the key and the job are made the way `bsr scraper`, `bsr key` and `bsr job` make them.  Nothing of it is
kept: the data stands in a temporary folder, and everything stops when this process does.
"""

from __future__ import annotations

from typing import Annotated

import typer

from scraper_backend.cli import say

EPILOG = say.example("bsr demo", "bsr demo --once")


def demo(
    once: Annotated[
        bool, typer.Option("--once", metavar="", help="End after the table; 0 only if every result is right.")
    ] = False,
    port: Annotated[
        int, typer.Option(metavar="PORT", help="The coordinator's port; 0 takes a free one.")
    ] = 0,
    json: say.Json = False,
) -> None:
    """Try it: two practice shops, a coordinator and a runner do a job on this machine.

    Nothing is configured, nothing outside this machine is visited, nothing is left behind. Stays up until
    Ctrl-C, so that the panel can be looked at.
    """
    from scraper_backend.cli.parts import needed

    with needed("bsr demo", "coordinator"):
        import fastapi as _  # noqa: F401 - its process would fail with less helpful words

    import asyncio

    from scraper_backend.cli.stage import play

    raise typer.Exit(asyncio.run(play(once=once, port=port, json=json)))
