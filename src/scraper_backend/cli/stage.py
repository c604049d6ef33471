"""The demo on its stage: who is started, in which order, and what the audience sees."""

from __future__ import annotations

import asyncio
import json as codec
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from scraper_backend.cli import office, outcomes, say
from scraper_backend.cli.children import Child
from scraper_backend.cli.follow import follow, following
from scraper_backend.core.errors import Trouble
from scraper_backend.practice import catalogue
from scraper_backend.practice.catalogue import DEMO_SKUS, Shop

if TYPE_CHECKING:
    from scraper_backend.coordinator.store import Store, Transaction
    from scraper_backend.core.wire import Outcome

START_S: Final = 30.0
JOB_S: Final = 120.0
RUNNER: Final = "demo-runner"
MOST_TOLD: Final = 20
_OTHERS: Final = ("SCRAPER_", "BSR_", "DATABASE_URL", "RUNNER_", "GITHUB_APP_", "LOG_", "POLL_INTERVAL")
"""Settings of a real installation; the demo must not reach for its database or its key."""


@dataclass(slots=True)
class Cast:
    """Who is on the stage: processes, the database, and where people can look."""

    folder: Path
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    shops: Mapping[Shop, str] = field(default_factory=dict)
    panel: str = ""

    async def enter(self, stack: AsyncExitStack, name: str, *arguments: str) -> Child:
        """Start a process that ends with the stage."""
        child = await Child.start(name, *arguments, environment=self.environment, folder=self.folder)
        stack.push_async_callback(child.stop)
        self.children.append(child)
        return child


