"""The tutorial does what it says: its commands, in its order, in a shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.journeys.house import until

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCKS = re.compile(r"(<!-- stays open -->\n)?```sh\n(.*?)```", re.S)
SETTINGS = ("SCRAPER_", "BSR_", "RUNNER_", "DATABASE_URL")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


@pytest.mark.timeout(150)
@pytest.mark.xdist_group("ports")
def test_the_tutorial(tmp_path: Path) -> None:
    """What stays open there stays open here; the rest is one shell, which stops at the first surprise."""
    places = [f"http://127.0.0.1:{port}" for port in (8411, 8412, 8000)]
    if any(_answers(place) for place in places):
        pytest.skip("something else uses the tutorial's ports")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    environment |= {
        "BSR_DATA_DIR": str(tmp_path / "data"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    open_ones: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "log").open("wb")
    script = ["allowed() { test $1 -eq 0 || test $1 -eq 3; }"]
    blocks = BLOCKS.findall(TUTORIAL.read_text(encoding="utf-8"))
    try:
        for stays_open, commands in blocks:
            if stays_open:
                open_ones.append(
                    subprocess.Popen(
                        commands.split(), cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=log
                    )
                )
                time.sleep(0.5)
                continue
            script += [f"{line}\nallowed $? || exit 1" for line in commands.splitlines()]
        until(lambda: all(_answers(place) for place in places))
        answer = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for process in open_ones:
            process.send_signal(signal.SIGTERM)
            process.wait(10)

    assert 0 == answer.returncode, answer.stdout[-2000:] + answer.stderr[-2000:]
    assert "Grain-Free Chicken Dry Dog Food, 2 kg" in answer.stdout
    assert re.search(r"PB-1990 +practice-pets +mismatch", answer.stdout)
    assert "completed" in answer.stdout
    assert 80 < len((tmp_path / "products.csv").read_text(encoding="utf-8-sig").splitlines())
