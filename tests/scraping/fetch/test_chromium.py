"""Where Chromium is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from scraper_backend.scraping.fetch import chromium


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("BSR_CHROMIUM", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_operators_choice_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium")
    monkeypatch.setenv("BSR_CHROMIUM", program(tmp_path / "mine"))

    assert str(tmp_path / "mine") == chromium.find()


def test_then_the_path_and_then_playwrights_own(tmp_path: Path) -> None:
    own = program(tmp_path / ".cache/ms-playwright/chromium-1255/chrome-linux/chrome")
    assert own == chromium.find()

    assert program(tmp_path / "bin/google-chrome") == chromium.find()
    assert program(tmp_path / "bin/chromium") == chromium.find()


def test_a_chromium_without_a_window_comes_before_one_with(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium")

    assert program(tmp_path / "bin/chromium-headless-shell") == chromium.find()


def test_what_playwright_turns_off_stays_off() -> None:
    """Of two arguments of one name Chromium heeds the last, and ours comes after Playwright's."""
    playwright = pytest.importorskip("playwright")
    bundle = Path(playwright.__file__).parent / "driver/package/lib/coreBundle.js"
    (block,) = re.findall(r"\bdisabledFeatures = \[(.*?)\]\.filter", bundle.read_text("utf-8"), re.S)

    assert set(re.findall(r'^\s*"(\w+)"', block, re.M)) <= set(chromium.PLAYWRIGHTS)


def test_a_choice_that_is_no_program_is_told_and_not_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "bin/chromium")
    monkeypatch.setenv("BSR_CHROMIUM", "/nowhere/chrome")

    with pytest.raises(chromium.NoChromium, match="BSR_CHROMIUM is '/nowhere/chrome'"):
        chromium.find()


def test_without_one_the_command_to_type_is_told() -> None:
    with pytest.raises(chromium.NoChromium, match=r"run `.+`, or set BSR_CHROMIUM"):
        chromium.find()


def test_nothing_of_ours_is_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRAPER_API_KEY", "bsr_secret")
    monkeypatch.setenv("LANG", "C.UTF-8")

    assert "C.UTF-8" == chromium.environment()["LANG"]
    assert "bsr_secret" not in chromium.environment().values()


def test_the_memory_of_processes_is_weighed() -> None:
    assert chromium.resident_mb([os.getpid()]) >= 0
    assert 0 == chromium.resident_mb([])
