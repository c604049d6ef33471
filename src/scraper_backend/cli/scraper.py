"""`bsr scraper`: configurations: checked here, kept by the coordinator, tried on recorded pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper_backend.cli import office, say
from scraper_backend.cli.where import ask
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from scraper_backend.cli.desk import Desk
    from scraper_backend.coordinator.rules.scrapers import Scraper
    from scraper_backend.core.scraper_config import ScraperConfig

app = typer.Typer(no_args_is_help=True, help="Configurations of sites: check, import, export, try.")

Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files (YAML or JSON) and folders of them.")]


@app.command(epilog=say.example("bsr scraper check chewy.yaml", "bsr scraper check scrapers/ --json"))
def check(paths: Paths, json: say.Json = False) -> None:
    """Tell every fault of every file, and warn about fragile selectors. Changes nothing.

    Ends with 0 when all can be imported, 2 when one has a fault.
    """
    from scraper_backend.cli.documents import read_all
    from scraper_backend.core.problems import render

    documents, faults = read_all(paths)
    if json:
        right = [(d.path, d.config.name, d.warnings) for d in documents]
        wrong = [(fault.source, None, fault.problems) for fault in faults]
        files = [{"file": f, "name": n, "problems": _json(problems)} for f, n, problems in (*right, *wrong)]
        say.as_json({"ok": not faults, "files": files})
        raise typer.Exit(2 if faults else 0)
    for fault in faults:
        say.err(f"{fault}\n")
    for document in documents:
        warned = render("", document.warnings).partition("\n")[2]
        say.out(f"{document.path}: {document.config.name} is right" + (f", but\n{warned}" if warned else ""))
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
    from scraper_backend.cli.documents import read_right

    documents = read_right(paths)
    saved = ask("bsr scraper import", lambda desk: desk.save_scrapers(documents))
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
        list[str] | None,
        typer.Argument(metavar="NAME", help="Which scrapers; all without a name.", show_default=False),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a file for each into this folder.")
    ] = None,
    json: say.Json = False,
) -> None:
    """Print configurations as YAML (or JSON), ready to be imported again."""
    from scraper_backend.core.yaml import dump_yaml

    async def work(desk: Desk) -> list[Scraper]:
        return [await desk.scraper(name) for name in names] if names else await desk.scrapers()

    configs = [one.config for one in ask("bsr scraper export", work)]
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
    every = ask("bsr scraper list", lambda desk: desk.scrapers())
    if json:
        say.as_json([_listed(one) for one in every])
        return
    if not every:
        say.out("No scraper yet; import one with: bsr scraper import FILE.yaml")
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
        whole=("name", "status"),
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
def disable(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The scraper.")], json: say.Json = False
) -> None:
    """Keep a scraper, but do not run it."""
    _switch("disable", name, json=json)


@app.command(epilog=say.example("bsr scraper enable chewy"))
def enable(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The scraper.")], json: say.Json = False
) -> None:
    """Let a scraper take part in jobs again."""
    _switch("enable", name, json=json)


def _switch(verb: str, name: str, *, json: bool) -> None:
    one = ask(f"bsr scraper {verb}", lambda desk: desk.switch_scraper(name, on=verb == "enable"))
    if json:
        say.as_json(_listed(one))
    else:
        say.out(f"{one.config.name} is {verb}d.")


@app.command(epilog=say.example("bsr scraper record chewy.yaml 012345678905 --to tests/pages/bone"))
def record(
    config: Annotated[str, typer.Argument(metavar="CONFIG", help="A configuration (YAML or JSON).")],
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The SKU to look for.")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the fixture goes.")],
    json: say.Json = False,
) -> None:
    """Scrape one SKU for real and keep its pages as a fixture for `bsr scraper test`.

    Look at expected.json afterwards: what it says is what will be expected from now on.
    """
    from scraper_backend.cli.documents import read_one
    from scraper_backend.core.loop import run_async
    from scraper_backend.runner.hands import open_hands
    from scraper_backend.scraping import fixtures

    async def work() -> Any:
        async with open_hands() as fetcher:
            return await fixtures.record(read_one(config), sku, fetcher, to)

    outcome = run_async(work())
    if json:
        say.as_json(outcome.as_json())
    else:
        say.out(f"{to}: {outcome.outcome}" + (f", {len(outcome.data)} fields" if outcome.data else ""))


@app.command("test", epilog=say.example("bsr scraper test tests/pages/"))
def replay(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER", help="Fixtures, or folders of them.")],
    json: say.Json = False,
) -> None:
    """Read recorded pages again and tell what is read differently. Visits no website.

    Ends with 0 when every fixture is read as expected, 1 when one is not.
    """
    from scraper_backend.core.loop import run_async
    from scraper_backend.scraping import fixtures

    found = [folder for top in folders for folder in fixtures.folders(top)]
    if not found:
        raise UsageError("there is no fixture; `bsr scraper record` makes one")
    differences = {str(folder): run_async(fixtures.replay(folder)) for folder in found}
    if json:
        say.as_json([_replayed(folder, several) for folder, several in differences.items()])
    else:
        for folder, several in differences.items():
            say.out(f"{folder}: " + ("as expected" if not several else f"{len(several)} different"))
            for one in several:
                say.out(f"  {say.washed(one)}")
    raise typer.Exit(1 if any(differences.values()) else 0)


def _replayed(folder: str, differences: Any) -> dict[str, Any]:
    told = [{"field": d.field, "expected": d.expected, "read": d.read} for d in differences]
    return {"fixture": folder, "ok": not told, "differences": told}
