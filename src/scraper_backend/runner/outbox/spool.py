"""Tasks of the fleet protocol: what is claimed, what is in hand, what is on its way home.

One turn of the daemon is one durable transaction: finished tasks leave `marks` and enter `spool` together
with the marks of those that start.  So at any moment a task is unstarted, marked, spooled or acknowledged,
whatever kills the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from scraper_backend.runner.outbox.dead import bury
from scraper_backend.runner.outbox.file import File


@dataclass(frozen=True, slots=True)
class Spooled:
    """One result as it will be sent."""

    id: int
    body: bytes

    @property
    def item(self) -> dict[str, Any]:
        """The fields of a `wire.ResultItem`."""
        value: dict[str, Any] = orjson.loads(self.body)
        return value


def waiting(file: File) -> dict[str, int]:
    """How many results wait, by the coordinator that is to have them."""
    rows = file.run("SELECT coordinator, count(*) FROM spool GROUP BY coordinator ORDER BY coordinator")
    return {str(coordinator): int(n) for coordinator, n in rows}


class Spool:
    """The part of the outbox that belongs to one coordinator."""

    def __init__(self, file: File, coordinator: str) -> None:
        self._file = file
        self._of = coordinator

    # ── Claims and leases ──────────────────────────────────────────────────────────────────────────

    def will_claim(self, claim_key: str, max_tasks: int) -> None:
        """A claim is about to be sent; the same key only ever goes with the same wish."""
        with self._file.writing():
            self._file.run("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", (self._of, claim_key, max_tasks))

    def claimed(self, claim_key: str, lease_id: str | None) -> None:
        """It was answered: with a lease, or with none."""
        with self._file.writing():
            self._file.run(
                "DELETE FROM claims WHERE coordinator = ? AND claim_key = ?", (self._of, claim_key)
            )
            if lease_id is not None:
                self._file.run("INSERT OR IGNORE INTO leases VALUES (?, ?)", (self._of, lease_id))

    def ended(self, lease_id: str) -> None:
        """A lease is over."""
        with self._file.writing():
            self._file.run("DELETE FROM leases WHERE coordinator = ? AND lease_id = ?", (self._of, lease_id))

    def unanswered(self) -> list[tuple[str, int]]:
        """Claims whose answer never reached us, with what they asked for."""
        rows = self._file.run("SELECT claim_key, max_tasks FROM claims WHERE coordinator = ?", (self._of,))
        return [(key, max_tasks) for key, max_tasks in rows]

    def leases(self) -> list[str]:
        """Leases of an earlier life."""
        return [
            lease
            for (lease,) in self._file.run("SELECT lease_id FROM leases WHERE coordinator = ?", (self._of,))
        ]

    # ── Turns ──────────────────────────────────────────────────────────────────────────────────────

    def turn(self, finished: Sequence[Mapping[str, Any]], started: Sequence[Mapping[str, Any]]) -> None:
        """Keep what was finished and mark what starts; on the disk when this returns."""
        if not finished and not started:
            return
        with self._file.writing():
            self._file.run_many(
                "INSERT INTO spool (coordinator, body) VALUES (:of, :body)",
                [{"of": self._of, "body": orjson.dumps(item)} for item in finished],
            )
            self._unmark(item["task_id"] for item in finished)
            self._file.run_many(
                "INSERT OR REPLACE INTO marks (coordinator, task_id, body) VALUES (:of, :id, :body)",
                [{"of": self._of, "id": item["task_id"], "body": orjson.dumps(item)} for item in started],
            )

    def forget_marks(self) -> None:
        """We end in order: nothing in hand has killed us."""
        with self._file.writing():
            self._file.run("DELETE FROM marks WHERE coordinator = ?", (self._of,))

    def bury_the_dead(self) -> int:
        """After a crash: every task that was in hand is reported as such; how many."""
        with self._file.writing():
            rows = self._file.run("SELECT body FROM marks WHERE coordinator = ?", (self._of,))
            crashes = [{**orjson.loads(body), **_CRASH} for (body,) in rows]
            self._file.run_many(
                "INSERT INTO spool (coordinator, body) VALUES (:of, :body)",
                [{"of": self._of, "body": orjson.dumps(item)} for item in crashes],
            )
            self._file.run("DELETE FROM marks WHERE coordinator = ?", (self._of,))
        return len(crashes)

    def _unmark(self, task_ids: Iterable[int]) -> None:
        self._file.run_many(
            "DELETE FROM marks WHERE coordinator = :of AND task_id = :id",
            [{"of": self._of, "id": task_id} for task_id in task_ids],
        )

    # ── The way home ───────────────────────────────────────────────────────────────────────────────

    def last_id(self) -> int:
        """The newest result; later ones are of this life."""
        return int(self._file.one("SELECT coalesce(max(id), 0) FROM spool"))

    def count(self) -> int:
        """How many results wait."""
        return int(self._file.one("SELECT count(*) FROM spool WHERE coordinator = ?", (self._of,)))

    def bytes_on_disk(self) -> int:
        """What the outbox weighs."""
        return int(self._file.one("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))

    def batch(self, after: int, before: int, *, items: int, size: int) -> list[Spooled]:
        """The oldest results with `after` < id ≤ `before`, at most so many and so large; one at least."""
        rows = self._file.run(
            "SELECT id, body FROM spool WHERE coordinator = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?",
            (self._of, after, before, items),
        )
        batch: list[Spooled] = []
        for number, body in rows:
            size -= len(body)
            if batch and size < 0:
                break
            batch.append(Spooled(number, body))
        return batch

    def delivered(self, ids: Iterable[int]) -> None:
        """The coordinator has these."""
        with self._file.writing():
            self._remove(ids)

    def refused(self, letters: Sequence[tuple[Spooled, str]]) -> None:
        """The coordinator will never have these: kept aside with its words."""
        with self._file.writing():
            for spooled, words in letters:
                item = spooled.item
                told = (str(item.get("job_id")), str(item.get("sku")), str(item.get("scraper")))
                bury(self._file, self._of, *told, spooled.body, words)
            self._remove(spooled.id for spooled, _ in letters)

    def _remove(self, ids: Iterable[int]) -> None:
        self._file.run_many("DELETE FROM spool WHERE id = :id", [{"id": number} for number in ids])


_CRASH = {"outcome": "crash", "detail": {"reason": "runner_died"}}
