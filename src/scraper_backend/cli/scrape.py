"""`bsr scrape`: one or more sites and some SKUs, here and now, with no coordinator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from scraper_backend.cli import say
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from scraper_backend.cli.outcomes import Show
    from scraper_backend.core.scraper_config import ScraperConfig
    from scraper_backend.core.wire import Outcome

EPILOG = say.example(
    "bsr scrape chewy.yaml 012345678905 850006715398",
    "bsr scrape chewy.yaml --sku-file skus.txt --csv products.csv",
    "cat skus.txt | bsr scrape chewy.yaml --sku-file - --json | jq .data.price",
)


def scrape(
    config: Annotated[
        str, typer.Argument(metavar="CONFIG", help="A configuration (YAML or JSON), or a folder of them.")
    ],
    sku: Annotated[
        list[str] | None, typer.Argument(metavar="SKU", help="SKUs to look for.", show_default=False)
    ] = None,
    *,
    sku_file: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A text file or CSV of SKUs; - is standard input."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of the CSV that holds the SKUs.")
    ] = None,
    csv: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a CSV file; - is standard output.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write JSON lines into this file.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", metavar="", help="Go on with --output: leave out what has an answer there."),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", metavar="", help="Show where each value comes from.")
    ] = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="SKUs at once; a site's rate still holds.")
    ] = 8,
    json: say.Json = False,
) -> None:
    """Scrape SKUs here and now, with no coordinator.

    Ends with 0 when every SKU has an answer, 3 when some were blocked or failed, 1 when all were.
    """
    from scraper_backend.cli import outcomes
    from scraper_backend.core.loop import run_async

    if resume and output is None:
        raise UsageError("--resume goes on with a file; write --output FILE too")
    configs = _configs(config)
    skus = _skus(sku or [], sku_file or [], column)
    if resume and output:
        skus = _left(skus, [one.name for one in configs], output)
    with ExitStack() as stack:
        as_lines = json and not explain
        sinks = list(_sinks(stack, configs, csv=csv, output=output, resume=resume, json=as_lines))
        is_data = json or csv == "-" or explain
        lines = None if is_data else outcomes.widths(skus, [one.name for one in configs])
        tally = stack.enter_context(outcomes.told(len(skus) * len(configs), lines=lines))
        if explain:
            run_async(_explain(configs, skus, [*sinks, tally], json=json))
        else:
            run_async(_run(configs, skus, workers, [*sinks, tally]))
    raise typer.Exit(outcomes.exit_code(tally.counts))


async def _run(
    configs: Sequence[ScraperConfig], skus: Sequence[str], workers: int, sinks: Sequence[Show]
) -> None:
    from scraper_backend.runner.hands import open_hands
    from scraper_backend.scraping.stream import scrape_all

    async with (
        open_hands() as fetcher,
        aclosing(scrape_all(configs, skus, fetcher, workers=workers)) as scraped,
    ):
        async for outcome in scraped:
            for sink in sinks:
                sink.add(outcome)


async def _explain(
    configs: Sequence[ScraperConfig], skus: Sequence[str], sinks: Sequence[Show], *, json: bool
) -> None:
    """One walk after the other, each with its steps: this is for reading, not for speed."""
    from scraper_backend.cli.explained import words
    from scraper_backend.runner.hands import open_hands
    from scraper_backend.scraping.explain import explain

    async with open_hands() as fetcher:
        for sku in skus:
            for config in configs:
                explanation = await explain(config, sku, fetcher)
                if json:
                    say.as_json(explanation.as_json())
                else:
                    say.out(words(explanation) + "\n")
                for sink in sinks:
                    sink.add(explanation.outcome)


def _configs(path: str) -> list[ScraperConfig]:
    from scraper_backend.cli.documents import read_right

    configs = [document.config for document in read_right([path])]
    enabled = [config for config in configs if not config.disabled]
    if not enabled:
        raise UsageError(f"{path} is disabled; remove `disabled: true` to scrape with it")
    return enabled


def _skus(given: Sequence[str], files: Sequence[str], column: str | None) -> list[str]:
    from scraper_backend.cli import skus

    taken = skus.take(given, files, column=column)
    skus.refuse_bad(taken)
    if not taken.skus:
        raise UsageError("no SKU to look for; write some after the configuration, or --sku-file FILE")
    for words in skus.warn_of(taken):
        say.err(words)
    return taken.skus


class _Lines:
    """Outcomes as lines of bytes into a file or standard output, each at once."""

    def __init__(self, write: Callable[[bytes], object], line: Callable[[Mapping[str, Any]], bytes]) -> None:
        self._write, self._line = write, line

    def add(self, outcome: Outcome) -> None:
        """Write one."""
        from scraper_backend.core.lines import line_of

        self._write(self._line(line_of(outcome)))


def _sinks(
    stack: ExitStack,
    configs: Sequence[ScraperConfig],
    *,
    csv: str | None,
    output: Path | None,
    resume: bool,
    json: bool,
) -> Iterator[Show]:
    """Everything that outcomes are written to; files are closed with the stack."""
    from scraper_backend.core import lines

    if json and csv == "-":
        raise UsageError("--json and --csv - both write to standard output; give --csv a file")
    if json:
        yield _Lines(say.raw, lines.json_line)
    if output is not None:
        yield _Lines(_opened(stack, output, append=resume), lines.json_line)
    if csv is not None:
        heading = lines.columns(name for config in configs for name in config.selectors)
        write = say.raw if csv == "-" else _opened(stack, Path(csv))
        write(lines.csv_heading(heading))
        yield _Lines(write, lambda line: lines.csv_line(line, heading))


def _opened(stack: ExitStack, path: Path, *, append: bool = False) -> Callable[[bytes], object]:
    """Write into this file; what was written survives if we are killed a moment later."""
    try:
        file: BinaryIO = stack.enter_context(path.expanduser().open("ab" if append else "wb", buffering=0))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; write another path") from None
    return file.write


def _left(skus: Sequence[str], scrapers: Sequence[str], output: Path) -> list[str]:
    """The SKUs that still lack the answer of a scraper in the file of an earlier run."""
    import orjson

    from scraper_backend.cli.outcomes import ANSWERS

    answered: set[tuple[str, str]] = set()
    if output.expanduser().exists():
        with output.expanduser().open("rb") as file:
            for raw in file:
                try:
                    line = orjson.loads(raw)
                except ValueError:  # the last line of a run that was killed while it wrote
                    continue
                if line.get("outcome") in ANSWERS:
                    answered.add((line["sku"], line["scraper"]))
    return [sku for sku in skus if any((sku, name) not in answered for name in scrapers)]
