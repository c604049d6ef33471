"""`bsr scraper`: configurations: checked here, kept by the coordinator, tried on recorded pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper_backend.cli import say
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from scraper_backend.core.scraper_config import ScraperConfig

app = typer.Typer(no_args_is_help=True, help="Configurations of sites: check, import, export, try.")

Paths = Annotated[list[str], typer.Argument(help="Files (YAML or JSON) and folders of them.")]


@app.command(epilog=say.example("bsr scraper check chewy.yaml", "bsr scraper check scrapers/ --json"))
def check(paths: Paths, json: say.Json = False) -> None:
    """Tell every fault of every file, and warn about fragile selectors. Changes nothing.

    Ends with 0 when all can be imported, 2 when one has a fault.
    """
    from scraper_backend.cli.documents import read_all
    from scraper_backend.core.problems import render
    from scraper_backend.scraping.lint import lint

    documents, faults = read_all(paths)
    warnings = {document.path: lint(document.config) for document in documents}
    if json:
        say.as_json(
            {
                "ok": not faults,
                "files": [
                    {"file": document.path, "name": document.config.name, "problems": _json(found)}
                    for document in documents
                    for found in [warnings[document.path]]
                ]
                + [
                    {"file": fault.source, "name": None, "problems": _json(fault.problems)}
                    for fault in faults
                ],
            }
        )
    else:
        for fault in faults:
            say.err(f"{fault}\n")
        for document in documents:
            found = warnings[document.path]
            say.out(f"{document.path}: {document.config.name} is right" + (", but" if found else ""))
            if found:
                say.out(render(document.path, found).partition("\n")[2])
    raise typer.Exit(2 if faults else 0)


def _json(problems: Any) -> list[dict[str, object]]:
    return [problem.as_json() for problem in problems]


@app.command(epilog=say.example("bsr scraper schema > scraper.schema.json"))
def schema(json: say.Json = True) -> None:
    """Print the JSON Schema of a configuration, for editors."""
    import json as codec

    from scraper_backend.core.scraper_config import ScraperConfig

    document = ScraperConfig.model_json_schema()
    say.out(codec.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **document}, indent=2))


@app.command("import", epilog=say.example("bsr scraper import chewy.yaml", "bsr scraper import scrapers/"))
def import_(paths: Paths, json: say.Json = False) -> None:
    """Give configurations to the coordinator; one that has changed becomes a new revision.

    All files are read first: when one of them has a fault, every fault of every file is told and nothing
    is imported.
    """
    from scraper_backend.cli import office
    from scraper_backend.cli.documents import read_right

    documents = read_right(paths)

    async def rule(tx: Any) -> list[Any]:
        from scraper_backend.coordinator.rules import scrapers

        return [
            await scrapers.save(tx, document.config, by=office.BY, now=office.now()) for document in documents
        ]

    saved = office.write("bsr scraper import", rule)
    if json:
        say.as_json([_saved(one) for one in saved])
        return
    for document, one in zip(documents, saved, strict=True):
        say.out(
            f"{one.scraper.config.name}  revision {one.scraper.revision}  {_what(one)}  ({document.path})"
        )
        for warning in document.warnings:
            say.err(f"  {document.path}: {warning}")


def _what(saved: Any) -> str:
    return "new" if saved.is_new else "changed" if saved.is_changed else "unchanged"


def _saved(saved: Any) -> dict[str, Any]:
    return {
        "name": saved.scraper.config.name,
        "revision": saved.scraper.revision,
        "is_new": saved.is_new,
        "is_changed": saved.is_changed,
    }


@app.command(epilog=say.example("bsr scraper export chewy > chewy.yaml", "bsr scraper export --to scrapers/"))
def export(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which scrapers; all without a name.", show_default=False)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write a file for each into this folder.")] = None,
    json: say.Json = False,
) -> None:
    """Print configurations as YAML (or JSON), ready to be imported again."""
    from scraper_backend.cli import office
    from scraper_backend.core.yaml import dump_yaml

    async def question(tx: Any) -> list[Any]:
        from scraper_backend.coordinator.rules import scrapers

        if not names:
            return await scrapers.every(tx)
        return [await scrapers.get(tx, name) for name in names]

    configs = [one.config for one in office.read("bsr scraper export", question)]
    if to is not None:
        _write_files(configs, to, json=json)
    elif json:
        written = [config.as_written() for config in configs]
        say.as_json(written[0] if names and len(names) == 1 else written)
    elif len(configs) > 1:
        raise UsageError(
            "several configurations make no single YAML file; write --to FOLDER, --json or one name"
        )
    else:
        for config in configs:
            say.out(dump_yaml(config.as_written()).rstrip("\n"))


def _write_files(configs: list[ScraperConfig], folder: Path, *, json: bool) -> None:
    import json as codec

    from scraper_backend.core.yaml import dump_yaml

    folder.mkdir(parents=True, exist_ok=True)
    for config in configs:
        path = folder / f"{config.name}{'.json' if json else '.yaml'}"
        text = (
            codec.dumps(config.as_written(), indent=2, ensure_ascii=False)
            if json
            else dump_yaml(config.as_written())
        )
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        say.err(f"wrote {path}")


@app.command("list", epilog=say.example("bsr scraper list", "bsr scraper list --json"))
def list_(json: say.Json = False) -> None:
    """List the coordinator's scrapers."""
    from scraper_backend.cli import office

    async def question(tx: Any) -> list[Any]:
        from scraper_backend.coordinator.rules import scrapers

        return await scrapers.every(tx)

    every = office.read("bsr scraper list", question)
    if json:
        say.as_json([_listed(one) for one in every])
        return
    if not every:
        say.out("There is no scraper yet; import one with: bsr scraper import FILE.yaml")
        return
    say.table(
        ("name", "status", "site", "revision", "changed"),
        [
            (
                one.config.name,
                "disabled" if one.config.disabled else "enabled",
                one.config.base_url,
                one.revision,
                say.ago(one.updated_at, office.now()),
            )
            for one in every
        ],
        right=("revision",),
    )


def _listed(one: Any) -> dict[str, Any]:
    return {
        "name": one.config.name,
        "disabled": one.config.disabled,
        "base_url": one.config.base_url,
        "revision": one.revision,
        "created_at": say.instant(one.created_at),
        "updated_at": say.instant(one.updated_at),
        "paused_at": say.instant(one.paused_at),
        "pause_reason": one.pause_reason,
    }


@app.command(epilog=say.example("bsr scraper disable chewy"))
def disable(name: Annotated[str, typer.Argument(help="The scraper.")], json: say.Json = False) -> None:
    """Keep a scraper, but do not run it."""
    _switch("disable", name, json=json)


@app.command(epilog=say.example("bsr scraper enable chewy"))
def enable(name: Annotated[str, typer.Argument(help="The scraper.")], json: say.Json = False) -> None:
    """Let a scraper take part in jobs again."""
    _switch("enable", name, json=json)


def _switch(verb: str, name: str, *, json: bool) -> None:
    from scraper_backend.cli import office

    async def rule(tx: Any) -> Any:
        from scraper_backend.coordinator.rules import scrapers

        change = scrapers.enable if verb == "enable" else scrapers.disable
        return await change(tx, name, by=office.BY, now=office.now())

    one = office.write(f"bsr scraper {verb}", rule)
    if json:
        say.as_json(_listed(one))
    else:
        say.out(f"{one.config.name} is {verb}d.")
