"""Asking for work while there is room, and clearing up after an earlier life of this runner.

The claim key is on the disk before the claim is sent: when the answer is lost, the same key gets the same
lease, so no task ever waits out a lease that nobody knows of.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from scraper_backend.core import logs
from scraper_backend.core.errors import (
    BackendError,
    BadRequest,
    Forbidden,
    KeyRefused,
    LeaseLost,
    StoreBusy,
)
from scraper_backend.core.wire import ClaimAnswer
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.line import Connect, Line
from scraper_backend.runner.daemon.messages import Granted, Told, Wish
from scraper_backend.runner.events import Exit
from scraper_backend.runner.outbox.spool import Spool
from scraper_backend.runner.stop import Stop

log = logs.named(__name__)

WAIT_S: Final = 25.0
MOST: Final = 50
LOOK_S: Final = 0.1
HEAD_START_S: Final = 10.0
CRASHES_FIRST_S: Final = 300.0


class Claims:
    """One thread that asks, one question at a time."""

    def __init__(
        self,
        desk: Desk,
        spool: Spool,
        connect: Connect,
        stop: Stop,
        clock: Callable[[], float],
        *,
        has_crashes: Callable[[], bool],
        poll_s: float,
        labels: Sequence[str],
        capabilities: Sequence[str],
        metadata: Mapping[str, Any],
    ) -> None:
        self._desk, self._spool, self._stop, self._clock = desk, spool, stop, clock
        self._has_crashes = has_crashes
        self._poll_s, self._labels, self._capabilities = poll_s, labels, capabilities
        self._metadata = metadata
        self._line = Line(connect, stop, tell=desk.hear_soon)

    def clear_up(self) -> None:
        """Introduce ourselves, then give back what an earlier life of this runner held."""
        self._until_answered(self._register)
        self._until_answered(partial(self.give_back_all, "restart"))

    def _register(self) -> None:
        try:
            self._line.client.register_runner(self._metadata)
        except (KeyRefused, Forbidden) as error:
            self._desk.inbox.put(Wish("leave", str(error), Exit.KEY_REFUSED))
            self._stop.wait()

    def give_back_all(self, reason: str) -> None:
        """Release every lease we have, or may have: a claim that nobody answered us may have been granted."""
        for key, max_tasks in self._spool.unanswered():
            self._reclaim(key, max_tasks)
        for lease in self._spool.leases():
            self._give_back(lease, reason)

    def _give_back(self, lease_id: str, reason: str) -> None:
        """Release one lease; one that is lost, or that another key of ours took, is over as well."""
        try:
            self._line.client.release(lease_id, reason)
        except (LeaseLost, BadRequest, Forbidden) as error:
            log.info("lease.over", lease=lease_id, words=str(error))
        self._spool.ended(lease_id)

    def _reclaim(self, key: str, max_tasks: int) -> None:
        try:
            answer = self._claim(key, max_tasks, 0)
        except (LeaseLost, BadRequest, Forbidden):
            self._spool.claimed(key, None)
            return
        self._spool.claimed(key, answer.lease.id if answer.lease else None)

    def _until_answered(self, call: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                call()
            except BackendError as error:
                self._line.rest_after(error)
            else:
                self._line.succeeded()
                return

    def ask_on(self) -> None:
        """The claims' own thread: first clear up, then ask."""
        self.clear_up()
        self._let_the_old_go_first()
        while not self._stop.is_set():
            room = self._desk.view.room
            if room == 0:
                self._stop.wait(LOOK_S)
                continue
            self._stop.wait(self._desk.view.slow_down_s)
            self._stop.wait(self._ask(min(room, MOST)))

    def _let_the_old_go_first(self) -> None:
        """What we know may spare somebody a task; but a month's backlog does not stop today's work.

        What killed us is told before anything else, or it is granted to us again and kills us again.
        """
        ends = self._clock() + CRASHES_FIRST_S
        while self._has_crashes() and self._clock() < ends and not self._stop.wait(LOOK_S):
            pass
        ends = self._clock() + HEAD_START_S
        while self._spool.count() and self._clock() < ends and not self._stop.wait(LOOK_S):
            pass

    def _ask(self, room: int) -> float:
        """One claim, repeated until it is answered; seconds to wait before the next."""
        key = str(uuid.uuid4())
        try:
            self._spool.will_claim(key, room)
        except StoreBusy as error:
            log.warning("claim.postponed", why=str(error))
            return self._poll_s
        while not self._stop.is_set():
            asked_at = self._clock()
            busy = bool(self._desk.view.in_hand or self._desk.view.waiting)
            try:
                answer = self._claim(key, room, 0 if busy else WAIT_S)
            except (LeaseLost, BadRequest) as error:
                return self._refused(key, error)
            except BackendError as error:
                self._line.rest_after(error)
                self._introduce_again(error)
                continue
            self._line.succeeded()
            self._note(key, answer)
            if answer.lease is None:
                self._desk.inbox.put(Told(answer.directives))
                held = self._clock() - asked_at
                asked = (answer.retry_after_ms or 0) / 1000 or (self._poll_s if held < 1 else 0.0)
                return max(asked, 0.0)
            self._desk.inbox.put(Granted(key, answer, asked_at))
            return LOOK_S
        return 0.0

    def _note(self, key: str, answer: ClaimAnswer) -> None:
        """If the disk is full, the key stays there: who asks with it again gets this lease again."""
        with suppress(StoreBusy):
            self._spool.claimed(key, answer.lease.id if answer.lease else None)

    def _introduce_again(self, error: BackendError) -> None:
        """Our key was refused; by now its file may hold another."""
        if isinstance(error, (KeyRefused, Forbidden)):
            with suppress(BackendError):
                self._line.client.register_runner(self._metadata)

    def _claim(self, key: str, max_tasks: int, wait_s: float) -> ClaimAnswer:
        return self._line.client.claim(
            key, max_tasks, wait_s=wait_s, labels=self._labels, capabilities=self._capabilities
        )

    def _refused(self, key: str, error: BadRequest | LeaseLost) -> float:
        """This key will never be answered.  A coordinator that knows no claims at all is not for a daemon."""
        with suppress(StoreBusy):
            self._spool.claimed(key, None)
        if isinstance(error, BadRequest) and error.status in (404, 405):
            why = "this coordinator does not hand out tasks; use `bsr runner run`"
            self._desk.inbox.put(Wish("leave", why, Exit.USAGE))
        log.warning("claim.refused", words=str(error))
        return self._poll_s
