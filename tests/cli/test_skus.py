"""SKUs as people have them in files: nothing is lost, nothing is guessed, all faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.cli import skus
from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.core.skus import NAMES


def _file(tmp_path: Path, text: str | bytes, name: str = "skus.txt") -> str:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_text_file_has_one_on_each_line(tmp_path: Path) -> None:
    name = _file(tmp_path, "\ufeff007310\r\n\r\n  LN 40/2 \nA,B\n\n")

    taken = skus.take([], [name])

    assert ["007310", "LN 40/2", "A,B"] == taken.skus
    assert [] == taken.problems


def test_the_column_of_a_csv_is_known_by_its_heading(tmp_path: Path) -> None:
    name = _file(tmp_path, 'Name,UPC,Price\n"Ball, red",012345678905,1\nBone,="00012",2\n', "x.csv")

    assert ["012345678905", "00012"] == skus.take([], [name]).skus


@pytest.mark.parametrize("column", ["Nummer", "nummer", "2"])
def test_or_it_is_named(tmp_path: Path, column: str) -> None:
    name = _file(tmp_path, "Was;Nummer\nBall;001\nNapf;002\n", "x.csv")

    taken = skus.take([], [name], column=column)

    assert ["001", "002"] == [sku for sku in taken.skus if sku != "Nummer"]


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    name = _file(tmp_path, "name,number,price\na,1,2\n", "x.csv")

    with pytest.raises(UsageError, match="did you mean `number`"):
        skus.take([], [name], column="numbr")


def test_several_columns_without_a_known_heading_are_a_question(tmp_path: Path) -> None:
    name = _file(tmp_path, "foo,bar,baz\n1,2,3\n", "x.csv")

    with pytest.raises(UsageError, match="--column with one of foo, bar, baz"):
        skus.take([], [name])


def test_a_heading_alone_over_the_only_column_is_no_sku(tmp_path: Path) -> None:
    assert ["1", "2"] == skus.take([], [_file(tmp_path, "SKU\n1\n2\n")]).skus


def test_duplicates_are_taken_once_and_told(tmp_path: Path) -> None:
    taken = skus.take(["1", "2", "1"], [_file(tmp_path, "2\n3\n")])

    assert (["1", "2", "3"], ["1", "2"]) == (taken.skus, taken.duplicates)
    assert ["2 duplicates left out: 1, 2"] == list(skus.warn_of(taken))


def test_all_bad_rows_are_told_at_once_with_their_line(tmp_path: Path) -> None:
    name = _file(tmp_path, f"sku,name\n8.50007E+11,a\n,b\n{'9' * 201},c\n012,d\n", "x.csv")
    taken = skus.take([], [name])

    with pytest.raises(Faults) as told:
        skus.refuse_bad(taken)

    assert ["012"] == taken.skus
    assert [f"{name}, line {line}" for line in (2, 3, 4)] == [p.path for p in told.value.problems]
    assert "a number that a spreadsheet rounded; format the column as text" in str(told.value)


def test_windows_files_are_read(tmp_path: Path) -> None:
    wide = _file(tmp_path, "001\r\n002\r\n".encode("utf-16"), "wide.txt")
    old = _file(tmp_path, "sku;größe\n01;ä\n".encode("cp1252"), "old.csv")

    assert ["001", "002", "01"] == skus.take([], [wide, old]).skus


def test_a_workbook_and_a_missing_file_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="save the sheet as CSV"):
        skus.take([], [_file(tmp_path, b"PK\x03\x04...", "x.xlsx")])
    with pytest.raises(UsageError, match=r"cannot read nowhere\.txt: No such file"):
        skus.take([], ["nowhere.txt"])


@given(st.lists(st.from_regex(r"[0-9A-Za-z][0-9A-Za-z ./_-]{0,30}[0-9A-Za-z]", fullmatch=True), unique=True))
def test_every_usual_sku_survives_a_text_file(
    tmp_path_factory: pytest.TempPathFactory, given: list[str]
) -> None:
    wanted = [sku for sku in given if sku.lower() not in NAMES]
    name = _file(tmp_path_factory.mktemp("skus"), "\n".join(wanted))

    assert wanted == skus.take([], [name]).skus
