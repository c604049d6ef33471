"""One process a job and one daemon a data folder: a file lock that dies with its holder.

The operating system lets go of it on any kind of death, so there is no stale lock to clear away.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scraper_backend.core.errors import StoreBusy
from scraper_backend.runner.switches import made


@contextmanager
def hold(
    path: Path, *, wait_s: float, who: str, sleep: Callable[[float], object] = time.sleep
) -> Iterator[None]:
    """Be the only one.  Raises `StoreBusy` that names `who` when another holds it after `wait_s`."""
    made(path.parent)
    with path.open("a+b") as file:
        ends = time.monotonic() + wait_s
        while not _taken(file):
            if time.monotonic() >= ends:
                raise StoreBusy(f"{who} already runs on this machine (lock {path})")
            sleep(0.1)
        yield


def is_held(path: Path) -> bool:
    """Whether some living process holds it."""
    if not path.exists():
        return False
    with path.open("a+b") as file:
        return not _taken(file)


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
