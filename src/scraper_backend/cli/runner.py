"""`bsr runner`: this machine as a runner, by the contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper_backend.cli import daemon, say
from scraper_backend.cli.daemon import ApiUrl, RunnerName
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from collections import Counter

    from rich.progress import Progress, TaskID

    from scraper_backend.coordinator.rules.runners import Runner
    from scraper_backend.core.api_client import ScraperAPIClient
    from scraper_backend.runner.deliver import Delivered
    from scraper_backend.runner.events import Ended, Event, Watch

app = typer.Typer(no_args_is_help=True, help="This machine as a runner: run a job, or stay and take tasks.")

app.command(
    "start", epilog=say.example("bsr runner start", "RUNNER_WORKERS=16 bsr runner start --runner-name garage")
)(daemon.start)
for _what in (daemon.status, daemon.pause, daemon.resume, daemon.drain):
    app.command(_what.__name__, epilog=say.example(f"bsr runner {_what.__name__}"))(_what)


@app.command(
    epilog=say.example(
        "bsr runner run --job-id 550e8400-e29b-41d4-a716-446655440000",
        "bsr runner run --job-id $JOB --json | jq -c '{sku, price: .data.price}'",
    )
)
def run(
    job_id: Annotated[str, typer.Option(metavar="ID", help="The job's UUID.")],
    api_url: ApiUrl = None,
    runner_name: RunnerName = None,
    debug: Annotated[bool, typer.Option("--debug", metavar="", help="Log everything.")] = False,
    json: say.Json = False,
) -> None:
    """Run one job: fetch it, scrape every SKU on every scraper, report what was found.

    The key comes from SCRAPER_API_KEY or SCRAPER_API_KEY_FILE. With --json each outcome is printed as a
    line while the job runs. A job that was cut short goes on where it was.

    Ends with 0 completed, 1 failed, 2 usage, 3 partly, 4 key refused, 6 no such job, 75 try again later
    (the results are kept; `bsr runner deliver` sends them).
    """
    from scraper_backend.runner import guard
    from scraper_backend.runner.order import Order

    order = Order(job_id, api_url, None, runner_name, whole=json, debug=debug)
    with _watch(json=json) as watch:
        ended = guard.run(order, watch)
    raise typer.Exit(ended.exit_code)


@app.command(epilog=say.example("bsr runner deliver", "bsr runner deliver --json"))
def deliver(api_url: ApiUrl = None, runner_name: RunnerName = None, json: say.Json = False) -> None:
    """Send the results that are kept on this machine because the coordinator could not be reached.

    Ends with 0 when nothing is left, 3 when the coordinator refused something, 75 when it still cannot
    be reached.
    """
    from scraper_backend.core.environment import data_folder
    from scraper_backend.runner.deliver import deliver_all
    from scraper_backend.runner.job import lock_path
    from scraper_backend.runner.outbox import open_file

    with open_file(data_folder() / "outbox.db") as file:
        delivered = list(
            deliver_all(
                file,
                lambda: _client(api_url, runner_name),
                lock_of=lambda job_id: lock_path(data_folder(), job_id),
            )
        )
    if json:
        say.as_json([_as_json(one) for one in delivered])
    else:
        _tell_delivered(delivered)
    raise typer.Exit(_delivered_code(delivered))


def _as_json(one: Delivered) -> dict[str, Any]:
    return {**asdict(one), "error": str(one.error) if one.error else None}


def _tell_delivered(delivered: list[Delivered]) -> None:
    if not delivered:
        say.out("Nothing waits to be delivered.")
        return
    say.table(
        ("job", "status", "results", "ignored", "refused", "error"),
        [(d.job_id, d.status, d.outcomes, d.ignored, d.dead, d.error or "") for d in delivered],
        right=("results", "ignored", "refused"),
    )


def _delivered_code(delivered: list[Delivered]) -> int:
    """The worst of them: what is still here, then what was refused."""
    from scraper_backend.runner.job import ended_by

    failed = next((one.error for one in delivered if one.error), None)
    if failed is not None:
        return int(ended_by(failed).exit_code)
    return 3 if any(one.dead for one in delivered) else 0


@app.command(
    epilog=say.example("bsr runner register", "bsr runner register --meta site=garage --meta shelf=3")
)
def register(
    meta: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A fact about this runner.")
    ] = None,
    api_url: ApiUrl = None,
    runner_name: RunnerName = None,
    json: say.Json = False,
) -> None:
    """Introduce this machine to the coordinator under its name."""
    from scraper_backend.core.api_client import ScraperAPIClient
    from scraper_backend.core.wire import utc_text

    facts = dict(_fact(text) for text in meta or ())
    with ScraperAPIClient(api_url, runner_name=runner_name) as client:
        answer = client.register_runner({**_about_here(), **facts})
    if json:
        say.as_json(answer.as_json())
        return
    say.facts(
        (
            ("runner", answer.runner.name),
            ("status", answer.runner.status),
            ("registered", utc_text(answer.runner.registered_at)),
        )
    )


@app.command("list", epilog=say.example("bsr runner list", "bsr runner list --json"))
def list_(json: say.Json = False) -> None:
    """List the coordinator's runners: who is here, what waits with them, since when."""
    from scraper_backend.cli import office
    from scraper_backend.cli.where import ask

    every = ask("bsr runner list", lambda desk: desk.runners())
    if json:
        say.as_json([_listed(one) for one in every])
        return
    if not every:
        say.out("No runner yet; start one with: bsr runner start")
        return
    say.table(
        ("runner", "status", "version", "can", "waiting", "last contact", "note"),
        [
            (
                one.name,
                "paused" if one.status == "draining" else one.status,
                one.metadata.get("version") or "",
                ", ".join(one.capabilities) or "http",
                f"{one.spool_n:,}",
                say.ago(one.last_seen_at, office.now()) or "never",
                one.note or "",
            )
            for one in every
        ],
        right=("waiting",),
        whole=("status",),
    )


