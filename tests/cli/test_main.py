"""Help, faults and exit codes: a person is told what to write, a script knows how it ended."""

from __future__ import annotations

import errno
import resource
import subprocess
import sys

import pytest
import structlog

from scraper_backend.cli.main import app, exit_code, say_error
from scraper_backend.core import errors
from tests.cli.conftest import Bsr


def _commands(group: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    import typer.main

    command = typer.main.get_command(app) if group is app else group
    inner = getattr(command, "commands", None)
    if inner is None:
        return [path]
    return [found for name, one in inner.items() for found in _commands(one, (*path, name))]


COMMANDS = _commands(app)


def test_every_command_of_the_reference_is_there() -> None:
    said = {" ".join(command) for command in COMMANDS}

    assert {
        "demo", "serve", "scrape", "practice", "db migrate",
        "runner run", "runner deliver", "runner register", "runner check",
        "scraper import", "scraper export", "scraper list", "scraper check", "scraper schema",
        "job create", "job list", "job show", "job watch", "job cancel", "job export",
        "key create", "key list", "key revoke",
    } <= said  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_an_example_and_json(bsr: Bsr, command: tuple[str, ...]) -> None:
    helped = bsr(*command, "--help")

    assert 0 == helped.code
    assert f"bsr {' '.join(command)}" in helped.out.split("For example", 1)[1]
    assert "--json" in helped.out


def test_help_loads_nothing_of_the_house() -> None:
    """With only the base installed, and fast."""
    code = (
        "import sys, scraper_backend.cli.main as main; code = main.run(['--help'])\n"
        "print(code, [n for n in sys.modules if n.partition('.')[0] in"
        " ('pydantic', 'aiohttp', 'fastapi', 'apsw', 'asyncpg', 'yaml', 'structlog', 'turbohtml', 'httpx2')])"
    )

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "0 []" == answer.stdout.splitlines()[-1]


def test_help_is_there_at_once() -> None:
    """Processor time, so that a busy machine does not count."""
    before = _processor_of_children()

    subprocess.run([sys.executable, "-m", "scraper_backend.cli", "--help"], capture_output=True, check=True)

    assert _processor_of_children() - before < 1.0  # 0.2 s on a machine that does nothing else


def _processor_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_wrong_option_is_a_usage_error_with_the_nearest_one(bsr: Bsr) -> None:
    answer = bsr("job", "create", "--scrapr", "x")

    assert 2 == answer.code
    assert "--scraper" in answer.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.Faults("x", []), 2),
        (errors.BadRequest("x"), 2),
        (errors.KeyRefused("x"), 4),
        (errors.Forbidden("x"), 4),
        (errors.NoSuchJob("x"), 6),
        (errors.Unreachable("x"), 75),
        (errors.StoreBusy("x"), 75),
        (ValueError("x"), 1),
    ],
)
def test_an_exit_code_says_who_must_act(error: Exception, code: int) -> None:
    assert code == exit_code(error)


def test_a_fault_of_our_own_is_told_with_its_traceback(bsr: Bsr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////dev/null/nowhere.db")

    answer = bsr("job", "list")

    assert 2 == answer.code
    assert "cannot be opened" in answer.err
    assert "Traceback" not in answer.err


def test_the_version(bsr: Bsr) -> None:
    assert "bsr 0." in bsr("--version").out


def test_a_full_disk_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    error = OSError(errno.ENOSPC, "No space left on device")

    say_error(error)

    assert (75, "The disk is full; make room and run it again.\n") == (
        exit_code(error),
        capsys.readouterr().err,
    )


def test_a_log_line_shows_no_values_of_a_traceback(bsr: Bsr, capsys: pytest.CaptureFixture[str]) -> None:
    """A key or a shop's password may be among them."""
    password = "hunter" + "2"
    bsr("scraper", "list")

    try:
        raise ValueError("a shop's fault")
    except ValueError:
        structlog.get_logger("shop").exception("shop.broke")

    told = capsys.readouterr().err
    assert "a shop's fault" in told
    assert password not in told
