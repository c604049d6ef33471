"""The bodies both sides read and write."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core import wire
from scraper_backend.core.errors import Faults

JOB = "550e8400-e29b-41d4-a716-446655440000"


def _faults(model: type[wire.Wire], raw: bytes) -> dict[str, str]:
    with pytest.raises(Faults) as caught:
        wire.read(model, raw)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_every_fault_is_named_by_its_path() -> None:
    body = {
        "job_id": "1", "status": "done",
        "results": {"skus_processed": -1, "data": {"A": {"x": {"price": "12"}}}},
    }  # fmt: skip

    faults = _faults(wire.Callback, json.dumps(body).encode())

    assert {"job_id", "status", "results.skus_processed", "results.data.A.x.price"} == faults.keys()


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        (b"{", "", "is not JSON (line 1, column 2)"),
        (b"", "", "is not JSON: nothing was sent"),
        (b"\xff\xfe", "", "is not UTF-8"),
        (b"[]", "", "found a list"),
        (
            b'{"results": {"data": {"A": {"x": {"price": NaN}}}}}',
            "results.data.A.x.price",
            "is not a finite number",
        ),
        (b'{"a": [1, -Infinity]}', "a.1", "is not a finite number"),
        (b'{"a": "\\ud800"}', "a", "has half a character (a lone surrogate)"),
    ],
)
def test_what_is_not_json_is_explained(raw: bytes, path: str, message: str) -> None:
    assert message == _faults(wire.Callback, raw)[path]


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [33, 900, 100_000])
def test_nesting_without_end_is_a_fault(opening: bytes, depth: int) -> None:
    closing = b"]" if opening == b"[" else b"}"

    faults = _faults(wire.Callback, opening * depth + b"1" + closing * depth)

    assert any("nests deeper than 32 levels" in message for message in faults.values())


def test_a_failed_job_must_say_why() -> None:
    body = {"job_id": JOB, "status": "failed", "runner_name": 7}

    faults = _faults(wire.Callback, json.dumps(body).encode())

    assert "is missing" in faults["error_message"]
    assert "runner_name" in faults


@pytest.mark.parametrize("name", [" ", "a\x00b", "two\nlines", "\x9b31m"])
def test_a_name_that_cannot_be_read_is_none(name: str) -> None:
    body = json.dumps({"runner_name": name}).encode()

    assert "is no name" in _faults(wire.Register, body)["runner_name"]


def test_blanks_around_a_name_are_not_of_it() -> None:
    assert "garage pi" == wire.check(wire.Register, {"runner_name": " garage pi "}).runner_name


def test_a_whole_number_may_be_written_with_a_point() -> None:
    body = {"job_id": JOB, "status": "running", "results": {"skus_processed": 25.0}}

    assert 25 == wire.read(wire.Callback, json.dumps(body).encode()).results.skus_processed  # type: ignore[union-attr]
    body["results"] = {"skus_processed": 25.5}
    assert "results.skus_processed" in _faults(wire.Callback, json.dumps(body).encode())


@pytest.mark.parametrize("job_id", ["", "1", JOB[:-1], JOB + "0", f'"{JOB}"', f"{JOB}/"])
def test_only_a_uuid_is_a_job_id(job_id: str) -> None:
    assert "job_id" in _faults(wire.Callback, json.dumps({"job_id": job_id, "status": "running"}).encode())


def test_a_job_id_is_the_same_in_any_case() -> None:
    body = wire.read(wire.Callback, json.dumps({"job_id": JOB.upper(), "status": "running"}).encode())

    assert JOB == body.job_id


def test_what_a_newer_peer_sends_is_ignored() -> None:
    body = wire.read(wire.Callback, json.dumps({"job_id": JOB, "status": "running", "mood": "good"}).encode())

    assert {"job_id": JOB, "status": "running"} == body.as_json()


def test_a_product_keeps_fields_of_its_own() -> None:
    product = wire.check(wire.ProductData, {"price": 5, "bullets": ["a", {"b": None}]})

    assert {"price": 5.0, "bullets": ["a", {"b": None}]} == product.as_json()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 1, 15, 10, 30, tzinfo=UTC), "2024-01-15T10:30:00Z"),
        (datetime(2024, 1, 15, 10, 30, 0, 250_000, tzinfo=UTC), "2024-01-15T10:30:00.250Z"),
        (datetime(2024, 1, 15, 12, 30, tzinfo=timezone(timedelta(hours=2))), "2024-01-15T10:30:00Z"),
        (datetime(2024, 1, 15, 10, 30, 0, 999, tzinfo=UTC), "2024-01-15T10:30:00Z"),
    ],
)
def test_times_are_utc_with_z(moment: datetime, text: str) -> None:
    assert text == wire.utc_text(moment)


@pytest.mark.parametrize("text", ["2024-01-15T10:30:00", "2024-01-15 10:30:00.000000"])
def test_text_without_a_zone_is_utc(text: str) -> None:
    """What `str(datetime.utcnow())` and its kin write; a product is worth more than the fault."""
    note = wire.check(wire.OutcomeNote, {"outcome": "found", "scraped_at": text})

    assert datetime(2024, 1, 15, 10, 30, tzinfo=UTC) == note.scraped_at


def test_a_time_of_our_own_without_a_zone_is_refused() -> None:
    with pytest.raises(Faults, match="without its zone"):
        wire.check(wire.OutcomeNote, {"outcome": "found", "scraped_at": datetime(2024, 1, 15)})


def test_a_mark_before_the_text_is_passed_over() -> None:
    """Windows PowerShell writes one into every file."""
    assert "drain" == wire.read(wire.Release, b'\xef\xbb\xbf{"reason": "drain"}').reason


@pytest.mark.parametrize(
    "written", [JOB.upper(), "{" + JOB + "}", JOB.replace("-", ""), f"urn:uuid:{JOB}", f" {JOB}\n"]
)
def test_a_jobs_id_is_known_however_it_is_written(written: str) -> None:
    assert JOB == wire.check(wire.Callback, {"job_id": written, "status": "running"}).job_id


@pytest.mark.parametrize("data", [None, {"SKU-001": None}, {"SKU-001": {"amazon": None}}])
def test_null_is_nothing_found(data: object) -> None:
    results = wire.check(wire.Results, {"data": data})

    assert [] == [item for scrapers in results.data.values() for item in scrapers.values()]


def test_a_runner_was_registered_at_a_whole_second() -> None:
    """As the contract shows it: `strptime(…, "%Y-%m-%dT%H:%M:%SZ")` reads nothing else."""
    runner = wire.RunnerWire(
        name="garage-pi", status="online", registered_at=datetime(2024, 1, 15, 10, 30, 0, 250_000, tzinfo=UTC)
    )

    assert "2024-01-15T10:30:00Z" == runner.as_json()["registered_at"]


def test_values_cannot_be_changed() -> None:
    body = wire.Release(reason="drain")

    with pytest.raises(ValueError, match="frozen"):
        body.reason = "x"  # type: ignore[misc]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_body_or_faults(raw: bytes) -> None:
    with suppress(Faults):
        wire.read(wire.Callback, raw)


NOTES = st.builds(
    wire.OutcomeNote,
    outcome=st.sampled_from(["found", "not_found", "blocked"]),
    detail=st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.integers(-(2**53), 2**53)),
    scraped_at=st.none()
    | st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)).map(
        lambda m: m.replace(microsecond=m.microsecond // 1000 * 1000)
    ),
)


@given(st.dictionaries(st.text(), st.dictionaries(st.text(), NOTES, max_size=2), max_size=3))
def test_what_was_written_reads_back(outcomes: Any) -> None:
    results = wire.Results(skus_processed=len(outcomes), outcomes=outcomes)

    assert results == wire.read(wire.Results, results.as_bytes())
