"""The fleet's endpoints over HTTP, on both databases: who waits for what, and what comes back."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from scraper_backend.coordinator.rules import jobs, keys, pauses
from scraper_backend.coordinator.store import reads
from tests.coordinator.live import Live, live

CLAIM = "/api/scraper/v1/claim"
RESULTS = "/api/scraper/v1/results"
LOGS = "/api/scraper/v1/logs"
_numbers = itertools.count()


@pytest.fixture
async def any_office(database_url: str) -> AsyncIterator[Live]:
    """A coordinator on each database in turn."""
    async with live(database_url) as opened:
        yield opened


def _wish(**more: Any) -> dict[str, Any]:
    return {"claim_key": f"claim-{next(_numbers):04}", "runner_name": "pi", "max_tasks": 10, **more}


async def _claim(machine: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await machine.post(CLAIM, json=_wish(**more))
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def _found(grant: dict[str, Any], task: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "task_id": task["id"], "lease_id": grant["lease"]["id"], "outcome": "found",
        "data": {"title": f"Product {task['sku']}", "price": 9.99},
        **{key: task[key] for key in ("job_id", "sku", "scraper", "attempt")}, **more,
    }  # fmt: skip


def _lease(grant: dict[str, Any], call: str) -> str:
    return f"/api/scraper/v1/leases/{grant['lease']['id']}/{call}"


async def _cancel(office: Live, job_id: str) -> None:
    await office.office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now()))


async def test_a_day_of_a_runner_of_the_fleet(any_office: Live) -> None:
    job_id = await any_office.new_job(["1", "2", "3"])
    machine = await any_office.machine()

    grant = await _claim(machine, max_tasks=2)
    beat = await machine.post(_lease(grant, "heartbeat"), json={"in_progress": [grant["tasks"][0]["id"]]})
    items = [_found(grant, grant["tasks"][0])]
    judged = await machine.post(RESULTS, json={"items": items})
    again = await machine.post(RESULTS, json={"items": items})
    released = await machine.post(_lease(grant, "release"), json={})

    assert ["1", "2"] == [task["sku"] for task in grant["tasks"]]
    assert {task["config_rev"] for task in grant["tasks"]} == set(grant["configs"])
    assert (90_000, 22_000) == (grant["lease"]["ttl_ms"], grant["lease"]["heartbeat_ms"])
    assert (90_000, None) == (beat.json()["ttl_ms"], beat.json().get("keep"))
    assert (["accepted"], ["duplicate"]) == (judged.json()["items"], again.json()["items"])
    assert 1 == released.json()["released"]
    job = await any_office.office.store.read(lambda tx: jobs.show(tx, job_id))
    assert (1, 2, "running") == (job.counts.found, job.counts.open, job.status)


async def test_a_claim_waits_for_work(any_office: Live) -> None:
    machine = await any_office.machine()
    waiting = asyncio.create_task(_claim(machine, wait_s=20))
    await asyncio.sleep(0.3)
    began = time.monotonic()

    await any_office.new_job(["1"])
    grant = await waiting

    assert ["1"] == [task["sku"] for task in grant["tasks"]]
    assert time.monotonic() - began < 2.0


async def test_a_claim_that_waited_for_nothing_may_ask_again_at_once(office: Live) -> None:
    machine = await office.machine()

    waited, asked = await _claim(machine, wait_s=0.3), await _claim(machine)

    assert (None, 0) == (waited.get("lease"), waited["retry_after_ms"])
    assert asked["retry_after_ms"] > 0


async def test_of_many_who_wait_each_task_goes_to_one(any_office: Live) -> None:
    """One change wakes all of them; most come too late and sleep on."""
    await any_office.new_scraper("roomy", options={"rate": {"per_second": 90, "concurrency": 50}})
    machine = await any_office.machine()
    waiting = [
        asyncio.create_task(_claim(machine, runner_name=f"pi-{n}", max_tasks=1, wait_s=2.5))
        for n in range(30)
    ]
    await asyncio.sleep(0.7)

    store, skus = any_office.office.store, [f"{n}" for n in range(7)]
    await store.write(lambda tx: jobs.create(tx, skus, ["roomy"], now=any_office.now()))
    grants = await asyncio.gather(*waiting)

    granted = [task["sku"] for grant in grants for task in grant.get("tasks", ())]
    assert skus == sorted(granted)


async def test_who_hangs_up_while_waiting_is_given_nothing(any_office: Live) -> None:
    machine = await any_office.machine()
    waiting = asyncio.create_task(machine.post(CLAIM, json=_wish(wait_s=20)))
    await asyncio.sleep(0.3)
    waiting.cancel()
    await asyncio.sleep(0.2)

    await any_office.new_job(["1"])
    await asyncio.sleep(0.3)
    grant = await _claim(machine, runner_name="other")

    assert ["1"] == [task["sku"] for task in grant["tasks"]]


async def test_a_coordinator_that_stops_sends_who_waits_away(sqlite_url: str) -> None:
    async with live(sqlite_url) as office:
        machine = await office.machine()
        waiting = asyncio.create_task(_claim(machine, wait_s=25))
        await asyncio.sleep(0.3)
        began = time.monotonic()
    answer = await waiting

    assert (None, True) == (answer.get("lease"), answer["retry_after_ms"] >= 200)
    assert time.monotonic() - began < 3


async def test_the_same_claim_key_is_the_same_lease(any_office: Live) -> None:
    await any_office.new_job(["1", "2"])
    machine = await any_office.machine()
    wish = _wish(max_tasks=1)

    first, second = [(await machine.post(CLAIM, json=wish)).json() for _ in range(2)]
    other = await machine.post(CLAIM, json={**wish, "max_tasks": 2})
    await machine.post(_lease(first, "release"), json={})
    late = await machine.post(CLAIM, json=wish)

    assert first["lease"]["id"] == second["lease"]["id"]
    assert [409, 410] == [other.status_code, late.status_code]


async def test_a_lease_answers_only_to_the_key_that_took_it_or_its_successor(any_office: Live) -> None:
    await any_office.new_job(["1"])
    machine, other = await any_office.machine(), await any_office.machine("other")
    grant = await _claim(machine)
    store = any_office.office.store
    fresh = await store.write(
        lambda tx: keys.rotate(tx, "fleet", overlap=timedelta(hours=1), now=any_office.now())
    )
    successor = any_office.caller(**{"X-API-Key": fresh.secret})

    calls = [_lease(grant, call) for call in ("heartbeat", "release")]
    foreign = [(await other.post(call, json={})).status_code for call in calls]
    stolen = await other.post(RESULTS, json={"items": [_found(grant, grant["tasks"][0])]})
    heir = await successor.post(calls[0], json={})

    assert [403, 403, ["stale"], 200] == [*foreign, stolen.json()["items"], heir.status_code]


@pytest.mark.parametrize("lease", ["nobody", "%00", "a%2Fb", "x" * 3000])
async def test_a_lease_that_never_was_is_lost(any_office: Live, lease: str) -> None:
    machine = await any_office.machine()

    answers = [
        await machine.post(f"/api/scraper/v1/leases/{lease}/{c}", json={}) for c in ("heartbeat", "release")
    ]

    assert {410} == {answer.status_code for answer in answers} or {404} == {a.status_code for a in answers}
    assert all(answer.json()["error"] for answer in answers)


async def test_a_heartbeat_that_waits_hears_of_a_cancelled_job_at_once(any_office: Live) -> None:
    """Also when the job's tasks are held under another lease of the same runner."""
    first, second = await any_office.new_job(["1"]), await any_office.new_job(["2"])
    machine = await any_office.machine()
    mine, other = await _claim(machine, max_tasks=1), await _claim(machine, max_tasks=1)
    waiting = asyncio.create_task(machine.post(_lease(mine, "heartbeat"), json={"wait_s": 20}))
    await asyncio.sleep(0.3)
    began = time.monotonic()

    await _cancel(any_office, second)
    told = (await waiting).json()

    assert (first, second) == (mine["tasks"][0]["job_id"], other["tasks"][0]["job_id"])
    assert [second] == told["directives"]["cancel_jobs"]
    assert time.monotonic() - began < 1.0


