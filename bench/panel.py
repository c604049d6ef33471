"""What a page of the panel costs the server: CPU of the coordinator, and of PostgreSQL where that is asked.

20,000 products at 10 sources, 2,000,000 observations, one job of 200,000 tasks and a hundred small ones, in
both databases.  Every page is asked many times with other parameters, one request after another, as a signed
in person; the CPU of the coordinator's process and of the database's processes is read around each request.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import httpx2
import structlog
from tests.coordinator import servers

from bench.table import Row, Section
from scraper_backend.coordinator.rules import links, users
from scraper_backend.coordinator.serve import running
from scraper_backend.coordinator.settings import read_settings
from scraper_backend.coordinator.store import migrate

GOAL_MS = 150.0
WORDS = [
    "dog",
    "cat",
    "food",
    "dry",
    "wet",
    "chicken",
    "salmon",
    "grain",
    "free",
    "large",
    "small",
    "puppy",
    "adult",
    "garden",
    "hose",
    "seed",
    "bird",
    "feeder",
    "rope",
    "toy",
    "leash",
    "collar",
    "crate",
    "mat",
    "bowl",
    "organic",
    "premium",
    "recipe",
]
SHOPS = [f"shop{n}" for n in range(10)]
NOW = int(datetime.now(UTC).timestamp() * 1000)
DAY = 86_400_000
TICK = os.sysconf("SC_CLK_TCK")


def run(*, quick: bool) -> Section:
    """Fill both databases, ask every page, tell the 95th percentile of each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    size = (2_000, 10, 20) if quick else (20_000, 10, 60)
    rows = []
    with tempfile.TemporaryDirectory(prefix="bsr-bench-", ignore_cleanup_errors=True) as folder:
        rows += asyncio.run(_measure("SQLite", f"sqlite:///{folder}/panel.db", size, lambda: 0.0))
    with _postgres() as (url, cpu):
        rows += asyncio.run(_measure("PostgreSQL", url, size, cpu))
    how = (
        f"{size[0]:,} products at {len(SHOPS)} sources, {size[0] * len(SHOPS) * size[1]:,} observations, a job of "
        f"{size[0] * len(SHOPS):,} tasks; {size[2]} requests a page, one after another. CPU of the coordinator "
        "and of the database together, 95th percentile; in brackets the median."
    )
    return Section("The panel", how, rows)


async def _measure(
    name: str, url: str, size: tuple[int, int, int], database_cpu: Callable[[], float]
) -> list[Row]:
    products, observations, rounds = size
    print(f"  {name}: filling", file=sys.stderr, flush=True)
    await migrate(url)
    job = await _fill(url, products, observations)
    rows = []
    async with _signed_in(url) as browser:
        for what, path in _pages(job, products):
            taken = []
            for number in range(rounds):
                before = _own_cpu() + database_cpu()
                answer = await browser.get(path(random.Random(number)))
                if answer.status_code != 200:
                    raise SystemExit(f"bench: {what} answered {answer.status_code}: {answer.text[:500]}")
                taken.append((_own_cpu() + database_cpu() - before) * 1000)
            p95 = statistics.quantiles(taken, n=20)[18]
            measured = f"{p95:.0f} ms ({statistics.median(taken):.0f})"
            rows.append(Row(f"{name}: {what}", measured, f"≤ {GOAL_MS:.0f} ms", p95 <= GOAL_MS))
            print(f"    {what}: {measured}", file=sys.stderr, flush=True)
    return rows


def _pages(job: str, products: int) -> Iterator[tuple[str, Callable[[random.Random], str]]]:
    def sku(r: random.Random) -> str:
        return _sku(r.randrange(products))

    yield "jobs", lambda r: "/jobs"
    yield "a job of all products", lambda r: f"/jobs/{job}"
    yield "its blocked results", lambda r: f"/jobs/{job}?outcome=blocked&scraper={r.choice(SHOPS)}"
    yield "one of its SKUs", lambda r: f"/jobs/{job}?sku={sku(r)}"
    yield "its logs", lambda r: f"/jobs/{job}/logs?level={r.choice(('debug', 'warning', 'error'))}"
    yield "its comparison with another", lambda r: f"/jobs/{job}/compare?change=price"
    yield "a new job", lambda r: "/jobs/new"
    yield "products, any page", lambda r: f"/products?after={sku(r)}"
    yield "a search for a SKU", lambda r: f"/products?q={sku(r)}"
    yield "a search for words", lambda r: f"/products?q={'+'.join(r.sample(WORDS, 2))}"
    yield "a search for what is not there", lambda r: f"/products?q=zebra{r.random()}"
    yield "a filter that few fit", lambda r: f"/products?lacks=images&scraper={r.choice(SHOPS)}"
    yield "one product", lambda r: f"/products/one?sku={sku(r)}"
    yield "its history", lambda r: f"/products/history?sku={sku(r)}"


