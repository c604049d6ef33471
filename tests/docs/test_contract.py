"""docs/contract.md is the users' page; what it shows must be what the product does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.routing import Route

from scraper_backend.coordinator.app import ROUTERS
from scraper_backend.core import wire
from tests.journeys.house import House

CONTRACT = Path(__file__).parents[2] / "docs" / "contract.md"
TEXT = CONTRACT.read_text(encoding="utf-8")
SCRAPER = "name: amazon\nbase_url: https://amazon.example\nsearch_url_template: /s?k={sku}\n"
SHAPES: list[tuple[str, type[wire.Wire]]] = [
    ("### 1. Get Job Configuration", wire.JobConfig),
    ("### 2. Submit Results", wire.Callback),
    ("### 3. Register Runner", wire.Register),
    ("Response:", wire.Registered),
    ("### 4. Health Check", wire.Health),
    ("## Error Responses", wire.ErrorBody),
]


def _json_blocks() -> list[str]:
    return re.findall(r"```json\n(.*?)```", TEXT, re.S)


def _value(block: str) -> object:
    """The block as JSON; the contract writes `{ ... }` where any object may stand."""
    return json.loads(re.sub(r"\{\s*\.\.\.\s*\}", "{}", block))


def test_every_json_block_of_the_contract_has_a_type() -> None:
    assert len(SHAPES) == len(_json_blocks())


@pytest.mark.parametrize("index", range(len(SHAPES)), ids=[model.__name__ for _, model in SHAPES])
def test_the_contracts_json_survives_our_types_unchanged(index: int) -> None:
    _, model = SHAPES[index]
    block = _value(_json_blocks()[index])

    back = wire.read(model, json.dumps(block).encode()).as_json()

    assert block == back


def test_every_endpoint_of_the_contract_exists_in_the_app() -> None:
    shown = set(re.findall(r"^\*\*(GET|POST) (/\S+)\*\*$", TEXT, re.M))

    served = {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }

    assert 4 == len(shown)
    assert set() == shown - served


def test_the_contracts_python_example_runs_as_written(tmp_path: Path) -> None:
    """With a real address, key and job in place of the example's."""
    house = House(tmp_path, f"sqlite:///{tmp_path / 'office.sqlite'}")
    (tmp_path / "amazon.yaml").write_text(SCRAPER)
    example = re.findall(r"```python\n(.*?)```", TEXT, re.S)[0]
    try:
        with house.serving() as office:
            house.told("scraper", "import", tmp_path / "amazon.yaml")
            key = house.told("key", "create", "office")["api_key"]
            job = house.told("job", "create", "--sku", "SKU-001", "--scraper", "amazon")["job_id"]
            for shown, real in {
                "https://app.baystatepet.com": office.url,
                "bsr_your_key_here": key,
                "job-uuid": job,
            }.items():
                assert shown in example
                example = example.replace(shown, real)
            names: dict[str, object] = {}

            exec(compile(example, str(CONTRACT), "exec"), names)

            assert isinstance(names["config"], wire.JobConfig)
            assert ["SKU-001"] == names["config"].skus
            assert "completed" == house.told("job", "show", job)["status"]
    finally:
        house.close()
