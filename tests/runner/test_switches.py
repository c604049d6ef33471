"""A slip of the pen in a setting is told before any work begins, and is no failure of a job."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.runner.daemon.settings import read_settings
from scraper_backend.runner.switches import expect_right, word

RUN = (sys.executable, "-m", "scraper_backend.runner", "--job-id", "550e8400-e29b-41d4-a716-446655440000")


def test_every_word_that_means_nothing_is_told_at_once(tmp_path: Path) -> None:
    slips = {"LOG_LEVEL": "loud", "LOG_FORMAT": "xml", "HEADLESS": "maybe", "BSR_DATA_DIR": str(tmp_path)}

    with pytest.raises(UsageError) as told:
        expect_right(slips)
    with pytest.raises(Faults) as of_the_daemon:
        read_settings({**slips, "POLL_INTERVAL": "soon"})

    assert [
        "LOG_LEVEL: found 'loud'; write one of debug, info, warning, warn, error, critical",
        "LOG_FORMAT: found 'xml'; write one of auto, console, json",
        "HEADLESS: found 'maybe'; write one of true, false, 1, 0, yes, no, on, off",
    ] == str(told.value).splitlines()
    assert ["LOG_LEVEL", "LOG_FORMAT", "HEADLESS", "POLL_INTERVAL"] == [
        problem.path for problem in of_the_daemon.value.problems
    ]


@pytest.mark.parametrize("written", ["", "  ", " INFO "])
def test_an_empty_variable_is_not_set_and_case_does_not_matter(tmp_path: Path, written: str) -> None:
    environment = {"LOG_LEVEL": written, "BSR_DATA_DIR": str(tmp_path / "new")}

    expect_right(environment)

    assert (written.strip().lower() or "warning") == word("LOG_LEVEL", environment, "warning")
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize(("name", "slip"), [("LOG_LEVEL", "loud"), ("BSR_DATA_DIR", "/dev/null/bsr")])
def test_a_run_with_a_wrong_setting_ends_before_it_begins(name: str, slip: str, tmp_path: Path) -> None:
    """Exit code 2 and one line; the coordinator, which is not even there, is told nothing."""
    nowhere = {"SCRAPER_API_URL": "http://127.0.0.1:9", "SCRAPER_API_KEY": "bsr_x"}
    environment = {**os.environ, "BSR_DATA_DIR": str(tmp_path), **nowhere, name: slip}

    ended = subprocess.run(RUN, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert 2 == ended.returncode
    assert 1 == len(ended.stderr.splitlines())
    assert slip in ended.stderr
