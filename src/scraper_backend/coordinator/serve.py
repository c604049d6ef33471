"""A coordinator on a socket: started, announced, stopped within five seconds.

`serve` is what `bsr serve` runs until a signal comes; `running` is the same inside another program (the
demo, the tests), as long as its block lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import structlog
import uvicorn

from scraper_backend.coordinator.app import create_app
from scraper_backend.coordinator.connection import Connection
from scraper_backend.coordinator.office import Clock, Office
from scraper_backend.coordinator.rules import links, users
from scraper_backend.coordinator.settings import Settings
from scraper_backend.coordinator.store import Transaction, open_store
from scraper_backend.core import logs
from scraper_backend.core.errors import UsageError
from scraper_backend.core.loop import run_async

log = structlog.get_logger(__name__)
GRACE_S: Final = 3
"""How long an answer under way may take once we were asked to stop.  A contract runner gives up after
seven seconds of refused connections, so a restart must be shorter than that."""
YOUNG: Final = 20_000
"""Objects that came and stayed before the collector looks at them; Python's 700 are half a request's."""


def utc_now() -> datetime:
    """The time, from the one clock of the process."""
    return datetime.now(UTC)


class Server(uvicorn.Server):
    """uvicorn, which leaves signals to us and tells the office at once that it must stop."""

    def __init__(self, config: uvicorn.Config, office: Office) -> None:
        super().__init__(config)
        self._office = office

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """No signals of its own: it would raise them again afterwards, and a clean stop is exit code 0."""
        yield

    def stop(self) -> None:
        """Take no more, end the streams, finish what is under way."""
        self.should_exit = True
        self._office.stopping.set()


def bind(host: str, port: int) -> list[socket.socket]:
    """Listening sockets, one for each address of the host; port 0 is a free one, the same for all.

    `localhost` is two addresses to most clients, and who writes `::` means every address of both kinds.
    Raises `UsageError` with what to change.
    """
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, address in dict.fromkeys((one[0], one[4][0]) for one in found):
            both = host == "::" and socket.has_dualstack_ipv6()
            taken = bound[0].getsockname()[1] if bound else port
            bound.append(
                socket.create_server((address, taken), family=family, backlog=2048, dualstack_ipv6=both)
            )
    except OSError as error:
        if bound and error.errno == errno.EADDRNOTAVAIL:  # a name with an address that this machine lacks
            return bound
        _close(bound)
        is_name = isinstance(error, socket.gaierror) or error.errno is None
        why = error.strerror or str(error) if is_name else os.strerror(error.errno or 0)
        raise UsageError(
            f"cannot listen on {host} port {port}: {why}; "
            "write another with --host and --port, or BSR_HOST and BSR_PORT"
        ) from None
    return bound


def _close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


@contextlib.asynccontextmanager
async def running(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Office]:
    """A coordinator that answers while the block lasts; its settings name the real port."""
    listening = bind(settings.host, settings.port)
    settings = settings.model_copy(update={"port": listening[0].getsockname()[1]})
    with contextlib.ExitStack() as open_sockets:
        open_sockets.callback(_close, listening)
        async with await open_store(settings.database_url.get_secret_value()) as store:
            app = create_app(store, settings, clock=clock)
            server = Server(_config(app, settings), app.state.office)
            task = asyncio.create_task(server.serve(sockets=listening))
            try:
                await _started(server, task)
                yield app.state.office
            finally:
                server.stop()
                await task


async def _started(server: Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            await task
            raise RuntimeError("the server ended before it began")
        await asyncio.sleep(0.005)


def _config(app: object, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=Connection,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
    )


async def _until_told(office: Office, announce: Callable[[str], None]) -> None:
    """Say where we are, then wait for SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    announce(f"Coordinator ready at {office.settings.address}")
    link = await setup_link(office)
    if link:
        announce(f"First start: make the first admin at {link}")
    await told.wait()
    log.info("coordinator.stopping")


async def setup_link(office: Office) -> str | None:
    """A fresh link that makes the first admin; None when somebody can sign in already."""
    token, now = links.new_token(), office.clock()

    async def step(tx: Transaction) -> bool:
        if not await users.is_first_start(tx):
            return False
        await links.make(tx, token, "setup", now=now)
        return True

    return f"{office.settings.address}/setup?token={token}" if await office.store.write(step) else None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _serve(settings: Settings, clock: Clock, announce: Callable[[str], None]) -> None:
    async with running(settings, clock=clock) as office:
        gc.freeze()  # the collector need not look through the house again and again for what visitors leave
        gc.set_threshold(YOUNG)  # nor after every few of them: hardly any leaves what only it can clear
        log.info("coordinator.started", address=office.settings.address)
        await _until_told(office, announce)


def serve(settings: Settings, *, clock: Clock = utc_now, announce: Callable[[str], None] = _say) -> None:
    """Run a coordinator until it is told to stop."""
    logs.configure(level=settings.log_level, form=settings.log_format)
    run_async(_serve(settings, clock, announce))