async def test_what_a_runner_has_seen_is_not_told_at_once_again(any_office: Live) -> None:
    job_id = await any_office.new_job(["1", "2"])
    machine = await any_office.machine()
    grant = await _claim(machine)
    await _cancel(any_office, job_id)
    told = (await machine.post(_lease(grant, "heartbeat"), json={"wait_s": 5})).json()
    began = time.monotonic()

    again = await machine.post(_lease(grant, "heartbeat"), json={"wait_s": 0.6, "seen": told["news"]})

    assert time.monotonic() - began >= 0.6
    assert ([], [job_id]) == (again.json()["keep"], again.json()["directives"]["cancel_jobs"])


async def test_a_draining_runner_gets_nothing_and_is_told_at_once(any_office: Live) -> None:
    machine = await any_office.machine()
    waiting = asyncio.create_task(_claim(machine, wait_s=20))
    await asyncio.sleep(0.3)
    store = any_office.office.store
    await store.write(lambda tx: pauses.drain_runner(tx, "pi", now=any_office.now()))
    told = await waiting

    assert (None, True, True) == (
        told.get("lease"), told["directives"]["drain"], told["retry_after_ms"] >= 1000,
    )  # fmt: skip


async def test_one_bad_item_never_fails_its_batch(any_office: Live) -> None:
    await any_office.new_job(["1", "2"])
    machine = await any_office.machine()
    grant = await _claim(machine)
    one, two = (_found(grant, task) for task in grant["tasks"])
    bad = [
        {**one, "outcome": "splendid"}, {**one, "job_id": "no uuid"}, "text", None,
        {**one, "sku": "1\x00"}, {**one, "lease_id": "\x00"}, {**one, "data": {"x": "y" * 300_000}},
        {**one, "task_id": 2**70}, {**one, "attempt": 2**40}, {**one, "sku": "9"},
    ]  # fmt: skip

    packed = gzip.compress(json.dumps({"items": [*bad, one, two]}).encode())
    answer = await machine.post(RESULTS, content=packed, headers={"Content-Encoding": "gzip"})

    verdicts = answer.json()["items"]
    assert ["accepted", "accepted"] == verdicts[-2:]
    assert "splendid" in verdicts[0]["invalid"]
    assert all("invalid" in verdict for verdict in verdicts[:8])
    assert ["stale", "unknown"] == verdicts[8:10]


