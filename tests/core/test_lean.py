"""What a process takes along that nobody asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from scraper_backend.core.lean import without

LUXURIES = {"rich", "pygments", "greenlet", "yaml", "typer", "playwright", "tldextract", "jinja2"}


def test_a_hidden_module_is_not_found_and_there_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_luxury.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    with without("a_luxury"), pytest.raises(ImportError):
        import_module("a_luxury")

    assert import_module("a_luxury")


def test_what_the_process_has_already_is_not_hidden() -> None:
    with without("json"):
        assert import_module("json")


def test_a_runner_that_scrapes_over_http_carries_only_what_it_uses() -> None:
    """Each is some megabytes of a small machine."""
    modules = "runner.daemon.start, runner.daemon.worker, runner.child, scraping.stream, scraping.fetch.auto"
    imports = "\n".join(f"import scraper_backend.{name}" for name in modules.split(", "))

    code = f"import sys\n{imports}\nprint(sorted({LUXURIES!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == answer.stdout.strip()
