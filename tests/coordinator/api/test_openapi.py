"""The document that describes the API says what the API does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from scraper_backend.coordinator.api.openapi import describe
from scraper_backend.coordinator.app import ROUTERS
from scraper_backend.coordinator.routes import Guarded
from tests.coordinator.live import Live

DOCUMENT = describe(route for router in ROUTERS for route in router.routes)
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)

    names = set(re.findall(r'"#/components/schemas/([^"]+)"', text))

    assert names
    assert names <= set(DOCUMENT["components"]["schemas"])


def test_every_route_for_machines_is_described() -> None:
    paths = {route.path_format for router in ROUTERS for route in router.routes if isinstance(route, Guarded)}

    assert {path for path in paths if path.startswith("/api/")} <= set(DOCUMENT["paths"])


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[f"{m} {p}" for m, p, _ in OPERATIONS]
)
def test_each_endpoint_is_described_with_its_errors(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert {"200", "500"} <= set(operation["responses"])
    for status, answer in operation["responses"].items():
        if status == "200":
            assert all(content["schema"] for content in answer["content"].values())
        else:
            schema = answer["content"]["application/json"]["schema"]
            assert {"$ref": "#/components/schemas/ErrorBody"} == schema
    if operation["security"]:
        assert {"401", "503"} <= set(operation["responses"])
    if "requestBody" in operation:
        assert {"400", "413", "415"} <= set(operation["responses"])


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]

    assert len(names) == len(set(names))


async def test_the_document_and_its_page_are_open_to_anyone(office: Live) -> None:
    async with office.caller() as nobody:
        document, page = await nobody.get("/openapi.json"), await nobody.get("/docs")

    assert DOCUMENT == document.json()
    assert all(path in page.text for path in DOCUMENT["paths"])
    assert not re.search(r'(?:src|href)="https?://', page.text)


async def test_the_reference_in_the_docs_names_every_endpoint() -> None:
    folder = Path(__file__).parents[3] / "docs/reference"
    text = "".join((folder / name).read_text(encoding="utf-8") for name in ("http-api.md", "admin-api.md"))

    assert [] == [f"{m} {p}" for m, p, _ in OPERATIONS if f"{m.upper()} {p}" not in text]


async def test_probes_need_no_key_and_say_little(office: Live) -> None:
    async with office.caller() as nobody:
        answers: list[httpx2.Response] = [await nobody.get("/healthz"), await nobody.get("/readyz")]

    assert [(200, {"status": "ok"})] * 2 == [(answer.status_code, answer.json()) for answer in answers]