async def play(*, once: bool, port: int, json: bool) -> int:
    """The whole demo; its exit code.  SIGINT and SIGTERM end it in order."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - we run in one
    told: list[int] = []

    def stop(number: int) -> None:
        told.append(number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await _play(once=once, port=port, json=json)
    except asyncio.CancelledError:
        if not told:
            raise
        say.err("\nStopped. Nothing is left behind.")
        return 128 + told[0]


async def _play(*, once: bool, port: int, json: bool) -> int:
    started = time.monotonic()
    async with AsyncExitStack() as stack:
        cast_, store = await _set(stack, port)
        job_id = await _job(stack, cast_, store)
        results = await _results(store, job_id)
        wrong = [words for one in results for words in _wrong(one)]
        _tell(results, wrong, json=json, job_id=job_id, seconds=time.monotonic() - started)
        if not once:
            await _stay(store, cast_, json=json)
        elif not json:
            say.err(f"The panel was at {cast_.panel}; without --once it stays up.")
    return 1 if wrong else 0


async def _set(stack: AsyncExitStack, port: int) -> tuple[Cast, Store]:
    """Both shops and the coordinator, with its scrapers and a key for the runner."""
    from scraper_backend.coordinator.store import open_store

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bsr-demo-")))
    stage = Cast(folder, _environment(folder))
    shop = await stage.enter(stack, "shop", "scraper_backend.practice", "--lifeline")
    serve = ("scraper_backend.cli", "serve", "--host", "127.0.0.1", "--port", str(port), "--json")
    coordinator = await stage.enter(stack, "coordinator", *serve)
    stage.shops = cast("Mapping[Shop, str]", codec.loads(await shop.line(START_S)))
    say.err(f"Practice shops   {stage.shops['pets']}  {stage.shops['garden']}")
    stage.panel = str(codec.loads(await coordinator.line(START_S))["address"])
    say.err(f"Coordinator      {stage.panel}")
    store = await stack.enter_async_context(await open_store(stage.environment["DATABASE_URL"]))
    key = await store.write(lambda tx: _furnish(tx, stage.shops))
    stage.environment |= {"SCRAPER_API_URL": stage.panel, "SCRAPER_API_KEY": key, "RUNNER_NAME": RUNNER}
    return stage, store


def _environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    return ours | {
        "BSR_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'coordinator.db'}",
        "RUNNER_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


async def _furnish(tx: Transaction, shops: Mapping[Shop, str]) -> str:
    """Import the scrapers and make a key; the key."""
    from scraper_backend.coordinator.rules import keys, scrapers
    from scraper_backend.core.scraper_config import parse_document
    from scraper_backend.practice.shop import scrapers as documents

    for name, text in documents(shops).items():
        await scrapers.save(tx, parse_document(text, source=name), by=office.BY, now=office.now())
    return (await keys.create(tx, RUNNER, by=office.BY, now=office.now())).secret


async def _job(stack: AsyncExitStack, stage: Cast, store: Store) -> str:
    """Make the job, let a runner do it, show how it goes; its id."""
    from scraper_backend.cli.here import Here
    from scraper_backend.coordinator.rules import jobs

    names = [f"practice-{shop}" for shop in stage.shops]
    made = await store.write(
        lambda tx: jobs.create(tx, DEMO_SKUS, names, max_workers=8, by=office.BY, now=office.now())
    )
    say.err(f"Job              {made.skus} SKUs on {' and '.join(names)}")
    runner = await stage.enter(stack, "runner", "scraper_backend.runner", "--job-id", made.job_id)
    with following() as tell:
        followed = asyncio.create_task(follow(Here(store), made.job_id, tell, within=JOB_S))
        running = asyncio.create_task(runner.rest())
        try:
            await asyncio.wait({followed, running}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait_for(running, JOB_S)
            code = await runner.wait()
            job = await store.read(lambda tx: jobs.show(tx, made.job_id))
            if job.ended_at is None or code not in (0, 3):
                raise Trouble(f"the runner ended with {code}, the job is {job.status}\n{runner.last_words()}")
            await followed
        finally:
            followed.cancel()
            running.cancel()
    return made.job_id


async def _results(store: Store, job_id: str) -> list[Outcome]:
    from scraper_backend.coordinator.rules import jobs

    return [outcome async for outcome in jobs.export(store, job_id)]


def _wrong(outcome: Outcome) -> list[str]:
    """What differs from what the shop really sells."""
    shop = cast("Shop", outcome.scraper.removeprefix("practice-"))
    truth, data = catalogue.truth(shop, outcome.sku), outcome.data
    place = f"{outcome.sku} on {outcome.scraper}"
    if outcome.outcome not in truth.outcomes:
        return [f"{place}: {outcome.outcome}, should be {' or '.join(sorted(truth.outcomes))}"]
    if outcome.outcome != "found":
        return []
    price = None if truth.price is None else float(truth.price)
    expected = {
        "price": price,
        "availability": truth.availability,
        **({"currency": catalogue.CURRENCY[shop]} if price is not None else {}),
    }
    wrong = [
        f"{place}: {name} is {data.get(name)!r}, should be {value!r}"
        for name, value in expected.items()
        if data.get(name) != value
    ]
    if data.get("title") not in truth.titles:
        wrong.append(f"{place}: title is {data.get('title')!r}, should be {min(truth.titles)!r}")
    return wrong


def _tell(
    results: Sequence[Outcome], wrong: Sequence[str], *, json: bool, job_id: str, seconds: float
) -> None:
    counts: Counter[str] = Counter(outcome.outcome for outcome in results)
    if json:
        say.as_json(
            {"job_id": job_id, "counts": counts, "wrong": wrong, "results": [r.as_json() for r in results]}
        )
        return
    heading = ("sku", "scraper", "outcome", "price", "availability", "title or reason")
    say.table(heading, [outcomes.cells(outcome) for outcome in results], right=("price",))
    say.out("")
    say.out(outcomes.summary(counts, seconds=seconds))
    for words in wrong[:MOST_TOLD]:
        say.err(f"WRONG {words}")
    if len(wrong) > MOST_TOLD:
        say.err(f"and {len(wrong) - MOST_TOLD} more")
    if not wrong:
        say.out("Every one of them is right: compared with what the shops really sell.")


async def _stay(store: Store, stage: Cast, *, json: bool) -> None:
    """Keep the doors open until someone closes them, or one of us falls."""
    link = await _sign_in_link(store, stage.panel)
    if json:
        say.as_json({"panel": link, "shops": stage.shops})
    else:
        say.out("")
        say.out(f"Open the panel with this link; it signs you in once, within ten minutes:\n{link}")
        say.out("Ctrl-C ends it all and leaves nothing behind.")
    lasting = [child for child in stage.children if child.name != "runner"]
    waits = {asyncio.create_task(child.wait()): child for child in lasting}
    ended, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    child = waits[ended.pop()]
    raise Trouble(f"the {child.name} ended by itself\n{child.last_words()}")


async def _sign_in_link(store: Store, panel: str) -> str:
    """A link that lets its reader in as an admin."""
    from scraper_backend.coordinator.rules import links, users

    token = links.new_token()
    await store.write(lambda tx: users.way_in(tx, token, by=office.BY, now=office.now()))
    return f"{panel}/enter?token={token}"
