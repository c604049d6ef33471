"""`bsr scrape` on the practice shop: lines for programs, a sheet, a run that goes on, an explanation."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.house import House, Shop


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_outcome_is_a_line_for_programs(house: House, material: Path) -> None:
    answer = house.bsr(
        "scrape", material / "practice-garden.yaml", "KW-301", "KW-30", "CK-9200",
        "--sku-file", "-", "--json",
        stdin="HG-7040\n\nKW-301\n",
    )  # fmt: skip

    lines = {line["sku"]: line for line in _lines(answer.stdout)}
    assert 3 == answer.returncode
    assert ["CK-9200", "HG-7040", "KW-30", "KW-301"] == sorted(lines)
    assert ("found", 1129.0, "EUR", "in_stock") == (
        lines["HG-7040"]["outcome"],
        *(lines["HG-7040"]["data"][name] for name in ("price", "currency", "availability")),
    )
    assert ("not_found", {}) == (lines["KW-30"]["outcome"], lines["KW-30"]["data"])
    assert ("blocked", "captcha") == (lines["CK-9200"]["outcome"], lines["CK-9200"]["detail"]["reason"])
    assert {"sku", "scraper", "outcome", "data", "detail", "scraped_at"} == set(lines["KW-301"])
    assert "1 duplicate left out: KW-301" in answer.stderr


def test_a_person_sees_lines_and_a_summary(house: House, material: Path) -> None:
    answer = house.bsr("scrape", material / "practice-pets.yaml", "LN 40/2", "ZZ-0000")

    assert 0 == answer.returncode
    assert "LN 40/2  practice-pets  found      31.70 USD" in answer.stdout
    assert "2 done: 1 found, 1 not found" in answer.stderr


def test_a_sheet_and_a_run_that_goes_on(house: House, shop: Shop, material: Path, tmp_path: Path) -> None:
    """What has its answer in the file is not asked for again; what was blocked is."""
    into = ("--output", tmp_path / "out.jsonl", "--csv", tmp_path / "out.csv")
    house.bsr("scrape", material / "practice-garden.yaml", "KW-301", "CK-9200", *into)
    with (tmp_path / "out.jsonl").open("a") as file:
        file.write('{"sku": "KW-302", "scra')  # killed while it wrote
    before = len(shop.visits("garden"))

    again = house.bsr("scrape", material / "practice-garden.yaml", "KW-301", "CK-9200", *into, "--resume")

    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig", newline="")))
    assert "1 done: 1 blocked" in again.stderr
    assert ["/suche?begriff=CK-9200"] == [path for path in shop.visits("garden")[before:] if "suche" in path]
    assert [("CK-9200", "blocked", "captcha")] == [
        (row["sku"], row["outcome"], row["reason"]) for row in rows
    ]


def test_why_a_value_is_what_it_is(house: House, material: Path) -> None:
    words = house.bsr("scrape", material / "practice-pets.yaml", "TH-210-M", "--explain").stdout
    lines = _lines(
        house.bsr("scrape", material / "practice-pets.yaml", "TH-210-M", "--explain", "--json").stdout
    )

    assert "TH-210-M on practice-pets: found" in words
    assert "hasVariant[1].offers.price" in words
    assert "fetched  200" in words
    assert [39.0] == [line["data"]["price"] for line in lines]
    assert "fetched" in {step["step"] for step in lines[0]["steps"]}


def test_a_recorded_page_is_read_again_without_the_shop(house: House, material: Path, tmp_path: Path) -> None:
    config, pages = material / "practice-garden.yaml", tmp_path / "pages"
    recorded = house.bsr("scraper", "record", config, "KW-310", "--to", pages / "pot")
    right = house.bsr("scraper", "test", pages)
    expected = json.loads((pages / "pot" / "expected.json").read_text())
    expected["data"]["price"] = 1.0
    (pages / "pot" / "expected.json").write_text(json.dumps(expected))
    wrong = house.bsr("scraper", "test", pages, "--json")

    assert (0, 0) == (recorded.returncode, right.returncode), recorded.stderr + right.stderr
    assert "as expected" in right.stdout
    assert 1 == wrong.returncode
    assert [{"field": "price", "expected": 1.0, "read": 64.95}] == json.loads(wrong.stdout)[0]["differences"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no SKU to look for"),
        (("1", "--resume"), "write --output FILE too"),
        (("1", "--json", "--csv", "-"), "both write to standard output"),
        (("--sku-file", "nowhere.txt"), "cannot read nowhere.txt"),
    ],
)
def test_what_cannot_mean_anything_is_told(
    house: House, material: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = house.bsr("scrape", material / "practice-pets.yaml", *arguments)

    assert (2, True) == (answer.returncode, words in answer.stderr), answer.stderr


def test_a_reader_that_leaves_ends_it_quietly(house: House, material: Path, tmp_path: Path) -> None:
    """`bsr scrape … | head -1`: no walk goes on behind its back, no traceback fills the terminal."""
    (tmp_path / "skus.txt").write_text("\n".join(f"X-{n}" for n in range(300)))
    command = ["scrape", material / "practice-pets.yaml", "--sku-file", tmp_path / "skus.txt", "--json"]
    with (tmp_path / "err").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper_backend.cli", *map(str, command)],
            env=house.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err, text=True,
        )  # fmt: skip
    assert process.stdout

    first = process.stdout.readline()
    process.stdout.close()
    code = process.wait(30)

    assert (1, "X-") == (code, json.loads(first)["sku"][:2])
    assert ["done: "] == [line[line.index("done: ") :][:6] for line in (tmp_path / "err").open()]


def test_what_is_printed_into_a_pipe_is_utf8(house: House, material: Path) -> None:
    house.extra.update(PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    answer = house.bsr("scrape", material / "practice-garden.yaml", "HG-7020")

    assert "Gartenhandschuhe aus Leder, Größe" in answer.stdout


def test_a_private_address_is_refused_unless_it_is_named(house: House, material: Path) -> None:
    house.extra["RUNNER_ALLOW_PRIVATE_HOSTS"] = ""

    answer = house.bsr("scrape", material / "practice-pets.yaml", "TW-1001", "--json")

    line = _lines(answer.stdout)[0]
    assert (1, "private_address") == (answer.returncode, line["detail"]["reason"])
    assert "private address (1): 127.0.0.1 is a private address" in answer.stderr
    assert "RUNNER_ALLOW_PRIVATE_HOSTS" in answer.stderr
