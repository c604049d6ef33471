"""`bsr demo`: the main job with nothing configured, right results, nothing left behind."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.journeys.house import BSR, line_of, until

SETTINGS = ("SCRAPER_", "BSR_", "RUNNER_", "DATABASE_URL")


def _environment(tmp_path: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    return plain | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}


def _children_of(folder: Path) -> list[str]:
    """Processes that still work in this folder."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"BSR_DATA_DIR={folder}".encode() in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


def test_once_ends_after_a_table_of_right_results(tmp_path: Path) -> None:
    answer = subprocess.run(
        [*BSR, "demo", "--once"],
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert 0 == answer.returncode, answer.stdout + answer.stderr
    assert "80 done" in answer.stdout
    assert re.search(r"TW-1040 +practice-garden +found +1,189\.00 EUR", answer.stdout)
    assert re.search(r"CK-9200 +practice-garden +blocked", answer.stdout)
    assert re.search(r"http://127\.0\.0\.1:\d+", answer.stderr)
    assert [] == list(tmp_path.glob("bsr-demo-*"))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_stays_up_with_the_panel_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    demo = subprocess.Popen(
        [*BSR, "demo", "--json"],
        env=_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        results = json.loads(line_of(demo, within=60))
        told = json.loads(line_of(demo, within=20))
        folder = next(tmp_path.glob("bsr-demo-*"))
        panel = urlsplit(told["panel"])
        visitor = http.client.HTTPConnection(panel.netloc, timeout=10)
        visitor.request("GET", f"{panel.path}?{panel.query}")
        entered = visitor.getresponse()
        running = _children_of(folder)

        demo.send_signal(ending)

        assert 128 + ending == demo.wait(15)
    finally:
        demo.kill()
    assert [] == results["wrong"]
    assert (303, True) == (entered.status, "HttpOnly" in str(entered.headers["Set-Cookie"]))
    assert 2 <= len(running)
    until(lambda: not _children_of(folder), within=5)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help")
def test_even_when_it_is_killed_nothing_stays_running(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [*BSR, "demo", "--json"],
        env=_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    line_of(demo, within=60)
    folder = next(tmp_path.glob("bsr-demo-*"))

    demo.kill()
    demo.wait(10)

    until(lambda: not _children_of(folder), within=10)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [*BSR, "demo", "--once", "--port", port],
            env=_environment(tmp_path), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert 2 == answer.returncode
    assert f"cannot listen on 127.0.0.1 port {port}" in answer.stderr
    assert [] == list(Path(tempfile.gettempdir()).glob("bsr-demo-nothing*"))