def _listed(runner: Runner) -> dict[str, Any]:
    return {
        **runner._asdict(),
        "capabilities": list(runner.capabilities),
        "labels": list(runner.labels),
        "registered_at": say.instant(runner.registered_at),
        "last_seen_at": say.instant(runner.last_seen_at),
    }


@app.command(epilog=say.example("bsr runner check", "bsr runner check --json"))
def check(api_url: ApiUrl = None, runner_name: RunnerName = None, json: say.Json = False) -> None:
    """Tell whether this machine can work: settings, coordinator, key, clock, disk, what waits.

    Ends with 0 when nothing is in the way, 1 when something is.
    """
    from scraper_backend.runner.check import check as look

    checks = look(api_url, runner_name)
    bad = any(one.status == "error" for one in checks)
    if json:
        say.as_json({"ok": not bad, "checks": [one.as_json() for one in checks]})
    else:
        say.table(("check", "status", "message"), [(one.name, one.status, one.message) for one in checks])
    raise typer.Exit(1 if bad else 0)


@app.command(
    "dead-letters",
    epilog=say.example("bsr runner dead-letters", "bsr runner dead-letters --revive && bsr runner deliver"),
)
def dead_letters(
    revive: Annotated[
        bool, typer.Option("--revive", metavar="", help="Put all of them back on their way home.")
    ] = False,
    json: say.Json = False,
) -> None:
    """Tell which results the coordinator refused, and its words; or have them delivered once more.

    A running daemon delivers what is revived by itself; otherwise `bsr runner deliver` does, for jobs that
    were run with `bsr runner run`.
    """
    import os
    import platform

    from scraper_backend.core.environment import setting
    from scraper_backend.runner.outbox import dead, open_file

    with open_file() as file:
        if revive:
            name = setting("RUNNER_NAME", os.environ) or platform.node()
            revived = dead.revive(file, name)
            say.as_json({"revived": revived}) if json else say.out(f"{revived:,} are on their way again")
            return
        letters = dead.letters(file)
    if json:
        say.as_json([asdict(letter) for letter in letters])
    else:
        rows = [(letter.job_id, letter.sku, letter.scraper, letter.words) for letter in letters]
        say.table(("job", "sku", "scraper", "words"), rows)


def _fact(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise UsageError(f"found --meta {text}; write NAME=VALUE")
    return name.strip(), value.strip()


def _about_here() -> dict[str, str]:
    import platform

    return {
        "platform": platform.system(),
        "python_version": platform.python_version(),
        "hostname": platform.node(),
    }


def _client(api_url: str | None, runner_name: str | None) -> ScraperAPIClient:
    from scraper_backend.core.api_client import ScraperAPIClient

    return ScraperAPIClient(api_url, runner_name=runner_name)


@contextmanager
def _watch(*, json: bool) -> Iterator[Watch]:
    """A bar where a person looks, plain lines elsewhere."""
    from scraper_backend.runner.lines import Lines

    if not say.on_terminal(sys.stderr) or (json and say.on_terminal()):
        yield Lines(sys.stderr, sys.stdout, as_json=json)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=say.console(stderr=True), transient=True, redirect_stdout=False) as bar:
        yield _Bar(bar, json=json)


class _Bar:
    """A `Watch` that moves a bar, and says what it all came to when it ends."""

    def __init__(self, bar: Progress, *, json: bool) -> None:
        from collections import Counter

        self._bar, self._json = bar, json
        self._task: TaskID = bar.add_task("asking the coordinator", total=None)
        self._counts: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        import json

        from scraper_backend.runner.events import Delivering, Ended, Scraped, Started

        match event:
            case Started():
                self._bar.update(self._task, total=event.total, completed=event.resumed, description="")
            case Scraped():
                self._counts[event.outcome] += 1
                self._bar.update(self._task, advance=1, description=f"{self._counts['found']:,} found")
                if self._json and event.line is not None:
                    say.out(json.dumps(event.line, ensure_ascii=False))
            case Delivering():
                self._bar.update(self._task, description="delivering")
            case Ended():
                self._ended(event)

    def _ended(self, event: Ended) -> None:
        from scraper_backend.cli.outcomes import summary

        self._bar.stop()
        say.err(event.message)
        if event.counts and not self._json:
            say.out(summary(event.counts))
