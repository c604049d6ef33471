"""`bsr runner start` and what is said to the daemon afterwards, from beside the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper_backend.cli import say

if TYPE_CHECKING:
    from rich.table import Table

_EVERY_S = 0.5
_SHOWN = 8
"""Tasks in hand that are named."""

ApiUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The coordinator's address. [dim]default: SCRAPER_API_URL[/]"),
]
RunnerName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What this runner is called. [dim]default: RUNNER_NAME, then the host's name[/]"
    ),
]


def start(api_url: ApiUrl = None, runner_name: RunnerName = None, json: say.Json = False) -> None:
    """Be a runner that stays: take tasks, scrape them, bring every result home, whatever dies meanwhile.

    SIGTERM or Ctrl-C finishes what is in hand and gives back the rest; a second one ends at once. With
    --json there is no live view, and the log is JSON.
    """
    import os

    from scraper_backend.core import logs
    from scraper_backend.runner.daemon.settings import read_settings
    from scraper_backend.runner.daemon.start import start as work
    from scraper_backend.runner.switches import word

    settings = read_settings()
    seen = not json and say.on_terminal(sys.stderr)
    form = "json" if json else logs.form(word("LOG_FORMAT", os.environ, "auto"))
    logs.configure(level=word("LOG_LEVEL", os.environ, "warning" if seen else "info"), form=form)
    raise typer.Exit(work(api_url, runner_name, settings=settings, look=_live if seen else None))


def status(json: say.Json = False) -> None:
    """Tell how the runner of this machine stands: what it works on, what waits to be delivered."""
    told = _knock("status")
    if json:
        say.as_json(told)
    else:
        say.facts(_facts(told))


def pause(json: say.Json = False) -> None:
    """Let the runner of this machine take nothing new for now."""
    _switch("pause", "It takes nothing new; `bsr runner resume` ends that.", json=json)


def resume(json: say.Json = False) -> None:
    """Let the runner of this machine take work again."""
    _switch("resume", "It takes work again.", json=json)


def drain(json: say.Json = False) -> None:
    """Let the runner of this machine finish what it has, deliver it, and end."""
    _switch("drain", "It finishes what it has, then ends.", json=json)


def _switch(what: str, words: str, *, json: bool) -> None:
    told = _knock(what)
    if json:
        say.as_json(told)
    else:
        say.out(words)


def _knock(what: str) -> dict[str, Any]:
    from scraper_backend.core.environment import data_folder
    from scraper_backend.runner.daemon.door import knock

    return knock(data_folder(), what)


def _facts(told: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The status, for a person."""
    yield "runner", f"{told['runner']} for {told['coordinator']}"
    yield "state", told["state"]
    yield "trouble", told.get("trouble")
    yield from _lines("working on", list(_in_hand(told.get("working_on") or ())) or ["nothing"])
    yield "waiting", f"{_many(told['waiting'], 'task')} under {_many(told['leases'], 'lease')}"
    yield "done", f"{told['done']:,}, {told.get('a_minute', 0):,} in the last minute"
    yield from _lines("sites", [f"{name}: {_health(n)}" for name, n in (told.get("sites") or {}).items()])
    yield "to deliver", f"{told['spool']:,}"
    others = told.get("spool_for_others") or {}
    yield from _lines("for others", [f"{n:,} for {url}" for url, n in others.items()])
    yield "delivered", f"{told['delivered']:,}"
    yield "refused", f"{told['dead']:,}" if told.get("dead") else None
    pauses = told.get("host_pauses") or {}
    yield "sites at rest", ", ".join(f"{host} for {seconds} s" for host, seconds in pauses.items())


def _lines(name: str, values: Sequence[str]) -> Iterator[tuple[str, object]]:
    """The name once, beside the first."""
    for number, value in enumerate(values):
        yield "" if number else name, value


def _in_hand(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The longest first, no more than a small window holds."""
    ordered = sorted(tasks, key=lambda task: -task.get("seconds", 0))
    for task in ordered[:_SHOWN]:
        yield f"{task['scraper']} {task['sku']} for {task.get('seconds', 0):.0f} s"
    if len(ordered) > _SHOWN:
        yield f"and {len(ordered) - _SHOWN} more"


def _health(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{n:,} {kind.replace('_', ' ')} ({100 * n // total} %)" for kind, n in ordered)


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" + "s" * (n != 1)


@contextmanager
def _live(status: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
    """The status, redrawn while the daemon works."""
    import threading

    from rich.live import Live

    over = threading.Event()
    with Live(_grid(status()), console=say.console(stderr=True), auto_refresh=False) as live:

        def redraw() -> None:
            while not over.wait(_EVERY_S):
                live.update(_grid(status()), refresh=True)

        thread = threading.Thread(target=redraw, daemon=True, name="view")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(2)
            live.update(_grid(status()), refresh=True)


def _grid(told: Mapping[str, Any]) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for name, value in _facts(told):
        if value not in (None, ""):
            grid.add_row(Text(name, style="dim"), Text(say.washed(value), no_wrap=True, overflow="ellipsis"))
    return grid