async def test_an_empty_batch_is_answered_in_kind(office: Live) -> None:
    answer = await (await office.machine()).post(RESULTS, json={"items": []})

    assert (200, []) == (answer.status_code, answer.json()["items"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CLAIM, {"runner_name": "pi\x00"}), (CLAIM, {"claim_key": "\x00" * 9}), (CLAIM, {"labels": ["\x00"]}),
        (CLAIM, {"max_tasks": 51}), (CLAIM, {"max_tasks": 0}), (CLAIM, {"wait_s": 26}),
        ("heartbeat", {"in_progress": [2**63]}), ("heartbeat", {"host_pauses": [{"host": "a\x00", "ms": 1}]}),
        ("heartbeat", {"spool_n": 2**63}), ("heartbeat", {"spool_n": -1}),
        (LOGS, {"runner_name": "pi\x00", "events": []}),
    ],
)  # fmt: skip
async def test_what_no_database_takes_is_refused_in_words(
    any_office: Live, path: str, body: dict[str, Any]
) -> None:
    await any_office.new_job(["1"])
    machine = await any_office.machine()
    if path == "heartbeat":
        path = _lease(await _claim(machine), "heartbeat")

    answer = await machine.post(path, json={**(_wish() if path == CLAIM else {}), **body})

    assert (400, True) == (answer.status_code, bool(answer.json()["error"]))


async def test_log_events_are_stored_once(any_office: Live) -> None:
    machine = await any_office.machine()
    event = {"at": "2026-03-02T09:00:00Z", "event": "task.crashed\x00", "facts": {"how": "SIGKILL\x00"}}
    batch = {"runner_name": "pi", "events": [{**event, "seq": 1}, {**event, "seq": 2}]}

    stored = [(await machine.post(LOGS, json=batch)).json()["stored"] for _ in range(2)]

    assert [2, 0] == stored


async def test_every_answer_tells_the_version_that_is_wanted(sqlite_url: str) -> None:
    async with live(sqlite_url, BSR_MIN_RUNNER_VERSION="9.1") as office:
        await office.new_job(["1"])
        machine = await office.machine()
        grant = await _claim(machine)
        calls: dict[str, Any] = {
            RESULTS: {"items": []}, LOGS: {"runner_name": "pi", "events": []}, CLAIM: _wish(),
            _lease(grant, "heartbeat"): {}, _lease(grant, "release"): {},
        }  # fmt: skip

        told = [(await machine.post(path, json=body)).json() for path, body in calls.items()]

    assert ["9.1"] * 6 == [answer["directives"]["min_version"] for answer in [grant, *told]]


async def test_results_renew_their_lease(office: Live) -> None:
    await office.new_job(["1", "2"])
    machine = await office.machine()
    grant = await _claim(machine)
    store, lease = office.office.store, grant["lease"]["id"]
    before = await store.read(lambda tx: reads.lease(tx, lease))
    await asyncio.sleep(0.01)

    await machine.post(RESULTS, json={"items": [_found(grant, grant["tasks"][0])]})

    after = await store.read(lambda tx: reads.lease(tx, lease))
    assert before is not None
    assert after is not None
    assert after.expires_at > before.expires_at


async def test_more_bodies_than_there_is_room_for_are_sent_away_for_a_while(office: Live) -> None:
    """Nine that are not yet whole, of four MiB each; when they are gone there is room again."""
    machine = await office.machine()
    writers = []
    host, port = office.address.removeprefix("http://").split(":")
    for _ in range(8):
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {RESULTS} HTTP/1.1\r\nhost: x\r\nx-api-key: {machine.headers['X-API-Key']}\r\n"
        writer.write(f"{head}content-length: {2**22}\r\n\r\n".encode() + b" " * (2**22 - 1))
        await writer.drain()
        writers.append(writer)
    await asyncio.sleep(1.0)

    full = await machine.post(RESULTS, content=b" " * 2**20)
    for writer in writers:
        writer.close()
    await asyncio.sleep(0.5)
    again = await machine.post(RESULTS, json={"items": []})

    assert (503, "2") == (full.status_code, full.headers["retry-after"])
    assert 200 == again.status_code
