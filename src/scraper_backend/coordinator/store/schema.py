"""Numbered migrations with checksums: what is there, what is missing, whether they fit together.

`migrations/NNNN_name.sql` are applied in order, each once, all missing ones in one transaction; a file
that changed after it was applied is an error, because then no two databases would be alike.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from scraper_backend.core.errors import Mistake

JOURNAL: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)
"""


class SchemaTooOld(Mistake):
    """The database is older than this program: `bsr db migrate` brings it up."""


class SchemaTooNew(Mistake):
    """The database was migrated by a newer program than this one."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, whatever the line ends of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Applied(NamedTuple):
    """One row of the journal."""

    number: int
    name: str
    checksum: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Every migration of this program, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    found = [_migration(f.name.removesuffix(".sql"), f.read_text(encoding="utf-8")) for f in files]
    for before, after in itertools.pairwise(found):
        if before.number == after.number:
            raise ValueError(f"{before.name} and {after.name} have one number; give one of them the next")
    return tuple(found)


def missing(applied: Sequence[Applied], known: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """What is still to be applied.  Raises if the database is newer, or was made by other files."""
    ours = {m.number: m for m in (migrations() if known is None else known)}
    for row in applied:
        if row.number not in ours:
            raise SchemaTooNew(
                f"the database has migration {row.number:04} ({row.name}), which this version does not know; "
                "update this program"
            )
        if ours[row.number].checksum != row.checksum:
            raise Mistake(
                f"migration {row.number:04} ({row.name}) was changed after this database applied it; "
                "install the version that made the database, or restore a backup"
            )
    done = {row.number for row in applied}
    return tuple(m for m in ours.values() if m.number not in done)


def too_old(absent: Sequence[Migration]) -> SchemaTooOld:
    """The words for a database that this program must not migrate by itself."""
    names = ", ".join(m.name for m in absent)
    return SchemaTooOld(f"the database lacks {len(absent)} migration(s): {names}; run `bsr db migrate` first")


def _migration(stem: str, text: str) -> Migration:
    return Migration(int(stem.partition("_")[0]), stem, text.replace("\r\n", "\n"))
