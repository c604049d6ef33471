"""`bsr job`: jobs of the coordinator: made, watched, cancelled, exported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scraper_backend.cli import office, say
from scraper_backend.cli.desk import Desk, Order, of_job, one_job
from scraper_backend.cli.follow import as_json, exit_code, follow, following, outcomes_of
from scraper_backend.cli.where import ask
from scraper_backend.core.errors import UsageError

if TYPE_CHECKING:
    from scraper_backend.cli.skus import Taken
    from scraper_backend.coordinator.rules.jobs import Created, Job
    from scraper_backend.coordinator.rules.waiting import Waiting

app = typer.Typer(no_args_is_help=True, help="Jobs: create, follow, pause, retry, cancel, export.")

JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's UUID, or its first characters.")]
Status = Literal["pending", "running", "completed", "failed", "cancelled"]
NO_JOB_YET = "No job yet; make one with: bsr job create --sku-file FILE --scraper NAME"


@app.command(
    epilog=say.example(
        "bsr job create --sku-file skus.txt --scraper chewy --scraper petco",
        "bsr job create --sku 012345678905 --scraper chewy --json",
        "bsr job create --test --scraper chewy",
    )
)
def create(
    *,
    scraper: Annotated[
        list[str], typer.Option(metavar="NAME", help="A scraper to run; give it once for each.")
    ],
    sku: Annotated[
        list[str] | None, typer.Option(metavar="SKU", help="A SKU; give it once for each.")
    ] = None,
    sku_file: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A text file or CSV of SKUs; - is standard input."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of the CSV that holds the SKUs.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", metavar="", help="Leave out bad rows instead of refusing the file.")
    ] = False,
    test: Annotated[
        bool,
        typer.Option(
            "--test", metavar="", help="A test: results are marked, and no SKU means the scrapers' own."
        ),
    ] = False,
    max_workers: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="SKUs a runner scrapes at once.")
    ] = 3,
    priority: Annotated[
        int, typer.Option(metavar="N", min=-100, max=100, help="More is sooner: -100 to 100.")
    ] = 0,
    json: say.Json = False,
) -> None:
    """Create a job: every SKU on every scraper.

    Duplicates are left out and told. A bad row refuses the whole file, with every fault told at once.
    """
    from scraper_backend.cli import skus

    taken = skus.take(sku or (), sku_file or (), column=column)
    if not skip_bad:
        skus.refuse_bad(taken)
    if not taken.skus and not test:
        raise UsageError(
            "a job needs SKUs; write --sku SKU or --sku-file FILE, or --test for the scrapers' own"
        )

    order = Order(taken.skus, scraper, test, max_workers, priority)
    made = ask("bsr job create", lambda desk: desk.create_job(order))
    if json:
        say.as_json(_created(made, taken))
        return
    for words in skus.warn_of(taken):
        say.err(words)
    for name in made.disabled:
        say.err(f"{name} is disabled and will not run")
    say.out(made.job_id)
    say.err(f"{made.tasks:,} to scrape. A runner does it with: bsr runner run --job-id {made.job_id}")


def _created(made: Created, taken: Taken) -> dict[str, Any]:
    return {
        "job_id": made.job_id,
        "skus": made.skus,
        "tasks": made.tasks,
        "duplicates": taken.duplicates,
        "disabled": list(made.disabled),
        "bad": [problem.as_json() for problem in taken.problems],
    }


@app.command("list", epilog=say.example("bsr job list", "bsr job list --status running --json"))
def list_(
    status: Annotated[Status | None, typer.Option(help="Jobs of this status alone.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many, newest first.")] = 20,
    json: say.Json = False,
) -> None:
    """List jobs, newest first."""
    every = ask("bsr job list", lambda desk: desk.jobs(status=status, limit=limit))
    if json:
        say.as_json([as_json(job) for job in every])
        return
    if not every:
        say.out(f"There is no {status} job." if status else NO_JOB_YET)
        return
    say.table(
        ("job", "status", "done", "found", "scrapers", "age"),
        [
            (
                job.job_id,
                job.status,
                f"{job.counts.total - job.counts.open:,}/{job.counts.total:,}",
                f"{job.counts.found:,}",
                ", ".join(job.scrapers),
                say.age(job.created_at, office.now()),
            )
            for job in every
        ],
        right=("done", "found"),
        whole=("job", "status", "done", "found", "age"),
    )


@app.command(
    epilog=say.example("bsr job show 550e8400-e29b-41d4-a716-446655440000", "bsr job show 550e --json")
)
def show(job_id: JobId, json: say.Json = False) -> None:
    """Show one job: its status, how its SKUs ended, when."""
    job, waiting = ask("bsr job show", _with_reasons(job_id))
    if json:
        say.as_json({**as_json(job), "waiting": [one._asdict() for one in waiting]})
        return
    say.facts(
        (
            ("job", job.job_id),
            ("status", job.status + (" (test)" if job.test_mode else "")),
            ("error", job.error),
            ("scrapers", ", ".join(job.scrapers)),
            ("SKUs", f"{job.skus:,}"),
            ("done", f"{job.counts.total - job.counts.open:,} of {job.counts.total:,}"),
            ("outcomes", outcomes_of(job)),
            ("made", f"{say.instant(job.created_at)} by {job.created_by}"),
            ("started", say.instant(job.started_at)),
            ("ended", say.instant(job.ended_at)),
            *(("waiting", f"{one.tasks:,} on {one.scraper}: {one.reason}") for one in waiting),
        )
    )


def _with_reasons(job_id: str) -> Callable[[Desk], Awaitable[tuple[Job, list[Waiting]]]]:
    """The job, and why what is open of it waits."""

    async def question(desk: Desk) -> tuple[Job, list[Waiting]]:
        job = await one_job(desk, job_id)
        return job, await desk.waiting(job.job_id)

    return question


@app.command(epilog=say.example("bsr job watch 550e8400-e29b-41d4-a716-446655440000"))
def watch(
    job_id: JobId,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, help="Give up waiting after this long.")
    ] = None,
    json: say.Json = False,
) -> None:
    """Follow a job until it ends: a bar on a terminal, lines in a pipe.

    Ends with 0 when it is completed, 3 when some of it was blocked or failed, 1 when it failed or was
    cancelled, 75 when the time is over first.
    """

    async def work(desk: Desk) -> Job:
        with following(as_lines=json) as tell:
            return await follow(desk, (await one_job(desk, job_id)).job_id, tell, within=timeout)

    job = ask("bsr job watch", work)
    if not json:
        still = "still " if job.ended_at is None else ""
        say.out(f"{still}{job.status}: {outcomes_of(job) or f'nothing of {job.counts.total:,} yet'}")
        if job.error:
            say.err(say.washed(job.error))
    raise typer.Exit(exit_code(job))


@app.command(epilog=say.example("bsr job cancel 550e8400-e29b-41d4-a716-446655440000"))
def cancel(job_id: JobId, json: say.Json = False) -> None:
    """Cancel what is still open of a job; what was found stays."""
    job = ask("bsr job cancel", of_job(job_id, lambda desk, known: desk.cancel(known)))
    if json:
        say.as_json(as_json(job))
    elif job.status == "cancelled":
        say.out(f"Cancelled; {job.counts.cancelled:,} of {job.counts.total:,} will not be scraped.")
    else:
        say.out(f"Nothing to cancel: the job is {job.status} already.")


@app.command(epilog=say.example("bsr job pause 550e8400-e29b-41d4-a716-446655440000"))
def pause(job_id: JobId, json: say.Json = False) -> None:
    """Grant nothing more of a job for now; what was begun is finished."""
    _switch("pause", job_id, json=json)


@app.command(epilog=say.example("bsr job resume 550e8400-e29b-41d4-a716-446655440000"))
def resume(job_id: JobId, json: say.Json = False) -> None:
    """Grant a paused job again."""
    _switch("resume", job_id, json=json)


def _switch(verb: Literal["pause", "resume"], job_id: str, *, json: bool) -> None:
    async def act(desk: Desk, known: str) -> tuple[bool, Job]:
        changed = await (desk.pause if verb == "pause" else desk.resume)(known)
        return changed, await desk.job(known)

    changed, job = ask(f"bsr job {verb}", of_job(job_id, act))
    if json:
        say.as_json(as_json(job))
    elif changed:
        say.out(f"{verb.capitalize()}d; {job.counts.open:,} of {job.counts.total:,} are open.")
    else:
        say.out(f"Nothing to {verb}: the job is {job.status}{' and paused' if job.paused_at else ''}.")


@app.command(
    epilog=say.example(
        "bsr job retry 550e8400-e29b-41d4-a716-446655440000", "bsr job retry 550e --outcome not_found"
    )
)
def retry(
    job_id: JobId,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="OUTCOME", help="What to ask again; without it all that went wrong."),
    ] = None,
    json: say.Json = False,
) -> None:
    """Ask again for what failed, was blocked, drifted or quarantined."""
    job = ask("bsr job retry", of_job(job_id, lambda desk, known: desk.retry(known, outcome or ())))
    if json:
        say.as_json(as_json(job))
    else:
        say.out(f"{job.counts.open:,} of {job.counts.total:,} are open; the job is {job.status}.")


@app.command(
    epilog=say.example(
        "bsr job export 550e8400-e29b-41d4-a716-446655440000 --format csv > products.csv",
        "bsr job export 550e --outcome found | jq -c .data",
    )
)
def export(
    job_id: JobId,
    format_: Annotated[
        Literal["jsonl", "csv"],
        typer.Option("--format", metavar="", help="JSON Lines, or CSV for spreadsheets."),
    ] = "jsonl",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write into this file instead.")] = None,
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="OUTCOME", help="These outcomes alone.")
    ] = None,
    json: say.Json = False,
) -> None:
    """Print every result of a job, a line each, as it is now; a running job has some already."""
    wanted = _outcome_names(outcome)

    async def act(desk: Desk, known: str) -> int:
        with ExitStack() as stack:
            return await _export(desk, known, format_, wanted, _written(stack, output))

    count = ask("bsr job export", of_job(job_id, act))
    if output is not None:
        say.err(f"wrote {count:,} lines to {output}")


async def _export(
    desk: Desk, job_id: str, format_: str, wanted: frozenset[str], write: Callable[[bytes], object]
) -> int:
    """Write each outcome; how many there were."""
    from scraper_backend.core import lines

    heading: list[str] = []
    if format_ == "csv":
        fields: dict[str, None] = {}
        async for found in desk.results(job_id):
            fields.update(dict.fromkeys(found.data))
        heading = lines.columns(fields)
        write(lines.csv_heading(heading))
    count = 0
    async for one in desk.results(job_id):
        if not wanted or one.outcome in wanted:
            line = lines.line_of(one)
            write(lines.csv_line(line, heading) if heading else lines.json_line(line))
            count += 1
    return count


def _written(stack: ExitStack, output: Path | None) -> Callable[[bytes], object]:
    if output is None:
        return say.raw_buffered
    try:
        return stack.enter_context(output.expanduser().open("wb")).write
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}; write another path") from None


def _outcome_names(given: list[str] | None) -> frozenset[str]:
    from scraper_backend.cli.outcomes import ORDER
    from scraper_backend.core.problems import did_you_mean

    for name in given or ():
        if name not in ORDER:
            raise UsageError(f"found --outcome {name}; {did_you_mean(name, ORDER)}")
    return frozenset(given or ())
