"""What happened, told to scripts: files, comparisons, history, health, logs, work."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.coordinator.app import ROUTERS
from scraper_backend.coordinator.routes import Guarded
from tests.coordinator.live import CALLBACK, NOBODY, Live

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "admin-api.md"


async def _found(office: Live, price: float) -> str:
    """A job that found one of its two SKUs."""
    job_id = await office.new_job(["001", "002"])
    data = {"001": {"amazon": {"title": "=Bone", "price": price, "currency": "USD"}}}
    report = {"job_id": job_id, "status": "completed", "runner_name": "pi", "results": {"data": data}}
    async with await office.machine(f"key-{price}") as machine:
        assert 200 == (await machine.post(CALLBACK, json=report)).status_code
        line = {"seq": int(price), "at": "2026-03-02T09:00:00Z", "event": "sku.scraped", "job_id": job_id}
        logs = {"runner_name": "pi", "events": [{**line, "level": "warning", "facts": {"sku": "001"}}]}
        assert 200 == (await machine.post("/api/scraper/v1/logs", json=logs)).status_code
    return job_id


async def _ok(answer: Any) -> Any:
    got = await answer
    assert 200 == got.status_code, got.text
    return got


async def test_two_jobs_are_compared_and_the_history_goes_on(office: Live) -> None:
    before, after = await _found(office, 9), await _found(office, 8)

    async with await office.bearer("read") as script:
        told = (await _ok(script.get(f"/api/v1/jobs/{after}/compare", params={"other": before}))).json()
        history = (await _ok(script.get("/api/v1/history?sku=001"))).json()
        health = (await _ok(script.get("/api/v1/scrapers/amazon/health"))).json()
        work = (await _ok(script.get("/api/v1/work"))).json()
        unknown = await script.get(f"/api/v1/jobs/{after}/compare", params={"other": NOBODY})

    [one] = told["differences"]
    assert (["price"], 9.0, 8.0, 2) == (
        one["changes"], one["before"]["price"], one["after"]["price"], told["seen"],
    )  # fmt: skip
    assert [9.0, 8.0] == [point["price"] for point in history["points"]]
    assert (2, {"found": 2}) == (health["results"], health["outcomes"])
    assert [] == work["work"]
    assert 404 == unknown.status_code


async def test_logs_are_told_by_level_and_word(office: Live) -> None:
    job_id = await _found(office, 9)

    async with await office.bearer("read") as script:
        told = (await _ok(script.get(f"/api/v1/jobs/{job_id}/logs?words=scraped"))).json()
        errors = (await _ok(script.get(f"/api/v1/jobs/{job_id}/logs?level=error"))).json()

    assert [("pi", "sku.scraped", {"sku": "001"})] == [
        (line["runner"], line["event"], line["facts"]) for line in told["lines"]
    ]
    assert [] == errors["lines"]


@pytest.mark.parametrize("path", ["/api/v1/jobs/{job_id}/export", "/api/v1/exports/products"])
async def test_a_file_has_the_columns_and_headings_that_were_asked_for(office: Live, path: str) -> None:
    job_id = await _found(office, 9)
    asked = "column=sku&column=title&column=price&as.price=Our+price&scraper=amazon"

    async with await office.bearer("read") as script:
        answer = await _ok(script.get(f"{path.format(job_id=job_id)}?{asked}"))
        sheet = await _ok(script.get(path.format(job_id=job_id), params={"format": "xlsx"}))
        wrong = await script.get(path.format(job_id=job_id), params={"format": "doc"})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [["sku", "title", "Our price"], ["001", "'=Bone", "9.0"]] == rows[:2]
    assert b"PK" == sheet.content[:2]
    assert 400 == wrong.status_code


def test_every_call_is_on_the_page_of_the_reference() -> None:
    text = PAGE.read_text()
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Guarded)]

    missing = [
        f"{method} {route.path_format}"
        for route in routes
        for method in route.methods or ()
        if route.path_format.startswith("/api/v1/") and f"`{method} {route.path_format}" not in text
    ]

    assert [] == missing
