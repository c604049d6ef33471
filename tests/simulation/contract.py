"""A runner that knows only the contract: one job, two endpoints, a few tries, and then it is gone."""

from __future__ import annotations

import random
from typing import Any

from scraper_backend.core import wire
from scraper_backend.core.errors import BackendError, Unreachable
from tests.simulation.network import Network, Request
from tests.simulation.scheduler import Life, Scheduler, SimStop

TRIES = 4


class ContractRunner:
    """GET job, `running`, SKU after SKU, `completed`."""

    def __init__(
        self,
        scheduler: Scheduler,
        network: Network,
        rng: random.Random,
        name: str,
        job_id: str,
        truth: Any,
    ) -> None:
        self.life = Life(name)
        self._scheduler, self._network, self._rng = scheduler, network, rng
        self._job_id, self._truth = job_id, truth
        self._stop = SimStop(scheduler, self.life)
        self._name = name if rng.random() < 0.8 else None

    def begin(self) -> None:
        """In a thread of its own."""
        self._scheduler.spawn(self._run, self.life)

    def _run(self) -> None:
        try:
            job = wire.read(wire.JobConfig, self._call(Request("job", self.life.name, "", of=self._job_id)))
            self._report("running")
            found: dict[str, dict[str, Any]] = {}
            for sku in job.skus:
                self._stop.wait(self._rng.uniform(1, 12))
                found[sku] = self._scrape(sku, job)
                if self._rng.random() < 0.2:
                    self._report("running", found)
            self._end(found)
        except BackendError:
            return

    def _end(self, found: dict[str, dict[str, Any]]) -> None:
        fate = self._rng.random()
        if fate < 0.15:
            return  # gone without a word
        self._report("failed" if fate < 0.3 else "completed", found)
        if fate > 0.9:
            self._report("completed", found)

    def _scrape(self, sku: str, job: wire.JobConfig) -> dict[str, Any]:
        """What the shops have; it does not come to all of them."""
        products = {s.name: self._truth(sku, s.name) for s in job.scrapers if self._rng.random() < 0.9}
        return {name: product for name, product in products.items() if product}

    def _report(self, status: Any, found: dict[str, dict[str, Any]] | None = None) -> None:
        data = {sku: products for sku, products in (found or {}).items() if products}
        results = wire.check(wire.Results, {"data": data})
        words = "the shop burned down" if status == "failed" else None
        body = wire.Callback(
            job_id=self._job_id, status=status, runner_name=self._name, error_message=words, results=results
        )
        self._call(Request("callback", self.life.name, "", body.as_bytes()))

    def _call(self, request: Request) -> bytes:
        for attempt in range(TRIES):
            try:
                answer: bytes = self._network.call(request, self.life, 30.0)
            except Unreachable:
                if attempt == TRIES - 1:
                    raise
                self._stop.wait(2.0**attempt)
            else:
                return answer
        raise AssertionError