@asynccontextmanager
async def _signed_in(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    settings = read_settings({"DATABASE_URL": url, "SCRAPER_WEBHOOK_SECRET": "x" * 20}, port=0)
    async with running(settings, clock=lambda: datetime.now(UTC)) as office:
        token, now = links.new_token(), office.clock()

        async def invite(tx: Any) -> None:
            user = await users.create(tx, "bench", "", "admin", now=now)
            await links.make(tx, token, "sign_in", user_id=user.id, now=now)

        await office.store.write(invite)
        async with httpx2.AsyncClient(
            base_url=office.settings.address, headers={"Accept": "text/html"}, timeout=60
        ) as browser:
            await browser.get("/enter", params={"token": token})
            yield browser


def _own_cpu() -> float:
    return time.process_time()


def _sku(number: int) -> str:
    return f"{number * 7919 + 10**9:012}"


Table = tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]


def _tables(products: int, observations: int) -> Iterator[Table]:
    """Everything that is in the database, row by row."""
    big, earlier = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    document = json.dumps({"base_url": "https://shop.example", "search_url_template": "/s?q={sku}"})
    yield (
        "scrapers",
        ("name", "revision", "created_at", "updated_at"),
        ((name, 1, NOW, NOW) for name in SHOPS),
    )
    yield (
        "scraper_revisions",
        ("scraper", "number", "document", "sha", "host", "per_second", "concurrency", "needs", "created_at",
         "created_by"),
        ((name, 1, json.dumps({"name": name, **json.loads(document)}), "x", f"{name}.example", 2.0, 2, "", NOW, "cli")
         for name in SHOPS),
    )  # fmt: skip
    small = [(f"00000000-0000-4000-9000-{n:012}", 50, 1) for n in range(100)]
    jobs = [(big, products, len(SHOPS)), (earlier, products, 1), *small]
    yield (
        "jobs",
        ("id", "state", "max_workers", "turn", "skus_n", "total", "open_n", "found_n", "blocked_n", "created_by",
         "created_at", "started_at", "ended_at"),
        ((job, "completed", 3, 0, skus, skus * shops, 0, skus * shops - _blocked(skus * shops), _blocked(skus * shops),
          "cli", NOW - n * DAY, NOW - n * DAY, NOW - n * DAY)
         for n, (job, skus, shops) in enumerate(jobs)),
    )  # fmt: skip
    yield "job_inputs", ("job_id", "skus"), ((job, "[]") for job, _, _ in jobs)
    yield (
        "job_scrapers",
        ("job_id", "position", "scraper", "revision", "disabled"),
        ((job, n, name, 1, 0) for job, _, shops in jobs for n, name in enumerate(SHOPS[:shops])),
    )
    yield "tasks", ("id", "job_id", "sku", "scraper", "revision", "state", "outcome", "run_at", "ended_at"), (
        (task, job, _sku(n), name, 1, "failed" if _is_blocked(task) else "succeeded",
         "blocked" if _is_blocked(task) else "found", NOW, NOW - task % 1000)
        for task, job, n, name in _tasks(products, big, earlier)
    )  # fmt: skip
    yield (
        "results",
        ("task_id", "outcome", "data", "detail", "runner", "source", "scraped_at", "received_at"),
        ((task, "blocked" if _is_blocked(task) else "found", _data(n, name, job == big), _detail(n),
          f"pi-{task % 5}", "callback", NOW, NOW)
         for task, job, n, name in _tasks(products, big, earlier)),
    )  # fmt: skip
    yield (
        "products",
        ("sku", "scraper", "title", "brand", "price", "currency", "availability", "images_n", "url", "sha", "job_id",
         "task_id", "first_seen_at", "changed_at", "seen_at"),
        ((_sku(n), name, _title(n, s), "Acme", 9.99 + s, "USD", "in_stock" if n % 5 else "out_of_stock",
          0 if n % 997 == 5 else n % 5, f"https://{name}.example/p/{n}", "x" * 64, big, n * len(SHOPS) + s + 1,
          NOW - 100 * DAY, NOW - n % 50 * DAY, NOW)
         for n in range(products) for s, name in enumerate(SHOPS)),
    )  # fmt: skip
    yield (
        "observations",
        ("sku", "scraper", "observed_at", "price", "currency", "availability", "data", "job_id", "task_id"),
        ((_sku(n), name, NOW - (observations - k) * DAY, 9.99 + k, "USD", "in_stock", _data(n, name, True), big, 1)
         for k in range(observations) for n in range(products) for name in SHOPS),
    )  # fmt: skip
    yield "logs", ("runner", "seq", "at", "received_at", "level", "event", "job_id", "facts"), (
        ("pi-1", n, NOW + n, NOW, "error" if n % 500 == 0 else "info", "page.fetched", big,
         json.dumps({"sku": _sku(n), "url": f"https://shop.example/s?q={n}", "ms": n % 900}))
        for n in range(products * 2)
    )  # fmt: skip


