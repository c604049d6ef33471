"""A job from the command line to the export, through a real server, a real runner and a real shop."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from scraper_backend.practice import catalogue
from scraper_backend.practice.catalogue import DEMO_SKUS
from tests.journeys.house import House, Office, Shop, until

SCRAPERS = ("--scraper", "practice-pets", "--scraper", "practice-garden")


def _job(house: House, office: Office, material: Path, *more: str) -> str:
    """Scrapers, a key for our runner and a job of the demo's SKUs; the job's id."""
    house.told("scraper", "import", material / "practice-pets.yaml", material / "practice-garden.yaml")
    key = house.told("key", "create", f"garage-{time.monotonic_ns()}")["api_key"]
    house.extra |= {"SCRAPER_API_URL": office.url, "SCRAPER_API_KEY": key}
    made = house.told(
        "job", "create", "--sku-file", material / "skus.txt", *SCRAPERS, "--max-workers", "4", *more
    )
    return cast("str", made["job_id"])


def _wrong(lines: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """The outcomes and prices that are not what the shop says."""
    truths = {(line["sku"], line["scraper"]): line for line in lines}
    return [
        (sku, scraper, line["outcome"])
        for (sku, scraper), line in truths.items()
        for truth in [catalogue.truth("pets" if scraper.endswith("pets") else "garden", sku)]
        if line["outcome"] not in truth.outcomes
        or (line["outcome"] == "found" and line["data"].get("price") != (truth.price and float(truth.price)))
    ]


def _call(office: Office, key: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """A client that knows the contract and nothing else."""
    request = Request(office.url + path, method=method, headers={"X-API-Key": key})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_from_skus_to_products(
    database: str, tmp_path: Path, shop: Shop, material: Path, request: pytest.FixtureRequest
) -> None:
    """The main job of the whole product, on each database."""
    url = request.getfixturevalue("sqlite_url" if database == "sqlite" else "empty_postgres_url")
    house = House(tmp_path, url)
    if database == "postgres":
        refused = house.bsr("serve", "--port", "0")
        assert (2, True) == (refused.returncode, "bsr db migrate" in refused.stderr)
        house.told("db", "migrate")
    with house.serving() as office:
        job = _job(house, office, material)

        ran = house.bsr("runner", "run", "--job-id", job)
        watched = house.bsr("job", "watch", job)
        shown = house.told("job", "show", job)
        lines = house.lines("job", "export", job)
        sheet = house.bsr("job", "export", job, "--format", "csv").stdout

    assert 3 == ran.returncode, ran.stderr  # the captcha and robots.txt are worth a look
    assert 3 == watched.returncode
    assert "completed" == shown["status"]
    assert {"total": 80, "open": 0, "blocked": 2, "failed": 0} == {
        kind: shown["counts"][kind] for kind in ("total", "open", "blocked", "failed")
    }
    assert 80 == len(lines)
    assert [] == _wrong(lines)
    assert {"sku", "scraper", "outcome", "data", "detail", "scraped_at"} == set(lines[0])
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"), newline="")))
    assert 80 == len(rows)
    assert [("007310", "9.0")] == [
        (row["sku"], row["price"])
        for row in rows
        if (row["sku"], row["scraper"]) == ("007310", "practice-pets")
    ]


def test_a_client_that_knows_the_contract_alone(house: House, material: Path) -> None:
    with house.serving() as office:
        job = _job(house, office, material)
        key = house.extra["SCRAPER_API_KEY"]
        config = _call(office, key, "GET", f"/api/scraper/v1/job?job_id={job}")
        data = {sku: {"practice-pets": {"price": 1.5, "title": f"T {sku}"}} for sku in config["skus"][:3]}
        for report in (
            {"status": "running"},
            {"status": "completed", "results": {"skus_processed": 3, "data": data}},
        ):
            _call(office, key, "POST", "/api/admin/scraping/callback", {"job_id": job, **report})
        shown, lines = house.told("job", "show", job), house.lines("job", "export", job, "--outcome", "found")

    assert list(DEMO_SKUS) == config["skus"]
    assert ("completed", 3) == (shown["status"], shown["counts"]["found"])
    assert {sku: f"T {sku}" for sku in config["skus"][:3]} == {
        line["sku"]: line["data"]["title"] for line in lines
    }


def test_a_runner_that_was_killed_goes_on_where_it_was(house: House, shop: Shop, material: Path) -> None:
    with house.serving() as office:
        job = _job(house, office, material)
        first = house.start("scraper_backend.cli", "runner", "run", "--job-id", job)
        until(lambda: len(shop.visits("pets")) > 15)
        first.kill()
        first.wait(10)
        before = len(shop.visits("pets")) + len(shop.visits("garden"))

        again = house.bsr("runner", "run", "--job-id", job)
        lines = house.lines("job", "export", job)

    assert 3 == again.returncode, again.stderr
    assert (80, []) == (len(lines), _wrong(lines))
    assert "already here" in again.stderr
    assert before < len(shop.visits("pets")) + len(shop.visits("garden")) < 160


def test_what_could_not_be_told_is_delivered_later(house: House, shop: Shop, material: Path) -> None:
    with house.serving() as office:
        job = _job(house, office, material)
        port = office.port
        runner = house.start("scraper_backend.cli", "runner", "run", "--job-id", job)
        until(lambda: len(shop.visits("pets")) > 15)
        office.process.kill()
        runner.send_signal(signal.SIGTERM)
        assert 75 == runner.wait(60)

    checked = house.bsr("runner", "check")
    with house.serving(port):
        delivered = house.told("runner", "deliver")
        lines = house.lines("job", "export", job)

    assert "bsr runner deliver" in checked.stdout
    assert [job] == [one["job_id"] for one in delivered]
    assert (
        5
        < delivered[0]["outcomes"]
        == len([line for line in lines if "provenance" in line["detail"] or line["outcome"] != "failed"])
    )


def test_a_coordinator_that_is_away_for_a_moment_is_waited_for(
    house: House, shop: Shop, material: Path
) -> None:
    with house.serving() as office:
        job = _job(house, office, material)
        port = office.port
        runner = house.start("scraper_backend.cli", "runner", "run", "--job-id", job)
        until(lambda: len(shop.visits("pets")) > 15)
    time.sleep(3)

    with house.serving(port):
        code = runner.wait(90)
        lines = house.lines("job", "export", job)

    assert 3 == code
    assert (80, []) == (len(lines), _wrong(lines))


def test_what_is_done_beside_the_server_holds_at_once(house: House, material: Path) -> None:
    with house.serving() as office:
        job = _job(house, office, material)
        key = house.told("key", "create", "second")["api_key"]
        _call(office, key, "GET", f"/api/scraper/v1/job?job_id={job}")

        house.told("key", "revoke", "second")
        house.told("job", "cancel", job)
        time.sleep(1)

        with pytest.raises(HTTPError, match="401"):
            _call(office, key, "GET", f"/api/scraper/v1/job?job_id={job}")
        config = _call(office, house.extra["SCRAPER_API_KEY"], "GET", f"/api/scraper/v1/job?job_id={job}")
        cancelled = house.bsr("runner", "run", "--job-id", job)

    assert [] == config["skus"]
    assert "Traceback" not in cancelled.stderr


def test_the_runner_says_which_key_or_job_is_wrong(house: House, material: Path) -> None:
    with house.serving() as office:
        _job(house, office, material)
        missing = house.bsr("runner", "run", "--job-id", "550e8400-e29b-41d4-a716-446655440000")
        registered = house.told("runner", "register", "--meta", "site=garage")
        checked = house.told("runner", "check")
        house.extra["SCRAPER_API_KEY"] = "bsr_wrong"
        refused = house.bsr("runner", "run", "--job-id", "550e8400-e29b-41d4-a716-446655440000")
        unwell = house.bsr("runner", "check")

    assert (6, 4) == (missing.returncode, refused.returncode)
    assert "garage" == registered["runner"]["name"]
    assert checked["ok"]
    assert ["ok"] == [check["status"] for check in checked["checks"] if check["name"] == "API key"]
    assert 1 == unwell.returncode
    assert re.search(r"API key +error", unwell.stdout)


def test_sigterm_stops_the_server_while_a_stream_is_open(house: House) -> None:
    """A browser that watches must not hold a restart up."""
    with house.serving() as office:
        link = urlsplit(house.told("user", "link", "--at", office.url)["link"])
        browser = HTTPConnection("127.0.0.1", office.port, timeout=10)
        browser.request("GET", f"{link.path}?{link.query}")
        entered = browser.getresponse()
        cookie = str(entered.headers["Set-Cookie"]).partition(";")[0]
        entered.read()
        browser.request("GET", "/jobs/changes", headers={"Cookie": cookie, "Accept": "text/event-stream"})
        stream = browser.getresponse()
        first = stream.readline()
        began = time.monotonic()

        office.process.terminate()
        code = office.process.wait(10)
        took = time.monotonic() - began

    assert (303, 200, b"retry: 2000\n") == (entered.status, stream.status, first)
    assert 0 == code
    assert took < 5
