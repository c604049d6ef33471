"""The OpenAPI document against the coordinator that it describes: what it allows is answered as it says.

    python -m tests.fuzz_api [CASES] [SEED]

Every operation is called with generated requests, good and bad, CASES of them all together.  A 5xx, a status
or a body that the document does not know, or another content type is a failure, told with its request.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scraper_backend.coordinator.api.openapi import describe
from scraper_backend.coordinator.app import ROUTERS
from tests.coordinator.live import Live, live

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CASES: Final = 5000
Told = list[str]
Operation = APIOperation[Any, Any, Any, Any]


async def main(cases: int, number: int) -> int:
    """Everything against one coordinator; how many operations failed."""
    with tempfile.TemporaryDirectory() as folder:
        async with live(f"sqlite:///{folder}/office.db", BSR_MASTER_KEY="00" * 32) as office:
            headers = await _everybody(office)
            return await asyncio.to_thread(fuzz, office.address, headers, cases, number)


async def _everybody(office: Live) -> dict[str, str]:
    """Headers of somebody who may everything, and something to ask about."""
    await office.new_job(["A1", "B2"], ["amazon", "chewy"])
    token = (await office.bearer("admin")).headers["Authorization"]
    return {"Authorization": token, "X-API-Key": await office.new_key()}


def fuzz(address: str, headers: dict[str, str], cases: int, number: int) -> int:
    """Call every operation in turn; tell what each was wrong about."""
    schema = schemathesis.openapi.from_dict(describe(route for router in ROUTERS for route in router.routes))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    failed, count = 0, Counter[str]()
    for operation in operations:
        faults: Told = []
        for mode in GenerationMode:
            each = max(1, cases // len(operations) // 2)
            _try(operation, mode, _call(address, headers, faults, count), each, number)
        failed += bool(faults)
        sys.stdout.write(f"{'FAILED' if faults else 'ok':7}{operation.label}\n")
        sys.stdout.writelines(f"{fault}\n" for fault in dict.fromkeys(faults))
    sys.stdout.write(f"{count['requests']:,} requests, {len(operations)} operations, {failed} failed\n")
    return failed


def _try(
    operation: Operation, mode: GenerationMode, call: Callable[[Any], None], cases: int, number: int
) -> None:
    given_case = given(case=operation.as_strategy(generation_mode=mode))
    run = settings(
        max_examples=cases, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        seed(number)(run(given_case(call)))()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__:
            raise


def _call(address: str, headers: dict[str, str], faults: Told, count: Counter[str]) -> Callable[[Any], None]:
    def call(case: Any) -> None:
        if case.path.endswith("/tokens/{token_id}/revoke") or case.path.endswith("/keys/{key_id}/revoke"):
            case.path_parameters = dict.fromkeys(case.path_parameters, "999999")  # never our own
        if isinstance(case.body, dict) and isinstance(case.body.get("wait_s"), (int, float)):
            case.body["wait_s"] = min(case.body["wait_s"], 0)  # nobody sits here for half a minute
        count["requests"] += 1
        answer = case.call(base_url=address, headers=headers, timeout=30)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            faults.extend(f"  {fault}"[:2000] for fault in group.exceptions)

    return call


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    told = [int(word) for word in sys.argv[1:]]
    sys.exit(min(1, asyncio.run(main(told[0] if told else CASES, told[1] if len(told) > 1 else 1))))
