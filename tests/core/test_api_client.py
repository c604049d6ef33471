"""The client against a coordinator that only knows the contract, and does not always behave."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from scraper_backend import __version__
from scraper_backend.core import errors, wire
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.retry import ONCE, Retry
from tests.fake_coordinator import DROP, JOB, KEY, FakeCoordinator, Reply, coordinator

SCRAPER = {
    "name": "amazon", "disabled": False, "base_url": "https://amazon.com",
    "search_url_template": "/s?k={sku}", "selectors": {}, "options": {},
}  # fmt: skip
CONFIG = {
    "job_id": JOB,
    "skus": ["SKU-001", "SKU-002"],
    "scrapers": [SCRAPER],
    "test_mode": False,
    "max_workers": 3,
}
HTML = Reply(200, b"<html>502 from a proxy that says 200</html>", {"Content-Type": "text/html"})


# ── The contract ───────────────────────────────────────────────────────────────────────────────────


def test_the_contracts_own_example_works(office: FakeCoordinator) -> None:
    """`{...}` stands in it for an object, and Python reads that as a set."""
    office.jobs["job-uuid"] = {**CONFIG, "job_id": "job-uuid"}
    client = ScraperAPIClient(api_url=office.url, api_key=KEY, runner_name="my-runner")

    config = client.get_job_config("job-uuid")
    client.submit_results(
        job_id="job-uuid", status="completed", results={"skus_processed": 10, "data": {...}}
    )

    assert ["SKU-001", "SKU-002"] == config.skus
    assert office.callbacks() == [
        {
            "job_id": "job-uuid", "status": "completed", "runner_name": "my-runner",
            "results": {"skus_processed": 10, "data": {}},
        }
    ]  # fmt: skip


def test_a_job_is_typed_values(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = CONFIG

    config = client.get_job_config(JOB)

    assert (3, False) == (config.max_workers, config.test_mode)
    assert "/s?k={sku}" == config.scrapers[0].search_url_template


def test_a_program_may_read_an_answer_as_the_json_it_was(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.jobs[JOB] = {**CONFIG, "scrapers": [{**SCRAPER, "their_own": 7}]}

    config = client.get_job_config(JOB)

    assert ["SKU-001", "SKU-002"] == config["skus"] == config.get("skus")
    assert (SCRAPER["name"], 7) == (config["scrapers"][0]["name"], config["scrapers"][0]["their_own"])
    assert ("max_workers" in config, "nothing" in config, config.get("nothing", 3)) == (True, False, 3)
    with pytest.raises(KeyError):
        config["nothing"]


def test_every_request_carries_the_key_and_who_we_are(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    client.health_check()

    headers = office.seen[0].headers
    assert KEY == headers["x-api-key"]
    assert headers["user-agent"].startswith(f"baystate-scraper/{__version__} ")


def test_a_failed_job_says_why(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = CONFIG

    client.update_status(JOB, "failed", error_message="out of paper", runner_name="garage-pi")

    told = {"job_id": JOB, "status": "failed", "runner_name": "garage-pi", "error_message": "out of paper"}
    assert [told] == office.callbacks()


@pytest.mark.parametrize(("status", "words"), [("done", "write one of running"), ("failed", "error_message")])
def test_a_report_that_means_nothing_is_not_sent(
    office: FakeCoordinator, client: ScraperAPIClient, status: str, words: str
) -> None:
    with pytest.raises(errors.UsageError, match=words):
        client.update_status(JOB, status)

    assert [] == office.seen


def test_a_runner_introduces_itself_with_its_machine(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    answer = client.register_runner()

    assert "office-mac" == answer.runner.name
    assert datetime(2024, 1, 15, 10, 30, tzinfo=UTC) == answer.runner.registered_at
    assert {"platform", "python_version", "hostname"} == office.seen[0].json["metadata"].keys()


def test_health_tells_each_check(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    health = client.health_check()

    assert [("Runner Auth", "ok")] == [(check.name, check.status) for check in health.checks]


def test_in_other_peoples_programs_it_speaks_to_logging_and_never_prints() -> None:
    """A script prints its results; what the client has to say must not stand between them."""
    script = (
        "from scraper_backend.core.api_client import ScraperAPIClient;"
        "ScraperAPIClient('http://office.example', 'bsr_x'); print('mine')"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "mine\n" == done.stdout
    assert done.stderr.startswith("event=client.plain_http ")


def test_who_waits_long_says_for_what(office: FakeCoordinator) -> None:
    """A hiccup is no news; a person who sees nothing for a second wants to know why."""
    office.next_answers(*[Reply(503, {"error": "a moment"})] * 3)
    patience = Retry(base=1.5, chance=lambda: 1.0, sleep=lambda _: None)

    with capture_logs() as events:
        ScraperAPIClient(office.url, KEY, "pi", retry=patience).health_check()

    told = [(event["log_level"], event["seconds"]) for event in events if event["event"] == "client.waits"]
    assert [("info", 1.5), ("warning", 3.0), ("warning", 6.0)] == told


def test_the_client_keeps_its_connection(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    ports: set[int] = set()
    inside = office._server.get_request

    def counted() -> Any:
        request, address = inside()
        ports.add(address[1])
        return request, address

    office._server.get_request = counted  # type: ignore[method-assign]

    for _ in range(5):
        client.health_check()

    assert 1 == len(ports)


def test_threads_may_share_it(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = CONFIG
    threads = [threading.Thread(target=client.get_job_config, args=(JOB,)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(office.seen)


# ── Settings ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_told_all_at_once() -> None:
    with pytest.raises(errors.Faults) as caught:
        ScraperAPIClient(environment={})

    told = str(caught.value)
    assert "SCRAPER_API_URL  is not set; set it, or pass api_url=" in told
    assert "SCRAPER_API_KEY  is not set; set it, or pass api_key=" in told


def test_settings_come_from_the_environment_and_secrets_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("bsr_from_a_file\n")
    environment = {
        "SCRAPER_API_URL": "https://app.example/", "SCRAPER_API_KEY_FILE": str(secret), "RUNNER_NAME": "pi",
    }  # fmt: skip

    client = ScraperAPIClient(environment=environment)

    assert ("https://app.example", "pi") == (client.api_url, client.runner_name)
    assert "bsr_" not in repr(client)


def test_without_a_name_the_runner_is_called_like_its_host() -> None:
    import platform

    client = ScraperAPIClient("https://app.example", "bsr_k", environment={})

    assert platform.node() == client.runner_name


@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        ("app.example", "bsr_k", "write an address such as https://"),
        ("ftp://app.example", "bsr_k", "write an address such as https://"),
        ("https://me:secret@app.example", "bsr_k", "has a password"),
        ("https://app.example", "bsr_a bsr_b", "has spaces"),
        ("https://app.example", "bsr_schlüssel", "has spaces or characters no key has"),
    ],
)
def test_an_address_or_key_that_cannot_work_is_refused(url: str, key: str, words: str) -> None:
    with pytest.raises(errors.Faults, match=words):
        ScraperAPIClient(url, key)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("bsr_a")

    with pytest.raises(errors.Faults, match="both set"):
        ScraperAPIClient(
            "https://app.example",
            environment={"SCRAPER_API_KEY": "bsr_b", "SCRAPER_API_KEY_FILE": str(secret)},
        )


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest), (401, errors.KeyRefused), (403, errors.Forbidden),
        (404, errors.NoSuchJob), (405, errors.BadRequest), (409, errors.BadRequest),
        (413, errors.BadRequest), (422, errors.BadRequest),
    ],
)  # fmt: skip
def test_each_refusal_is_one_exception_with_the_coordinators_words(
    office: FakeCoordinator, client: ScraperAPIClient, status: int, kind: type[Exception]
) -> None:
    office.next_answers(Reply(status, {"error": "because of the moon"}))

    with pytest.raises(kind, match="because of the moon"):
        client.get_job_config(JOB)

    assert 1 == len(office.seen), "a refusal is never repeated"


def test_a_404_that_is_a_web_page_hints_at_a_wrong_address(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.next_answers(Reply(404, b"<h1>Not here</h1>", {"Content-Type": "text/html"}))

    with pytest.raises(errors.NoSuchJob, match=r"text/html.*SCRAPER_API_URL"):
        client.get_job_config(JOB)


# ── Trying again ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        DROP, Reply(500, {"error": "oops"}), Reply(502, b"bad gateway"), Reply(503, {"error": "busy"}),
        Reply(429, {"error": "slowly"}), Reply(408, {"error": "too slow"}), HTML, Reply(200, b""),
        Reply(200, {"a": "long enough answer"}, cut_after=5), Reply(200, {"fault": "of a proxy"}),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(
    office: FakeCoordinator, client: ScraperAPIClient, naps: list[float], fault: Any
) -> None:
    office.jobs[JOB] = CONFIG
    office.next_answers(fault, fault)

    config = client.get_job_config(JOB)

    assert JOB == config.job_id
    assert (3, 2) == (len(office.seen), len(naps))


def test_a_slow_answer_is_tried_again(office: FakeCoordinator) -> None:
    office.jobs[JOB] = CONFIG
    office.next_answers(Reply(200, CONFIG, wait_s=1.0))
    client = ScraperAPIClient(office.url, KEY, timeout=0.2, retry=Retry(sleep=lambda _: None))

    assert JOB == client.get_job_config(JOB).job_id


def test_a_coordinator_that_stays_away_is_unreachable(naps: list[float]) -> None:
    with coordinator() as gone:
        pass
    client = ScraperAPIClient(gone.url, KEY, retry=Retry(sleep=naps.append))

    with pytest.raises(errors.Unreachable, match=r"cannot reach the coordinator at .* \(tried 7 times\)"):
        client.health_check()

    assert 6 == len(naps)


def test_the_pauses_are_full_jitter(office: FakeCoordinator) -> None:
    """From the first one on: hundreds of runners that lost one coordinator must not return together."""
    naps: list[float] = []
    office.next_answers(*[Reply(500)] * 5)
    retry = Retry(sleep=naps.append, chance=lambda: 0.5)

    ScraperAPIClient(office.url, KEY, retry=retry).health_check()

    assert [0.25, 0.5, 1.0, 2.0, 4.0] == naps


def test_retry_after_in_seconds_is_a_floor(
    office: FakeCoordinator, client: ScraperAPIClient, naps: list[float]
) -> None:
    office.next_answers(Reply(429, {"error": "slowly"}, {"Retry-After": "7"}))

    client.health_check()

    assert 7.0 <= naps[0] <= 7.5


def test_retry_after_as_a_date_goes_by_the_coordinators_clock(
    office: FakeCoordinator, client: ScraperAPIClient, naps: list[float]
) -> None:
    """Our own clock may be years off."""
    theirs = datetime(2001, 1, 1, tzinfo=UTC)
    headers = {"Date": format_datetime(theirs), "Retry-After": format_datetime(theirs + timedelta(seconds=9))}
    office.handler = lambda seen: Reply(503, {"error": "x"}, headers) if len(office.seen) == 1 else None

    client.health_check()

    assert 8.0 <= naps[0] <= 9.5


def test_who_is_asked_to_stay_away_for_long_says_so_at_once(
    office: FakeCoordinator, client: ScraperAPIClient, naps: list[float]
) -> None:
    office.next_answers(Reply(503, {"error": "back tomorrow"}, {"Retry-After": "86400"}))

    with pytest.raises(errors.Unreachable, match="back tomorrow") as caught:
        client.health_check()

    assert ([], 86400.0) == (naps, caught.value.retry_after)


# ── Redirects ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_never_follows_a_redirect_to_another_place(office: FakeCoordinator, status: int) -> None:
    with coordinator() as thief:
        office.next_answers(Reply(status, headers={"Location": f"{thief.url}/api/scraper/v1/job"}))
        client = ScraperAPIClient(office.url, KEY)

        with pytest.raises(errors.UnsafeRedirect, match="set SCRAPER_API_URL"):
            client.get_job_config(JOB)

        assert [] == thief.seen


@pytest.mark.parametrize(
    ("here", "location"),
    [
        ("https://app.example/x", "http://app.example/x"),
        ("https://app.example/x", "https://app.example.evil/x"),
        ("https://app.example/x", "//evil.example/x"),
        ("https://app.example/x", "https://app.example@evil.example/x"),
        ("https://app.example/x", "https://app.example:8443/x"),
        ("http://app.example/x", "http://app.example:8000/x"),
        ("https://app.example/x", "https://app.example:99999/x"),
    ],
)
def test_an_unsafe_redirect_is_refused(here: str, location: str) -> None:
    from scraper_backend.core.connection import safe_redirect

    with pytest.raises(errors.UnsafeRedirect):
        safe_redirect(here, location)


@pytest.mark.parametrize(
    ("here", "location", "there"),
    [
        ("https://app.example/x", "/y", "https://app.example/y"),
        ("https://app.example/x", "https://app.example:443/x/", "https://app.example:443/x/"),
        ("https://app.example/x", "https://APP.example/x/", "https://APP.example/x/"),
        ("http://app.example/x", "https://app.example/x", "https://app.example/x"),
    ],
)
def test_a_redirect_within_the_same_host_is_followed(here: str, location: str, there: str) -> None:
    from scraper_backend.core.connection import safe_redirect

    assert there == safe_redirect(here, location)


@pytest.mark.parametrize("status", [307, 308])
def test_a_followed_redirect_keeps_method_and_body(
    office: FakeCoordinator, client: ScraperAPIClient, status: int
) -> None:
    office.jobs[JOB] = CONFIG
    office.next_answers(Reply(status, headers={"Location": "/api/admin/scraping/callback"}))

    client.update_status(JOB, "running")

    assert ["POST", "POST"] == [seen.method for seen in office.seen]
    assert office.seen[0].body == office.seen[1].body


def test_a_circle_of_redirects_ends(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.handler = lambda seen: Reply(307, headers={"Location": seen.path})

    with pytest.raises(errors.UnsafeRedirect, match="in circles"):
        client.health_check()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[FakeCoordinator, Path]]:
    """A coordinator behind TLS, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with coordinator(context) as fake:
        yield fake, tmp_path / "ca.pem"