def _tasks(products: int, big: str, earlier: str) -> Iterator[tuple[int, str, int, str]]:
    task = 0
    for job, shops in ((big, SHOPS), (earlier, SHOPS[:1])):
        for n in range(products):
            for name in shops:
                task += 1
                yield task, job, n, name


def _is_blocked(task: int) -> bool:
    return task % 40 == 0


def _blocked(tasks: int) -> int:
    return tasks // 40


def _title(n: int, s: int) -> str:
    return " ".join(WORDS[(n * 31 + s * 7 + k * k) % len(WORDS)] for k in range(9))


def _data(n: int, name: str, is_now: bool) -> str:
    return json.dumps({
        "title": _title(n, 1), "price": 9.99 if is_now and n % 50 == 0 else 10.99, "currency": "USD",
        "availability": "in_stock", "brand": "Acme", "images": [f"https://{name}.example/{n}-{k}.jpg" for k in range(3)],
        "description": "A very good food for all breeds. " * 5, "url": f"https://{name}.example/p/{n}",
    })  # fmt: skip


def _detail(n: int) -> str:
    return json.dumps({
        "evidence": [f"the page names {_sku(n)}"],
        "provenance": {"price": {"raw": "$9.99", "strategy": "json_ld", "selector": "$.offers.price", "agrees": []}},
    })  # fmt: skip


async def _fill(url: str, products: int, observations: int) -> str:
    if url.startswith("sqlite"):
        await asyncio.to_thread(_fill_sqlite, url.removeprefix("sqlite:///"), products, observations)
    else:
        connection = await asyncpg.connect(url)
        for table, names, rows in _tables(products, observations):
            await connection.copy_records_to_table(table, columns=names, records=rows)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
    return "00000000-0000-4000-8000-000000000001"


def _fill_sqlite(path: str, products: int, observations: int) -> None:
    connection = apsw.Connection(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for table, names, rows in _tables(products, observations):
            marks = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    connection.close()


@contextmanager
def _postgres() -> Iterator[tuple[str, Callable[[], float]]]:
    """A server of our own, and the CPU of all its processes so far."""
    server = servers.start()
    try:
        asyncio.run(_create(server.address))
        yield f"{server.address}/bench", lambda: _tree_cpu(server.pid)
    finally:
        servers.stop(server)
        shutil.rmtree(server.folder, ignore_errors=True)


async def _create(address: str) -> None:
    connection = await asyncpg.connect(f"{address}/postgres")
    await connection.execute("CREATE DATABASE bench")
    await connection.close()


def _tree_cpu(root: int) -> float:
    """The CPU of a process, its living children, and those it has buried."""
    children = Path(f"/proc/{root}/task/{root}/children")
    pids = [root, *map(int, children.read_text().split())]
    return sum(_cpu_of(pid, buried=pid == root) for pid in pids)


def _cpu_of(pid: int, *, buried: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if buried else 13])) / TICK
