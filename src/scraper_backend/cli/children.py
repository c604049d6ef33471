"""Processes that live no longer than the command that started them.

Each is stopped the way an operator would (SIGTERM, five seconds, SIGKILL), the last one started first.
On Linux the kernel stops them even when we are killed.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from scraper_backend.core.errors import Mistake, Trouble

GRACE_S: Final = 5.0
_LAST_LINES: Final = 20
_PR_SET_PDEATHSIG: Final = 1


class Child:
    """One process; its standard output is read by us, its standard error goes to a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name, self._process, self._log = name, process, log

    @classmethod
    async def start(cls, name: str, *arguments: str, environment: Mapping[str, str], folder: Path) -> Self:
        """`python -m …`, in a session of its own, so that Ctrl-C reaches us alone."""
        log = folder / f"{name}.log"
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *arguments,
                env=dict(environment),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        return cls(name, process, log)

    async def line(self, within: float) -> str:
        """The next line it prints.  Raises `Trouble` with its last words when there is none in time."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            said = await asyncio.wait_for(self._process.stdout.readline(), within)
        except TimeoutError:
            raise Trouble(f"the {self.name} said nothing for {within:.0f} s\n{self.last_words()}") from None
        if not said:
            await self._process.wait()
            raise Mistake(f"the {self.name} ended at once\n{self.last_words()}")
        return said.decode("utf-8", "replace").rstrip("\n")

    async def rest(self) -> str:
        """Everything else it prints, until it ends."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return (await self._process.stdout.read()).decode("utf-8", "replace")

    async def wait(self) -> int:
        """Its exit code, when it has one."""
        return await self._process.wait()

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.returncode

    def last_words(self) -> str:
        """The end of what it said on standard error."""
        with suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            return "\n".join(lines[-_LAST_LINES:])
        return ""

    async def stop(self) -> None:
        """Ask it to end, then end it."""
        if self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), GRACE_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _die_with_parent() -> None:
    """In the child, before it becomes anything: SIGTERM when whoever started it is gone."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
