"""The fleet's side of the protocol, small and honest: tasks, leases, verdicts, and a ledger for the tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_coordinator import JOB, Answer, FakeCoordinator, Reply, Seen


@dataclass
class Task:
    id: int
    sku: str
    scraper: str
    attempt: int = 0
    lease: str | None = None
    results: list[dict[str, Any]] = field(default_factory=list)


class Fleet:
    """Put on top of a `FakeCoordinator`: it answers the fleet calls."""

    def __init__(self, office: FakeCoordinator, scrapers: dict[str, dict[str, Any]]) -> None:
        self.scrapers = scrapers
        self.tasks: dict[int, Task] = {}
        self.leases: dict[str, str] = {}
        self.dead_leases: set[str] = set()
        self.directives: dict[str, Any] = {}
        self.beats: list[dict[str, Any]] = []
        self.released: list[str] = []
        self.crashes: list[dict[str, Any]] = []
        self.doubled = 0
        self.ttl_ms, self.heartbeat_ms, self.most = 90_000, 500, 50
        self.before: Callable[[Seen], Answer | None] = lambda _: None
        self.verdict: Callable[[dict[str, Any]], object] = lambda _: None
        self._lock = threading.RLock()
        office.handler = self.answer

    def add(self, skus: list[str], scraper: str = "shop") -> None:
        with self._lock:
            for sku in skus:
                number = len(self.tasks) + 1
                self.tasks[number] = Task(number, sku, scraper)

    def found(self) -> set[str]:
        return {task.sku for task in self.tasks.values() for r in task.results if r["outcome"] == "found"}

    def answer(self, seen: Seen) -> Answer | None:
        told = self.before(seen)
        if told is not None:
            return told
        path = seen.path.removeprefix("/api/scraper/v1/")
        with self._lock:
            if path == "claim":
                return self._claim(seen)
            if path == "results":
                return Reply(200, {"items": [self._result(i) for i in seen.json["items"]], **self._told()})
            if path.endswith("/heartbeat"):
                return self._beat(path.split("/")[1], seen.json)
            if path.endswith("/release"):
                return self._release(path.split("/")[1])
        return None

    def lose(self, lease: str) -> None:
        with self._lock:
            self.dead_leases.add(lease)
            self._free(lease)

    def _told(self) -> dict[str, Any]:
        return {"directives": self.directives}

    def _claim(self, seen: Seen) -> Answer:
        asked = seen.json
        lease = self.leases.get(asked["claim_key"])
        if lease in self.dead_leases:
            return Reply(410, {"error": "lease lost"})
        if lease is None:
            free = [t for t in self.tasks.values() if t.lease is None and not t.results]
            free = free[: min(asked["max_tasks"], self.most)]
            if not free or self.directives.get("drain"):
                time.sleep(min(asked.get("wait_s", 0), 0.3))
                return Reply(200, {"lease": None, "retry_after_ms": 100, **self._told()})
            lease = f"L{len(self.leases) + 1}"
            self.leases[asked["claim_key"]] = lease
            for task in free:
                task.lease, task.attempt = lease, task.attempt + 1
        mine = [t for t in self.tasks.values() if t.lease == lease]
        return Reply(
            200,
            {
                "lease": {"id": lease, "ttl_ms": self.ttl_ms, "heartbeat_ms": self.heartbeat_ms},
                "tasks": [
                    {
                        "id": t.id, "job_id": JOB, "sku": t.sku, "scraper": t.scraper, "attempt": t.attempt,
                        "config_rev": t.scraper,
                    }
                    for t in mine
                ],
                "configs": self.scrapers, **self._told(),
            },
        )  # fmt: skip

    def _beat(self, lease: str, beat: dict[str, Any]) -> Answer:
        self.beats.append({"lease": lease, "at": time.monotonic(), **beat})
        if lease in self.dead_leases:
            return Reply(410, {"error": "lease lost"})
        return Reply(200, {"ttl_ms": self.ttl_ms, "keep": None, **self._told()})

    def _result(self, item: dict[str, Any]) -> object:
        told = self.verdict(item)
        if told is not None:
            return told
        task = self.tasks[item["task_id"]]
        if item["outcome"] == "crash":
            self.crashes.append(item)
            task.lease = None
            return "accepted"
        if any(result["outcome"] == item["outcome"] for result in task.results):
            self.doubled += 1
            return "duplicate"
        task.results.append(item)
        return "accepted"

    def _release(self, lease: str) -> Answer:
        self.released.append(lease)
        self.dead_leases.add(lease)
        return Reply(200, {"released": self._free(lease)})

    def _free(self, lease: str) -> int:
        mine = [t for t in self.tasks.values() if t.lease == lease and not t.results]
        for task in mine:
            task.lease = None
        return len(mine)
