"""Everything is plugged together here, and only here."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from types import FrameType
from typing import Any, Final

from scraper_backend.core import logs
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.errors import BackendError
from scraper_backend.core.retry import Retry
from scraper_backend.runner.daemon.claims import Claims
from scraper_backend.runner.daemon.clock import awake_or_not
from scraper_backend.runner.daemon.desk import Desk
from scraper_backend.runner.daemon.diary import Diary
from scraper_backend.runner.daemon.door import Door
from scraper_backend.runner.daemon.heart import Heart
from scraper_backend.runner.daemon.line import Connect
from scraper_backend.runner.daemon.messages import Wish
from scraper_backend.runner.daemon.post import Post
from scraper_backend.runner.daemon.settings import Settings, read_settings
from scraper_backend.runner.hands import capabilities
from scraper_backend.runner.identity import metadata
from scraper_backend.runner.lock import hold
from scraper_backend.runner.outbox import dead, open_file, spool
from scraper_backend.runner.outbox.file import File
from scraper_backend.runner.outbox.spool import Spool
from scraper_backend.runner.stop import Stop

log = logs.named(__name__)

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
LAST_DELIVERY_S: Final = 5.0
LAST_WORDS_S: Final = 1.0
"""How long the threads have to end; one that waits for the coordinator ends with the process."""
Look = Callable[[Callable[[], Mapping[str, Any]]], AbstractContextManager[object]]


def start(
    api_url: str | None = None,
    runner_name: str | None = None,
    *,
    settings: Settings | None = None,
    look: Look | None = None,
    clock: Callable[[], float] = awake_or_not,
) -> int:
    """Work until told to stop; the exit code.  Raises `Faults` for settings, `StoreBusy` for a second daemon.

    look: opened around the work with a function that tells how things stand (a live view).
    """
    known = read_settings() if settings is None else settings

    def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
        return ScraperAPIClient(api_url, None, runner_name, timeout, retry=retry)

    with connect(Retry(tries=1), 5.0) as probe:
        api_url, runner_name = probe.api_url, probe.runner_name
    with (
        hold(known.folder / "locks" / "daemon.lock", wait_s=2.0, who="a runner daemon"),
        open_file(known.folder / "outbox.db") as file,
    ):
        return Daemon(known, file, connect, api_url, runner_name, clock).work(look)


class Daemon:
    """The parts, and the order in which they come and go."""

    def __init__(  # noqa: PLR0917 - what it is made of
        self,
        settings: Settings,
        file: File,
        connect: Connect,
        api_url: str,
        name: str,
        clock: Callable[[], float],
    ) -> None:
        self._settings, self._file, self._api_url, self._name = settings, file, api_url, name
        self._stop = Stop()
        self._spool = Spool(file, api_url)
        crashed = self._spool.bury_the_dead()
        if crashed:
            log.warning("runner.crashed_before", tasks=crashed)
        self._desk = Desk(settings, self._spool, clock)
        self._post = Post(self._desk, self._spool, connect, self._stop, crashes=crashed)
        self._desk.on_result = self._post.new_result
        self._heart = Heart(self._desk, self._spool, connect, self._stop, clock)
        self._diary = Diary(connect, self._stop)
        able = capabilities()
        self._claims = Claims(
            self._desk,
            self._spool,
            connect,
            self._stop,
            clock,
            has_crashes=self._post.has_crashes,
            poll_s=settings.poll_s,
            labels=settings.labels,
            capabilities=able,
            metadata=metadata(settings.folder, able),
        )

    def work(self, look: Look | None) -> int:
        """All of it: begin, work, leave."""
        self._heed_signals()
        self._diary.open()
        self._tell_of_others()
        door = Door(self._settings.folder, self._settings.port, self.status, self._desk.inbox.put)
        log.info("runner.started", name=self._name, api_url=self._api_url, door=door.port)
        try:
            with look(self.status) if look else nullcontext():
                threads = self._threads()
                self._desk.run()
            self._leave(threads)
        finally:
            door.close()
            self._diary.shut()
            self._heed_no_more()
        return self._desk.exit_code

    def _tell_of_others(self) -> None:
        """Task numbers mean nothing to another coordinator: what is for one stays here, and is said."""
        for coordinator, n in self._for_others().items():
            log.warning("spool.for_another", results=n, coordinator=coordinator, ours=self._api_url)

    def _for_others(self) -> dict[str, int]:
        return {url: n for url, n in spool.waiting(self._file).items() if url != self._api_url}

    def status(self) -> dict[str, Any]:
        """How things stand."""
        view = self._desk.view
        return {
            "runner": self._name, "coordinator": self._api_url, "state": view.state, "trouble": view.trouble,
            "in_hand": len(view.working_on), "working_on": list(view.working_on), "waiting": view.waiting,
            "leases": len(view.leases), "done": view.done, "counts": dict(view.counts),
            "sites": {name: dict(counts) for name, counts in view.sites.items()}, "a_minute": view.a_minute,
            "spool": self._spool.count(), "spool_for_others": self._for_others(),
            "dead": dead.count(self._file), "delivered": self._post.sent,
            "host_pauses": {host: round(s) for host, s in view.host_pauses.items()},
        }  # fmt: skip

    def _threads(self) -> list[threading.Thread]:
        work = {
            "post": self._post.deliver_on,
            "claims": self._claims.ask_on,
            "heart": self._heart.beat_on,
            "ear": self._heart.listen_on,
            "diary": self._diary.send_on,
        }
        threads = [
            threading.Thread(target=self._guarded, args=(what,), daemon=True, name=name)
            for name, what in work.items()
        ]
        for thread in threads:
            thread.start()
        return threads

    def _guarded(self, work: Callable[[], None]) -> None:
        """A thread that breaks takes the daemon down in order: half a runner is worse than none."""
        try:
            work()
        except Exception:
            if self._stop.is_set():  # it came back from a call after the spool was closed
                return
            log.exception("runner.broken", thread=threading.current_thread().name)
            self._desk.inbox.put(Wish("leave", "a part of this runner broke", 1))

    def _heed_signals(self) -> None:
        """From now on a signal is a wish, also one that comes before the desk is open."""
        if threading.current_thread() is not threading.main_thread():
            return

        def handle(number: int, _: FrameType | None) -> None:
            self._desk.inbox.put(Wish("stop", signal.Signals(number).name))

        for number in SIGNALS:
            signal.signal(number, handle)

    def _heed_no_more(self) -> None:
        """Whoever asks now has his wish.  An interpreter that ends puts back the default of every signal that
        has a handler, and would die of one that comes then; what is ignored stays ignored."""
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    def _leave(self, threads: list[threading.Thread]) -> None:
        """Bring home what can be brought, give back the rest.  What was in hand did not kill us."""
        self._stop.set("leaving")
        self._post.new_result()
        ends = time.monotonic() + LAST_WORDS_S
        for thread in threads:
            thread.join(timeout=max(0.0, ends - time.monotonic()))
        with suppress(BackendError):
            left = self._post.deliver_rest(LAST_DELIVERY_S)
            if left:
                log.info("runner.kept", results=left)
        with suppress(BackendError):
            self._spool.forget_marks()
        try:
            self._claims.give_back_all("shutdown")
        except BackendError as error:
            log.info("leases.kept", why=str(error))
        log.info("runner.gone", name=self._name)
        with suppress(BackendError):
            self._diary.send()
