"""Scrapers, keys and jobs from the command line, on the database that `bsr serve` would use."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Bsr

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def stocked(bsr: Bsr, material: Path) -> Bsr:
    """A coordinator that knows both practice scrapers."""
    assert 0 == bsr("scraper", "import", material).code
    return bsr


def test_a_key_is_shown_once(bsr: Bsr) -> None:
    made = bsr("key", "create", "office-mac", "--bind", "office-mac", "--expires", "30", "--json")
    listed = bsr("key", "list", "--json")

    key = made.json
    assert key["api_key"].startswith("bsr_")
    assert ("office-mac", "office-mac", "live") == (key["name"], key["runner"], key["status"])
    assert key["api_key"] not in listed.out
    assert ["office-mac"] == [one["name"] for one in listed.json]


def test_a_key_in_words_is_a_line_that_a_script_can_take_too(bsr: Bsr) -> None:
    made = bsr("key", "create", "fleet")

    assert made.out.strip().startswith("bsr_")
    assert 1 == len(made.out.splitlines())
    assert "shown this once" in made.err


def test_a_revoked_key_leaves_the_list(bsr: Bsr) -> None:
    bsr("key", "create", "fleet")

    revoked = bsr("key", "revoke", "fleet", "--json")

    assert "revoked" == revoked.json["status"]
    assert [] == bsr("key", "list", "--json").json
    assert ["revoked"] == [one["status"] for one in bsr("key", "list", "--all", "--json").json]
    assert 2 == bsr("key", "revoke", "fleet").code


def test_a_rotated_key_has_a_successor_of_its_name(bsr: Bsr) -> None:
    bsr("key", "create", "fleet")

    new = bsr("key", "rotate", "fleet", "--overlap", "2", "--json")

    assert new.json["api_key"].startswith("bsr_")
    assert ["rotated", "live"] == [one["status"] for one in bsr("key", "list", "--json").json]


def test_all_faults_of_all_files_are_told_and_nothing_is_imported(bsr: Bsr, material: Path) -> None:
    (material / "a.yaml").write_text("name: a b\nbase_url: x\nserach_url_template: /s\n")
    (material / "b.json").write_text('{"name": "practice-pets"')
    (material / "c.yaml").write_text(
        "name: practice-pets\nbase_url: https://a.b\nsearch_url_template: /{sku}\n"
    )

    answer = bsr("scraper", "import", material)

    assert 2 == answer.code
    assert "did you mean `search_url_template`?" in answer.err
    assert "b.json: 1 problem" in answer.err
    assert "`practice-pets` is also the name in" in answer.err
    assert [] == bsr("scraper", "list", "--json").json


def test_an_unchanged_configuration_makes_no_revision(stocked: Bsr, material: Path) -> None:
    again = stocked("scraper", "import", material / "practice-pets.yaml", "--json")
    (material / "practice-pets.yaml").write_text(
        "name: practice-pets\nbase_url: https://pets.example\nsearch_url_template: /s?q={sku}\n"
    )
    changed = stocked("scraper", "import", material / "practice-pets.yaml", "--json")

    assert [(1, False)] == [(one["revision"], one["is_changed"]) for one in again.json]
    assert [(2, True)] == [(one["revision"], one["is_changed"]) for one in changed.json]


def test_what_is_exported_can_be_imported(stocked: Bsr, tmp_path: Path) -> None:
    stocked("scraper", "export", "--to", tmp_path / "out")
    one = stocked("scraper", "export", "practice-garden")

    again = stocked("scraper", "import", tmp_path / "out", "--json")

    assert [False, False] == [saved["is_changed"] for saved in again.json]
    assert "base_url: http://127.0.0.1:2" in one.out
    assert "practice-pets" == stocked("scraper", "export", "practice-pets", "--json").json["name"]


def test_an_unknown_scraper_is_told_with_the_nearest(stocked: Bsr) -> None:
    answer = stocked("scraper", "export", "practice-pts")

    assert 2 == answer.code
    assert "did you mean `practice-pets`?" in answer.err


def test_a_scraper_is_switched_off_and_on(stocked: Bsr) -> None:
    off = stocked("scraper", "disable", "practice-pets", "--json")
    job = stocked(
        "job", "create", "--sku", "1", "--scraper", "practice-pets", "--scraper", "practice-garden", "--json"
    )
    on = stocked("scraper", "enable", "practice-pets", "--json")

    assert (True, False) == (off.json["disabled"], on.json["disabled"])
    assert (["practice-pets"], 1) == (job.json["disabled"], job.json["tasks"])


def test_a_job_is_made_of_a_file_of_skus(stocked: Bsr, tmp_path: Path) -> None:
    (tmp_path / "skus.csv").write_text("name,sku\nball,007310\nbone,LN 40/2\nball,007310\n")

    made = stocked(
        "job", "create", "--sku-file", tmp_path / "skus.csv", "--scraper", "practice-pets", "--json"
    )
    shown = stocked("job", "show", made.json["job_id"], "--json")

    assert (2, ["007310"]) == (made.json["skus"], made.json["duplicates"])
    assert ("pending", 2, 2) == (
        shown.json["status"],
        shown.json["counts"]["total"],
        shown.json["counts"]["open"],
    )
    assert {
        "total", "open", "found", "not_found", "ambiguous", "mismatch", "blocked", "drifted", "failed",
        "quarantined", "cancelled",
    } == set(shown.json["counts"])  # fmt: skip


def test_bad_rows_refuse_the_file_unless_they_are_skipped(stocked: Bsr, tmp_path: Path) -> None:
    (tmp_path / "skus.csv").write_text("sku,name\n8.5E+11,a\n,b\n012,c\n")
    wanted = ("job", "create", "--sku-file", tmp_path / "skus.csv", "--scraper", "practice-pets")

    refused = stocked(*wanted)
    skipped = stocked(*wanted, "--skip-bad", "--json")

    assert 2 == refused.code
    assert "SKUs: 2 problems" in refused.err
    assert [] != skipped.json["bad"]
    assert 1 == skipped.json["skus"]


def test_all_faults_of_a_job_are_told_at_once(stocked: Bsr) -> None:
    answer = stocked("job", "create", "--sku", "1", "--scraper", "practice-pts", "--scraper", "nothing")

    assert 2 == answer.code
    assert "practice-pts" in answer.err
    assert "nothing" in answer.err


def test_a_test_without_skus_takes_the_scrapers_own(stocked: Bsr) -> None:
    job = stocked("job", "create", "--test", "--scraper", "practice-pets", "--json")

    assert 3 == job.json["tasks"]


def test_a_job_without_skus_says_what_to_write(stocked: Bsr) -> None:
    answer = stocked("job", "create", "--scraper", "practice-pets")

    assert (2, True) == (answer.code, "--sku-file" in answer.err)


def test_jobs_are_listed_cancelled_and_exported(stocked: Bsr) -> None:
    job = stocked("job", "create", "--sku", "1", "--sku", "=2", "--scraper", "practice-pets", "--json").json
    short = job["job_id"][:8]

    cancelled = stocked("job", "cancel", short, "--json")
    listed = stocked("job", "list", "--status", "cancelled", "--json")
    exported = stocked("job", "export", short, "--format", "csv")

    assert ("cancelled", 2) == (cancelled.json["status"], cancelled.json["counts"]["cancelled"])
    assert [job["job_id"]] == [one["job_id"] for one in listed.json]
    assert ["sku", "scraper", "outcome"] == next(csv.reader(io.StringIO(exported.out.lstrip("\ufeff"))))[:3]
    assert "Cancelled; 2 of 2" in stocked("job", "cancel", short).out


def test_a_job_is_paused_and_tells_why_it_waits(stocked: Bsr) -> None:
    job = stocked("job", "create", "--sku", "1", "--scraper", "practice-pets", "--json").json["job_id"]

    stocked("job", "pause", job)
    paused = stocked("job", "show", job, "--json").json
    stocked("job", "resume", job)
    again = stocked("job", "resume", job)

    assert [("practice-pets", 1, "job paused")] == [tuple(one.values()) for one in paused["waiting"]]
    assert "Nothing to resume" in again.out
    assert "waiting" in stocked("job", "show", job).out


def test_nothing_went_wrong_yet_so_nothing_is_asked_again(stocked: Bsr) -> None:
    job = stocked("job", "create", "--sku", "1", "--scraper", "practice-pets", "--json").json["job_id"]

    assert 1 == stocked("job", "retry", job, "--json").json["counts"]["open"]
    assert 2 == stocked("job", "retry", job, "--outcome", "found").code


def test_a_database_that_counts_right(stocked: Bsr) -> None:
    stocked("job", "create", "--sku", "1", "--scraper", "practice-pets")

    assert {"ok": True, "faults": []} == stocked("db", "check", "--json").json


def test_no_daemon_is_told(bsr: Bsr) -> None:
    for command in ("status", "pause", "resume", "drain"):
        answer = bsr("runner", command)
        assert (2, True) == (answer.code, "bsr runner start" in answer.err), command


def test_a_link_signs_in_an_admin(bsr: Bsr) -> None:
    made = bsr("user", "link", "--at", "https://scraper.example.com/", "--json")

    assert made.json["link"].startswith("https://scraper.example.com/enter?token=")


def test_a_job_that_is_not_there(stocked: Bsr) -> None:
    for command in ("show", "watch", "cancel", "export"):
        answer = stocked("job", command, "550e8400-e29b-41d4-a716-446655440000")
        assert (6, True) == (answer.code, "550e8400-e29b-41d4-a716-446655440000" in answer.err), command


def test_watching_gives_up_when_it_was_told_to(stocked: Bsr) -> None:
    job = stocked("job", "create", "--sku", "1", "--scraper", "practice-pets", "--json").json["job_id"]

    answer = stocked("job", "watch", job, "--timeout", "0.1")

    assert (75, "still pending: nothing of 1 yet\n") == (answer.code, answer.out)


def test_nothing_there_yet_says_what_to_do_next(bsr: Bsr) -> None:
    assert "bsr scraper import" in bsr("scraper", "list").out
    assert "bsr job create" in bsr("job", "list").out
    assert "bsr key create" in bsr("key", "list").out


def test_migrating_a_current_database_does_nothing(bsr: Bsr) -> None:
    first, again = bsr("db", "migrate", "--json"), bsr("db", "migrate")

    assert 0 < len(first.json["applied"])
    assert "Nothing to do" in again.out


def test_the_schema_is_one(bsr: Bsr) -> None:
    schema = json.loads(bsr("scraper", "schema").out)

    assert {"name", "base_url", "search_url_template"} <= set(schema["required"])
    written = schema["properties"]["selectors"]["additionalProperties"]["anyOf"]
    assert {"string", "array"} <= {one.get("type") for one in written}  # both of them are what people write
