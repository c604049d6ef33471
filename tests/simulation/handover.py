"""How soon the tasks of a dead runner are with another: one machine dies at some moment, one has time.

Nothing else goes wrong, so the figure is the protocol's own: what is left of the lease, the sweep, the claim.
"""

from __future__ import annotations

import uuid

from scraper_backend.coordinator.rules import jobs
from tests.simulation.machine import Machine
from tests.simulation.network import Weather
from tests.simulation.world import SHOPS, Report, Walk, World, simulated

TASKS = 12
SLOW_S = 300.0


class Handover(World):
    """Two machines: the first takes everything and dies over it."""

    def _weather(self) -> Weather:
        return Weather(lost=0.0, doubled=0.0, latency=0.05)

    def _order(self) -> None:
        if self._jobs:
            return
        job_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        skus = [f"0-{n}" for n in range(TASKS // len(SHOPS))]
        self.office.act(
            "order", lambda tx: jobs.create(tx, skus, sorted(SHOPS), job_id=job_id, now=self.office.clock())
        )
        self._jobs.append(job_id)

    def _plan(self) -> None:
        self.machines = [
            Machine(self, name, walks=TASKS, rate=self.rng.uniform(0.9, 1.1)) for name in ("first", "second")
        ]
        first, second = self.machines
        self.scheduler.at(0, first.boot)
        self.scheduler.at(self.rng.uniform(5, 30), second.boot)
        self.scheduler.at(self.rng.uniform(40, 100), self._end_of_the_first)
        self.scheduler.at(5, self._watch)

    def _end_of_the_first(self) -> None:
        self.machines[0].die()
        self.oracle.died("first")
        self.deaths += 1

    def walk(self, machine: Machine, task: object) -> Walk:
        """The first is slow, so that it holds everything when it dies."""
        done = super().walk(machine, task)  # type: ignore[arg-type]
        return Walk(SLOW_S if machine is self.machines[0] else 1.0, done.outcome)


def hand_over(seed: int) -> Report:
    """One such world."""
    with simulated(seed):
        return Handover(seed).run()
