"""How the doors speak: nothing of a website reaches a terminal unwashed, tables fit, pipes get everything."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.cli import say

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LONG = "A title that goes on and on and on and on and on and on and on and on"
PROGRAM = f"""
from scraper_backend.cli import say
row = ("550e8400-e29b-41d4-a716-446655440000", "failed", {LONG!r})
say.table(("job", "status", "title"), [row], whole=("job",))
"""


def _on_terminal(columns: int) -> str:
    """What a program prints when its standard output is a terminal so wide."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=theirs, env=environment)
    process.wait(30)
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 0.2)[0]:
        try:
            said += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)
    return said.decode()


@given(st.text())
def test_a_washed_text_is_one_line_that_a_terminal_only_shows(text: str) -> None:
    washed = say.washed(text)

    assert len(washed.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", washed)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_fits_the_terminal_and_keeps_what_is_copied(columns: int) -> None:
    said = _on_terminal(columns)

    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in said.splitlines()]
    assert all(len(line) <= columns for line in lines)
    assert "550e8400-e29b-41d4-a716-446655440000" in lines[1]
    assert ("…" in lines[1]) == (columns == 80)
    assert "\x1b[31mfailed" in said


def test_in_a_pipe_nothing_is_cut_and_nothing_has_a_colour() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout

    assert LONG in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "59 s ago"), (61, "1 min ago"), (7200, "2 h ago"), (9e5, "10 d ago")],
)
def test_times_are_told_in_the_largest_unit_that_fits(seconds: float, words: str) -> None:
    assert words == say.ago(NOW - timedelta(seconds=seconds), NOW)
