"""docs/contract.md is the users' page; what it shows must be what the product does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scraper_backend.core import wire

CONTRACT = Path(__file__).parents[2] / "docs" / "contract.md"
TEXT = CONTRACT.read_text(encoding="utf-8")
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
