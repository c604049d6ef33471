"""A server as a process of its own, and a client that keeps a few connections busy with it."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection

from meter import Meter


@contextmanager
def ours(path):
    """A coordinator on this SQLite file; its process id and port."""
    port = free_port()
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{path}",
        "LOG_LEVEL": "warning",
        "BSR_DATA_DIR": str(path.parent),
    }
    command = [sys.executable, "-m", "scraper_backend.cli", "serve", "--port", str(port)]
    with process(command, port, env=env) as pid:
        yield pid, port


@contextmanager
def process(command, port, *, env=None, cwd=None):
    """Any server that will answer on a port."""
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen(command, env=env, cwd=cwd, stdout=said, stderr=said)
        try:
            _until_it_answers(server, port, said)
            yield server.pid
        finally:
            server.terminate()
            server.wait(20)


def _until_it_answers(server, port, said):
    ends = time.monotonic() + 30
    while time.monotonic() < ends and server.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    said.seek(0)
    raise SystemExit(f"the server did not start: {said.read()[-2000:]!r}")


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send(pid, port, calls, *, connections, n, kind="application/json"):
    """POST every (path, body) over so many connections at once; report what the server used for it."""
    waiting, wrong = list(reversed(calls)), []
    headers = {"Content-Type": kind, "X-API-Key": os.environ.get("BENCH_KEY", "")}

    def work():
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        while waiting:
            try:
                path, body = waiting.pop()
            except IndexError:
                return
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            text = answer.read()
            if answer.status != 200:
                wrong.append(text)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    meter = Meter(pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{len(wrong)} refused: {wrong[0]!r}")
    meter.report(n)


def folder():
    """A place that is gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="bsr-bench-")
