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
from scraper_backend.coordinator.store.statements import FEW, Engine, spell, spelled, statements

ROWS = "SELECT pairs.sku FROM {each pairs: sku text, n bigint} WHERE pairs.n > :least"


def test_a_parameter_is_numbered_where_it_first_stands() -> None:
    spelling = spell("UPDATE t SET a = :now, b = :id::text, c = ':id' WHERE at < :now", "postgres")

    text, values = spelling.bound({"id": "x", "now": 7})

    assert "UPDATE t SET a = $1, b = $2::text, c = ':id' WHERE at < $1" == text
    assert [7, "x"] == values


def test_the_rows_of_a_parameter_are_one_array_a_column_on_postgresql() -> None:
    spelling = spell(ROWS, "postgres")

    text, values = spelling.bound({"least": 0, "pairs": [("A", 1), ("B", 2)]})
    _, nothing = spelling.bound({"least": 0, "pairs": []})

    assert "FROM unnest($1::text[], $2::bigint[]) AS pairs (sku, n) WHERE pairs.n > $3" in text
    assert [["A", "B"], [1, 2], 0] == values
    assert [[], [], 0] == nothing


@pytest.mark.parametrize("n", [0, 1, 2, 3, FEW - 1, FEW, FEW + 1, 1000])
def test_the_rows_of_a_parameter_are_a_table_on_sqlite_however_many(n: int) -> None:
    """A few are bound, many are JSON; neither shows."""
    pairs = [(f"{place:04}", place) for place in range(n)]

    found = apsw.Connection(":memory:").execute(*spell(ROWS, "sqlite").bound({"least": 1, "pairs": pairs}))

    assert [(sku,) for sku, place in pairs if place > 1] == found.fetchall()


def test_a_table_may_stand_twice_on_sqlite() -> None:
    text = "SELECT sku FROM {each a: sku text} WHERE :n > 0 UNION ALL SELECT sku FROM {each a: sku text}"

    found = apsw.Connection(":memory:").execute(
        *spell(text, "sqlite").bound({"a": [("x",), ("y",), ("z",)], "n": 1})
    )

    assert ["x", "x", "y", "y", "z", "z"] == sorted(sku for (sku,) in found)


def test_two_tables_of_different_sizes_stand_beside_plain_parameters_on_sqlite() -> None:
    text = """SELECT a.n, b.n, :word FROM {each a: n bigint} CROSS JOIN {each b: word text, n bigint}
      WHERE a.n < b.n OR b.word = :word"""
    values = {"b": [("x", 2), ("y", None)], "word": "y", "a": [(1,), (2,), (3,)]}

    found = apsw.Connection(":memory:").execute(*spell(text, "sqlite").bound(values)).fetchall()

    assert [(1, 2, "y"), (1, None, "y"), (2, None, "y"), (3, None, "y")] == sorted(found, key=str)


@pytest.mark.parametrize(("engine", "words"), [("sqlite", ""), ("postgres", "FOR UPDATE SKIP LOCKED")])
def test_only_postgresql_needs_row_locks(engine: Engine, words: str) -> None:
    text, _ = spell("SELECT 1 {skip_locked}", engine).bound({})

    assert f"SELECT 1 {words}" == text


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

    for name, statement in statements().items():
        tables = dict.fromkeys(re.findall(r"{each (\w+)", statement.text), ())
        nothing = dict.fromkeys(re.findall(r":([a-z_]\w*)", statement.text))
        sql, values = spelled(name, "sqlite").bound(nothing | tables)
        assert connection.execute(f"EXPLAIN {sql}", values).fetchall(), name


@pytest.mark.postgres
async def test_every_statement_can_be_prepared_on_postgresql(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)

    try:
        for name in statements():
            spelling = spell(statements()[name].text, "postgres")
            prepared = await connection.prepare(spelling.sql)
            columns = sum(spelling.each.get(parameter, 1) for parameter in spelling.parameters)
            assert columns == len(prepared.get_parameters()), name
    finally:
        await connection.close()
