"""A disk that remembers every write and every sync, and can be asked what a power cut would have left.

Registered as SQLite's default VFS while a store or an outbox is at work, so that the product runs unchanged.
What was synced is there.  What was not may be there, or in part, or in another order: each sector of 512
bytes lands or does not.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import apsw

SECTOR = 512
_NAMES = itertools.count()


class Written(NamedTuple):
    """Bytes at a place of a file."""

    file: str
    at: int
    data: bytes


class Truncated(NamedTuple):
    """A file's new size."""

    file: str
    size: int


class Deleted(NamedTuple):
    """A file is gone, and its folder was synced."""

    file: str


class Synced(NamedTuple):
    """All that was written to this file before is safe."""

    file: str


class Said(NamedTuple):
    """Somebody was told something that must be true from now on."""

    what: str


Event = Written | Truncated | Deleted | Synced | Said


class Disk:
    """The events in their order, and when the disk is to fail."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.writes = self.refused = 0
        self.fails_at: range = range(0)
        self.failure: type[Exception] = apsw.FullError
        self._lock = threading.Lock()

    def note(self, event: Event) -> None:
        """It happened."""
        with self._lock:
            self.events.append(event)

    def said(self, what: str) -> None:
        """From now on this is promised."""
        self.note(Said(what))

    def about_to_write(self) -> None:
        """Every write and every sync asks here first."""
        with self._lock:
            number = self.writes
            self.writes += 1
        if number in self.fails_at:
            self.refused += 1
            raise self.failure(f"write {number}")

    def promised(self) -> set[str]:
        """Everything that was ever promised."""
        return {event.what for event in self.events if isinstance(event, Said)}

    def left_by_a_cut(self, moment: int, chance: random.Random, folder: Path) -> set[str]:
        """Write what a cut at this moment leaves into `folder`; what had been promised by then."""
        safe: dict[str, bytearray] = {}
        loose: dict[str, list[Written | Truncated]] = {}
        promised: set[str] = set()
        for event in self.events[:moment]:
            match event:
                case Said(what):
                    promised.add(what)
                case Deleted(file):
                    safe.pop(file, None)
                    loose.pop(file, None)
                case Synced(file):
                    for change in loose.pop(file, ()):
                        _apply(safe.setdefault(file, bytearray()), change)
                case _:
                    loose.setdefault(event.file, []).append(event)
        for file, changes in loose.items():
            _land(safe.setdefault(file, bytearray()), changes, chance)
        for file, content in safe.items():
            (folder / Path(file).name).write_bytes(content)
        return promised


def _apply(content: bytearray, change: Written | Truncated) -> None:
    if isinstance(change, Truncated):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
        return
    content.extend(bytes(max(0, change.at + len(change.data) - len(content))))
    content[change.at : change.at + len(change.data)] = change.data


def _land(content: bytearray, changes: list[Written | Truncated], chance: random.Random) -> None:
    """Some of the unsynced changes, sector by sector, in any order."""
    how_much = chance.choice((0.0, 0.2, 0.8, 1.0))
    parts = [part for change in changes for part in _sectors(change)]
    landed = [part for part in parts if chance.random() < how_much]
    if chance.random() < 0.5:
        chance.shuffle(landed)
    for part in landed:
        _apply(content, part)


def _sectors(change: Written | Truncated) -> Iterator[Written | Truncated]:
    if isinstance(change, Truncated):
        yield change
        return
    at, data = change.at, change.data
    while data:
        room = SECTOR - at % SECTOR
        yield Written(change.file, at, data[:room])
        at, data = at + room, data[room:]


@contextmanager
def recording(disk: Disk) -> Iterator[Disk]:
    """Every database that is opened meanwhile is on this disk."""
    vfs = _Vfs(disk)
    try:
        yield disk
    finally:
        vfs.unregister()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(f"recording-{next(_NAMES)}", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self._disk, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:
        super().xDelete(name, syncdir)
        self._disk.note(Deleted(name))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.about_to_write()
        super().xWrite(data, offset)
        self._disk.note(Written(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._disk.note(Truncated(self._name, size))

    def xSync(self, flags: int) -> None:
        self._disk.about_to_write()
        super().xSync(flags)
        self._disk.note(Synced(self._name))
