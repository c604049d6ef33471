"""`bsr serve`: the coordinator, until SIGTERM or Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper_backend.cli import say
from scraper_backend.cli.parts import needed

EPILOG = say.example(
    "bsr serve",
    "bsr serve --host 0.0.0.0 --port 8443 --tls-cert cert.pem --tls-key key.pem",
    "DATABASE_URL=postgresql://bsr@db/bsr bsr serve",
)


def serve(
    *,
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="Where to listen. [dim]default: 127.0.0.1[/]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=0, max=65535, help="0 takes a free one. [dim]default: 8000[/]"),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A certificate (PEM) for https.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key (PEM).")] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The address people open, behind a proxy.")
    ] = None,
    trusted_proxy: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Addresses or networks of the proxies in front, comma-separated."),
    ] = None,
    json: say.Json = False,
) -> None:
    """Run the coordinator: the API for runners and programs, and the panel for people.

    The database is SQLite in BSR_DATA_DIR unless DATABASE_URL names another. SIGTERM or Ctrl-C stops it
    within five seconds.
    """
    with needed("bsr serve", "coordinator"):
        from scraper_backend.coordinator.serve import serve as run
        from scraper_backend.coordinator.settings import read_settings
    settings = read_settings(
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        public_url=public_url,
        trusted_proxies=trusted_proxy,
    )
    run(settings, announce=_announce_json if json else say.out)


def _announce_json(line: str) -> None:
    """The announcement as an object: what it says, and the address in it where there is one."""
    address = next((word for word in line.split() if word.startswith(("http://", "https://"))), None)
    say.as_json({"message": line, "address": address})
