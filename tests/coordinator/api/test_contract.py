"""The contract's endpoints over HTTP, on both databases: what they answer, to whom, and what they refuse."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scraper_backend.coordinator.rules import keys
from scraper_backend.core.wire import MAX_BODY
from tests.coordinator.live import CALLBACK, HEALTH, JOB, NOBODY, REGISTER, SECRET, Live, live

PRODUCT = {
    "price": 29.99, "title": "Premium Dog Food", "url": "https://amazon.com/dp/1",
    "scraped_at": "2024-01-15T10:30:00Z",
}  # fmt: skip


@pytest.fixture
async def any_office(database_url: str) -> AsyncIterator[Live]:
    """A coordinator on each database in turn."""
    async with live(database_url) as opened:
        yield opened


def _report(job_id: str, status: str = "completed", **more: object) -> dict[str, object]:
    return {"job_id": job_id, "status": status, **more}


async def test_the_contracts_walk_from_registering_to_results(any_office: Live) -> None:
    job_id = await any_office.new_job(["SKU-001", "SKU-002"], ["amazon", "chewy"])
    machine = await any_office.machine()

    registered = await machine.post(
        REGISTER, json={"runner_name": "garage-pi", "metadata": {"platform": "Linux"}}
    )
    config = await machine.get(JOB, params={"job_id": job_id})
    begun = await machine.post(CALLBACK, json=_report(job_id, "running", runner_name="garage-pi"))
    results = {"skus_processed": 2, "scrapers_run": ["amazon"], "data": {"SKU-001": {"amazon": PRODUCT}}}
    done = await machine.post(CALLBACK, json=_report(job_id, runner_name="garage-pi", results=results))

    assert "garage-pi" == registered.json()["runner"]["name"]
    assert "Runner 'garage-pi' registered successfully" == registered.json()["message"]
    assert registered.json()["runner"]["registered_at"].endswith("Z")
    assert {"job_id", "skus", "scrapers", "test_mode", "max_workers"} == set(config.json())
    assert ["SKU-001", "SKU-002"] == config.json()["skus"]
    assert {"name", "disabled", "base_url", "search_url_template", "selectors", "options"} == set(
        config.json()["scrapers"][0]
    )
    assert "running" == begun.json()["status"]
    assert (True, "completed", 1) == tuple(done.json()[key] for key in ("success", "status", "stored"))


async def test_a_repeated_report_changes_nothing_and_says_so(any_office: Live) -> None:
    job_id = await any_office.new_job()
    machine = await any_office.machine()
    report = _report(job_id, results={"data": {"SKU-001": {"amazon": PRODUCT}}})
    await machine.post(CALLBACK, json=report)

    again = await machine.post(CALLBACK, json=report)

    assert (200, True, False) == (again.status_code, again.json()["success"], again.json()["applied"])


async def test_what_is_not_of_the_job_is_listed_as_ignored(office: Live) -> None:
    job_id = await office.new_job()
    machine = await office.machine()

    answer = await machine.post(
        CALLBACK, json=_report(job_id, results={"data": {"OTHER": {"amazon": PRODUCT}}})
    )

    assert ["OTHER"] == [item["sku"] for item in answer.json()["ignored"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("job_id=", 400), ("job_id=1%27%20or%201=1", 400), (f"job_id={NOBODY}", 404)],
)
async def test_a_job_that_cannot_be_meant_or_is_not_there(office: Live, query: str, status: int) -> None:
    answer = await (await office.machine()).get(f"{JOB}?{query}")

    assert status == answer.status_code
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b"{", ["is not JSON"]),
        (b"", ["is not JSON"]),
        (b"[]", ["write an object"]),
        (b'{"status": "done"}', ["job_id: is missing", "status: found", "completed"]),
        (b'{"job_id": "%b", "status": "failed", "runner_name": 5}', ["error_message", "runner_name: found"]),
        (b'{"job_id": "%b", "status": "completed", "results": {"data": {"S": {"amazon": {"price": NaN}}}}}',
         ["results.data.S.amazon.price"]),
        (b'{"job_id": "%b", "status": "completed", "results": {"data": {"S": {"amazon": {"price": "9"}}}}}',
         ["results.data.S.amazon.price"]),
        (b'{"job_id": "%b", "status": "completed", "results": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
         ["nests deeper than 32"]),
    ],
)  # fmt: skip
async def test_every_fault_of_a_report_is_named_by_its_path(
    office: Live, body: bytes, paths: list[str]
) -> None:
    machine = await office.machine()

    answer = await machine.post(CALLBACK, content=body.replace(b"%b", NOBODY.encode()))

    assert 400 == answer.status_code
    assert [path for path in paths if path not in answer.json()["error"]] == []


async def test_a_report_of_an_unknown_job_is_404(office: Live) -> None:
    answer = await (await office.machine()).post(CALLBACK, json=_report(NOBODY))

    assert 404 == answer.status_code


async def test_a_name_that_a_bound_key_owns_is_closed_to_others(office: Live) -> None:
    bound, fleet = await office.machine("pi", bind="garage-pi"), await office.machine()

    own = await bound.post(REGISTER, json={"runner_name": "garage-pi"})
    other = await bound.post(REGISTER, json={"runner_name": "office-mac"})
    foreign = await fleet.post(REGISTER, json={"runner_name": "garage-pi"})

    assert [200, 403, 403] == [answer.status_code for answer in (own, other, foreign)]
    assert "garage-pi" in other.json()["error"]


async def test_registering_needs_a_name(office: Live) -> None:
    answer = await (await office.machine()).post(REGISTER, json={"metadata": {}})

    assert (400, "runner_name: is missing") == (answer.status_code, answer.json()["error"])


# ── Keys ───────────────────────────────────────────────────────────────────────────────────────────


async def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(office: Live) -> None:
    expired, revoked = await office.new_key("old"), await office.new_key("gone")
    store, now = office.office.store, office.now()
    await store.write(lambda tx: keys.revoke(tx, "gone", now=now))
    short = await store.write(
        lambda tx: keys.create(tx, "short", expires_in=timedelta(seconds=1), now=now - timedelta(hours=1))
    )
    wrong: list[list[tuple[bytes, bytes]]] = [
        [],
        [(b"X-API-Key", b"")],
        [(b"X-API-Key", b"bsr_wrong")],
        [(b"X-API-Key", expired[:-1].encode())],
        [(b"X-API-Key", expired.removeprefix("bsr_").encode())],
        [(b"X-API-Key", revoked.encode())],
        [(b"X-API-Key", short.secret.encode())],
        [(b"X-API-Key", "bsr_schlüssel".encode())],
        [(b"X-API-Key", b"bsr_\xff\xfe")],
        [(b"X-API-Key", expired.encode()), (b"X-API-Key", expired.encode())],
        [(b"X-API-Key", expired.encode()), (b"X-API-Key", b"bsr_wrong")],
    ]
    async with office.caller() as nobody:
        answers = [await nobody.get(JOB, params={"job_id": NOBODY}, headers=headers) for headers in wrong]

    assert {401} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})


async def test_a_key_is_asked_for_before_anything_is_read(office: Live) -> None:
    async with office.caller() as nobody:
        answers = [
            await nobody.get(JOB),
            await nobody.post(CALLBACK, content=b"{"),
            await nobody.post(REGISTER, content=bytes(9 * 2**20)),
            await nobody.get(HEALTH),
        ]

    assert [401] * 4 == [answer.status_code for answer in answers]


async def test_a_use_of_a_key_is_noted(office: Live) -> None:
    machine = await office.machine()

    await machine.get(HEALTH)

    (key,) = await office.office.store.read(keys.every)
    assert key.last_used_at is not None


# ── Signatures ─────────────────────────────────────────────────────────────────────────────────────


def _crash(job_id: str) -> bytes:
    return json.dumps(_report(job_id, "failed", error_message="out of memory é"), ensure_ascii=False).encode()


async def test_a_signed_report_fails_the_job(office: Live) -> None:
    body = _crash(await office.new_job())

    answer = await office.signed(body).post(CALLBACK, content=body)

    assert (200, "failed", True) == (answer.status_code, answer.json()["status"], answer.json()["applied"])


async def test_the_previous_secret_still_signs(sqlite_url: str) -> None:
    async with live(sqlite_url, SCRAPER_WEBHOOK_SECRET_PREVIOUS="the one before this") as office:
        body = _crash(await office.new_job())

        answers = [
            (await office.signed(body, secret).post(CALLBACK, content=body)).status_code
            for secret in (SECRET, "the one before this", "any other")
        ]

    assert [200, 200, 401] == answers


async def test_a_signature_may_only_report_a_failure(office: Live) -> None:
    body = json.dumps(_report(await office.new_job())).encode()

    answer = await office.signed(body).post(CALLBACK, content=body)

    assert 403 == answer.status_code


async def test_a_wrong_key_is_not_mended_by_a_good_signature(office: Live) -> None:
    body = _crash(await office.new_job())

    answer = await office.signed(body).post(CALLBACK, content=body, headers={"X-API-Key": "bsr_wrong"})

    assert 401 == answer.status_code


async def test_a_signature_opens_nothing_but_the_callback(office: Live) -> None:
    for path in (REGISTER, "/jobs"):
        assert (await office.signed(b"{}").post(path, content=b"{}")).status_code in (401, 403, 405)


async def test_without_a_secret_no_signature_is_right(sqlite_url: str) -> None:
    async with live(sqlite_url, SCRAPER_WEBHOOK_SECRET="") as office:
        body = _crash(await office.new_job())

        answer = await office.signed(body, "").post(CALLBACK, content=body)

    assert 401 == answer.status_code


async def test_the_bytes_on_the_wire_are_signed(office: Live) -> None:
    packed = gzip.compress(_crash(await office.new_job()))

    answer = await office.signed(packed).post(CALLBACK, content=packed, headers={"Content-Encoding": "gzip"})

    assert 200 == answer.status_code


# ── Sizes ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_large_report_is_taken_plain_and_packed(office: Live) -> None:
    job_id = await office.new_job()
    machine = await office.machine()
    data = {f"SKU-{i:05}": {"amazon": PRODUCT} for i in range(20_000)}
    body = json.dumps(_report(job_id, "running", results={"data": data})).encode()

    plain = await machine.post(CALLBACK, content=body)
    packed = await machine.post(CALLBACK, content=gzip.compress(body), headers={"Content-Encoding": "gzip"})

    assert [200, 200] == [plain.status_code, packed.status_code]
    assert 20_000 == len(packed.json()["ignored"]) + packed.json()["stored"] + packed.json()["duplicates"]


async def test_a_body_over_the_limit_is_refused_however_it_is_sent(office: Live) -> None:
    machine = await office.machine()
    big = bytes(MAX_BODY + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield bytes(2**20)

    answers = [
        await machine.post(CALLBACK, content=big),
        await machine.post(CALLBACK, content=chunks()),
        await machine.post(CALLBACK, content=gzip.compress(big), headers={"Content-Encoding": "gzip"}),
    ]

    assert [413] * 3 == [answer.status_code for answer in answers]
    assert all("8 MiB" in answer.json()["error"] for answer in answers)


async def test_an_unknown_coding_is_415_and_what_is_no_gzip_400(office: Live) -> None:
    machine = await office.machine()

    brotli = await machine.post(CALLBACK, content=b"{}", headers={"Content-Encoding": "br"})
    broken = await machine.post(CALLBACK, content=b"{}", headers={"Content-Encoding": "gzip"})

    assert (415, "gzip") == (brotli.status_code, brotli.headers["accept-encoding"])
    assert 400 == broken.status_code


# ── Health ─────────────────────────────────────────────────────────────────────────────────────────


async def test_health_has_the_contracts_three_checks_first(any_office: Live) -> None:
    answer = await (await any_office.machine()).get(HEALTH)

    checks = {check["name"]: check["status"] for check in answer.json()["checks"]}
    assert ["GitHub App", "Runner Auth", "Webhook Secret", "Database", "Clock", "Chores"] == list(checks)
    assert {"GitHub App": "warning", "Runner Auth": "ok", "Webhook Secret": "ok", "Database": "ok"} == {
        name: checks[name] for name in ("GitHub App", "Runner Auth", "Webhook Secret", "Database")
    }
    assert "ok" == checks["Clock"] == checks["Chores"]


async def test_what_is_not_set_is_a_warning_that_says_what_to_set(sqlite_url: str) -> None:
    async with live(sqlite_url, SCRAPER_WEBHOOK_SECRET="") as office:
        checks = (await (await office.machine()).get(HEALTH)).json()["checks"]

    told = {check["name"]: check for check in checks}
    assert "SCRAPER_WEBHOOK_SECRET" in told["Webhook Secret"]["message"]
    assert "GITHUB_APP_ID" in told["GitHub App"]["message"]
    assert "warning" == told["Webhook Secret"]["status"] == told["GitHub App"]["status"]


async def test_a_github_key_that_is_none_is_an_error(sqlite_url: str) -> None:
    async with live(sqlite_url, GITHUB_APP_ID="1", GITHUB_APP_PRIVATE_KEY="no PEM") as office:
        checks = (await (await office.machine()).get(HEALTH)).json()["checks"]

    assert ("GitHub App", "error") == (checks[0]["name"], checks[0]["status"])