def test_a_certificate_nobody_vouches_for_is_told_at_once(secure: tuple[FakeCoordinator, Path]) -> None:
    office, _ = secure
    naps: list[float] = []

    with pytest.raises(errors.Unreachable, match=r"not trusted.*SSL_CERT_FILE"):
        ScraperAPIClient(office.url, KEY, retry=Retry(sleep=naps.append)).health_check()

    assert ([], []) == (naps, office.seen)


def test_an_authority_of_ones_own_is_trusted_and_a_step_down_from_tls_is_not(
    secure: tuple[FakeCoordinator, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, authority = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    client = ScraperAPIClient(office.url, KEY)
    assert client.health_check().checks

    with coordinator() as plain_http:
        office.next_answers(Reply(307, headers={"Location": plain_http.url + "/x"}))
        with pytest.raises(errors.UnsafeRedirect):
            client.health_check()

        assert [] == plain_http.seen


# ── What is sent ───────────────────────────────────────────────────────────────────────────────────


def test_decimals_and_times_travel_as_the_contract_has_them(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.jobs[JOB] = CONFIG
    noon = datetime(2024, 1, 15, 12, 30, tzinfo=UTC) + timedelta(hours=0)
    product = {"price": Decimal("29.99"), "title": "Premium Dog Food — 5 kg", "scraped_at": noon}

    client.submit_results(JOB, "completed", {"data": {"SKU-001": {"amazon": product}}})

    raw = office.seen[0].body
    assert b'"price":29.99,' in raw
    assert "2024-01-15T12:30:00Z" == json.loads(raw)["results"]["data"]["SKU-001"]["amazon"]["scraped_at"]


def test_typed_results_travel_too(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = CONFIG
    product = wire.ProductData.model_validate({"price": 2.5, "title": "Ball", "brand": "Kong"})
    results = wire.Results(skus_processed=1, data={"1": {"amazon": product}})

    client.submit_results(JOB, "completed", results)

    sent = office.callbacks()[0]["results"]
    assert {"price": 2.5, "title": "Ball", "brand": "Kong"} == sent["data"]["1"]["amazon"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "is not a finite number"), (float("inf"), "is not a finite number"),
        (Decimal("NaN"), "is not a finite number"), ("\ud800", "lone surrogate"),
        (datetime(2024, 1, 15), "without its zone"), (b"x", "JSON cannot carry"),
        ({1: "x"}, "write every key as text"), (2**70, "too large to be exact"),
    ],
)  # fmt: skip
def test_what_json_cannot_carry_is_refused_with_its_path_before_sending(
    office: FakeCoordinator, client: ScraperAPIClient, value: Any, words: str
) -> None:
    product = {"title": "Ball", "price": value}

    with pytest.raises(errors.Faults, match=words) as caught:
        client.submit_results(JOB, "completed", {"data": {"SKU-1": {"amazon": product}}})

    assert ["data.SKU-1.amazon.price"] == [problem.path for problem in caught.value.problems]
    assert [] == office.seen


def test_every_fault_is_told(client: ScraperAPIClient) -> None:
    data = {"A": {"x": {"price": float("nan")}}, "B": {"x": {"title": "\udfff", "weight": Decimal("inf")}}}

    with pytest.raises(errors.Faults) as caught:
        client.submit_results(JOB, "completed", {"data": data})

    paths = [problem.path for problem in caught.value.problems]
    assert ["data.A.x.price", "data.B.x.title", "data.B.x.weight"] == paths


def test_results_of_another_shape_are_refused(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    with pytest.raises(errors.Faults, match=r"data\.SKU-1\.amazon"):
        client.submit_results(JOB, "completed", {"data": {"SKU-1": {"amazon": 29.99}}})

    assert [] == office.seen


def test_a_large_result_set_is_sent_in_parts(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = CONFIG
    data = {f"SKU-{n}": {"amazon": {"title": "x" * 100_000}} for n in range(150)}

    client.submit_results(JOB, "completed", {"skus_processed": 150, "scrapers_run": ["amazon"], "data": data})

    sent = office.callbacks()
    assert ["running", "running", "completed"] == [body["status"] for body in sent]
    assert all(len(seen.body) <= wire.MAX_PART for seen in office.seen)
    together = {sku: product for body in sent for sku, product in body["results"]["data"].items()}
    assert data == together
    assert [None, None, 150] == [body["results"].get("skus_processed") for body in sent]


def test_the_parts_of_a_failed_run_say_why_only_once(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.jobs[JOB] = CONFIG
    data = {f"SKU-{n}": {"amazon": {"title": "x" * 100_000}} for n in range(70)}

    client.submit_results(JOB, "failed", {"data": data}, error_message="out of memory")

    told = [(body["status"], body.get("error_message")) for body in office.callbacks()]
    assert [("running", None), ("failed", "out of memory")] == told


# ── Coordinators that others wrote ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        {**CONFIG, "brand_new": {"x": 1}},
        {"job_id": JOB, "skus": ["SKU-001", "SKU-002"], "scrapers": [SCRAPER]},
        {**CONFIG, "test_mode": None, "max_workers": None},
        {**CONFIG, "max_workers": "3"},
        {**CONFIG, "max_workers": 0},
        {**CONFIG, "scrapers": [{**SCRAPER, "disabled": None, "selectors": None, "options": None}]},
        {**CONFIG, "scrapers": [{**SCRAPER, "selectors": [], "options": []}]},
        {**CONFIG, "scrapers": [{**SCRAPER, "selectors": [{"name": "price", "selector": ".p"}]}]},
        {key: value for key, value in CONFIG.items() if key != "job_id"},
    ],
)
def test_an_unusual_job_is_understood(
    office: FakeCoordinator, client: ScraperAPIClient, answer: dict[str, Any]
) -> None:
    office.jobs[JOB] = answer

    config = client.get_job_config(JOB)

    assert (JOB, ["SKU-001", "SKU-002"]) == (config.job_id, config.skus)
    assert config.max_workers >= 1
    assert config.scrapers[0].disabled is False


def test_skus_are_text_even_where_somebody_sent_numbers(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.jobs[JOB] = {**CONFIG, "skus": [12345, "00123"]}

    assert ["12345", "00123"] == client.get_job_config(JOB).skus


def test_a_job_that_cannot_be_run_names_the_fault(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.jobs[JOB] = {**CONFIG, "scrapers": [{**SCRAPER, "name": None}], "skus": [{"sku": 1}]}

    with pytest.raises(errors.Faults) as caught:
        client.get_job_config(JOB)

    assert {"scrapers.0.name", "skus.0"} == {problem.path for problem in caught.value.problems}


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, {}), Reply(200, {"success": True}), Reply(204, b""), Reply(201, {"received": True}),
        Reply(200, {"success": True, "status": "ok", "stored": "many"}), Reply(202, {"status": "running"}),
        Reply(202, b""), Reply(200, b"OK\n"), Reply(200, b"true"), Reply(200, b"[]"), Reply(200, b'"ok"'),
        Reply(200, {"success": True, "error": "none"}), Reply(200, {"error": None}),
    ],
)  # fmt: skip
def test_any_acknowledgement_is_one(office: FakeCoordinator, client: ScraperAPIClient, answer: Reply) -> None:
    office.next_answers(answer)

    told = client.update_status(JOB, "running")

    assert (True, "running") == (told.applied, told.status)
    assert 1 == len(office.seen)


def test_our_own_coordinators_answer_is_kept_whole(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    whole = {
        "success": True, "applied": False, "status": "cancelled", "stored": 2, "duplicates": 1,
        "ignored": [{"sku": "X", "scraper": "amazon", "reason": "not of this job"}], "message": "too late",
    }  # fmt: skip
    office.next_answers(Reply(200, whole))

    told = client.update_status(JOB, "completed")

    assert (False, "cancelled", 2, "X") == (told.applied, told.status, told.stored, told.ignored[0].sku)


@pytest.mark.parametrize("answer", [{"success": False, "error": "no such luck"}, {"error": "no such luck"}])
def test_a_refusal_is_one_under_whatever_status(
    office: FakeCoordinator, client: ScraperAPIClient, answer: dict[str, Any]
) -> None:
    office.next_answers(Reply(200, answer))

    with pytest.raises(errors.BadRequest, match="no such luck"):
        client.update_status(JOB, "completed")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "no such luck", "code": 3}}, "^no such luck$"),
        ({"errors": [{"message": "first"}, {"message": "second"}]}, "^first; second$"),
        ({"detail": [{"loc": ["body", "job_id"], "msg": "field required"}]}, "^body.job_id: field required$"),
        ({"code": 7}, '^{"code":7}$'),
    ],
)
def test_the_words_of_every_framework_are_found(
    office: FakeCoordinator, client: ScraperAPIClient, body: dict[str, Any], words: str
) -> None:
    office.next_answers(Reply(400, body))

    with pytest.raises(errors.BadRequest, match=words):
        client.get_job_config(JOB)


