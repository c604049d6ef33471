"""PostgreSQL databases that tests borrow: migrated and empty, and emptied when they come back.

A database of its own for every test is a thousand files made and removed each time, mostly in the kernel:
two thirds of what the rules' tests took.  Emptying what a test wrote costs a twentieth of that.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import asyncpg

JOURNAL = "schema_migrations"
EMPTY = f"""
DO $$
DECLARE
  name text;
BEGIN
  PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;  -- the order of the tables does not matter
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '{JOURNAL}' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
SHAPE = f"""
SELECT (SELECT md5(string_agg(applied::text, ' ' ORDER BY number)) FROM {JOURNAL} applied)
  || (SELECT md5(string_agg(concat(relname, relkind, relnatts, relchecks), ' ' ORDER BY relname))
      FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  || (SELECT md5(string_agg(concat(conname, contype), ' ' ORDER BY conname))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace)
"""
"""What a test must leave as it found it, or nobody gets its database again."""


@dataclass
class Shelf:
    """The databases of one worker on one server."""

    server: str
    template: str
    free: list[str] = field(default_factory=list)
    shape: str = ""

    async def take(self) -> str:
        """The address of a migrated, empty database."""
        return self.free.pop() if self.free else await self._made()

    async def give_back(self, url: str) -> None:
        """Empty it for the next one; remove it if a test has changed more than rows."""
        if await self._emptied(url) == self.shape:
            self.free.append(url)
        else:
            await self._remove(url)

    async def clear(self) -> None:
        """Leave the server, which may not be ours, as it was."""
        while self.free:
            await self._remove(self.free.pop())

    async def _remove(self, url: str) -> None:
        await administer(self.server, f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    async def _made(self) -> str:
        url = f"{self.server}/bsr_{uuid.uuid4().hex[:12]}"
        await administer(self.server, f"CREATE DATABASE {_name(url)} TEMPLATE {self.template}")
        self.shape = self.shape or await self._emptied(url)
        return url

    async def _emptied(self, url: str) -> str:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(EMPTY)
            return str(await connection.fetchval(SHAPE))
        finally:
            await connection.close()


async def administer(server: str, statement: str) -> None:
    """Say this to the server itself."""
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _name(url: str) -> str:
    return url.rpartition("/")[2]
