"""Claims on PostgreSQL, fifty tasks each, four at once: ADDRESS TASKS."""

import asyncio
import itertools
import sys

import asyncpg
from meter import Meter
from tasks_ours import claim, office

from scraper_backend.coordinator.store import migrate, open_store


async def main():
    server, tasks = sys.argv[1], int(sys.argv[2])
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute("DROP DATABASE IF EXISTS ours WITH (FORCE)")
    await connection.execute("CREATE DATABASE ours")
    await connection.close()
    await migrate(f"{server}/ours")
    async with await open_store(f"{server}/ours") as store:
        key, numbers, taken = (await office(store, tasks)).key, itertools.count(), []

        async def runner(name):
            for mine in itertools.count():  # a runner holds hundreds of tasks, never thousands
                answer = await claim(store, key, next(numbers), 50, f"{name}-{mine // 4}")
                if answer.lease is None:
                    return
                taken.extend(answer.tasks)

        meter = Meter()
        await asyncio.gather(*(runner(f"runner-{n}") for n in range(4)))
        meter.report(len(taken))


asyncio.run(main())
