"""Named SQL: one text, spelled for two databases."""

from __future__ import annotations

import re
from pathlib import Path

import apsw
import asyncpg
import pytest

import scraper_backend.coordinator as package
from scraper_backend.coordinator.store import migrate
from scraper_backend.coordinator.store.engine import sqlite_path
from scraper_backend.coordinator.store.statements import Engine, spell, spelled, statements

ROWS = "SELECT pairs.sku FROM {each pairs: sku text, n bigint} WHERE pairs.n > :least"


def test_a_parameter_is_numbered_where_it_first_stands() -> None:
    spelling = spell("UPDATE t SET a = :now, b = :id::text, c = ':id' WHERE at < :now", "postgres")

    assert "UPDATE t SET a = $1, b = $2::text, c = ':id' WHERE at < $1" == spelling.sql
    assert [7, "x"] == spelling.by_position({"id": "x", "now": 7})


def test_the_rows_of_a_parameter_are_one_array_a_column_on_postgresql() -> None:
    spelling = spell(ROWS, "postgres")

    assert "FROM unnest($1::text[], $2::bigint[]) AS pairs (sku, n) WHERE pairs.n > $3" in spelling.sql
    assert [["A", "B"], [1, 2], 0] == spelling.by_position({"least": 0, "pairs": [("A", 1), ("B", 2)]})
    assert [[], [], 0] == spelling.by_position({"least": 0, "pairs": []})


def test_the_rows_of_a_parameter_are_json_on_sqlite() -> None:
    spelling = spell(ROWS, "sqlite")
    values = spelling.by_name({"least": 1, "pairs": [("A", 1), ("0012", 2)]})

    assert [("0012",)] == apsw.Connection(":memory:").execute(spelling.sql, values).fetchall()


@pytest.mark.parametrize(("engine", "words"), [("sqlite", ""), ("postgres", "FOR UPDATE SKIP LOCKED")])
def test_only_postgresql_needs_row_locks(engine: Engine, words: str) -> None:
    assert f"SELECT 1 {words}" == spell("SELECT 1 {skip_locked}", engine).sql


def test_every_statement_has_a_line_of_prose() -> None:
    assert [] == [name for name, statement in statements().items() if not statement.prose]


def test_every_statement_is_used() -> None:
    folder = Path(package.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    named = set(re.findall(r'"([a-z_]+)"', source))

    assert [] == sorted(set(statements()) - named)


async def test_every_statement_can_be_prepared_on_sqlite(sqlite_url: str) -> None:
    await migrate(sqlite_url)
    connection = apsw.Connection(str(sqlite_path(sqlite_url)))

    for name in statements():
        sql = spelled(name, "sqlite").sql
        nothing = dict.fromkeys(re.findall(r":([a-z_]\w*)", sql))
        assert connection.execute(f"EXPLAIN {sql}", nothing).fetchall(), name


@pytest.mark.postgres
async def test_every_statement_can_be_prepared_on_postgresql(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)

    try:
        for name in statements():
            spelling = spelled(name, "postgres")
            prepared = await connection.prepare(spelling.sql)
            columns = sum(spelling.each.get(parameter, 1) for parameter in spelling.parameters)
            assert columns == len(prepared.get_parameters()), name
    finally:
        await connection.close()
