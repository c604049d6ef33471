"""A machine in the garage installs the base, and nothing of the office comes along."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

# Whichever test comes first installs the base from the registry, which may be slow.
pytestmark = pytest.mark.timeout(400)

ROOT = Path(__file__).parents[1]
SERVER_PARTS = (
    "scraper_backend.coordinator",
    "fastapi",
    "uvicorn",
    "asyncpg",
    "jinja2",
    "argon2",
    "playwright",
)


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def garage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a bare virtual environment with the base and our wheel; one for all workers."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run) / "garage"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _install(folder)
            (folder / "ready").touch()
    return folder / "venv" / "bin"


def _install(folder: Path) -> None:
    built = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist")
    assert built.returncode == 0, built.stderr
    venv.create(folder / "venv", with_pip=True, clear=True)
    for what in (
        ["--require-hashes", "-r", ROOT / "requirements" / "base.txt"],
        ["--no-deps", *(folder / "dist").glob("*.whl")],
    ):
        installed = _run(folder / "venv" / "bin" / "pip", "install", "--quiet", *what)
        assert installed.returncode == 0, installed.stderr


def test_the_client_and_the_help_need_only_the_base(garage: Path) -> None:
    client = _run(garage / "python", "-c", "import scraper_backend.core.api_client")
    helped = _run(garage / "bsr", "--help")

    assert (0, "") == (client.returncode, client.stderr)
    assert 0 == helped.returncode, helped.stderr
    assert "bsr demo" in helped.stdout or "demo" in helped.stdout


def test_the_runner_never_imports_the_servers_parts(garage: Path) -> None:
    code = (
        "import importlib, pkgutil, sys, scraper_backend.runner as runner\n"
        "for module in pkgutil.walk_packages(runner.__path__, 'scraper_backend.runner.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        f"print([name for name in {SERVER_PARTS!r} if name in sys.modules])"
    )

    answer = _run(garage / "python", "-c", code)

    assert ("[]\n", 0) == (answer.stdout, answer.returncode), answer.stderr


def test_a_command_of_the_office_says_what_to_install(garage: Path) -> None:
    answer = _run(garage / "bsr", "serve")

    assert 2 == answer.returncode
    assert "baystate-scraper[coordinator]" in answer.stderr


def test_the_wheel_carries_every_file_of_the_house(garage: Path) -> None:
    """Templates, SQL, styles and scripts too."""
    source = ROOT / "src"
    ours = {
        str(file.relative_to(source))
        for file in (source / "scraper_backend").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    wheel = next((garage.parents[1] / "dist").glob("*.whl"))

    packed = set(zipfile.ZipFile(wheel).namelist())

    assert set() == ours - packed
