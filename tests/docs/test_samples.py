"""Samples that a reader copies whole: the files they make are read as their programs would read them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scraper_backend.coordinator.serve import running
from scraper_backend.coordinator.settings import read_settings
from tests.coordinator.live import Live

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PAGE = (HOW_TO / "install-runners.md").read_text(encoding="utf-8")
WORKFLOW, COMPOSE = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S))
STEPS: dict[str, str] = {
    step["name"]: step["run"]
    for step in WORKFLOW["jobs"]["scrape"]["steps"]
    if {"name", "run"} <= step.keys()
}


def _as_github_runs(
    script: str, folder: Path, environment: Mapping[str, str], code: int = 0
) -> subprocess.CompletedProcess[str]:
    """A step as a runner of GitHub's runs it, with a Python that ends with `code`."""
    for name, ends in (("python", code), ("bsr", 0)):
        (folder / name).write_text(f'#!/bin/sh\necho "$0 $*" >> {folder}/asked\nexit {ends}\n')
        (folder / name).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        capture_output=True, text=True, env={"PATH": path, "GITHUB_RUN_ID": "7", **environment}, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("code", "passes"), [(0, True), (3, True), (75, True), (1, False), (4, False)])
def test_the_action_ends_as_the_page_says(tmp_path: Path, code: int, passes: bool) -> None:
    done = _as_github_runs(STEPS["Scrape"], tmp_path, {"JOB_ID": "x"}, code)

    asked = (tmp_path / "asked").read_text()
    assert passes is (done.returncode == 0)
    assert "-m scraper_backend.runner --job-id x --runner-name github-7" in asked
    assert ("bsr runner deliver" in asked) is (code == 75)
    assert ("::warning::" in done.stdout) is (code == 3)


async def test_the_last_words_of_the_action_are_heard(tmp_path: Path) -> None:
    """The script itself, against a coordinator with the same secret."""
    secret = "of the sample"
    settings = read_settings(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path}/office.db",
            "BSR_PORT": "0",
            "SCRAPER_WEBHOOK_SECRET": secret,
        }
    )
    async with running(settings) as office:
        live = Live(office)
        job_id = await live.new_job()
        said = {"JOB_ID": job_id, "SCRAPER_API_URL": live.address, "SCRAPER_WEBHOOK_SECRET": secret}

        done = await asyncio.to_thread(lambda: _as_github_runs(STEPS["Last words"], tmp_path, said))

    assert '"status":"failed"' in done.stdout, done.stderr


def test_every_setting_of_the_samples_is_one_we_know() -> None:
    known = (HOW_TO / "run-a-runner.md").read_text(encoding="utf-8")
    unit: list[str] = re.findall(r"([A-Z_]{6,})=", re.findall(r"```ini\n(.*?)```", PAGE, re.S)[0])
    told: list[Any] = [
        *COMPOSE["services"]["runner"]["environment"],
        *WORKFLOW["jobs"]["scrape"]["env"],
        *unit,
    ]

    assert [] == [name for name in told if f"`{name}`" not in known and name != "JOB_ID"]