def test_a_job_that_is_gone_is_no_job(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.next_answers(Reply(410, {"error": "deleted last week"}))

    with pytest.raises(errors.NoSuchJob, match="last week"):
        client.get_job_config(JOB)


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("", "utf-8-sig"), ("; charset=iso-8859-1", "latin-1"), ("; charset=utf-16", "utf-16")],
)
def test_an_answer_in_another_encoding_is_read(
    office: FakeCoordinator, client: ScraperAPIClient, charset: str, encoding: str
) -> None:
    body = json.dumps({**CONFIG, "skus": ["möwe"]}, ensure_ascii=False).encode(encoding)
    office.next_answers(Reply(200, body, {"Content-Type": f"application/json{charset}"}))

    assert ["möwe"] == client.get_job_config(JOB).skus


def test_a_proxy_that_takes_less_than_its_coordinator_gets_smaller_parts(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    """nginx takes a megabyte, and answers 413 with a page of its own."""
    office.jobs[JOB] = CONFIG
    data = {f"SKU-{n}": {"amazon": {"price": n, "text": "x" * 100_000}} for n in range(20)}
    office.handler = lambda seen: Reply(413, b"<html>") if len(seen.body) > 1_000_000 else None

    client.submit_results(JOB, "completed", {"data": data})

    arrived = [body for body in office.callbacks() if body["results"]["data"].keys() < data.keys()]
    assert data.keys() == {sku for body in arrived for sku in body["results"]["data"]}
    assert ["running", "completed"] == sorted({body["status"] for body in arrived}, reverse=True)


def test_a_single_result_that_is_too_large_is_refused_in_the_end(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    office.next_answers(*[Reply(413, b"<html>")] * 9)

    with pytest.raises(errors.BadRequest, match="Too Large"):
        client.submit_results(JOB, "completed", {"data": {"SKU-1": {"amazon": {"price": 1}}}})


def test_a_check_of_unknown_state_is_a_warning(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.next_answers(Reply(200, {"checks": [{"name": "GitHub App", "status": "degraded"}]}))

    assert [
        wire.Check(name="GitHub App", status="warning", message="degraded")
    ] == client.health_check().checks


# ── The fleet ──────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_reads_tasks_and_their_configurations(
    office: FakeCoordinator, client: ScraperAPIClient
) -> None:
    task = {"id": 7, "job_id": JOB, "sku": "1", "scraper": "amazon", "attempt": 1, "config_rev": "r1"}
    office.next_answers(
        Reply(
            200,
            {
                "lease": {"id": "L1", "ttl_ms": 90000, "heartbeat_ms": 22000}, "tasks": [task],
                "configs": {"r1": SCRAPER}, "directives": {"drain": True, "from_the_future": 1},
            },
        )
    )  # fmt: skip

    answer = client.claim("claim-key-1", 5, labels=["garage"])

    assert answer.lease is not None
    assert ("L1", [7], True) == (answer.lease.id, [t.id for t in answer.tasks], answer.directives.drain)
    assert "office-mac" == office.seen[0].json["runner_name"]


def test_a_lost_lease_is_its_own_exception(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.next_answers(Reply(410, {"error": "lease lost"}))

    with pytest.raises(errors.LeaseLost, match="lease lost"):
        client.heartbeat("L1", wire.Heartbeat(in_progress=[7]))


def test_a_verdict_nobody_knows_is_left_as_it_is(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    """P7: an unknown answer means keep and retry."""
    office.next_answers(Reply(200, {"items": ["accepted", "parked", {"invalid": "too blue"}]}))

    answer = client.send_results([{"sku": "1"}, {"sku": "2"}, {"sku": "3"}])

    assert ["accepted", "parked", wire.Invalid(invalid="too blue")] == answer.items


def test_a_large_batch_is_packed(office: FakeCoordinator, client: ScraperAPIClient) -> None:
    office.next_answers(Reply(200, {"items": ["accepted"]}))

    client.send_results([{"sku": "1", "data": {"title": "x" * 100_000}}])

    assert "gzip" == office.seen[0].headers["content-encoding"]
    assert 100_000 == len(office.seen[0].json["items"][0]["data"]["title"])


# ── Properties ─────────────────────────────────────────────────────────────────────────────────────

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
PRODUCTS = st.dictionaries(
    st.text(),
    st.dictionaries(st.text(), st.dictionaries(st.text(), JSON, max_size=3), max_size=2),
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(products=PRODUCTS)
def test_what_arrives_is_what_was_sent(
    office: FakeCoordinator, client: ScraperAPIClient, products: dict[str, Any]
) -> None:
    office.jobs[JOB] = CONFIG
    office.seen.clear()

    client.submit_results(JOB, "completed", {"data": products})

    assert products == office.callbacks()[0]["results"]["data"]


@pytest.fixture
def hasty(office: FakeCoordinator) -> Iterator[ScraperAPIClient]:
    """A client with one try a call."""
    with ScraperAPIClient(office.url, KEY, retry=ONCE) as line:
        yield line


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(status=st.integers(200, 599), body=st.binary(max_size=40) | JSON.map(lambda v: json.dumps(v).encode()))
def test_whatever_comes_back_is_a_value_or_one_of_our_exceptions(
    office: FakeCoordinator, hasty: ScraperAPIClient, status: int, body: bytes
) -> None:
    body = b"" if status in (204, 205, 304) else body
    office.next_answers(Reply(status, body), Reply(status, body), Reply(status, body))

    for call in (
        hasty.health_check,
        lambda: hasty.get_job_config(JOB),
        lambda: hasty.update_status(JOB, "running"),
    ):
        with suppress(errors.BackendError):
            call()
