"""`bsr` in this process, on a data folder of the test's own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from scraper_backend.cli.main import run
from scraper_backend.practice.shop import write_material


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Bsr(Protocol):
    def __call__(self, *arguments: str | Path) -> Answer: ...


@pytest.fixture
def bsr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bsr:
    """Run a command as a person would, wide enough that nothing is folded."""
    for name in list(os.environ):
        if name.startswith(
            ("SCRAPER_", "BSR_", "RUNNER_", "DATABASE_URL", "LOG_", "FORCE_COLOR", "NO_COLOR")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BSR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return call


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """The practice shop's configurations and SKUs, as files; the shop itself is not open."""
    write_material(tmp_path / "practice", {"pets": "http://127.0.0.1:1", "garden": "http://127.0.0.1:2"})
    return tmp_path / "practice"
