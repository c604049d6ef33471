"""The outbox: what is in it survives, what leaves it was acknowledged."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper_backend.core import wire
from scraper_backend.core.errors import StoreBusy
from scraper_backend.runner.fit import fitted
from scraper_backend.runner.outbox import File, dead, jobs, open_file
from scraper_backend.runner.outbox.jobs import KeptJob
from scraper_backend.runner.outbox.spool import Spool
from tests.fake_coordinator import JOB

NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
OFFICE = "https://app.example"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    with open_file(tmp_path / "outbox.db") as file:
        yield file


def _begin(file: File, job_id: str = JOB) -> KeptJob:
    return jobs.begin(file, coordinator=OFFICE, job_id=job_id, runner_name="pi", scrapers=["chewy"], total=3)


def _found(sku: str, **data: Any) -> wire.Outcome:
    return wire.Outcome(sku=sku, scraper="chewy", outcome="found", data=data, scraped_at=NOW)


def test_what_was_put_is_there_after_kill_9(tmp_path: Path) -> None:
    """`put` returned, so it is on the disk, whatever happens next."""
    code = f"""
import os
from datetime import UTC, datetime
from pathlib import Path
from scraper_backend.core.wire import Outcome
from scraper_backend.runner.outbox import jobs, open_file
file = open_file(Path({str(tmp_path / "outbox.db")!r}))
job = jobs.begin(file, coordinator={OFFICE!r}, job_id={JOB!r}, runner_name="pi", scrapers=[], total=1)
jobs.put(file, job, [Outcome(sku="1", scraper="chewy", outcome="found", scraped_at=datetime.now(UTC))])
os.kill(os.getpid(), 9)
"""
    assert -9 == subprocess.run([sys.executable, "-c", code], check=False).returncode

    with open_file(tmp_path / "outbox.db") as file:
        assert {("1", "chewy")} == jobs.pairs(file, jobs.waiting(file)[0])


def test_the_first_outcome_of_a_pair_stays(file: File) -> None:
    job = _begin(file)
    jobs.put(file, job, [_found("1", title="first")])

    jobs.put(file, job, [_found("1", title="second"), _found("2")])

    titles = [kept.line["data"].get("title") for batch in jobs.batches(file, job, 10**6) for kept in batch]
    assert ["first", None] == titles


def test_batches_keep_to_their_size_and_order(file: File) -> None:
    job = _begin(file)
    jobs.put(file, job, [_found(f"{n:03}", title="x" * 1000) for n in range(450)])

    batches = list(jobs.batches(file, job, 20_000))

    assert [f"{n:03}" for n in range(450)] == [kept.sku for batch in batches for kept in batch]
    assert all(sum(len(kept.body) for kept in batch) <= 20_000 for batch in batches)


def test_an_acknowledged_job_leaves_nothing(file: File) -> None:
    job = _begin(file)
    jobs.put(file, job, [_found("1")])

    jobs.acknowledged(file, jobs.finish(file, job, "completed"))

    assert ([], 0) == (jobs.waiting(file), file.one("SELECT count(*) FROM outcomes"))


def test_an_acknowledged_failure_stays_a_week_for_a_resumed_run(tmp_path: Path) -> None:
    clock = [1_700_000_000.0]
    with open_file(tmp_path / "outbox.db", clock=lambda: clock[0]) as file:
        job = _begin(file)
        jobs.put(file, job, [_found("1")])
        jobs.acknowledged(file, jobs.finish(file, job, "failed", "stopped"))
        assert [] == jobs.waiting(file)
        assert {("1", "chewy")} == jobs.pairs(file, _begin(file))

        jobs.acknowledged(file, jobs.finish(file, job, "failed", "stopped"))
        clock[0] += 8 * 24 * 3600

        assert set() == jobs.pairs(file, _begin(file))


def test_two_coordinators_do_not_mix(file: File) -> None:
    ours = _begin(file)
    theirs = jobs.begin(
        file, coordinator="https://other.example", job_id=JOB, runner_name="pi", scrapers=[], total=1
    )

    jobs.put(file, ours, [_found("1")])

    assert set() == jobs.pairs(file, theirs)


def test_what_was_refused_is_kept_with_the_coordinators_words(file: File) -> None:
    job = _begin(file)
    jobs.put(file, job, [_found("1"), _found("2")])
    batch = next(jobs.batches(file, job, 10**6))

    jobs.refuse(file, job, batch[:1], "too blue")

    assert [(JOB, "1", "too blue")] == [(x.job_id, x.sku, x.words) for x in dead.letters(file)]
    assert {("2", "chewy")} == jobs.pairs(file, job)


def test_a_broken_file_is_moved_aside_and_never_deleted(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(b"this is no database at all, " * 400)

    with open_file(path) as file:
        _begin(file)

    aside = next(tmp_path.glob("outbox.db.broken-*"))
    assert aside.read_bytes().startswith(b"this is no database")


def test_a_file_another_process_writes_to_for_too_long_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_file(tmp_path / "outbox.db") as one, open_file(tmp_path / "outbox.db") as two:
        two.run("PRAGMA busy_timeout = 50")
        with one.writing(), pytest.raises(StoreBusy, match="cannot be written"), two.writing():
            pass


def test_only_its_owner_may_read_it(file: File) -> None:
    assert 0o600 == file.path.stat().st_mode & 0o777


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.dictionaries(st.text(), st.text() | st.integers(-(2**53), 2**53) | st.booleans(), max_size=4),
    detail=st.dictionaries(st.text(), st.lists(st.text(), max_size=3), max_size=3),
    sku=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_whatever_was_found_comes_out_as_it_went_in(file: File, data: Any, detail: Any, sku: str) -> None:
    file.run("DELETE FROM jobs")
    job = _begin(file)
    outcome = wire.Outcome(
        sku=sku, scraper="chewy", outcome="found", data=data, detail=detail, scraped_at=NOW
    )

    jobs.put(file, job, [outcome])

    line = next(jobs.batches(file, job, 10**6))[0].line
    clean = orjson.loads(orjson.dumps(data).replace(b"\\u0000", b""))
    assert (sku, clean) == (line["sku"], line["data"])


@pytest.mark.parametrize("size", [1_000_000, 20_000_000])
def test_a_giant_page_keeps_its_price_and_fits(size: int) -> None:
    outcome = wire.Outcome(
        sku="1", scraper="chewy", outcome="found", scraped_at=NOW,
        data={"title": "Ball", "price": 9.5, "description": "x" * size, "images": ["//a.b/c.jpg"] * 50_000},
        detail={"evidence": ["e" * size], "provenance": {"price": {"raw": "9.50"}}},
    )  # fmt: skip

    line = fitted(outcome)

    assert len(orjson.dumps(line)) < wire.MAX_ITEM
    assert ("Ball", 9.5) == (line["data"]["title"], line["data"]["price"])
    assert "detail.evidence" in line["detail"]["trimmed"]


def test_an_ordinary_page_is_not_touched() -> None:
    outcome = _found("1", title="Ball", description="x" * 50_000)

    assert outcome.data == fitted(outcome)["data"]
    assert "trimmed" not in fitted(outcome)["detail"]


def test_what_was_refused_goes_home_once_more_when_a_person_says_so(file: File) -> None:
    """A contract job's outcome to its job, a fleet's result to the spool."""
    job, spool = _begin(file), Spool(file, OFFICE)
    jobs.put(file, job, [_found("1"), _found("2")])
    jobs.refuse(file, job, next(jobs.batches(file, job, 10**6)), "too blue")
    task = {"task_id": 7, "job_id": JOB, "sku": "3", "scraper": "chewy", "outcome": "found"}
    spool.turn([task], [])
    spool.refused([(letter, "too green") for letter in spool.batch(0, 99, items=9, size=10**6)])

    revived = dead.revive(file, "pi")

    assert (3, 0, 1) == (revived, dead.count(file), spool.count())
    assert {("1", "chewy"), ("2", "chewy")} == jobs.pairs(file, job)
