"""The post: brings results home, for ever.

What an earlier life died of goes first.  Then old results (of an earlier life) and new ones take turns, so
that a month's backlog goes out without making today's wait.  A batch that is refused is halved until the bad
item is found; that one is put aside with the coordinator's words and never stands in the way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from scraper_backend.core import logs
from scraper_backend.core.errors import BackendError, BadRequest
from scraper_backend.core.wire import Invalid
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.line import Connect, Line
from scraper_backend.runner.daemon.messages import Home, Told
from scraper_backend.runner.outbox.spool import Spool, Spooled
from scraper_backend.runner.stop import Stop

log = logs.named(__name__)

ITEMS: Final = 100
SIZE: Final = 1024 * 1024
GATHER_S: Final = 2.0
"""A result waits this long for company."""
TAKEN: Final = frozenset({"accepted", "duplicate", "stale", "cancelled", "unknown", "recorded"})
NOT_THE_ITEMS: Final = (404, 405, 409)
"""Refusals that no other batch would escape: everything is kept."""
EVER: Final = 2**62


@dataclass(slots=True)
class Lane:
    """A stretch of the spool, and how far it has been sent in this round."""

    first: int
    last: int
    at: int


class Post:
    """One thread that delivers until it is told to stop."""

    def __init__(self, desk: Desk, spool: Spool, connect: Connect, stop: Stop, *, crashes: int = 0) -> None:
        """crashes: how many of the newest results tell what died with an earlier life; they go first."""
        self._desk, self._spool, self._stop = desk, spool, stop
        self._line = Line(connect, stop, timeout=60.0, tell=desk.hear_soon)
        self._fresh = threading.Event()
        border = spool.last_id()
        old = border - crashes
        self._lanes = (Lane(old, border, old), Lane(border, EVER, border), Lane(0, old, 0))
        self.sent = self.dead = 0

    def has_crashes(self) -> bool:
        """Whether it is still to be told what an earlier life died of."""
        crashes = self._lanes[0]
        return bool(self._spool.batch(crashes.first, crashes.last, items=1, size=0))

    def new_result(self) -> None:
        """There is something to send, or the end has come."""
        self._fresh.set()

    def deliver_rest(self, within_s: float, clock: Callable[[], float] = time.monotonic) -> int:
        """Send what is left, for so long at most; how many stay for next time.  The thread must be over."""
        ends = clock() + within_s
        while clock() < ends and self._spool.count():
            try:
                if not self._round():
                    break
            except BackendError as error:
                log.info("post.later", why=str(error))
                break
        return self._spool.count()

    def deliver_on(self) -> None:
        """Its own thread."""
        while not self._stop.is_set():
            try:
                moved = self._round()
            except BackendError as error:
                self._line.rest_after(error)
                continue
            if not moved:
                self._fresh.wait(GATHER_S)
                self._fresh.clear()
                if self._stop.is_set():
                    break
                self._stop.wait(0 if self._spool.count() >= ITEMS else GATHER_S / 10)

    def _round(self) -> bool:
        """A batch of each lane; whether anything was sent.

        What was kept back (a verdict we do not know) is looked at again in the next round.
        """
        moved = False
        for lane in self._lanes:
            batch = self._spool.batch(lane.at, lane.last, items=ITEMS, size=SIZE)
            if not batch:
                lane.at = lane.first
                continue
            self._send(batch)
            lane.at = batch[-1].id
            moved = True
        return moved

    def _send(self, batch: Sequence[Spooled]) -> None:
        try:
            answer = self._line.client.send_results([spooled.item for spooled in batch])
        except BadRequest as refusal:
            if refusal.status in NOT_THE_ITEMS:
                raise
            self._find_the_bad(batch, refusal)
            return
        self._desk.inbox.put(Told(answer.directives))
        self._sort(batch, answer.items)
        self._line.succeeded()  # not before: what a full disk cannot let go would be sent again at once

    def _sort(self, batch: Sequence[Spooled], verdicts: Sequence[object]) -> None:
        judged = list(zip(batch, verdicts, strict=True))
        taken = [spooled.id for spooled, verdict in judged if verdict in TAKEN]
        refused = [(spooled, v.invalid) for spooled, v in judged if isinstance(v, Invalid)]
        self._spool.delivered(taken)
        self._spool.refused(refused)
        gone = [
            str(spooled.item.get("lease_id")) for spooled, v in judged if v in TAKEN or isinstance(v, Invalid)
        ]
        self._desk.inbox.put(Home(tuple(gone)))
        self.sent += len(taken)
        self.dead += len(refused)
        for spooled, words in refused:
            log.error("outcome.refused", sku=spooled.item.get("sku"), words=words)

    def _find_the_bad(self, batch: Sequence[Spooled], refusal: BadRequest) -> None:
        """Half by half.  A coordinator that refuses even an empty batch has nothing against these items."""
        if len(batch) > 1:
            middle = len(batch) // 2
            self._send(batch[:middle])
            self._send(batch[middle:])
            return
        self._line.client.send_results([])
        log.error("outcome.refused", sku=batch[0].item.get("sku"), words=str(refusal))
        self._spool.refused([(batch[0], str(refusal))])
        self._desk.inbox.put(Home((str(batch[0].item.get("lease_id")),)))
        self.dead += 1
