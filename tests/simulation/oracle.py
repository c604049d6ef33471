"""The oracle: keeps a ledger of its own of everything that was committed, and says what must not be.

It shares no code with the rules.  After every COMMIT it looks at the tasks and the leases, compares them
with what it saw before, and asks whether what was said may have done that.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from tests.simulation.network import Request
from tests.simulation.office import Commit, SimOffice

TTL_S: Final = 90.0
LEGACY_TTL_S: Final = 3600.0
SWEEP_S: Final = 6.0
FENCED_S: Final = 85.0
"""0.8 of a TTL by the slowest clock of the machines, and a moment."""
UNREPORTED: Final = ("not_reported", "job_failed", "deadline")
"""Why a task has ended that no runner told of."""
MAX_CALLS: Final = 150
"""Calls of one process in a minute."""
_TASKS: Final = """SELECT id, job_id, sku, scraper, state, outcome, reason, attempt, fails, blocks, crashes,
  lease_id FROM tasks"""
_LEASES: Final = "SELECT id, kind, state, runner, claim_key, job_id FROM leases"
_SHARES: Final = """SELECT host, SUM(per_second), SUM(concurrency) FROM host_shares
  WHERE expires_at > ? GROUP BY host"""


class Violation(AssertionError):
    """What must never be."""


class Seen(NamedTuple):
    """A task as it was after some COMMIT."""

    id: int
    job_id: str
    sku: str
    scraper: str
    state: str
    outcome: str | None
    reason: str | None
    attempt: int
    fails: int
    blocks: int
    crashes: int
    lease_id: str | None


class Lease(NamedTuple):
    """A lease as it was."""

    id: str
    kind: str
    state: str
    runner: str
    claim_key: str
    job_id: str | None


Attempt = tuple[int, int]
Rates = Mapping[str, tuple[float, int]]


class Oracle:
    """Its ledger, and what it thinks of each COMMIT."""

    def __init__(self, office: SimOffice, rates: Rates, hosts: Mapping[str, str]) -> None:
        self._office, self._rates, self._hosts = office, rates, hosts
        self.tasks: dict[int, Seen] = {}
        self.leases: dict[str, Lease] = {}
        self.cancelled: dict[str, float] = {}
        self.paused: set[str] = set()
        self.deadlines: set[str] = set()
        self.draining: set[str] = set()
        self.accepted: Counter[int] = Counter()
        self.given_back: list[float] = []
        self.elsewhere: list[float] = []
        self._orphans: dict[int, float] = {}
        self._said_found: dict[int, list[str]] = defaultdict(list)
        self._granted: dict[Attempt, str] = {}
        self._crashed: set[Attempt] = set()
        self._counted: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()
        self._renewed: dict[str, float] = {}
        self._started: dict[str, set[int]] = defaultdict(set)
        self._claims: dict[tuple[str, str], str] = {}
        self._resting: dict[str, float] = {}
        self._kept: dict[tuple[str, str, str], str] = {}
        self._asked: dict[str, float] = {}
        self._told_cancelled: dict[str, set[str]] = defaultdict(set)

    @property
    def now(self) -> float:
        """The world's time, which no clock in it shows."""
        return self._office.scheduler.now

    # ── After a COMMIT ─────────────────────────────────────────────────────────────────────────────

    def committed(self, commit: Commit) -> None:
        """Look at what it did."""
        before, leases_before = self.tasks, self.leases
        self.tasks = {row[0]: Seen._make(row) for row in self._office.store.rows(_TASKS)}
        self.leases = {row[0]: Lease._make(row) for row in self._office.store.rows(_LEASES)}
        self._note(commit, before)
        for lease in self.leases.values():
            self._look_at_lease(lease, leases_before.get(lease.id))
        for task in self.tasks.values():
            seen = before.get(task.id)
            if seen is not None and seen != task:
                self._look_at_task(commit, seen, task)
        if commit.kind in ("claim", "heartbeat", "release"):
            self._look_at_budgets()

    def _note(self, commit: Commit, before: Mapping[int, Seen]) -> None:
        match commit.kind:
            case "claim":
                self._claimed(commit)
            case "heartbeat":
                self._beaten(commit)
            case "results":
                self._delivered(commit, before)
            case "callback":
                self._called_back(commit)
            case "cancel":
                self.cancelled.setdefault(commit.body, self.now)
            case "pause" if commit.value:
                self.paused.add(commit.body)
            case "resume":
                self.paused.discard(commit.body)
            case "drain" if commit.value:
                self.draining.add(commit.body)
            case "undrain":
                self.draining.discard(commit.body)

    def _claimed(self, commit: Commit) -> None:
        answer, request = commit.value, _of(commit)
        if answer.lease is None:
            return
        known = self._claims.setdefault((request.runner, commit.body.claim_key), answer.lease.id)
        self._check(known == answer.lease.id, "one claim key, two leases", known, answer.lease.id)
        self._renewed[answer.lease.id] = self.now
        for task in answer.tasks:
            if (task.id, task.attempt) in self._granted:
                continue
            self._granted[task.id, task.attempt] = answer.lease.id
            if task.id in self._orphans:
                orphaned = max(self._orphans.pop(task.id), self._office.up_since)
                self.elsewhere.append(self.now - orphaned)
            self._check(task.job_id not in self.cancelled, "a cancelled job's task was granted", task)
            self._check(task.job_id not in self.paused, "a paused job's task was granted", task)
            host = self._hosts[task.scraper]
            self._check(self.now >= self._resting.get(host, 0.0), "a resting host's task was granted", task)
            self._check(request.runner not in self.draining, "a draining runner got a task", task)

    def _beaten(self, commit: Commit) -> None:
        lease_id = _of(commit).of
        self._renewed[lease_id] = self.now
        self._started[lease_id] = set(commit.body.in_progress)
        for pause in commit.body.host_pauses:
            until = self.now + pause.ms / 1000
            self._resting[pause.host] = max(self._resting.get(pause.host, 0.0), until - 0.01)

    def _delivered(self, commit: Commit, before: Mapping[int, Seen]) -> None:
        for item, verdict in zip(commit.body.items, commit.value.items, strict=True):
            if item["lease_id"] in self._renewed:
                self._renewed[item["lease_id"]] = self.now
            task = before.get(item["task_id"])
            self._check(task is not None and verdict != "unknown", "a granted task is unknown", item)
            assert task is not None
            if item["outcome"] == "found":
                self._success(item, verdict, task)
            elif verdict == "accepted":
                self._no_success(item, task)

    def _success(self, item: Mapping[str, Any], verdict: str, task: Seen) -> None:
        if verdict == "accepted":
            self.accepted[task.id] += 1
            self._check(self.accepted[task.id] == 1, "a result was accepted twice", item)
            self._said_found[task.id].append(_canonical(item["data"]))
            return
        if (task.id, item["attempt"]) in self._granted and task.job_id not in self.cancelled:
            after = self.tasks[task.id]
            self._check(after.outcome == "found", f"a success was refused as {verdict}", item, after)

    def _no_success(self, item: Mapping[str, Any], task: Seen) -> None:
        attempt = (task.id, item["attempt"])
        is_holder = (task.lease_id, task.attempt) == (item["lease_id"], item["attempt"])
        if item["outcome"] == "crash":
            return
        unreported = task.outcome in ("not_found", "failed", "blocked") and task.reason in UNREPORTED
        self._check(is_holder or unreported, "one who does not hold the task was heard", item, task)
        self._check(attempt in self._granted, "an attempt that was never granted counted", item)
        if item["outcome"] == "failed":
            self._failed[task.id] += 1

    def _called_back(self, commit: Commit) -> None:
        results = commit.body.results
        for sku, by_scraper in (results.data if results else {}).items():
            for scraper, product in by_scraper.items():
                told = _canonical(product.model_dump(mode="json", exclude_none=True))
                for task in self.tasks.values():
                    if (task.job_id, task.sku, task.scraper) == (commit.body.job_id, sku, scraper):
                        self._said_found[task.id].append(told)

    # ── Leases ─────────────────────────────────────────────────────────────────────────────────────

    def _look_at_lease(self, lease: Lease, before: Lease | None) -> None:
        if before is None:
            self._renewed.setdefault(lease.id, self.now)
        if lease.state != "lost" or before is None or before.state != "live":
            return
        ttl = TTL_S if lease.kind == "queue" else LEGACY_TTL_S
        silent = self.now - max(self._renewed[lease.id], self._office.up_since)
        self._check(
            silent >= ttl - 0.01 or lease.kind == "legacy", "a living runner was robbed", lease, silent
        )
        if lease.kind == "queue":
            self.given_back.append(silent)

    def look_at_the_clock(self) -> None:
        """Leases of the dead must have been taken back by now."""
        if not self._office.is_up or self.now - self._office.back_at < SWEEP_S:
            return
        for lease in self.leases.values():
            if lease.state == "live" and lease.kind == "queue":
                silent = self.now - max(self._renewed[lease.id], self._office.up_since)
                self._check(silent <= TTL_S + SWEEP_S, "a dead runner still holds its tasks", lease, silent)

    def _look_at_budgets(self) -> None:
        now_ms = round(self._office.clock().timestamp() * 1000)
        for host, per_second, concurrency in self._office.store.rows(_SHARES, now_ms):
            most = self._rates[host]
            fits = per_second <= most[0] * 1.001 and concurrency <= most[1]
            self._check(fits, "a host's budget was promised twice", host, per_second, concurrency)

    # ── Tasks ──────────────────────────────────────────────────────────────────────────────────────

    def _look_at_task(self, commit: Commit, was: Seen, task: Seen) -> None:
        self._check(
            was.outcome != "found" or task.outcome == "found", "an accepted result was lost", was, task
        )
        self._check(task.attempt >= was.attempt, "a fencing token went back", was, task)
        self._look_at_holder(commit, was, task)
        self._check(task.fails <= self._failed[task.id], "more failures than were told", task)
        if task.crashes > was.crashes:
            self._count_crashes(commit, was, task.crashes - was.crashes)
        if task.outcome is not None or (task.state == "delayed" and commit.kind == "results"):
            self._orphans.pop(task.id, None)
        if was.outcome is None and task.outcome is not None:
            self._look_at_end(commit, was, task)

    def _look_at_holder(self, commit: Commit, was: Seen, task: Seen) -> None:
        lease = self.leases.get(was.lease_id or "")
        if lease is None or lease.kind != "queue" or task.lease_id == was.lease_id:
            return
        is_fair = {
            "results": True,
            "cancel": True,
            "pause": True,
            "release": commit.request is not None and commit.request.of == lease.id,
            "callback": task.outcome == "found",
        }.get(commit.kind, lease.state == "lost")
        self._check(is_fair, f"{commit.kind} took a task from a living runner", was, task)

    def _count_crashes(self, commit: Commit, was: Seen, n: int) -> None:
        if commit.kind == "results":
            told = {(was.id, i["attempt"]) for i in commit.body.items if _is_crash_of(i, was.id)}
        else:
            told = {(was.id, was.attempt)}
            in_hand = was.id in self._started[was.lease_id or ""]
            self._check(in_hand, "a crash was blamed on a task that nobody had begun", was)
        new = told - self._crashed
        self._check(n <= len(new), "a crash was counted twice", was)
        self._crashed |= new
        self._counted[was.id] += n

    def _look_at_end(self, commit: Commit, was: Seen, task: Seen) -> None:
        by_contract = commit.kind == "callback" or self._is_legacy(was)
        match task.outcome:
            case "found":
                self._check(bool(self._said_found[task.id]), "found, and nobody had said so", task)
            case "quarantined":
                self._check(self._counted[task.id] >= 3, "an innocent was put away", task)
            case "cancelled":
                self._check(commit.kind == "cancel", "cancelled by nobody", task)
            case "failed" if not by_contract:
                is_fair = self._failed[task.id] >= 3 or task.reason == "deadline"
                self._check(is_fair, "failed before its third failure", task)
            case "blocked" if not by_contract:
                is_fair = task.job_id in self.deadlines or was.blocks >= 49
                self._check(is_fair, "blocked for good", task)
            case _:
                is_fair = commit.kind in ("results", "callback") or by_contract
                self._check(is_fair, "ended by nobody", task)

    def _is_legacy(self, task: Seen) -> bool:
        lease = self.leases.get(task.lease_id or "")
        return lease is not None and lease.kind == "legacy"

    # ── What machines do ───────────────────────────────────────────────────────────────────────────

    def died(self, runner: str) -> None:
        """This runner is dead: how long until others have its tasks?"""
        for task in self.tasks.values():
            lease = self.leases.get(task.lease_id or "")
            if lease is not None and lease.kind == "queue" and lease.runner == runner:
                self._orphans[task.id] = self.now

    def kept(self, item: Mapping[str, Any]) -> None:
        """A result reached a machine's disk: from now on it must not be lost."""
        if item["outcome"] == "found":
            key = (item["job_id"], item["sku"], item["scraper"])
            self._kept[key] = _canonical(item["data"])

    def told(self, life: str, lease_id: str, sent_at: float, job_ids: Iterable[str]) -> None:
        """This process heard that these jobs are cancelled, or at least an answer that must have said so."""
        self._told_cancelled[life].update(job_ids)
        self._asked[lease_id] = max(sent_at, self._asked.get(lease_id, 0.0))

    def began(self, life: str, task_id: int, job_id: str, lease_id: str) -> None:
        """A process begins a task."""
        lease = self.leases.get(lease_id)
        is_held = lease is not None and lease.state != "lost"
        self._check(is_held, "a task was begun under a lease that was lost, or never was", task_id, lease)
        told = job_id in self._told_cancelled[life]
        self._check(not told, "a task of a job was begun after its cancellation was heard", task_id)
        since = self.cancelled.get(job_id)
        if since is not None:
            late = self.now - since > FENCED_S or self._asked.get(lease_id, 0.0) > since
            self._check(not late, "a task of a job that was cancelled before was begun", task_id)

    # ── At the end ─────────────────────────────────────────────────────────────────────────────────

    def at_the_end(self, truth: Callable[[str, str], Any]) -> None:
        """Everything is over, everybody is home."""
        stored = dict(self._office.store.rows("SELECT task_id, data FROM results"))
        by_key = {(t.job_id, t.sku, t.scraper): t for t in self.tasks.values()}
        for key, _ in self._kept.items():
            task = by_key[key]
            is_safe = task.outcome == "found" or key[0] in self.cancelled
            self._check(is_safe, "a result that was on a disk is nowhere", task)
        for task in self.tasks.values():
            if task.outcome == "found":
                known = self._said_found[task.id]
                self._check(_canonical(json.loads(stored[task.id])) in known, "another's data", task)
                self._check(truth(task.sku, task.scraper) is not None, "found what is not there", task)

    def calls(self, sent: Iterable[tuple[float, Request]]) -> None:
        """No process asks more than it needs to."""
        counted: Counter[tuple[str, int]] = Counter((r.life, int(at // 60)) for at, r in sent if r.life)
        for (life, minute), n in counted.items():
            self._check(n <= MAX_CALLS, "a storm of calls", life, f"minute {minute}", n)

    def _check(self, holds: bool, words: str, *facts: object) -> None:
        if not holds:
            told = "; ".join(str(fact) for fact in facts)
            raise Violation(f"{words} (at {self.now:.1f} s): {told}")


def _of(commit: Commit) -> Request:
    assert commit.request is not None
    return commit.request


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps({k: v for k, v in data.items() if k != "scraped_at"}, sort_keys=True)


def _is_crash_of(item: Mapping[str, Any], task_id: int) -> bool:
    return bool(item["outcome"] == "crash" and item["task_id"] == task_id)
