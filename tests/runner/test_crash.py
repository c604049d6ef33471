"""Last words, when nothing else works any more."""

from __future__ import annotations

import pytest

from scraper_backend.core.signing import sign
from scraper_backend.runner.crash import Report, last_words
from tests.fake_coordinator import DROP, JOB, KEY, FakeCoordinator, Reply, coordinator


def _report(
    url: str, *, key: str | None = KEY, secret: str | None = "s3cret", message: str = "died"
) -> Report:
    return Report(url, JOB, message, "garage-pi", key, secret)


@pytest.fixture(autouse=True)
def _job(office: FakeCoordinator) -> None:
    office.jobs[JOB] = {}


def test_they_are_signed_over_the_very_bytes(office: FakeCoordinator) -> None:
    assert last_words(_report(office.url, message="naïve “quotes”, tab\t, half \ud800"))

    seen = office.seen[0]
    assert sign(seen.body, "s3cret") == seen.headers["x-webhook-signature"]
    assert "naïve “quotes”, tab\t, half ?" == seen.json["error_message"]


@pytest.mark.parametrize("status", [401, 403])
def test_where_the_signature_is_refused_the_key_speaks(office: FakeCoordinator, status: int) -> None:
    office.next_answers(Reply(status, {"error": "no"}))

    assert last_words(_report(office.url))

    assert ["x-webhook-signature" in seen.headers for seen in office.seen] == [True, False]
    assert KEY == office.seen[1].headers["x-api-key"]


def test_they_are_repeated_until_they_are_heard(office: FakeCoordinator) -> None:
    office.next_answers(DROP, Reply(503), Reply(429))

    assert last_words(_report(office.url), sleep=lambda _: None)

    assert 4 == len(office.seen)


def test_they_never_follow_a_redirect(office: FakeCoordinator) -> None:
    with coordinator() as elsewhere:
        office.handler = lambda _: Reply(307, headers={"Location": elsewhere.url + "/x"})

        assert not last_words(_report(office.url))
        assert [] == elsewhere.seen


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "file:///etc/passwd", "http://"])
def test_they_never_end_in_an_exception(url: str) -> None:
    assert not last_words(_report(url), patience=0.2)


def test_they_give_up_after_their_patience(office: FakeCoordinator) -> None:
    office.handler = lambda _: Reply(503)

    assert not last_words(_report(office.url), patience=0.3)


def test_a_report_never_shows_its_proofs() -> None:
    assert "s3cret" not in repr(_report("http://x")) + str(_report("http://x"))
    assert KEY not in repr(_report("http://x"))
