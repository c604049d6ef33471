"""The whole product as processes: coordinators, runners, and `bsr` beside them; and the practice shop."""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

from anyio.from_thread import start_blocking_portal

from scraper_backend.cli.main import run
from scraper_backend.practice import shop as practice
from scraper_backend.practice.catalogue import Shop as Name

BSR = (sys.executable, "-m", "scraper_backend.cli")
_OURS = ("SCRAPER_", "BSR_", "RUNNER_", "DATABASE_URL", "LOG_", "FORCE_COLOR", "COLUMNS")


@dataclass
class House:
    """One data folder, one database, and every process that a test starts there."""

    folder: Path
    database_url: str
    extra: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return plain | {
            "BSR_DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "RUNNER_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "RUNNER_NAME": "garage",
            **self.extra,
        }

    def bsr(
        self, *arguments: str | Path, stdin: str | None = None, timeout: float = 90
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*BSR, *map(str, arguments)],
            env=self.environment, input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def told(self, *arguments: str | Path, stdin: str = "") -> Any:
        """What a command that must succeed prints with `--json`."""
        return json.loads(self._said(*arguments, "--json", stdin=stdin))

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """The JSON lines of a command that must succeed."""
        return [json.loads(line) for line in self._said(*arguments).splitlines()]

    def _said(self, *arguments: str | Path, stdin: str = "") -> str:
        """The command itself, in this process: to start one takes ten times what such a command does."""
        output, errors = _stream(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch("sys.stdin", _stream(stdin)),
            redirect_stdout(output),
            redirect_stderr(errors),
        ):
            code = run([*map(str, arguments)])
        output.seek(0)
        assert 0 == code, errors.getvalue()
        return output.read()

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a process, which ends with the test at the latest."""
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=(self.folder / "stderr.log").open("a"), text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def close(self) -> None:
        """End what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait(10)

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[Office]:
        """A coordinator that answers while the block lasts."""
        process = self.start("scraper_backend.cli", "serve", "--port", str(port))
        try:
            yield Office(process, _address(process, self.folder))
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(10)


@dataclass
class Office:
    """A running coordinator."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


def _stream(text: str = "") -> io.TextIOWrapper:
    """A standard stream that holds this text."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def _address(process: subprocess.Popen[str], folder: Path) -> str:
    for _ in range(5):
        line = line_of(process, within=30)
        if "http://" in line:
            return "http://" + line.split("http://", 1)[1].split()[0]
    raise AssertionError((folder / "stderr.log").read_text()[-2000:])


def line_of(process: subprocess.Popen[str], *, within: float) -> str:
    """The next line of its standard output."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], within)
    assert ready, "it said nothing"
    return process.stdout.readline()


@dataclass(frozen=True)
class Shop:
    """The practice shop, open in a thread of the test's process."""

    addresses: Mapping[Name, str]

    def visits(self, shop: Name) -> list[str]:
        """The paths that were asked for, in order."""
        with urlopen(f"{self.addresses[shop]}/__log__") as answer:
            return [entry["path"] for entry in json.load(answer)]


@contextmanager
def open_shop() -> Iterator[Shop]:
    """Open while the block lasts, and new: it remembers who was there."""
    with (
        start_blocking_portal() as thread,
        thread.wrap_async_context_manager(practice.open_shop()) as addresses,
    ):
        yield Shop(addresses)


def until(true: Any, *, within: float = 60.0) -> None:
    """Wait until `true()` is."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
